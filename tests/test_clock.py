"""A clock that jumped deletes nothing, freezes nothing and publishes nothing until somebody confirms the day."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest

from collector import health, jobs
from collector.audit.act import Act
from collector.db.migrations import migrate, migrations
from collector.db.store import create
from collector.errors import ClockError
from collector.governance import clock
from collector.timetable import LONDON
from tests.conftest import CheckedClient
from tests.test_respond import FULL, begin
from tests.world import SETTINGS, World, make_world

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
AHEAD = datetime(2031, 5, 6, 9, 40, tzinfo=UTC)


def tables(world: World) -> list[int]:
    return [world.count(table) for table in ("response", "comment", "submission", "receipt")]


def confirmations(world: World) -> list[str]:
    return [row[0] for row in world.database.rows("SELECT target FROM audit WHERE verb = 'clock-confirm' ORDER BY at")]


def is_named(world: World, now: datetime) -> bool:
    found = health.examine(world.settings, now.date(), now)
    return any(finding.what.startswith("The clock says") and finding.kind == "machine" for finding in found)


@pytest.fixture
def answered(client: CheckedClient, world: World) -> World:
    """One answer with words, and a backup."""
    client.post(begin(client, world), data=FULL)
    jobs.run_due(world.settings, NOW)
    return world


def test_a_clock_that_is_years_ahead_at_one_start_deletes_nothing(answered: World, client: CheckedClient) -> None:
    before, logs = tables(answered), answered.settings.data / "backups"
    good = logs / "collector-2026-11-23.tar.gz"
    assert before == [1, 1, 1, 1]
    assert jobs.run_due(answered.settings, AHEAD) == ["rollup", "announce", "backup"]
    for name in ("retention", "release"):
        said = jobs.run(name, answered.settings, AHEAD, AHEAD)
        assert said is not None
        assert said.startswith("refused: The clock says 2031-05-06")
        assert "collector clock confirm 2031-05-06" in said
    assert tables(answered) == before
    assert good.exists()
    assert answered.database.rows("SELECT period FROM period WHERE frozen_on IS NOT NULL") == [("2026-27-Q2",)]
    assert is_named(answered, AHEAD)
    answered.clock[0] = AHEAD
    assert client.get("/healthz").status_code == 503


def test_what_is_written_under_a_wrong_clock_does_not_vouch_for_it(answered: World, client: CheckedClient) -> None:
    answered.clock[0] = AHEAD
    client.post(begin(client, answered), data=FULL)
    for hours in range(3):
        jobs.run_due(answered.settings, AHEAD + timedelta(hours=hours))
    assert tables(answered)[0] == 2
    assert is_named(answered, AHEAD + timedelta(hours=3))
    later = NOW + timedelta(hours=3)
    assert not is_named(answered, later)
    assert "retention" in jobs.run_due(answered.settings, later + timedelta(days=1))
    assert not (answered.settings.data / "backups" / "collector-2031-05-06.tar.gz").exists()
    assert (answered.settings.data / "backups" / "collector-2026-11-23.tar.gz").exists()


def test_a_new_installation_that_never_looked_is_not_fooled_either(client: CheckedClient, world: World) -> None:
    client.post(begin(client, world), data=FULL)
    assert "retention" not in jobs.run_due(world.settings, AHEAD)
    assert tables(world) == [1, 1, 1, 1]


def test_a_clock_that_went_back_is_named_until_it_is_right_again(answered: World) -> None:
    back = NOW - timedelta(days=400)
    assert is_named(answered, back)
    assert not {"retention", "release"} & set(jobs.run_due(answered.settings, back))
    assert not is_named(answered, NOW + timedelta(minutes=1))
    assert not is_named(answered, NOW - timedelta(hours=1))


def test_a_first_start_and_a_week_off_ask_nothing(world: World) -> None:
    assert not is_named(world, NOW)
    assert jobs.run_due(world.settings, NOW) == [job.name for job in jobs.JOBS]
    assert not is_named(world, NOW + timedelta(days=6))


def test_a_month_off_needs_one_confirmation_and_then_all_that_waited_is_done(answered: World) -> None:
    back = NOW + timedelta(days=31)
    for hours in range(3):
        assert not {"retention", "release"} & set(jobs.run_due(answered.settings, back + timedelta(hours=hours)))
    now = back + timedelta(hours=3)
    answered.confirm(now)
    assert {"retention", "release"} <= set(jobs.run_due(answered.settings, now))
    for days in range(1, 4):
        assert "retention" in jobs.run_due(answered.settings, now + timedelta(days=days))
    assert confirmations(answered) == ["2026-12-24"]
    assert not is_named(answered, now + timedelta(days=3))


def test_only_the_day_that_the_clock_shows_can_be_confirmed(answered: World) -> None:
    with pytest.raises(ClockError, match=r"says 2031-05-06, not 2026-11-24\. Set it"):
        clock.confirm(answered.database, AHEAD, Act("operator", date(2026, 11, 24), "e1"))
    assert confirmations(answered) == []
    assert is_named(answered, AHEAD)


def collector(world: World, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {**SETTINGS, "PATH": os.environ["PATH"], "COLLECTOR_DATA": str(world.settings.data)}
    command = [sys.executable, "-m", "collector", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)


def test_the_commands_say_it_and_no_quarter_is_frozen_by_hand_before_it_is_confirmed(tmp_path) -> None:
    now = datetime.now(UTC)
    world = make_world(tmp_path, today=now.date() - timedelta(days=40))
    said = collector(world, "clock")
    assert said.returncode == 1
    assert "nothing is deleted" in said.stdout
    said = collector(world, "release", "--period", "2020-21-Q1", "--yes")
    assert said.returncode == 1
    assert "The clock says" in said.stderr
    local = now.astimezone(LONDON).date().isoformat()
    assert collector(world, "clock", "confirm", local).returncode == 0
    assert collector(world, "clock").stdout == "The clock is believed.\n"
    assert world.database.rows("SELECT actor, target FROM audit WHERE verb = 'clock-confirm'") == [("operator", local)]


def test_an_upgrade_learns_the_newest_moment_before_anything_can_be_written_under_a_wrong_clock(tmp_path) -> None:
    database = create(tmp_path / "collector.db")
    migrations.apply(database.tables, stop_before="m003_kept_and_gone")
    database.execute("INSERT INTO installation VALUES (1, '2026-11-01', 0)")
    for job in ("rollup", "backup"):
        database.execute(
            "INSERT INTO job_run VALUES (:job, :at, :at, :at, 'done', '7 responses in 1 open periods')",
            {"job": job, "at": "2026-11-23T11:20:00+00:00"},
        )
    migrate(database)
    assert database.rows("SELECT seen FROM clock") == [("2026-11-23T11:20:00+00:00",)]
    details = database.rows("SELECT job, detail FROM job_run ORDER BY job")
    assert details == [("backup", "7 responses in 1 open periods"), ("rollup", "")]
