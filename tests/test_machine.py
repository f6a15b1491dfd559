"""What the machine does to the program: late jobs, files of others, full disks, and how often `/healthz` looks."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector import health, jobs
from collector.db import connect
from collector.errors import StoreError
from collector.governance import reserve
from collector.settings import load
from tests.conftest import CheckedClient
from tests.world import World, make_world

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
NOBODY = 65534
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


def wrong(world: World, now: datetime) -> list[str]:
    return [finding.what for finding in health.cheap(world.settings, now)]


LATE = [
    ("rollup", timedelta(hours=1), "on 2026-11-25 at 12:20"),
    ("retention", timedelta(days=1), "on 2026-11-26 at 03:10"),
    ("release", timedelta(days=7), "on 2026-12-01 at 09:30"),
]


@pytest.mark.parametrize(("name", "interval", "due"), LATE)
def test_a_job_that_is_late_by_more_than_one_of_its_intervals_is_seen(
    world: World, name: str, interval: timedelta, due: str
) -> None:
    jobs.run_due(world.settings, NOW)
    missed = datetime.strptime(due, "on %Y-%m-%d at %H:%M").replace(tzinfo=UTC)
    says = f"The job {name} should have run {due} and has not."
    assert says not in wrong(world, missed + interval)
    found = wrong(world, missed + interval + timedelta(minutes=1))
    assert says in found
    world.clock[0] = missed + interval + timedelta(minutes=1)
    assert CheckedClient(world.app()).get("/healthz").status_code == 503


@pytest.mark.parametrize("outcome", ["failed", "refused"])
def test_a_job_that_failed_or_was_refused_is_wrong_until_it_is_done(world: World, outcome: str) -> None:
    jobs.run_due(world.settings, NOW)
    assert wrong(world, NOW) == []
    world.database.execute("UPDATE job_run SET outcome = :o WHERE job = 'retention'", {"o": outcome})
    assert len(wrong(world, NOW)) == 1
    world.clock[0] = NOW
    assert CheckedClient(world.app()).get("/healthz").status_code == 503
    assert jobs.run_due(world.settings, NOW + timedelta(minutes=59)) == ["rollup", "announce"]
    assert jobs.run_due(world.settings, NOW + timedelta(minutes=60)) == ["retention"]
    assert wrong(world, NOW + timedelta(minutes=60)) == []


def test_two_days_without_a_backup_are_wrong(world: World) -> None:
    jobs.run_due(world.settings, NOW)
    says = "There is no backup of the last two days."
    assert says not in wrong(world, NOW + timedelta(days=2))
    assert says in wrong(world, NOW + timedelta(days=2, minutes=1))


def test_duties_and_notes_are_never_a_503(world: World) -> None:
    world.database.execute(
        """INSERT INTO response VALUES ('2026-27-Q3', 'aaa', x'01', 'trust-core', '1.0.0', 'full', '2026-11-20', '', 0,
           1, 'paper', 'none', 'en', '', '')"""
    )
    settings = replace(world.settings, example=True)
    found = health.examine(settings, NOW.date(), NOW)
    assert {finding.kind for finding in found if "held" in finding.what} == {"duty"}
    assert [finding for finding in health.cheap(settings, NOW) if finding.kind != "machine"] == []


def test_health_looks_and_writes_once_a_minute_however_often_it_is_asked(world: World, client: CheckedClient) -> None:
    world.database.execute("CREATE TABLE written (at TEXT)")
    world.database.execute("CREATE TRIGGER t AFTER UPDATE ON installation BEGIN INSERT INTO written VALUES (''); END")
    for _ in range(36):
        world.clock[0] += timedelta(seconds=5)
        assert client.get("/healthz").status_code == 200
    assert world.database.one("SELECT count(*) FROM written") == (3,)


@contextmanager
def as_somebody(user: int) -> Iterator[None]:
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)


@needs_root
def test_a_database_that_belongs_to_root_is_told_with_chown_and_not_with_an_old_backup() -> None:
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    try:
        world = make_world(folder)
        world.database.close()
        for path in (world.settings.data, *world.settings.data.iterdir()):
            shutil.chown(path, NOBODY, NOBODY)
        for name in ("collector.db", "collector.db-lock"):
            shutil.chown(world.settings.data / name, 0, 0)
            with as_somebody(NOBODY):
                with pytest.raises(StoreError, match=r"belongs to root.*chown -R nobody: .*data") as told:
                    connect(world.settings.database)
                said = [f"{found.what} {found.cure}" for found in health.examine(world.settings, NOW.date(), NOW)]
            assert "ackup" not in str(told.value) + " ".join(said)
            assert any("chown -R nobody:" in line for line in said)
            shutil.chown(world.settings.data / name, NOBODY, NOBODY)
        with as_somebody(NOBODY):
            connect(world.settings.database).close()
    finally:
        shutil.rmtree(folder)


def test_doctor_before_init_says_run_init_and_nothing_else(tmp_path: Path) -> None:
    settings = load({"COLLECTOR_DATA": str(tmp_path / "data")})
    found = health.examine(settings, NOW.date(), NOW)
    assert [finding.cure for finding in found] == ["Run `collector init`."]


def test_a_full_disk_gives_up_the_reserve_so_that_deleting_works_and_makes_it_again(world: World) -> None:
    jobs.run_due(world.settings, NOW)
    kept = world.settings.data / reserve.NAME
    assert kept.stat().st_size >= reserve.LEAST
    assert kept.stat().st_mode & 0o077 == 0
    tries = []

    def delete() -> int:
        """A database whose disk is full as long as the reserve is there."""
        pages = world.database.one("PRAGMA page_count")
        assert pages is not None
        world.database.execute(f"PRAGMA max_page_count = {pages[0] if kept.exists() else 1 << 30}")
        tries.append(kept.exists())
        with world.database.transaction():
            return world.database.execute("UPDATE venue SET name = hex(randomblob(100000))").rowcount

    assert reserve.with_reserve(world.settings.data, delete) == 1
    assert tries == [True, False]
    reserve.keep(world.settings.data, world.settings.database, 1 << 60)
    assert not kept.exists()
    assert jobs.run("retention", world.settings, NOW + timedelta(days=1), NOW + timedelta(days=1)) is not None
    assert kept.exists()


def test_what_is_no_full_disk_keeps_the_reserve(world: World) -> None:
    reserve.keep(world.settings.data, world.settings.database, 0)
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        reserve.with_reserve(world.settings.data, lambda: world.database.execute("SELECT 1 FROM elsewhere"))
    assert (world.settings.data / reserve.NAME).exists()
