"""Financial quarters, by local date: which one a day lies in, when it closes, in which one a response counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from collector.db import Database
from collector.errors import PeriodError

LATE_WORKING_DAYS = 10
"""Working days after a quarter's end in which late answers still count to it."""

CODE = re.compile(r"(\d{4})-(\d{2})-Q([1-4])\Z")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A financial quarter: `year` is the calendar year in which the financial year starts, `quarter` 1 to 4."""

    year: int
    quarter: int

    @property
    def code(self) -> str:
        return f"{self.year}-{(self.year + 1) % 100:02d}-Q{self.quarter}"

    @property
    def financial_year(self) -> str:
        """The code of the year that it lies in: 2026-27."""
        return self.code[:7]

    @property
    def start(self) -> date:
        month = 3 * self.quarter + 1
        return date(self.year + (month > 12), (month - 1) % 12 + 1, 1)

    @property
    def end(self) -> date:
        return self.next.start - timedelta(days=1)

    @property
    def next(self) -> Period:
        return Period(self.year + (self.quarter == 4), self.quarter % 4 + 1)

    @property
    def previous(self) -> Period:
        return Period(self.year - (self.quarter == 1), (self.quarter - 2) % 4 + 1)

    def after(self, earlier: Period) -> int:
        """How many quarters after an earlier one this is."""
        return 4 * (self.year - earlier.year) + self.quarter - earlier.quarter

    def before(self, quarters: int) -> Period:
        """The quarter so many before this one."""
        year, quarter = divmod(4 * self.year + self.quarter - 1 - quarters, 4)
        return Period(year, quarter + 1)

    @property
    def closes(self) -> date:
        """The last day on which late answers still count, and a withdrawal still leaves the figures."""
        return working_day_after(self.end, LATE_WORKING_DAYS)

    @property
    def appears(self) -> date:
        """The day on which its release appears: the first Tuesday after the late window."""
        day = self.closes + timedelta(days=1)
        return day + timedelta(days=(1 - day.weekday()) % 7)


def period_of(day: date) -> Period:
    """The quarter that a day lies in."""
    quarter = (day.month - 4) // 3 % 4 + 1
    return Period(day.year - (quarter == 4), quarter)


def parse(code: str) -> Period:
    """The period with a code such as 2026-27-Q1. Raises PeriodError for any other text."""
    found = CODE.match(code)
    if found and (int(found[1]) + 1) % 100 == int(found[2]) and 2000 <= int(found[1]) <= 2999:
        return Period(int(found[1]), int(found[3]))
    raise PeriodError(f"{code!r} is not a period. Write a financial quarter such as 2026-27-Q1 (April to June 2026).")


@lru_cache(maxsize=64)
def working_day_after(day: date, count: int) -> date:
    """The day `count` working days (England) after another."""
    closed = _bank_holidays(day.year, day.year + 1)
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5 and day not in closed
    return day


@lru_cache(maxsize=8)
def _bank_holidays(*years: int) -> frozenset[date]:
    import holidays  # a large library, needed only when a closing day is asked for

    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=years))


def frozen_periods(database: Database) -> frozenset[str]:
    """Codes of the periods that are frozen."""
    return frozenset(row[0] for row in database.rows("SELECT period FROM period WHERE frozen_on IS NOT NULL"))


def counting_period(day: date, frozen: frozenset[str]) -> tuple[Period, int]:
    """The period in which an answer given on a day counts, and how many quarters late for its own it is."""
    period = own = period_of(day)
    while period.code in frozen:
        period = period.next
    return period, period.after(own)
