"""The scheduler: each run once, missed runs made up, failures recorded and survived."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector import jobs
from collector.errors import JobError
from collector.releases import announce
from collector.timetable import LONDON
from tests.conftest import CheckedClient
from tests.test_respond import FULL, begin
from tests.world import SETTINGS, World, make_world

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def outcomes(world: World) -> list[tuple[str, str]]:
    return [(job, outcome) for job, outcome in world.database.rows("SELECT job, outcome FROM job_run ORDER BY job")]


def test_a_run_happens_once_however_many_try(world: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda _: jobs.run("retention", world.settings, NOW, NOW), range(8)))
    assert len([one for one in said if one]) == 1
    assert outcomes(world) == [("retention", "done")]


@pytest.mark.parametrize("job", jobs.JOBS, ids=lambda job: job.name)
def test_every_job_runs_on_an_empty_installation(world: World, job: jobs.Job) -> None:
    said = jobs.run(job.name, world.settings, NOW, NOW)
    assert said is not None
    assert said.startswith("done")


def test_an_unknown_job_is_named(world: World) -> None:
    with pytest.raises(JobError, match="rollup, release"):
        jobs.run("laundry", world.settings, NOW, NOW)


def test_a_failure_is_recorded_and_does_not_stop_the_scheduler(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fall(*_: object) -> str:
        raise ZeroDivisionError

    monkeypatch.setitem(jobs.BY_NAME, "backup", replace(jobs.BY_NAME["backup"], verb=fall))
    assert jobs.run("backup", world.settings, NOW, NOW) == "failed: ZeroDivisionError"
    assert outcomes(world) == [("backup", "failed")]


DUE = [
    ("retention", NOW, datetime(2026, 11, 23, 3, 10, tzinfo=UTC)),
    ("rollup", NOW, datetime(2026, 11, 23, 11, 20, tzinfo=UTC)),
    ("release", NOW, datetime(2026, 11, 17, 9, 30, tzinfo=UTC)),
    ("release", datetime(2026, 7, 21, 8, 31, tzinfo=UTC), datetime(2026, 7, 21, 8, 30, tzinfo=UTC)),
]


@pytest.mark.parametrize(("name", "now", "due"), DUE)
def test_the_last_due_moment_is_known_in_winter_and_summer(world, name, now, due) -> None:
    assert jobs.last_due(jobs.BY_NAME[name], world.settings, now) == due


def test_the_scheduled_rollup_makes_figures_of_answers(client: CheckedClient, world: World) -> None:
    for _ in range(3):
        client.post(begin(client, world), data=FULL)
    assert jobs.run("rollup", world.settings, NOW, NOW) == "done: 1 open periods"
    assert world.database.one("SELECT respondents FROM cell WHERE area = 'E12000007' AND breakdown = 'all'") == (3,)


def test_the_release_job_freezes_and_publishes_when_the_day_has_come(tmp_path: Path) -> None:
    world = make_world(tmp_path, synthetic=True)
    client = CheckedClient(world.app())
    page = client.get(f"/v/{world.venue}?to=en").text
    assert "Practice data" in page
    client.post(begin(client, world), data=FULL)
    after = datetime(2027, 1, 19, 9, 30, tzinfo=UTC)
    world.confirm(after)
    assert jobs.run("release", world.settings, after, after) == (
        "done: trust-summary_synthetic_E12000007_2026-27-Q3_r0"
    )
    real = make_world(tmp_path / "real")
    before = datetime(2027, 1, 15, 9, 30, tzinfo=UTC)
    client = CheckedClient(real.app())
    client.post(begin(client, real), data=FULL)
    real.confirm(before)
    assert jobs.run("release", real.settings, before, before) == "done: nobody answered in 2026-27-Q2"
    assert not real.settings.exports.exists()
    assert jobs.run("release", real.settings, after, after) == "done: trust-summary_E12000007_2026-27-Q3_r0"
    assert real.database.rows("SELECT day, visit FROM response") == [(None, None)]


def test_old_backups_go_and_new_ones_are_private(world: World) -> None:
    for days in range(0, 20, 3):
        now = NOW + timedelta(days=days)
        jobs.run("backup", world.settings, now, now)
        jobs.run("retention", world.settings, now, now)
    kept = sorted((world.settings.data / "backups").iterdir())
    assert [path.name[10:20] for path in kept] == ["2026-11-29", "2026-12-02", "2026-12-05", "2026-12-08", "2026-12-11"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept)


def test_a_backup_by_hand_has_its_time_in_the_name_and_leaves_the_nights_alone(world: World) -> None:
    jobs.run("backup", world.settings, NOW, NOW)
    night = world.settings.data / "backups" / "collector-2026-11-23.tar.gz"
    before = night.read_bytes()
    for seconds in (61, 62):
        now = NOW + timedelta(seconds=seconds)
        said = jobs.run("backup", world.settings, now, now, by_hand=True)
        assert said == f"done: collector-2026-11-23T12010{seconds - 60}.tar.gz"
    assert night.read_bytes() == before
    assert len(list(night.parent.iterdir())) == 3


def test_a_machine_that_slept_through_a_quarter_freezes_and_publishes_all_whose_day_has_come_oldest_first(
    tmp_path: Path,
) -> None:
    world = make_world(tmp_path)
    client = CheckedClient(world.app())
    client.post(begin(client, world), data=FULL)
    now = datetime(2027, 8, 3, 9, 30, tzinfo=UTC)
    world.confirm(now)
    world.settings.exports.write_text("in the way")
    assert jobs.run_due(world.settings, now) == [job.name for job in jobs.JOBS]
    assert frozen(world) == ["2026-27-Q3"]
    world.settings.exports.unlink()
    assert "release" not in jobs.run_due(world.settings, now + timedelta(minutes=59))
    assert "release" in jobs.run_due(world.settings, now + timedelta(hours=1))
    assert frozen(world) == ["2026-27-Q3", "2026-27-Q4", "2027-28-Q1"]
    (out,) = [name for (name,) in world.database.rows("SELECT name FROM release ORDER BY number")]
    detail = world.database.one("SELECT detail FROM job_run WHERE job = 'release' ORDER BY due DESC")
    assert detail == (f"{out}, nobody answered in 2026-27-Q4, nobody answered in 2027-28-Q1",)
    assert (world.settings.exports / out).is_dir()
    assert [release.name for release in announce.due(world.database, now)] == [out]


def frozen(world: World) -> list[str]:
    return [code for (code,) in world.database.rows("SELECT period FROM period WHERE frozen_on <> '' ORDER BY period")]


def start_worker(world: World) -> subprocess.Popen[str]:
    env = {**SETTINGS, "PATH": os.environ["PATH"], "COLLECTOR_DATA": str(world.settings.data)}
    return subprocess.Popen(
        [sys.executable, "-m", "collector", "work"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for(world: World, jobs_done: int) -> None:
    for _ in range(200):
        row = world.database.one("SELECT count(*) FROM job_run WHERE outcome <> 'running'")
        if row and row[0] >= jobs_done:
            return
        time.sleep(0.1)
    raise AssertionError(outcomes(world))


def test_missed_runs_are_made_up_at_start_and_another_process_takes_over_when_the_leader_dies(tmp_path: Path) -> None:
    world = make_world(tmp_path, today=datetime.now(LONDON).date())
    leader = start_worker(world)
    second = leader
    try:
        wait_for(world, len(jobs.JOBS))
        second = start_worker(world)
        assert [job for job, _ in outcomes(world)] == sorted(job.name for job in jobs.JOBS)
        time.sleep(1)
        world.database.execute("DELETE FROM job_run")
        leader.send_signal(signal.SIGKILL)
        wait_for(world, len(jobs.JOBS))
        second.send_signal(signal.SIGTERM)
        said, _ = second.communicate(timeout=10)
        assert second.returncode == 0
        assert "Traceback" not in said
    finally:
        for process in (leader, second):
            process.kill()
            process.communicate()
