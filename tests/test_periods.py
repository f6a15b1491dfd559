"""Quarters and years as values: their days, their codes, and what comes before and after."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import PeriodError
from collector.periods import Quarter, Year, parse, period_of

DAYS = st.dates(date(2001, 1, 1), date(2099, 1, 1))
CLOSING = [
    (date(2026, 3, 31), "2025-26-Q4", "2026-04-16"),
    (date(2026, 4, 1), "2026-27-Q1", "2026-07-14"),
    (date(2026, 12, 31), "2026-27-Q3", "2027-01-15"),
    (date(2027, 1, 1), "2026-27-Q4", "2027-04-14"),
    (date(2099, 12, 31), "2099-00-Q3", "2100-01-15"),
]


@pytest.mark.parametrize(("day", "code", "closes"), CLOSING)
def test_quarters_are_financial_and_close_ten_working_days_later(day: date, code: str, closes: str) -> None:
    assert period_of(day).code == code
    assert period_of(day).closes.isoformat() == closes


@given(DAYS)
def test_a_day_lies_in_its_quarter_and_quarters_follow_one_another(day: date) -> None:
    quarter = period_of(day)
    assert quarter.start <= day <= quarter.end
    assert period_of(quarter.end + timedelta(days=1)) == quarter.next
    assert period_of(quarter.start - timedelta(days=1)) == quarter.previous
    assert quarter.next.previous == quarter
    assert parse(quarter.code) == quarter
    assert quarter.end < quarter.closes < quarter.appears
    assert quarter.appears.weekday() == 1


@given(DAYS, st.integers(-40, 40))
def test_going_back_some_quarters_is_undone_by_counting_them(day: date, quarters: int) -> None:
    quarter = period_of(day)
    assert quarter.after(quarter.before(quarters)) == quarters


@given(DAYS)
def test_a_year_is_its_four_quarters_and_ends_with_the_last(day: date) -> None:
    year = period_of(day).year
    assert year.start <= day <= year.end
    assert [quarter.year for quarter in year.parts] == [year] * 4
    assert [quarter.ends_year for quarter in year.parts] == [False, False, False, True]
    assert year.previous.end + timedelta(days=1) == year.start


def test_a_year_has_a_code_of_its_own() -> None:
    assert (Year(2026).code, Year(2099).code) == ("2026-27", "2099-00")
    assert (Year(2026).kind, Quarter(2026, 1).kind) == ("year", "quarter")
    assert (Year(2026).start, Year(2026).end) == (date(2026, 4, 1), date(2027, 3, 31))


@pytest.mark.parametrize(
    "code", ["", "2026-27", "2026-28-Q1", "2026-27-Q5", "1999-00-Q1", "2026-27-Q1\n", "２026-27-Q1"]
)
def test_what_is_no_quarter_is_refused_by_name(code: str) -> None:
    with pytest.raises(PeriodError, match="is not a period") as told:
        parse(code)
    assert repr(code) in str(told.value)


CUT = re.compile(r"\b(?:period|quarter|code|done\.period)(?:\.code)?\[-?[1-7]?:?-?[1-7]?\]|[\"']-[QH][\"'\d]")


def test_no_code_of_a_period_is_cut_to_pieces_elsewhere() -> None:
    package = Path(__file__).parents[1] / "collector"
    found = [
        f"{path.relative_to(package)}: {line.strip()}"
        for path in sorted(package.rglob("*.py"))
        if path.name != "periods.py"
        for line in path.read_text(encoding="utf-8").splitlines()
        if CUT.search(line)
    ]
    assert found == []
