"""How fast a roll-up is, and how much memory it takes, beside the floor: reading the same rows and doing nothing.

    python bench/rollup.py
    python bench/rollup.py --responses 1000000 --history 10000000

The making and each measurement run in a process of their own, so that one's memory does not count for another.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count, islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from collector.audit.act import Act  # noqa: E402 - the checkout comes first on the path
from collector.community import areas  # noqa: E402
from collector.db import Database, connect  # noqa: E402
from collector.db.migrations import migrate  # noqa: E402
from collector.db.store import create  # noqa: E402
from collector.responses.periods import parse  # noqa: E402
from collector.responses.versions import publish, published  # noqa: E402
from collector.summaries.rollup import count_tables, store_tables  # noqa: E402
from collector.survey.card import MARKS, Column  # noqa: E402
from collector.survey.read import read_file  # noqa: E402

PERIOD = parse("2026-27-Q1")
HISTORY = ("2025-26-Q3", "2025-26-Q4", "2026-27-Q2", "2026-27-Q3")
VENUES, VISITS, CARDS, BATCH = 100, 12, 50_000, 50_000
SHORT, SPECIAL = 0.3, 0.08
MODES = ("self_phone", "self_phone", "self_tablet", "assisted", "paper")
REGISTER = areas.load(ROOT / "collector" / "community" / "areas.csv")
INSERT = """
    INSERT INTO response (period, venue, id, survey, version, variant, day, visit, late, held,
                          mode, help, language, catalogue, card)
    VALUES (?, ?, ?, 'trust-core', ?, ?, ?, ?, 0, 0, ?, 'none', 'en', '', ?)"""


def make(file: Path, responses: int, history: int) -> None:
    """A database with the shipped survey, venues in all 33 boroughs, an open period and frozen ones around it."""
    database = create(file)
    migrate(database)
    survey, _ = read_file(ROOT / "forms" / "trust-core.yaml")
    assert survey is not None
    boroughs = [area.code for area in REGISTER.on(PERIOD.end).values() if area.type == "borough"]
    with database.transaction():
        publish(database, survey, [], Act("bench", date(2026, 1, 1), "bench"))
        for number in range(VENUES):
            place = {"venue": f"venue{number:03d}", "area": boroughs[number % len(boroughs)]}
            database.execute("INSERT INTO venue VALUES (:venue, 'Bench', 'other', 'en', '2026-01-01', NULL)", place)
            database.execute("INSERT INTO venue_area VALUES (:venue, :area, '2000-01-01', NULL)", place)
        database.many("INSERT INTO period (period, frozen_on) VALUES (?, '2026-01-01')", [(p,) for p in HISTORY])
    sizes = {PERIOD.code: responses, **dict.fromkeys(HISTORY, history // len(HISTORY))}
    rows = answers(sizes, survey.version, cards(database))
    while batch := list(islice(rows, BATCH)):
        with database.transaction():
            database.many(INSERT, batch)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def cards(database: Database) -> list[tuple[str, str]]:
    """Plausible cards, each with its variant."""
    chance = random.Random(20_260_701)
    version = published(database)[0]
    found = []
    for _ in range(CARDS):
        variant = "short" if chance.random() < SHORT else "full"
        asked = version.survey.codes(variant)
        parts = [answer(chance, column, column.code in asked) for column in version.layout.columns]
        found.append((variant, "".join(parts)))
    return found


def answer(chance: random.Random, column: Column, asked: bool) -> str:
    """The characters of one column: earlier options are more common than later ones."""
    if not asked:
        return MARKS["not_asked"] * column.width
    if chance.random() < SPECIAL:
        return chance.choice([MARKS["skipped"], MARKS["pns"]]) * column.width
    if column.multi:
        chosen = set(chance.sample(range(column.width), chance.randint(1, 3)))
        return "".join("1" if place in chosen else "0" for place in range(column.width))
    return column.chars[int(chance.random() ** 1.5 * len(column.chars))][1]


def answers(sizes: dict[str, int], version: str, known: list[tuple[str, str]]) -> Iterator[tuple[object, ...]]:
    """Rows in the table's own order: fast to write, and laid out as years of use would leave them."""
    chance, ids = random.Random(7), count()
    for code, size in sorted(sizes.items()):
        days = [date.fromordinal(parse(code).start.toordinal() + 7 * week).isoformat() for week in range(VISITS)]
        for number in range(VENUES):
            for _ in range(size // VENUES):
                variant, card = chance.choice(known)
                visit = chance.randrange(VISITS)
                name = f"visit{visit}" if number % 2 else None
                yield (
                    code, f"venue{number:03d}", next(ids).to_bytes(16), version, variant, days[visit], name,
                    chance.choice(MODES), card,
                )  # fmt: skip


def scan(database: Database) -> int:
    row = database.one("SELECT count(*) FROM response WHERE period = ? AND held = 0", (PERIOD.code,))
    assert row is not None
    return int(row[0])


def read(database: Database) -> int:
    rows = database.execute("SELECT venue, card FROM response WHERE period = ? AND held = 0", (PERIOD.code,))
    return sum(1 for _ in rows)


def all_only(database: Database) -> int:
    return count_tables(database, PERIOD, REGISTER, breakdowns=frozenset()).responses


def everything(database: Database) -> int:
    return count_tables(database, PERIOD, REGISTER).responses


def stored(database: Database) -> int:
    tables = count_tables(database, PERIOD, REGISTER)
    with database.transaction():
        database.execute("DELETE FROM rollup_run")
        store_tables(database, tables, date(2026, 7, 1))
    return tables.responses


MEASURED: dict[str, tuple[str, Callable[[Database], int]]] = {
    "scan": ("floor: count(*) in SQL", scan),
    "read": ("floor: read each card in Python", read),
    "all": ("roll-up, all respondents only", all_only),
    "every": ("roll-up, every breakdown", everything),
    "stored": ("the same, and stored", stored),
}


def measure(file: Path, name: str) -> dict[str, float]:
    """One measurement: best of two, after the file is in memory."""
    database = connect(file)
    scan(database)
    cpu, wall, responses = [], [], 0
    for _ in range(2):
        start = time.process_time(), time.perf_counter()
        responses = MEASURED[name][1](database)
        cpu.append(time.process_time() - start[0])
        wall.append(time.perf_counter() - start[1])
    status = Path("/proc/self/status").read_text(encoding="ascii")  # ru_maxrss would be the parent's
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    return {"cpu": min(cpu), "wall": min(wall), "peak": peak, "responses": responses}


def child(*arguments: str) -> str:
    """Run this file again in a process of its own; what it printed."""
    command = [sys.executable, str(Path(__file__)), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def compare(responses: int, history: int) -> None:
    """Make a database, measure everything, print a table."""
    with tempfile.TemporaryDirectory(prefix="bench-rollup-") as folder:
        file = Path(folder) / "bench.db"
        child("--make", str(file), "--responses", str(responses), "--history", str(history))
        size = file.stat().st_size / 1e6
        print(f"{responses:,} responses in one period, {history:,} in frozen ones beside it; {size:,.0f} MB")
        print(f"{'':36}{'cpu s':>8}{'wall s':>8}{'x read':>8}{'peak MB':>9}")
        found = {name: json.loads(child("--measure", name, str(file))) for name in MEASURED}
        for name, (label, _) in MEASURED.items():
            one = found[name]
            ratio = one["cpu"] / found["read"]["cpu"]
            print(f"{label:36}{one['cpu']:8.2f}{one['wall']:8.2f}{ratio:8.1f}{one['peak']:9.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--responses", type=int, default=1_000_000)
    parser.add_argument("--history", type=int, default=0)
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.make:
        make(given.make, given.responses, given.history)
    elif given.measure:
        print(json.dumps(measure(Path(given.measure[1]), given.measure[0])))
    else:
        compare(given.responses, given.history)


if __name__ == "__main__":
    main()
