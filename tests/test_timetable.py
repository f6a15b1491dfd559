"""When jobs are due: through every change of clock, found by looking at each minute on the wall."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from collector import jobs
from collector.settings import Settings
from collector.timetable import LONDON, TIMES, Timing, last_due, next_due
from tests.world import SHIPPED_SETTINGS, World, make_world

MINUTE = timedelta(minutes=1)


def sundays(year: int) -> list[date]:
    """The last Sundays of March and October, on which the clocks change at one o'clock UTC."""
    ends = (date(year, 3, 31), date(year, 10, 31))
    return [end - timedelta(days=(end.weekday() + 1) % 7) for end in ends]


CHANGES = [day for year in range(2025, 2031) for day in sundays(year)]


def is_due(timing: Timing, settings: Settings, moment: datetime) -> bool:
    """Whether the clock on the wall shows a job's time; of an hour that comes twice, the first counts."""
    local = moment.astimezone(LONDON)
    if timing.hour is None:
        return local.minute == timing.minute
    at = timing.at(settings)
    on_day = timing.weekday is None or local.weekday() == timing.weekday
    return on_day and (local.hour, local.minute, local.fold) == (at.hour, at.minute, 0)


@pytest.mark.parametrize("name", TIMES)
def test_each_job_is_due_at_its_time_in_every_minute_of_every_change_of_clock(name: str) -> None:
    timing, settings = TIMES[name], replace(SHIPPED_SETTINGS, release_time="02:15")
    for day in CHANGES:
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=1)
        due = last_due(timing, settings, moment)
        for _ in range(6 * 60):
            due = moment if is_due(timing, settings, moment) else due
            assert last_due(timing, settings, moment) == due, moment
            assert last_due(timing, settings, moment) <= moment < next_due(timing, settings, moment)
            moment += MINUTE


@pytest.mark.parametrize("name", TIMES)
def test_each_job_is_due_once_an_interval_in_the_days_around_every_change_of_clock(name: str) -> None:
    timing = TIMES[name]
    for day in CHANGES:
        first = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)
        seen = [last_due(timing, SHIPPED_SETTINGS, first + timedelta(minutes=20 * n)) for n in range(9 * 72)]
        times = sorted(set(seen))
        assert seen == sorted(seen)
        assert {b - a for a, b in zip(times, times[1:], strict=False)} <= {
            timing.interval + timedelta(hours=hours) for hours in (-1, 0, 1)
        }
        assert all(
            next_due(timing, SHIPPED_SETTINGS, earlier) == later
            for earlier, later in zip(times, times[1:], strict=False)
        )


@pytest.mark.parametrize("at", ["01:30", "00:59", "02:00"])
def test_a_time_that_is_jumped_over_or_comes_twice_is_due_once(at: str) -> None:
    timing, settings = Timing(0, 0, None, "release_time"), replace(SHIPPED_SETTINGS, release_time=at)
    for day in CHANGES:
        begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=2)
        seen = {last_due(timing, settings, begin + MINUTE * n) for n in range(27 * 60)}
        assert len({moment for moment in seen if moment.astimezone(LONDON).date() == day}) == 1


def test_every_job_has_its_time() -> None:
    assert [job.name for job in jobs.JOBS] == list(TIMES)


@pytest.fixture
def autumn(tmp_path: Path) -> World:
    return make_world(tmp_path, today=date(2026, 10, 24))


@pytest.mark.parametrize("days", range(9))
def test_a_server_that_starts_in_the_days_after_the_change_makes_up_what_was_missed(autumn: World, days: int) -> None:
    now = datetime(2026, 10, 25, 1, 36, tzinfo=UTC) + timedelta(days=days)
    autumn.confirm(now)
    assert jobs.run_due(autumn.settings, now) == [job.name for job in jobs.JOBS]
    assert jobs.run_due(autumn.settings, now) == []


def test_runs_are_made_up_one_after_another_in_the_order_of_the_table(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once, order = threading.Lock(), []

    def verb(name: str) -> jobs.Verb:
        def work(*_: object) -> str:
            assert at_once.acquire(blocking=False)
            order.append(name)
            at_once.release()
            return ""

        return work

    for job in jobs.JOBS:
        monkeypatch.setitem(jobs.BY_NAME, job.name, replace(job, verb=verb(job.name)))
    jobs.run_due(world.settings, datetime(2026, 11, 24, 9, 40, tzinfo=UTC))
    assert order == [job.name for job in jobs.JOBS]
    assert order.index("release") < order.index("announce")


def test_the_leader_looks_again_and_stops_when_told(tmp_path: Path) -> None:
    world = make_world(tmp_path, today=datetime.now(LONDON).date())
    scheduler = jobs.schedule(world.settings)
    for _ in range(200):
        row = world.database.one("SELECT count(*) FROM job_run WHERE outcome = 'done'")
        if row == (len(jobs.JOBS),):
            break
        threading.Event().wait(0.05)
    scheduler.shutdown()
    assert world.database.rows("SELECT job FROM job_run ORDER BY rowid") == [(job.name,) for job in jobs.JOBS]
