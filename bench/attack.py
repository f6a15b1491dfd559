"""Attack made-up worlds by the thousand, or one installation, and say what is found and what is left to see.

python bench/attack.py --worlds 2000 [--first 0]    worlds by seed, in two processes; exit status 1 on a finding
python bench/attack.py --installation DATA EXPORTS  all releases of one, such as demo/data demo/exports
python bench/attack.py --demo                       the practice data of `collector demo`, made anew
python bench/attack.py --shown [--few]              share of rows shown in boroughs of 60, 100 and 300 answers: in all of
                                                    London's, or in eight of them, where fewer rows hide each other
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.attacker import london, making, worlds
from tests.attacker.attack import share_shown

SIZES = (60, 100, 300)
LEAST = {
    60: "all 73, sex 66, age3 51, ethnic6 29, language 21",
    100: "all 83, sex 78, age3 77, ethnic6 46, language 35",
}


def one(seed: int) -> tuple[worlds.Plan, list[str]]:
    """Make and attack the world of a seed; what was found."""
    plan = next(worlds.plans(1, seed))
    with tempfile.TemporaryDirectory() as folder:
        _, found = making.attacked(Path(folder), plan)
    return plan, [str(finding) for finding in found.findings]


def attack_many(first: int, count: int) -> int:
    """Attack so many worlds; how many had a finding."""
    broken, start = 0, time.monotonic()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for plan, found in pool.map(one, range(first, first + count)):
            broken += bool(found)
            for line in found:
                print(f"seed {plan.seed} {plan.flavour} {plan.size}: {line}", flush=True)
    print(f"{count} worlds, {broken} with findings, {time.monotonic() - start:.0f} s")
    return broken


def attack_one(data: Path, exports: Path) -> int:
    """Attack all that an installation has published, with the shipped map and survey; how many findings."""
    start = time.monotonic()
    found = making.attack_installation(data, exports)
    for line in found:
        print(line)
    print(f"{exports}: {len(found)} findings, {time.monotonic() - start:.0f} s")
    return len(found)


def attack_demo() -> int:
    """Make the practice data and attack its releases; how many findings."""
    with tempfile.TemporaryDirectory() as folder:
        data, exports = Path(folder) / "data", Path(folder) / "exports"
        where = {**os.environ, "COLLECTOR_DATA": str(data), "COLLECTOR_EXPORTS": str(exports)}
        for command in (("init", "--example", "--synthetic"), ("demo",)):
            subprocess.run(
                [sys.executable, "-m", "collector", *command], env=where, check=True, stdout=subprocess.DEVNULL
            )
        return attack_one(data, exports)


def shown(boroughs: tuple[str, ...]) -> None:
    """Print the share of rows that are not empty and shown, by size and breakdown, beside the least to reach."""
    for size in SIZES:
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            made = london.make(Path(folder), london.City(size, boroughs))
        shares = share_shown(made.releases, made.told)
        found = {split: own for (area, split), own in shares.items() if area == "E09"}
        print(f"{size} answers in each of {len(boroughs)} boroughs, {time.monotonic() - start:.0f} s")
        print("    shown:", ", ".join(f"{split} {rows:.0%}" for split, (rows, _) in found.items()))
        print("    ten people or more:", ", ".join(f"{split} {large:.0%}" for split, (_, large) in found.items()))
        print(f"    least (domain 5.3): {LEAST.get(size, '-')}", flush=True)


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--worlds", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--shown", action="store_true")
    parser.add_argument("--few", action="store_true")
    parser.add_argument("--installation", nargs=2, type=Path)
    parser.add_argument("--demo", action="store_true")
    asked = parser.parse_args()
    if asked.shown:
        shown(london.SOME if asked.few else london.EVERY)
        return 0
    if asked.demo:
        found = attack_demo()
    elif asked.installation:
        found = attack_one(*asked.installation)
    else:
        found = attack_many(asked.first, asked.worlds)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
