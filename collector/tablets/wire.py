"""What a tablet sends, as values: its clock, its visits and its boxes. What is not of that form is refused whole."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from collector.errors import SyncError

ID = re.compile(r"[0-9a-f]{32}\Z")
"""A visit or a box: 16 random bytes."""
VENUE = re.compile(r"[a-z0-9]{1,12}\Z")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
BASE64URL = re.compile(r"[A-Za-z0-9_-]*\Z")
SAID_NO = ("none", "few", "many", "unknown")
"""How many said no, as the helper remembers it; later ones win over earlier ones, whatever comes first."""
MOST_SEALED = 10_000
MOST_BYTES = 48_000


@dataclass(frozen=True, slots=True)
class Told:
    """A visit as its tablet tells of it."""

    id: str
    venue: str
    day: date
    closed: bool
    sealed: int
    said_no: str | None


@dataclass(frozen=True, slots=True)
class Box:
    """A sealed answer."""

    id: str
    visit: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Sync:
    """One request."""

    clock: datetime
    visits: tuple[Told, ...]
    boxes: tuple[Box, ...]


def read_json(body: bytes) -> Any:
    """What JSON says. Raises SyncError for what is none, or is nested beyond sense."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SyncError("The request is no JSON.") from error


def read(body: bytes) -> Sync:
    """A request. Raises SyncError."""
    said = read_json(body)
    match said:
        case {"clock": str(clock), "visits": list(visits), "boxes": list(boxes), **more} if not more:
            return Sync(_moment(clock), tuple(map(_told, visits)), tuple(map(_box, boxes)))
    raise SyncError("The request needs `clock`, `visits` and `boxes`, and nothing else.")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise SyncError("`clock` is no moment such as 2026-12-05T10:00:00Z.") from error
    if moment.tzinfo is None:
        raise SyncError("`clock` needs a time zone.")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise SyncError("`clock` is beyond what calendars know.") from error


def _told(line: object) -> Told:
    match line:
        case {
            "id": str(id), "venue": str(venue), "day": str(day), "closed": bool(closed), "sealed": int(sealed),
            "said_no": (str() | None) as said_no, **more,
        } if not more and not isinstance(sealed, bool):  # fmt: skip
            pass
        case _:
            raise SyncError("A visit needs `id`, `venue`, `day`, `closed`, `sealed` and `said_no`, and nothing else.")
    if not ID.match(id) or not VENUE.match(venue) or not 0 <= sealed <= MOST_SEALED:
        raise SyncError("A visit has an id of 32 hex digits, a place's code, and a number of boxes.")
    if said_no is not None and said_no not in SAID_NO:
        raise SyncError(f"`said_no` is one of {', '.join(SAID_NO)}, or null.")
    return Told(id, venue, _day(day), closed, sealed, said_no)


def _day(text: str) -> date:
    try:
        if DAY.match(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise SyncError("`day` is no day such as 2026-12-05.")


def _box(line: object) -> Box:
    match line:
        case [str(id), str(visit), str(sealed)] if ID.match(id) and ID.match(visit):
            return Box(id, visit, _bytes(sealed))
    raise SyncError("A box is [id, visit, box], its ids of 32 hex digits.")


def _bytes(text: str) -> bytes:
    """A box's bytes; none for what is no base64url: it is put aside as a box that does not open, and blocks nothing."""
    if not BASE64URL.match(text):
        return b""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        return b""
