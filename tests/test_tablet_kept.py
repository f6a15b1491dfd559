"""What is kept of tablets and visits, how long, and what comes back from a backup."""

from __future__ import annotations

import json
import stat
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector import jobs
from collector.db import backup
from collector.db.migrations import migrate, migrations
from collector.db.store import create
from collector.errors import StoreError
from collector.responses import aside, gone
from collector.responses.keys import load_sealer, receipt_number
from collector.responses.withdraw import receipt_mac
from collector.tablets import devices, key, visits
from tests.desk import Desk, desk
from tests.tablet import paired
from tests.world import TODAY, World

__all__ = ["desk"]


def count(world: World, sql: str) -> int:
    row = world.database.one(sql)
    assert row is not None
    return int(row[0])


def test_answers_of_before_are_carried_over_and_tablets_begin_empty(tmp_path: Path) -> None:
    database = create(tmp_path / "old.db")
    with database.transaction():
        migrations.apply(database.tables, stop_before="m006_tablets")
        database.execute(
            """INSERT INTO response VALUES ('2026-27-Q3', 'abc234', x'01', 'tiny', '1.0.0', 'full', '2026-11-23', NULL, 0, 0,
               'self_phone', 'none', 'bn', '', 'a-')"""
        )
        database.execute("INSERT INTO submission VALUES (x'02', x'03', '2026-27-Q3', 'abc234', x'01', 0, NULL)")
        database.execute("INSERT INTO receipt VALUES (x'04', x'02')")
        database.execute("INSERT INTO day_count VALUES ('abc234', '2026-11-23', 1, 0, 0, 0)")
        before = [database.rows(f"SELECT * FROM {table}") for table in ("response", "submission", "receipt")]
    assert migrate(database) == ["m006_tablets"]
    assert [database.rows(f"SELECT * FROM {table}") for table in ("response", "submission", "receipt")] == before
    with database.transaction():
        assert gone.take_away(database, b"\2") == 1
    assert database.rows("SELECT stored FROM day_count") == [(0,)]
    for table in ("tablet", "pairing", "visit", "aside", "box_seen", "tablet_day"):
        assert database.rows(f"SELECT * FROM {table}") == []
    database.close()


def test_init_and_migrate_make_the_key_private_and_once(desk: Desk) -> None:
    file = desk.world.settings.queue_file
    for command in (("init", "--example"), ("migrate",)):
        file.unlink()
        desk.ok(*command)
        made = file.read_bytes()
        assert made.startswith(b"-----BEGIN PRIVATE KEY-----")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        desk.ok(*command)
        assert file.read_bytes() == made


def test_no_new_key_is_made_while_boxes_may_wait_for_the_one_that_is_lost(world: World) -> None:
    paired(world)
    world.settings.queue_file.unlink()
    assert not key.make_if_missing(world.database, world.settings.queue_file)
    world.database.execute("UPDATE tablet SET stopped_on = '2026-11-23'")
    assert key.make_if_missing(world.database, world.settings.queue_file)


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n"])
def test_a_key_that_cannot_be_read_is_named_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "queue.key").write_bytes(content)
    with pytest.raises(StoreError, match=r"queue\.key.*Restore it from a backup"):
        key.load(tmp_path / "queue.key")


def test_the_key_is_in_every_backup_and_comes_back_with_it(world: World, tmp_path: Path) -> None:
    made = world.settings.queue_file.read_bytes()
    backup.backup(world.settings, tmp_path / "b.tar.gz")
    with tarfile.open(tmp_path / "b.tar.gz") as archive:
        assert "queue.key" in archive.getnames()
    world.settings.queue_file.write_bytes(b"another")
    backup.restore(world.settings.data, tmp_path / "b.tar.gz", TODAY, gone.unite, replace=True)
    assert world.settings.queue_file.read_bytes() == made
    assert stat.S_IMODE(world.settings.queue_file.stat().st_mode) == 0o600


def test_a_backup_without_a_key_leaves_the_one_for_which_boxes_may_wait(world: World, tmp_path: Path) -> None:
    made = world.settings.queue_file.read_bytes()
    world.settings.queue_file.unlink()
    backup.backup(world.settings, tmp_path / "b.tar.gz")
    world.settings.queue_file.write_bytes(made)
    backup.restore(world.settings.data, tmp_path / "b.tar.gz", TODAY, gone.unite, replace=True)
    assert world.settings.queue_file.read_bytes() == made


def test_what_is_aside_goes_after_30_days_and_stays_gone_when_it_was_taken_back(world: World) -> None:
    tablet = paired(world)
    visit, number = tablet.begin(), "12" * 16
    tablet.sync([tablet.box(visit, version="9.9.9"), tablet.box(visit, version="9.9.9", key=number)])
    gone.note(world.settings.withdrawn_file, TODAY, "number", [mac_of(world, number)])
    assert gone.mend(world.database, world.settings.withdrawn_file) == 1
    assert count(world, "SELECT count(*) FROM aside") == 1
    for days, left in ((30, 1), (31, 0)):
        aside.forget(world.database, TODAY + timedelta(days=days))
        assert count(world, "SELECT count(*) FROM aside") == left
    assert tablet.sync([])["visits"] == {visit: [2, 2]}


def mac_of(world: World, number: str) -> bytes:
    return receipt_mac(load_sealer(world.settings.secret_file), receipt_number(number))


def test_visits_go_after_twelve_months_with_all_that_hangs_on_them(world: World) -> None:
    tablet = paired(world)
    visit = tablet.begin()
    tablet.sync([tablet.box(visit), tablet.box(visit, version="9.9.9")])
    visits.forget(world.database, TODAY + timedelta(days=365))
    assert count(world, "SELECT count(*) FROM box_seen") == 2
    assert visits.forget(world.database, TODAY + timedelta(days=366)) == 1
    for table in ("visit", "box_seen", "aside", "tablet_day"):
        assert count(world, f"SELECT count(*) FROM {table}") == 0
    assert world.count("response") == 1


def test_the_name_of_a_stopped_tablet_goes_after_30_days_and_the_rest_with_its_visits(world: World) -> None:
    tablet = paired(world)
    tablet.sync([tablet.box(tablet.begin())])
    world.database.execute("UPDATE tablet SET stopped_on = :day", {"day": TODAY.isoformat()})
    for days, name in ((30, "Tablet 1"), (31, "")):
        devices.forget(world.database, TODAY + timedelta(days=days))
        assert world.database.rows("SELECT name FROM tablet") == [(name,)]
    visits.forget(world.database, TODAY + timedelta(days=400))
    devices.forget(world.database, TODAY + timedelta(days=400))
    assert count(world, "SELECT count(*) FROM tablet") == 0


def test_the_nightly_job_does_all_of_it(world: World) -> None:
    tablet = paired(world)
    tablet.sync([tablet.box(tablet.begin(), version="9.9.9")])
    world.database.execute("UPDATE tablet SET stopped_on = '2026-11-23'")
    night = datetime(2027, 12, 1, 3, tzinfo=UTC)
    world.confirm(night)
    said = jobs.run("retention", world.settings, night, night)
    assert said is not None
    assert said.startswith("done")
    for table in ("visit", "aside", "box_seen", "tablet_day", "tablet", "pairing"):
        assert count(world, f"SELECT count(*) FROM {table}") == 0


def test_a_visit_is_seen_as_boxes_and_never_as_answers(desk: Desk) -> None:
    assert desk.ok("visit", "list") == "No visit yet.\n"
    tablet = paired(desk.world)
    visit = tablet.begin()
    tablet.visits[visit] |= {"closed": True, "said_no": "few"}
    tablet.sync([tablet.box(visit), tablet.box(visit, version="9.9.9")])
    said = desk.ok("visit", "list")
    assert "2026-11-23" in said
    assert "Fade Kings  Tablet 1  2 locked, 2 arrived, 1 aside, said no: few" in said
    (row,) = json.loads(desk.ok("visit", "list", "--json"))
    assert row == {
        "visit": visit, "day": "2026-11-23", "venue": desk.world.venue, "tablet": "Tablet 1", "closed": True, "locked": 2,
        "arrived": 2, "aside": 1, "said_no": "few", "struck": False,
    }  # fmt: skip


def test_the_former_key_is_not_put_in_the_place_of_the_present_one_by_hand(world: World, tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        key.make(world.settings.queue_file)
