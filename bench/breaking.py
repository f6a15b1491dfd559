"""Try to break the running program: kills under load, malformed requests, and a soak; exit status 1 when something gives.

python bench/breaking.py --kills 200     of parent, worker and group in turn; counts what was acknowledged
python bench/breaking.py --fuzz 1000000  requests to the program in two processes; counts faults (5xx)
python bench/breaking.py --soak 1000000  answers in one go; memory must level off (docs/decisions/013-memory.md)
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import process
import wrk

from tests.fuzz import fuzz
from tests.kills import KINDS, killed, lost
from tests.serving import free_port, serving
from tests.world import make_world

ROUND = 20
"""Seconds between two looks at the memory."""
CONNECTIONS = 32
MOST_GROWTH = 8.0
"""Megabytes by which the last third of a soak may grow: noise of the allocator."""


def kills(count: int) -> int:
    """Kill a server so often; how many acknowledged answers are lost."""
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Path(folder))
        thanked = killed(world, free_port(), [KINDS[n % len(KINDS)] for n in range(count)])
        gone = lost(world, thanked)
        world.database.close()
    print(f"{count} kills, {len(thanked)} answers acknowledged, {len(gone)} lost: {gone[:3]}")
    return len(gone)


def fuzzing(count: int) -> int:
    """So many malformed requests; how many were answered with a fault."""
    parts = os.cpu_count() or 1
    with ProcessPoolExecutor(parts) as pool:
        found = [one for part in pool.map(fuzz_part, range(parts), [count // parts] * parts) for one in part]
    print(f"{count} malformed requests, {len(found)} faults", *found[:5], sep="\n")
    return len(found)


def fuzz_part(seed: int, count: int) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Path(folder), COLLECTOR_TRUSTED_PROXIES="1")
        return fuzz(world, random.Random(seed), count)


def soak(count: int) -> int:
    """So many answers in one go; 1 when memory still grows in the last third."""
    if not wrk.there():
        return 1
    megabytes: list[float] = []
    script = str(Path(__file__).with_name("soak.lua"))
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Path(folder))
        with serving(world, COLLECTOR_WORKERS="2", COLLECTOR_DAILY_QUOTA="1000000") as served:
            pids = [served.process.pid, *process.children(served.process.pid)]
            stored, begun = 0, time.monotonic()
            while stored < count:
                env = {"SOAK_SEED": str(len(megabytes) + 1)}
                wrk.run(served.port, f"/v/{world.venue}/en", CONNECTIONS, ROUND, "-s", script, env=env)
                stored = rows(world.settings.database)
                megabytes.append(sum(map(process.pss_mb, pids)))
                print(f"{time.monotonic() - begun:6.0f} s {stored:9} answers {megabytes[-1]:6.1f} MB", flush=True)
        world.database.close()
    last = megabytes[len(megabytes) * 2 // 3 :]
    print(f"the last third grew by {last[-1] - last[0]:.1f} MB, of {last[-1]:.1f}")
    return int(last[-1] - last[0] > MOST_GROWTH)


def rows(database: Path) -> int:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM response").fetchone()[0])
    finally:
        connection.close()


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("kills", "fuzz", "soak"):
        parser.add_argument(f"--{name}", type=int, default=0, metavar="N")
    asked = parser.parse_args()
    broken = kills(asked.kills) if asked.kills else 0
    broken += fuzzing(asked.fuzz) if asked.fuzz else 0
    broken += soak(asked.soak) if asked.soak else 0
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
