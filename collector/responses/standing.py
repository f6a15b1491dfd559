"""How far a quarter has come: numbers for staff, rounded so that they never tell of one person."""

from __future__ import annotations

from datetime import date

from collector.db import Database
from collector.periods import Quarter as Period
from collector.periods import period_of

STEP = 5


def floored(count: int) -> int:
    """A number of answers as staff see it wherever it is wider than one place and day."""
    return count - count % STEP


def counted(database: Database, period: Period) -> int:
    """How many answers count in a quarter; held ones do not."""
    row = database.one("SELECT count(*) FROM response WHERE period = :period AND held = 0", {"period": period.code})
    return int(row[0]) if row else 0


def places_used(database: Database, since: date) -> frozenset[str]:
    """Codes of the places at which somebody answered after a day."""
    rows = database.rows(
        "SELECT DISTINCT venue FROM response WHERE period >= :period AND day > :since",
        {"period": period_of(since).code, "since": since.isoformat()},
    )
    return frozenset(row[0] for row in rows)
