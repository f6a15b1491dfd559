"""Venues: places where people are asked. A code names one; it is printed on a poster and is not a secret."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from collector.audit import log
from collector.community.areas import Areas
from collector.db import Database
from collector.errors import CommunityError

KINDS = ("barbershop", "salon", "faith", "community", "library", "market", "clinic", "other")
CODE_LETTERS = "bcdfghjkmnpqrstvwxz23456789"
CODE_LENGTH = 6
MAX_NAME = 80


@dataclass(frozen=True, slots=True)
class Venue:
    """One venue. `languages` are its own, offered first in the picker."""

    code: str
    name: str
    kind: str
    languages: tuple[str, ...]
    opened_on: date
    closed_on: date | None

    @property
    def closed(self) -> bool:
        return self.closed_on is not None


def add(
    database: Database,
    name: str,
    kind: str,
    area: str,
    languages: tuple[str, ...],
    areas: Areas,
    known_languages: frozenset[str],
    by: str,
    today: date,
    entry_id: str,
    choose: Callable[[str], str],
) -> Venue:
    """Add a venue in an area, inside a transaction; `choose` picks a letter by chance. Raises CommunityError."""
    name = _name(name)
    if kind not in KINDS:
        raise CommunityError(f"{kind!r} is not a kind of venue. Use one of: {', '.join(KINDS)}.")
    if areas.get(area, today) is None:
        raise CommunityError(f"{area!r} is not an area today. `collector venue areas` lists those that are.")
    unknown = [tag for tag in languages if tag not in known_languages]
    if unknown:
        raise CommunityError(
            f"{unknown[0]!r} is not a language of the list. Use: {', '.join(sorted(known_languages))}."
        )
    venue = Venue(_new_code(database, choose), name, kind, languages, today, None)
    _insert(database, venue, area)
    log.write(database, entry_id, today, by, "venue add", venue.code, area)
    return venue


def _name(name: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not name or len(name) > MAX_NAME or not all(c.isprintable() for c in name):
        raise CommunityError(f"A venue needs a name of 1 to {MAX_NAME} plain characters.")
    return name


def _new_code(database: Database, choose: Callable[[str], str]) -> str:
    while True:
        code = "".join(choose(CODE_LETTERS) for _ in range(CODE_LENGTH))
        if not database.one("SELECT 1 FROM venue WHERE code = :code", {"code": code}):
            return code


def _insert(database: Database, venue: Venue, area: str) -> None:
    database.execute(
        """INSERT INTO venue (code, name, kind, languages, opened_on)
           VALUES (:code, :name, :kind, :languages, :opened_on)""",
        {
            "code": venue.code,
            "name": venue.name,
            "kind": venue.kind,
            "languages": ",".join(venue.languages),
            "opened_on": venue.opened_on.isoformat(),
        },
    )
    database.execute(
        "INSERT INTO venue_area (venue, area, valid_from) VALUES (:venue, :area, :valid_from)",
        {"venue": venue.code, "area": area, "valid_from": "2000-01-01"},
    )


def all_venues(database: Database) -> list[Venue]:
    """Every venue by name, closed ones too."""
    rows = database.rows("SELECT code, name, kind, languages, opened_on, closed_on FROM venue ORDER BY name, code")
    return [_venue(*row) for row in rows]


def _venue(code: str, name: str, kind: str, languages: str, opened_on: str, closed_on: str | None) -> Venue:
    tags = tuple(tag for tag in languages.split(",") if tag)
    ended = date.fromisoformat(closed_on) if closed_on else None
    return Venue(code, name, kind, tags, date.fromisoformat(opened_on), ended)


def close(database: Database, code: str, by: str, today: date, entry_id: str) -> None:
    """Close a venue, inside a transaction: its address then says so kindly. Raises CommunityError."""
    changed = database.execute(
        "UPDATE venue SET closed_on = :today WHERE code = :code AND closed_on IS NULL",
        {"code": code, "today": today.isoformat()},
    ).rowcount
    if not changed:
        raise CommunityError(f"There is no open venue {code!r}. `collector venue list` shows them.")
    log.write(database, entry_id, today, by, "venue close", code)


def set_quota(database: Database, code: str, day: date, quota: int, by: str, today: date, entry_id: str) -> None:
    """Raise or lower the quota of a venue for one day, inside a transaction. Raises CommunityError."""
    if not database.one("SELECT 1 FROM venue WHERE code = :code", {"code": code}):
        raise CommunityError(f"There is no venue {code!r}. `collector venue list` shows them.")
    if not 1 <= quota <= 100_000:
        raise CommunityError("A quota is a number from 1 to 100000.")
    database.execute(
        """INSERT INTO venue_quota (venue, day, quota) VALUES (:venue, :day, :quota)
           ON CONFLICT (venue, day) DO UPDATE SET quota = excluded.quota""",
        {"venue": code, "day": day.isoformat(), "quota": quota},
    )
    log.write(database, entry_id, today, by, "venue quota", code, f"{day.isoformat()} {quota}")


def area_of(database: Database) -> dict[str, str]:
    """Each venue's newest area, by venue code."""
    return dict(database.rows("SELECT venue, area FROM venue_area ORDER BY valid_from"))
