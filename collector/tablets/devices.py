"""Tablets: added, paired by a code that works once, stopped. What signs a tablet in stands on it alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from collector.audit import log
from collector.community.venues import all_venues
from collector.db import Database
from collector.errors import TabletError
from collector.responses.keys import Sealer

CODE_LENGTH = 9
CODE_LASTS = timedelta(minutes=15)
MAX_NAME = 40
QUIET = timedelta(days=14)
"""How long a tablet may be silent before somebody should ask after it."""
NAME_LEFT = timedelta(days=30)
TOKEN = re.compile(r"[0-9a-f]{64}\Z")
SIGNED_IN = """
    SELECT id, name, venues, language, address, added_on, seen_on, stopped_on, token_mac IS NOT NULL FROM tablet
    WHERE token_mac = :mac"""
BY_ID = """
    SELECT id, name, venues, language, address, added_on, seen_on, stopped_on, token_mac IS NOT NULL FROM tablet
    WHERE id = :id"""
ALL = """
    SELECT id, name, venues, language, address, added_on, seen_on, stopped_on, token_mac IS NOT NULL FROM tablet
    ORDER BY stopped_on IS NOT NULL, name, added_on, id"""


@dataclass(frozen=True, slots=True)
class Tablet:
    """One tablet. `venues` are the codes of the places that it may be taken to."""

    id: bytes
    name: str
    venues: tuple[str, ...]
    language: str
    address: str
    added_on: date
    seen_on: date | None
    stopped_on: date | None
    paired: bool

    @property
    def stopped(self) -> bool:
        return self.stopped_on is not None

    def quiet_since(self, today: date) -> date | None:
        """The day since which a tablet in use was not heard of; None while that is not long ago."""
        last = self.seen_on or self.added_on
        return last if not self.stopped and today - last > QUIET else None


def _tablet(
    id: bytes, name: str, venues: str, language: str, address: str, added: str, seen: str | None, stopped: str | None,
    paired: int,
) -> Tablet:  # fmt: skip
    return Tablet(
        id, name, tuple(venues.split(",")), language, address, date.fromisoformat(added),
        date.fromisoformat(seen) if seen else None, date.fromisoformat(stopped) if stopped else None, bool(paired),
    )  # fmt: skip


def all_tablets(database: Database) -> list[Tablet]:
    """Every tablet, those in use first."""
    return [_tablet(*row) for row in database.rows(ALL)]


def named(database: Database, name: str) -> Tablet:
    """The tablet of a name, in use or stopped. Raises TabletError."""
    found = [one for one in all_tablets(database) if one.name.casefold() == name.casefold().strip() and one.name]
    if not found:
        raise TabletError(f"There is no tablet {name!r}. `collector tablet list` shows them.")
    return found[0]


def by_id(database: Database, id: bytes) -> Tablet | None:
    row = database.one(BY_ID, {"id": id})
    return _tablet(*row) if row else None


def by_token(database: Database, sealer: Sealer, token: str) -> Tablet | None:
    """The tablet that a cookie's value signs in, stopped ones too; None for any other value."""
    if not TOKEN.match(token):
        return None
    row = database.one(SIGNED_IN, {"mac": _token_mac(sealer, token)})
    return _tablet(*row) if row else None


def add(
    database: Database, name: str, venues: tuple[str, ...], language: str, known: frozenset[str], address: str, id: bytes,
    by: str, today: date, entry_id: str,
) -> Tablet:  # fmt: skip
    """Add a tablet, inside a transaction. Raises TabletError."""
    name = _name(name)
    _check_venues(database, venues)
    if language not in known:
        raise TabletError(f"{language!r} is not a language of the list. Use: {', '.join(sorted(known))}.")
    if any(one.name.casefold() == name.casefold() for one in all_tablets(database)):
        raise TabletError(
            f"There is a tablet {name!r}. `collector tablet again` pairs it again; or choose another name."
        )
    row = {"id": id, "name": name, "venues": ",".join(venues), "language": language, "address": address}
    database.execute(
        """INSERT INTO tablet (id, name, venues, language, address, added_on)
           VALUES (:id, :name, :venues, :language, :address, :today)""",
        {**row, "today": today.isoformat()},
    )
    log.write(database, entry_id, today, by, "tablet add", id.hex(), ",".join(venues))
    return Tablet(id, name, venues, language, address, today, None, None, False)


def _name(name: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise TabletError(f"A tablet needs a name of 1 to {MAX_NAME} plain characters, such as `Tablet 1`.")
    return name


def _check_venues(database: Database, venues: tuple[str, ...]) -> None:
    opened = {venue.code for venue in all_venues(database) if not venue.closed}
    wrong = [code for code in venues if code not in opened]
    if wrong or not venues:
        what = f"{wrong[0]!r} is no open place" if wrong else "A tablet needs a place"
        raise TabletError(f"{what}. `collector venue list` shows the codes.")


def again(database: Database, tablet: Tablet, by: str, today: date, entry_id: str) -> None:
    """Note that a tablet may be paired again, inside a transaction: a new code for it follows."""
    log.write(database, entry_id, today, by, "tablet again", tablet.id.hex())


def stop(database: Database, tablet: Tablet, by: str, today: date, entry_id: str) -> None:
    """Let a tablet send nothing any more, inside a transaction. What is locked on it stays there. Raises TabletError."""
    if tablet.stopped:
        raise TabletError(f"{tablet.name} is stopped since {tablet.stopped_on}.")
    database.execute(
        "UPDATE tablet SET stopped_on = :today WHERE id = :id", {"today": today.isoformat(), "id": tablet.id}
    )
    database.execute("DELETE FROM pairing WHERE tablet = :id", {"id": tablet.id})
    log.write(database, entry_id, today, by, "tablet stop", tablet.id.hex())


def new_code(database: Database, sealer: Sealer, tablet: Tablet, digits: Callable[[], str], now: datetime) -> str:
    """A code that pairs a tablet once, in the next minutes, inside a transaction. Codes from before end."""
    database.execute("DELETE FROM pairing WHERE tablet = :id", {"id": tablet.id})
    while True:
        code = "".join(digits() for _ in range(CODE_LENGTH))
        row = {"mac": _code_mac(sealer, code), "id": tablet.id, "ends": _text(now + CODE_LASTS)}
        made = database.execute(
            "INSERT INTO pairing (code_mac, tablet, ends) VALUES (:mac, :id, :ends) ON CONFLICT (code_mac) DO NOTHING",
            row,
        )
        if made.rowcount:
            return code


def read_code(text: str) -> str:
    """The digits of a code as somebody typed it: of any script, with spaces or dashes. Blank for what is none."""
    typed = "".join(unicodedata.normalize("NFKC", text[:100]).split()).replace("-", "")
    if len(typed) != CODE_LENGTH or not typed.isdecimal():
        return ""
    return "".join(str(unicodedata.decimal(digit)) for digit in typed)


def is_waiting(database: Database, sealer: Sealer, code: str, now: datetime) -> bool:
    """Whether a code would pair a tablet."""
    where = {"mac": _code_mac(sealer, code), "now": _text(now)}
    return database.one("SELECT 1 FROM pairing WHERE code_mac = :mac AND ends > :now", where) is not None


def pair(
    database: Database, sealer: Sealer, code: str, token: str, address: str, now: datetime, today: date
) -> Tablet | None:
    """Use a code up and sign its tablet in by a token from now on, inside a transaction; None for a code that is spent.

    The token of before, if any, ends; a tablet that was stopped may send again.
    """
    row = database.one(
        "DELETE FROM pairing WHERE code_mac = :mac AND ends > :now RETURNING tablet",
        {"mac": _code_mac(sealer, code), "now": _text(now)},
    )
    if row is None:
        return None
    database.execute(
        """UPDATE tablet SET token_mac = :mac, address = :address, seen_on = :today, stopped_on = NULL WHERE id = :id""",
        {"mac": _token_mac(sealer, token), "address": address, "today": today.isoformat(), "id": row[0]},
    )
    return by_id(database, row[0])


def seen(database: Database, tablet: Tablet, today: date) -> None:
    """Note the day on which a tablet was heard of, inside a transaction."""
    database.execute(
        "UPDATE tablet SET seen_on = :today WHERE id = :id AND (seen_on IS NULL OR seen_on < :today)",
        {"today": today.isoformat(), "id": tablet.id},
    )


def forget(database: Database, today: date) -> None:
    """Let codes of former days go, and the names of tablets that were stopped long ago, inside a transaction."""
    database.execute("DELETE FROM pairing WHERE ends < :today", {"today": today.isoformat()})
    database.execute(
        "UPDATE tablet SET name = '', token_mac = NULL WHERE stopped_on < :last",
        {"last": (today - NAME_LEFT).isoformat()},
    )
    database.execute(
        """DELETE FROM tablet WHERE name = '' AND NOT EXISTS (SELECT 1 FROM visit WHERE visit.tablet = tablet.id)
           AND NOT EXISTS (SELECT 1 FROM tablet_day WHERE tablet_day.tablet = tablet.id)"""
    )


def _code_mac(sealer: Sealer, code: str) -> bytes:
    return sealer.mac(b"pairing", code.encode())


def _token_mac(sealer: Sealer, token: str) -> bytes:
    return sealer.mac(b"tablet", token.encode())


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()
