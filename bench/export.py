"""Answers of single people written for analysts, beside the `sqlite3` command line writing the same data as CSV.

The whole command stands beside `sqlite3 -csv` on the same table, a column a character of the card, in an order drawn by
chance too. The writing alone stands beside `sqlite3 -csv` on a wide table that holds the very cells of our file.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from figures import Figure, table
from installation import DEPLOYED

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from collector.db import connect  # noqa: E402 - the checkout comes first on the path
from collector.responses.versions import published  # noqa: E402

RESPONSES, QUICK = 100_000, 10_000
TURNS = 7
LEAST_RATIO, MOST_MB = 0.59, 60.0  # 1.7 times the seconds
ROLLUP = str(Path(__file__).with_name("rollup.py"))
PATIENCE = 300.0
COMMAND = """
import atexit, pathlib
atexit.register(lambda: print(pathlib.Path("/proc/self/status").read_text()))
from collector.cli import main
main()
"""
ALONE = """
import sys, time, pathlib
from collector.commands import analysts
ready = analysts.work()
ready.database, ready.synthetic
begun = time.perf_counter()
analysts.bring_out(ready, pathlib.Path(sys.argv[-1]), analysts.Wanted("measuring"))
print(time.perf_counter() - begun)
"""
SAME = """
    SELECT period, venue, mode, help, variant, version, language, late, {cells}
    FROM response WHERE held = 0 ORDER BY random()"""


def measure(quick: bool = False) -> list[Figure]:
    """Lines a second beside the floor, each pair in turns, and memory at most."""
    if shutil.which("sqlite3") is None:
        print("export: no baseline without the sqlite3 command line: apt-get install sqlite3", file=sys.stderr)
        return []
    responses = QUICK if quick else RESPONSES
    with tempfile.TemporaryDirectory(prefix="collector-bench-") as name:
        folder = Path(name)
        _run([sys.executable, ROLLUP, "--make", str(folder / "collector.db"), "--responses", str(responses)])
        peak = _command(folder)[1]
        _wide(folder)
        query = _same(folder)
        whole, same, alone, wide = _turns(
            lambda: _command(folder)[0],
            lambda: _sqlite(folder / "collector.db", query),
            lambda: _alone(folder),
            lambda: _sqlite(folder / "wide.db", "SELECT * FROM wide"),
        )
    return [
        _figure(f"export of {responses:,}, command", responses, whole, "sqlite3 -csv", same, limited=not quick),
        _figure(f"export of {responses:,}, writing", responses, alone, "sqlite3, ready cells", wide, limited=not quick),
        Figure(f"export of {responses:,}, memory at most", peak, "MB", most=MOST_MB),
    ]


def _figure(name: str, lines: int, ours: float, against: str, theirs: float, *, limited: bool) -> Figure:
    """Lines a second. The start outweighs a smaller export."""
    return Figure(name, lines / ours, "/s", against, lines / theirs, least_ratio=LEAST_RATIO if limited else None)


def _turns(*measures: Callable[[], float]) -> list[float]:
    """The median seconds of each, measured in turns, so that what else the machine does falls on all."""
    found = [[one() for one in measures] for _ in range(TURNS)]
    return [statistics.median(seconds) for seconds in zip(*found, strict=True)]


def _command(folder: Path) -> tuple[float, float]:
    """(seconds, MB at most) of the whole command, as somebody types it."""
    begun = time.perf_counter()
    said = _ours(folder, COMMAND)
    return time.perf_counter() - begun, int(said.split("VmHWM:")[1].split()[0]) / 1024


def _alone(folder: Path) -> float:
    """Seconds from the open database to the files on the disk."""
    return float(_ours(folder, ALONE))


def _ours(folder: Path, program: str) -> str:
    """What a program of ours printed that exports into a new folder."""
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    env = {**os.environ, "COLLECTOR_DATA": str(folder), "COLLECTOR_EXPORTS": str(folder / "exports")}
    env["PYTHONPATH"] = str(DEPLOYED)
    words = ["export-responses", "--reason", "measuring", "--to", str(out)]
    return _run([sys.executable, "-c", program, *words], stdout=subprocess.PIPE, env=env, cwd=ROOT)


def _wide(folder: Path) -> None:
    """A table of the very cells that we wrote."""
    [file] = (folder / "out").glob("responses_*.csv")
    _run(["sqlite3", str(folder / "wide.db"), ".mode csv", f".import {file} wide"])


def _same(folder: Path) -> str:
    """A query for the same lines: the card's characters one by one, as they are."""
    database = connect(folder / "collector.db")
    width = published(database)[0].layout.width
    database.close()
    return SAME.format(cells=", ".join(f"substr(card, {place}, 1)" for place in range(1, width + 1)))


def _sqlite(database: Path, query: str) -> float:
    """Seconds that the command line takes for a query."""
    begun = time.perf_counter()
    with database.with_suffix(".csv").open("wb") as out:
        _run(["sqlite3", "-csv", "-header", str(database), query], stdout=out)
    return time.perf_counter() - begun


def _run(command: list[str], **options: Any) -> str:
    """Raises CalledProcessError when it fails, TimeoutExpired when it takes too long."""
    return subprocess.run(command, check=True, text=True, timeout=PATIENCE, **options).stdout or ""


if __name__ == "__main__":
    print(table(measure()))
