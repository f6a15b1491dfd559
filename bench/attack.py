"""Attack made-up worlds by the thousand, or one exports folder, and say what is found and what is left to see.

python bench/attack.py --worlds 2000 [--first 0]    worlds by seed, in two processes; exit status 1 on a finding
python bench/attack.py --shown                      share of rows shown in full boroughs of 60, 100 and 300 answers
"""

from __future__ import annotations

import argparse
import os
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


def shown() -> None:
    """Print the share of rows that are not empty and shown, by size and breakdown, beside the least to reach."""
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            releases, told = london.make(Path(folder), size)
        found = {split: shares for (area, split), shares in share_shown(releases, told).items() if area == "E09"}
        print(f"{size} a borough-quarter:", ", ".join(f"{split} {rows:.0%}" for split, (rows, _) in found.items()))
        print("    with ten or more people:", ", ".join(f"{split} {large:.0%}" for split, (_, large) in found.items()))
        print(f"    least (domain 5.3): {LEAST.get(size, '-')}")


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--worlds", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--shown", action="store_true")
    asked = parser.parse_args()
    if asked.shown:
        shown()
        return 0
    return 1 if attack_many(asked.first, asked.worlds) else 0


if __name__ == "__main__":
    sys.exit(main())
