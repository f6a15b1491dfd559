"""Attack made-up worlds by the thousand, and say what fell short, what is left to see and how far it is from the truth.

python bench/attack.py --worlds 2000 [--first 0] [--loose]   worlds by seed, in all processors; every breakdown

Exit status 1 when more than one target in 5,000 falls short, or anybody's answer is determined. `--loose` tries bounds
of 100 ÷ base and single options from a base of 100.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from math import sqrt
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from collector.disclosure.rules import LIMIT
from tests.attacker import worlds
from tests.attacker.attack import Found, attack
from tests.attacker.reader import LEAST, read

LOOSE = {"bound_people": 100, "distribution_base": 100}
MOST_SHORT = 5_000
BASES = ((10, 29), (30, 99), (100, 1 << 60))


@dataclass
class Seen:
    """What readers get: families of ten people or more, shown or not, and squares of errors by base."""

    families: Counter[bool] = field(default_factory=Counter)
    squares: defaultdict[int, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, other: Seen) -> None:
        self.families.update(other.families)
        for base, squares in other.squares.items():
            self.squares[base] += squares


def one(seed: int, loose: bool = False) -> tuple[Found, Seen]:
    """Make and attack the world of a seed."""
    LIMIT.update(LOOSE if loose else {})
    world = worlds.make(seed)
    return attack(world), seen(world)


def seen(world: worlds.World) -> Seen:
    """What a world's files show; where R2 hides all of a row, that is no matter of this count."""
    found = Seen()
    for file in world.files:
        shown = [(row, *place, one) for row, own in read(file.content).items() for place, one in own.items()]
        for row, code, measure, written in shown:
            answered = file.true(row, code)
            if measure == "pct_favourable" and answered >= LEAST and world.flavour != "dominant":
                found.families[written.value is not None] += 1
                if written.value is not None and not written.bound:
                    base = next(low for low, high in BASES if low <= answered <= high)
                    off = 100 * file.true(row, code, "favourable") / answered - written.value
                    found.squares[base].append(off * off)
    return found


def attack_many(first: int, count: int, loose: bool) -> bool:
    """Attack so many worlds and print what came of it; whether they hold."""
    start, told, targets, alike, shown = time.monotonic(), Counter[str](), 0, Counter[str](), Seen()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for found, own in pool.map(partial(one, loose=loose), range(first, first + count)):
            targets += found.targets
            alike.update(found.alike)
            shown.add(own)
            for how, lines in found.told.items():
                told[how] += len(lines)
                for line in lines:
                    print(f"{how}: {line}", flush=True)
    print(f"{count} worlds from seed {first}, {targets:,} targets, {time.monotonic() - start:.0f} s")
    print(f"    short {told['short']}, determined {told['determined']}, not settled in time {told['open']}")
    print(f"    groups that read like everybody: {dict(alike)}")
    print(f"    families of ten people or more shown: {shown.families[True] / shown.families.total():.1%}")
    for base, squares in sorted(shown.squares.items()):
        print(f"    root of the mean squared error, base {base}+: {sqrt(sum(squares) / len(squares)):.1f} points")
    return not told["determined"] and told["short"] * MOST_SHORT <= targets


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--loose", action="store_true")
    asked = parser.parse_args()
    return 0 if attack_many(asked.first, asked.worlds, asked.loose) else 1


if __name__ == "__main__":
    sys.exit(main())
