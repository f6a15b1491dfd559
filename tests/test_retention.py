"""What is promised to be deleted is deleted, by its day."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.governance import promised, retention
from collector.governance.promised import Keeping
from collector.responses.periods import Period, counting_period, parse, period_of
from tests.conftest import CheckedClient
from tests.test_respond import FULL, begin
from tests.world import TODAY, World


def erase(world: World, day: date) -> None:
    with world.database.transaction():
        retention.erase(world.database, day, promised.keeping(world.settings))


def test_answers_are_deleted_by_the_promised_day(client: CheckedClient, world: World) -> None:
    page = client.get(f"/v/{world.venue}?to=en").text
    told = re.search(r"deleted by (\d+ \w+ \d+), and all your answers by (\d+ \w+ \d+)\.", page)
    assert told
    text_day, rows_day = date(2027, 9, 30), date(2029, 3, 31)
    assert told.groups() == ("30 September 2027", "31 March 2029")
    client.post(begin(client, world), data=FULL)
    erase(world, date(2027, 6, 14))
    assert world.count("comment") == 1
    erase(world, text_day)
    assert (world.count("comment"), world.count("response")) == (0, 1)
    erase(world, rows_day)
    assert [world.count(t) for t in ("response", "submission", "receipt")] == [0, 0, 0]


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, 12), st.integers(3, 60), st.booleans())
def test_no_answer_outlives_the_promise_made_on_its_day(day: date, words: int, rows: int, late: bool) -> None:
    keeping = Keeping(words, rows, 14)
    told = promised.latest_answer(day, keeping)
    frozen = frozenset({period_of(day).code}) if late else frozenset()
    kept = promised.kept_until(counting_period(day, frozen)[0], keeping)
    assert kept.text <= told.text
    assert kept.rows <= told.rows


def test_other_quarters_are_left_alone(client: CheckedClient, world: World) -> None:
    client.post(begin(client, world), data=FULL)
    world.turn_to(date(2027, 2, 1))
    client.post(begin(client, world), data=FULL)
    erase(world, date(2027, 6, 30))
    assert world.database.rows("SELECT period FROM comment") == [("2026-27-Q4",)]


def test_old_logs_and_backups_go(tmp_path: Path) -> None:
    for days in (0, 13, 14, 15, 40):
        (tmp_path / f"collector-{(TODAY - timedelta(days=days)).isoformat()}.log").touch()
    (tmp_path / "notes.txt").touch()
    assert retention.erase_files(tmp_path, TODAY, 14) == 2
    assert (tmp_path / "notes.txt").exists()


QUARTERS = [
    (date(2026, 3, 31), "2025-26-Q4", "2026-04-16"),
    (date(2026, 4, 1), "2026-27-Q1", "2026-07-14"),
    (date(2026, 12, 31), "2026-27-Q3", "2027-01-15"),
    (date(2027, 1, 1), "2026-27-Q4", "2027-04-14"),
    (date(2099, 12, 31), "2099-00-Q3", "2100-01-15"),
]


@pytest.mark.parametrize(("day", "code", "closes"), QUARTERS)
def test_quarters_are_financial_and_close_ten_working_days_later(day: date, code: str, closes: str) -> None:
    assert period_of(day).code == code
    assert period_of(day).closes.isoformat() == closes


@given(st.dates(date(2001, 1, 1), date(2099, 1, 1)))
def test_a_day_lies_in_its_quarter_and_quarters_follow_one_another(day: date) -> None:
    period = period_of(day)
    assert period.start <= day <= period.end
    assert period_of(period.end + timedelta(days=1)) == period.next
    assert period.next.previous == period
    assert parse(period.code) == period
    assert period.end < period.closes < period.appears
    assert period.appears.weekday() == 1
    assert isinstance(period, Period)
