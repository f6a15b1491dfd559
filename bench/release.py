"""How long a release takes, from freezing to published, how much memory, what is shown, and how far it is from the truth.

    python bench/release.py                             the three sizes beside their limits
    python bench/release.py --areas 8 --answers 60      another one

Boroughs, their health boards and the region, every breakdown. Each in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from datetime import date
from fractions import Fraction
from math import sqrt
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
for name in ("numpy", "pandas"):  # sqlite-utils takes them where they are, 50 MB; an installation has neither
    sys.modules[name] = None  # type: ignore[assignment]

from bench.rollup import INSERT, MODES, PERIOD, VISITS, cards  # noqa: E402 - the checkout comes first on the path
from collector.audit.act import Act  # noqa: E402
from collector.community.areas import OPEN_END, Area, Areas  # noqa: E402
from collector.db import Database, connect  # noqa: E402
from collector.db.migrations import migrate  # noqa: E402
from collector.db.store import create  # noqa: E402
from collector.releases import record  # noqa: E402
from collector.releases.build import build_release  # noqa: E402
from collector.releases.freeze import freeze  # noqa: E402
from collector.releases.secret import seeded  # noqa: E402
from collector.responses.versions import publish  # noqa: E402
from collector.summaries.counts import Key, Topic  # noqa: E402
from collector.summaries.frozen import frozen_tables  # noqa: E402
from collector.survey.read import read_file  # noqa: E402

SIZES = ((33, 100, 15.0), (300, 100, 90.0), (33, 3030, 15.0))
"""Boroughs, answers in each, and the seconds from freeze to published: the last are 100,000 answers."""
MOST_MB, BOARDS, VENUES = 150.0, 5, 3
BASES = ((10, 29, 6.0), (30, 99, 2.5), (100, 1 << 60, 1.6))
"""Bases, and the points by which a share may be off at most (root of the mean square)."""


def register(boroughs: int) -> Areas:
    """A made-up region."""
    since = date(2000, 1, 1)
    rows = [Area("TOP", "Top", "region", "", since, OPEN_END, "", "")]
    rows += [Area(f"BOARD{n}", f"Board {n}", "icb", "TOP", since, OPEN_END, "", "") for n in range(BOARDS)]
    rows += [
        Area(f"A{n:03d}", f"Borough {n}", "borough", f"BOARD{n % BOARDS}", since, OPEN_END, "", "")
        for n in range(boroughs)
    ]
    return Areas(tuple(rows))


def make(file: Path, boroughs: int, answers: int) -> None:
    """A database with the shipped survey and so many answers in each borough, at three venues each."""
    database = create(file)
    migrate(database)
    survey, _ = read_file(ROOT / "forms" / "trust-core.yaml")
    assert survey is not None
    days = [date.fromordinal(PERIOD.start.toordinal() + 7 * week).isoformat() for week in range(VISITS)]
    with database.transaction():
        publish(database, survey, [], Act("bench", date(2026, 1, 1), "bench"))
        for venue in (f"A{n:03d}v{v}" for n in range(boroughs) for v in range(VENUES)):
            place = {"venue": venue, "area": venue[:4]}
            database.execute("INSERT INTO venue VALUES (:venue, 'Bench', 'other', 'en', '2026-01-01', NULL)", place)
            database.execute("INSERT INTO venue_area VALUES (:venue, :area, '2000-01-01', NULL)", place)
    chance, known = random.Random(7), cards(database)
    for borough in range(boroughs):
        rows = []
        for number in range(answers):
            variant, card = chance.choice(known)
            venue, ids = f"A{borough:03d}v{number % VENUES}", (borough * answers + number).to_bytes(16)
            day, mode = days[number % VISITS], chance.choice(MODES)
            rows.append((PERIOD.code, venue, ids, survey.version, variant, day, None, mode, card))
        with database.transaction():
            database.many(INSERT, rows)


def measure(file: Path, exports: Path, boroughs: int) -> dict[str, float]:
    """Freeze and publish once; then look at what came of it."""
    database = connect(file)
    today, where = date(2026, 7, 21), register(boroughs)
    start, cpu = time.perf_counter(), time.process_time()
    freeze(database, PERIOD, where, Act("bench", today, "freeze"), draw=seeded)
    frozen_s, first = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    act = Act("bench", today, "release")
    build_release(database, PERIOD, exports, act, synthetic=True, published_on=today)
    whole, busy = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "freeze": frozen_s, "peak MB of freezing": first, "freeze to published": whole, "the same, CPU": busy, "peak MB": peak, **errors(database),
    }  # fmt: skip


def errors(database: Database) -> dict[str, float]:
    """How far written shares are from the true ones, by true base, and the share of families of ten people shown."""
    frozen = frozen_tables(database, PERIOD.code)
    assert frozen is not None
    [series] = frozen.tables.series
    [editions] = record.figures_of(database, 1).values()
    squares: defaultdict[str, list[float]] = defaultdict(list)
    shown: list[bool] = []
    for figure in editions[PERIOD.code]:
        if figure.place.measure == "pct_favourable":
            count = series.counts.get(Key(*figure.place[:3]), {}).get(Topic(*figure.place[3:5]))
            if count is not None and count.answered >= 10:
                shown.append(figure.value is not None)
            if count is not None and figure.value is not None and not figure.bound:
                off = float(Fraction(100 * count.favourable, count.answered) - figure.value)
                name = next(f"RMSE, base {low}+" for low, high, _ in BASES if low <= count.answered <= high)
                squares[name].append(off * off)
    found = {name: sqrt(sum(own) / len(own)) for name, own in sorted(squares.items())}
    return {"shown of ten or more, %": 100 * sum(shown) / max(1, len(shown)), **found}


def limit(name: str, seconds: float) -> str:
    """What a figure must keep to."""
    limits = {"freeze to published": seconds, "peak MB": MOST_MB}
    limits |= {f"RMSE, base {low}+": points for low, _, points in BASES}
    return f"  at most {limits[name]:g}" if name in limits else ""


def show(boroughs: int, answers: int, seconds: float) -> None:
    """Measure one size and print it."""
    with tempfile.TemporaryDirectory(prefix="bench-release-") as folder:
        file = Path(folder) / "bench.db"
        make(file, boroughs, answers)
        command = [sys.executable, __file__, "--measure", str(file), folder, "--areas", str(boroughs)]
        found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    print(f"{boroughs} boroughs with {answers:,} answers each")
    for name, value in found.items():
        print(f"    {name:28}{value:10.1f}{limit(name, seconds)}", flush=True)


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--areas", type=int)
    parser.add_argument("--answers", type=int, default=100)
    parser.add_argument("--measure", nargs=2, type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(*given.measure, given.areas)))
        return
    for size in [(given.areas, given.answers, 90.0)] if given.areas else SIZES:
        show(*size)


if __name__ == "__main__":
    main()
