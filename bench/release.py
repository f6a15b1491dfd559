"""How long a release takes, from freezing to published, and how much memory.

    python bench/release.py
    python bench/release.py --responses 10000

33 boroughs, their health boards and the region, every breakdown. In a process of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from collector.summaries.publishing import publish  # noqa: E402

from bench.rollup import PERIOD, REGISTER, make  # noqa: E402 - the checkout comes first on the path
from collector.db import connect  # noqa: E402
from collector.releases.build import Act, build_release, surveys  # noqa: E402
from collector.releases.freeze import freeze  # noqa: E402
from collector.releases.secret import seeded  # noqa: E402
from collector.summaries.frame import frame  # noqa: E402
from collector.summaries.frozen import frozen_tables  # noqa: E402

LIMITS = {"freeze to published": 60.0, "engine alone": 20.0, "peak MB": 300.0}


def measure(file: Path, exports: Path) -> dict[str, float]:
    """Freeze and publish once, then the engine alone on the same tables."""
    database = connect(file)
    today = date(2026, 7, 21)
    start, cpu = time.perf_counter(), time.process_time()
    freeze(database, PERIOD, REGISTER, today, by="bench", entry_id="freeze", draw=seeded)
    frozen_s = time.perf_counter() - start
    act = Act("bench", today, "release", "bench")
    build_release(database, PERIOD, exports, act, synthetic=True, published_on=today)
    whole, busy = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    frozen = frozen_tables(database, PERIOD.code)
    assert frozen is not None
    start = time.perf_counter()
    publish(frozen, frozen.tables.series[0], frame(list(surveys(database).values())), [])
    engine = time.perf_counter() - start
    return {
        "freeze": frozen_s, "freeze to published": whole, "the same, CPU": busy, "engine alone": engine,
        "peak MB": peak,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--responses", type=int, default=100_000)
    parser.add_argument("--measure", nargs=2, type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(*given.measure)))
        return
    with tempfile.TemporaryDirectory(prefix="bench-release-") as folder:
        file = Path(folder) / "bench.db"
        make(file, given.responses, 0)
        command = [sys.executable, __file__, "--measure", str(file), folder]
        found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    print(f"{given.responses:,} responses in one quarter, 33 boroughs")
    for name, value in found.items():
        limit = f"  limit {LIMITS[name]:g}" if name in LIMITS else ""
        print(f"{name:24}{value:10.1f}{limit}")


if __name__ == "__main__":
    main()
