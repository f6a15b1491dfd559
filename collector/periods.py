"""Periods as values: financial quarters and years, by local date. A code is written and read here and nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from collector.errors import PeriodError
from collector.working_days import working_day_after

LATE_WORKING_DAYS = 10
"""Working days after a quarter's end in which late answers still count to it."""
QUARTERS = (1, 2, 3, 4)
CODE = re.compile(r"(\d{4})-(\d{2})-Q([1-4])\Z", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Year:
    """A financial year, April to March: `begins` is the calendar year in which it starts."""

    begins: int
    kind: ClassVar[str] = "year"

    @property
    def code(self) -> str:
        """Such as 2026-27."""
        return f"{self.begins}-{(self.begins + 1) % 100:02d}"

    @property
    def parts(self) -> tuple[Quarter, ...]:
        """Its quarters, in order."""
        return tuple(Quarter(self.begins, number) for number in QUARTERS)

    @property
    def start(self) -> date:
        return self.parts[0].start

    @property
    def end(self) -> date:
        return self.parts[-1].end

    @property
    def previous(self) -> Year:
        return Year(self.begins - 1)


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A financial quarter: `begins` is the calendar year in which its financial year starts, `number` 1 to 4."""

    begins: int
    number: int
    kind: ClassVar[str] = "quarter"

    @property
    def code(self) -> str:
        """Such as 2026-27-Q1."""
        return f"{self.year.code}-Q{self.number}"

    @property
    def year(self) -> Year:
        """The financial year that it lies in."""
        return Year(self.begins)

    @property
    def ends_year(self) -> bool:
        """Whether the figures of its year come with it."""
        return self.number == QUARTERS[-1]

    @property
    def start(self) -> date:
        month = 3 * self.number + 1
        return date(self.begins + (month > 12), (month - 1) % 12 + 1, 1)

    @property
    def end(self) -> date:
        return self.next.start - timedelta(days=1)

    @property
    def next(self) -> Quarter:
        return self.before(-1)

    @property
    def previous(self) -> Quarter:
        return self.before(1)

    def after(self, earlier: Quarter) -> int:
        """How many quarters after an earlier one this is."""
        return 4 * (self.begins - earlier.begins) + self.number - earlier.number

    def before(self, quarters: int) -> Quarter:
        """The quarter so many before this one."""
        begins, number = divmod(4 * self.begins + self.number - 1 - quarters, 4)
        return Quarter(begins, number + 1)

    @property
    def closes(self) -> date:
        """The last day on which late answers still count, and a withdrawal still leaves the figures."""
        return working_day_after(self.end, LATE_WORKING_DAYS)

    @property
    def appears(self) -> date:
        """The day on which its release appears: the first Tuesday after the late window."""
        day = self.closes + timedelta(days=1)
        return day + timedelta(days=(1 - day.weekday()) % 7)


Period = Quarter | Year
"""What figures are about."""


def period_of(day: date) -> Quarter:
    """The quarter that a day lies in."""
    number = (day.month - 4) // 3 % 4 + 1
    return Quarter(day.year - (number == 4), number)


def parse(code: str) -> Quarter:
    """The quarter with a code such as 2026-27-Q1. Raises PeriodError for any other text."""
    found = CODE.match(code)
    if found and (int(found[1]) + 1) % 100 == int(found[2]) and 2000 <= int(found[1]) <= 2999:
        return Quarter(int(found[1]), int(found[3]))
    raise PeriodError(f"{code!r} is not a period. Write a financial quarter such as 2026-27-Q1 (April to June 2026).")
