"""In which quarter an answer counts: its own, or after that is frozen the first one that is not."""

from __future__ import annotations

from datetime import date

from collector.db import Database
from collector.periods import Quarter, period_of


def frozen_periods(database: Database) -> frozenset[str]:
    """Codes of the periods that are frozen."""
    return frozenset(row[0] for row in database.rows("SELECT period FROM period WHERE frozen_on IS NOT NULL"))


def counting_period(day: date, frozen: frozenset[str]) -> tuple[Quarter, int]:
    """The quarter in which an answer given on a day counts, and how many quarters late for its own it is."""
    period = own = period_of(day)
    while period.code in frozen:
        period = period.next
    return period, period.after(own)
