"""Visits: made on a tablet, told of in any order and more than once, counted in boxes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from collector.db import Database
from collector.tablets.devices import Tablet
from collector.tablets.wire import SAID_NO, Told
from collector.timetable import LONDON

KEPT = timedelta(days=365)
ONE = """
    SELECT id, tablet, venue, day, closed, sealed, arrived, aside, said_no, struck FROM visit WHERE id = :id"""
ALL = """
    SELECT id, tablet, venue, day, closed, sealed, arrived, aside, said_no, struck FROM visit
    ORDER BY day DESC, venue, id"""


@dataclass(frozen=True, slots=True)
class Visit:
    """One outing to a venue. `arrived` are boxes that came, `aside` those of them that may not count."""

    id: str
    tablet: bytes
    venue: str
    day: date
    closed: bool
    sealed: int
    arrived: int
    aside: int
    said_no: str | None
    struck: bool


def _visit(
    id: str, tablet: bytes, venue: str, day: str, closed: int, sealed: int, arrived: int, aside: int, said_no: str | None,
    struck: int,
) -> Visit:  # fmt: skip
    return Visit(
        id, tablet, venue, date.fromisoformat(day), bool(closed), sealed, arrived, aside, said_no, bool(struck)
    )


def all_visits(database: Database) -> list[Visit]:
    """Every visit that is still known, newest first."""
    return [_visit(*row) for row in database.rows(ALL)]


def one(database: Database, id: str) -> Visit | None:
    row = database.one(ONE, {"id": id})
    return _visit(*row) if row else None


def moved(day: date, shift: timedelta, first: date, last: date) -> date:
    """A day by a tablet's clock as it really was: `shift` is how far that clock is behind. Between two days in any case."""
    try:
        real = (datetime.combine(day, time(12), LONDON) + shift).date()
    except OverflowError:
        real = first if shift < timedelta() else last
    return max(first, min(real, last))


def tell(database: Database, told: Told, tablet: Tablet, day: date) -> None:
    """Note what a tablet tells of a visit, inside a transaction: whatever comes first or twice, the same is known then.

    The visit belongs to the tablet that told of it first, and stays where and when it was.
    """
    known = one(database, told.id)
    if known is None:
        _insert(database, told, tablet, day)
        return
    said_no = max(known.said_no, told.said_no, key=_rank)
    if (known.closed or not told.closed, known.sealed >= told.sealed, known.said_no) != (True, True, said_no):
        database.execute(
            "UPDATE visit SET closed = :closed, sealed = :sealed, said_no = :said_no WHERE id = :id",
            {
                "id": told.id, "closed": int(known.closed or told.closed), "sealed": max(known.sealed, told.sealed),
                "said_no": said_no,
            },
        )  # fmt: skip


def _rank(said_no: str | None) -> int:
    return SAID_NO.index(said_no) if said_no else -1


def _insert(database: Database, told: Told, tablet: Tablet, day: date) -> None:
    database.execute(
        """INSERT INTO visit (id, tablet, venue, day, closed, sealed, arrived, aside, said_no, struck)
           VALUES (:id, :tablet, :venue, :day, :closed, :sealed, 0, 0, :said_no, 0)""",
        {
            "id": told.id, "tablet": tablet.id, "venue": told.venue, "day": day.isoformat(), "closed": int(told.closed),
            "sealed": told.sealed, "said_no": told.said_no,
        },
    )  # fmt: skip


def count(database: Database, id: str, arrived: int, aside: int) -> None:
    """Add boxes that came, and those of them that were put aside, inside a transaction."""
    database.execute(
        "UPDATE visit SET arrived = arrived + :arrived, aside = aside + :aside WHERE id = :id",
        {"id": id, "arrived": arrived, "aside": aside},
    )


def is_new(database: Database, box: str, visit: str) -> bool:
    """Note that a box came, inside a transaction; False when it came before."""
    noted = database.execute(
        "INSERT INTO box_seen (id, visit) VALUES (:id, :visit) ON CONFLICT (id, visit) DO NOTHING",
        {"id": box, "visit": visit},
    )
    return noted.rowcount == 1


def came_before(database: Database, box: str, visit: str) -> bool:
    return (
        database.one("SELECT 1 FROM box_seen WHERE id = :id AND visit = :visit", {"id": box, "visit": visit})
        is not None
    )


def count_day(database: Database, tablet: bytes, day: date, quota: int, *, hold: bool) -> bool:
    """Count an answer of a tablet and day, inside a transaction; whether it is held: beyond the quota, or in any case."""
    where = {"tablet": tablet, "day": day.isoformat()}
    row = database.one(
        """INSERT INTO tablet_day (tablet, day, stored, held) VALUES (:tablet, :day, 1, 0)
           ON CONFLICT (tablet, day) DO UPDATE SET stored = tablet_day.stored + 1 RETURNING stored""",
        where,
    )
    held = hold or row is None or row[0] > quota
    if held:
        database.execute("UPDATE tablet_day SET held = held + 1 WHERE tablet = :tablet AND day = :day", where)
    return held


def forget(database: Database, today: date) -> int:
    """Delete visits of more than twelve months ago and all that hangs on them, inside a transaction; how many."""
    last = {"last": (today - KEPT).isoformat()}
    database.execute("DELETE FROM aside WHERE visit IN (SELECT id FROM visit WHERE day < :last)", last)
    database.execute("DELETE FROM box_seen WHERE visit IN (SELECT id FROM visit WHERE day < :last)", last)
    database.execute("DELETE FROM tablet_day WHERE day < :last", last)
    return database.execute("DELETE FROM visit WHERE day < :last", last).rowcount
