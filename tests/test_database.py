"""The database: durable, one writer at a time, nothing half done."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from collector.db import Database, Writer, connect
from collector.db.migrations import migrate, migrations, pending
from collector.db.store import create
from collector.errors import StoreError
from tests.world import World


def test_a_failed_write_leaves_nothing(world: World) -> None:
    def half() -> None:
        with world.database.transaction() as database:
            database.execute("INSERT INTO period (period) VALUES ('x')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert world.database.rows("SELECT * FROM period") == []


def test_one_bad_write_in_a_batch_harms_nobody_else(world: World) -> None:
    writer = Writer(world.settings.database)
    gate = threading.Event()

    def put(number: int) -> None:
        def verb(database: Database) -> None:
            gate.wait(5)
            database.execute("INSERT INTO period (period) VALUES (:p)", {"p": str(number)})
            if number % 3 == 0:
                raise ValueError(number)

        writer.write(verb)

    with ThreadPoolExecutor(30) as pool:
        done = [pool.submit(put, n) for n in range(30)]
        time.sleep(0.2)
        gate.set()
        failed = [n for n, one in enumerate(done) if one.exception() is not None]
    writer.stop()
    assert failed == list(range(0, 30, 3))
    assert world.database.one("SELECT count(*) FROM period") == (20,)


def test_several_processes_migrate_at_once_and_each_step_is_applied_once(tmp_path: Path) -> None:
    create(tmp_path / "c.db").close()
    code = (
        "import sys; from pathlib import Path; from collector.db import connect; "
        "from collector.db.migrations import migrate; print(len(migrate(connect(Path(sys.argv[1])))))"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "c.db")], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    applied = [int(run.communicate(timeout=60)[0]) for run in runs]
    assert all(run.returncode == 0 for run in runs)
    assert sorted(applied) == [0, 0, 0, len(migrations._migrations)]


def test_a_database_from_a_newer_program_is_refused(world: World) -> None:
    world.database.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('collector', 'm999', '')"
    )
    with pytest.raises(StoreError, match="newer Collector"):
        migrate(world.database)
    assert pending(world.database) == []


def test_what_is_not_a_database_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="collector init"):
        connect(tmp_path / "none.db")
    (tmp_path / "bad.db").write_bytes(b"not a database, only words" * 100)
    with pytest.raises(StoreError, match="restore"):
        connect(tmp_path / "bad.db")
