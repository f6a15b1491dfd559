"""Whenever the program is killed, what lies in the exports folder is whole, and the next run makes good the rest."""

from __future__ import annotations

import multiprocessing
import shutil
import signal
import subprocess
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from collector.db.store import connect
from collector.releases.verify import verified
from tests import killed
from tests.killed import FIRST, SECOND

World = tuple[ForkServerContext, Path, Path]
WELL: dict[str, list[str]] = {FIRST: [], SECOND: []}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Processes to be killed, a quarter to be published, and the same quarter published undisturbed."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.killed", "highspy", "pytest"])
    folder = tmp_path_factory.mktemp("killed")
    killed.start(folder / "start")
    calm = shutil.copytree(folder / "start", folder / "calm")
    assert end(processes, calm, 0) == 0
    return processes, folder / "start", calm


def end(processes: ForkServerContext, folder: Path, last: int) -> int | None:
    """How a run ended that is killed before step `last`."""
    process = processes.Process(target=killed.run, args=(folder, last))
    process.start()
    process.join()
    return process.exitcode


def state(exports: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too."""
    return {str(path.relative_to(exports)): path.read_bytes() for path in exports.rglob("*") if path.is_file()}


def releases(exports: Path) -> list[Path]:
    """What anybody but the program sees there."""
    return sorted(path for path in exports.glob("*") if not path.name.startswith("."))


def kept(folder: Path) -> list[list[tuple[object, ...]]]:
    """All that the database says about the releases, and who did what."""
    database = connect(folder / "collector.db")
    rows = [
        database.rows("SELECT * FROM frozen_tables ORDER BY period, revision"),
        database.rows("SELECT * FROM release ORDER BY number"),
        database.rows("SELECT id, actor, verb, target, detail FROM audit ORDER BY id"),
    ]
    database.close()
    return rows


def check_whole(exports: Path, calm: Path) -> None:
    """Nothing but whole releases is there, and none is a surprise."""
    for folder in releases(exports):
        assert folder.name in WELL
        assert state(folder) == state(calm / "exports" / folder.name)
        subprocess.run(["sha256sum", "--check", "--strict", "--status", "checksums.txt"], cwd=folder, check=True)
    assert [folder.name for folder in releases(exports)] in ([], [FIRST], [FIRST, SECOND])


def check_finished(folder: Path, calm: Path) -> None:
    """It is as if nothing had happened."""
    assert state(folder / "exports") == state(calm / "exports")
    assert kept(folder) == kept(calm)
    database = connect(folder / "collector.db")
    assert verified(database, folder / "exports", synthetic=True) == WELL
    database.close()


def steps(calm: Path) -> int:
    return int((calm / "steps").read_text())


def test_killed_at_any_step_leaves_whole_releases_and_the_next_run_finishes(world: World, tmp_path: Path) -> None:
    processes, start, calm = world
    for last in range(1, steps(calm) + 1):
        folder = shutil.copytree(start, tmp_path / f"at {last}")
        assert end(processes, folder, last) == -signal.SIGKILL, last
        check_whole(folder / "exports", calm)
        assert end(processes, folder, 0) == 0, last
        check_finished(folder, calm)


def test_killed_again_while_it_makes_good_it_still_finishes(world: World, tmp_path: Path) -> None:
    processes, start, calm = world
    half_built = steps(calm) - 4
    for last in range(2, 14):
        folder = shutil.copytree(start, tmp_path / f"at {last}")
        assert end(processes, folder, half_built) == -signal.SIGKILL
        assert end(processes, folder, last) == -signal.SIGKILL, last
        check_whole(folder / "exports", calm)
        assert end(processes, folder, 0) == 0, last
        check_finished(folder, calm)


def test_the_steps_of_a_run_are_the_same_every_time(world: World, tmp_path: Path) -> None:
    processes, start, calm = world
    folder = shutil.copytree(start, tmp_path / "again")
    assert end(processes, folder, steps(calm) + 1) == 0
    assert steps(folder) == steps(calm) > 25
    check_finished(folder, calm)
