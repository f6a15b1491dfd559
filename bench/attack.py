"""Attack made-up worlds by the thousand, and say what fell short, what is left to see and how far it is from the truth.

python bench/attack.py --worlds 2000 [--first 0] [--loose]   worlds by seed, in all processors; every breakdown
python bench/attack.py --installation DATA EXPORTS           what an installation has published, such as `make demo`
python bench/attack.py --shown                               no attack: what is left to see, by size, and its error

Exit status 1 when more than one target in 5,000 falls short, or anybody's answer is determined. `--loose` tries bounds
of 100 ÷ base and single options from a base of 100.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from math import sqrt
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from collector.db import connect
from collector.disclosure.rules import LIMIT
from tests.attacker import worlds
from tests.attacker.attack import EVERY, Found, attack
from tests.attacker.installation import read_installation
from tests.attacker.reader import LEAST, read

LOOSE = {"bound_people": 100, "distribution_base": 100}
MOST_SHORT = 5_000
OF_YEAR = 400
"""Hidden numbers of each breakdown of a year that are asked for, by chance, as all of them take long."""
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
    return attack(world, most=OF_YEAR if world.flavour == "year" else EVERY), seen(world)


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
    start, total, shown = time.monotonic(), Found(), Seen()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for found, own in pool.map(partial(one, loose=loose), range(first, first + count)):
            total.add(found)
            shown.add(own)
            _tell(found)
    print(f"{count} worlds from seed {first}, {time.monotonic() - start:.0f} s")
    _say(shown)
    return _held(total)


def attack_installation(data: Path, exports: Path, topics: str) -> bool:
    """Attack what an installation has published, topics that hang together at a time; whether it holds."""
    total = Found()
    for world in read_installation(connect(data / "collector.db"), exports):
        print(f"{len(world.files)} files: {', '.join(file.name for file in world.files)}")
        for block in world.shape.blocks if not topics else [topics.split(",")]:
            start, found = time.monotonic(), attack(world, topics=tuple(block))
            total.add(found)
            _tell(found)
            print(f"    {', '.join(block)}: {found.targets:,} targets, {time.monotonic() - start:.0f} s", flush=True)
        _say(seen(world))
    return _held(total)


def _tell(found: Found) -> None:
    for how, lines in found.told.items():
        for line in lines:
            print(f"{how}: {line}", flush=True)


def _held(total: Found) -> bool:
    told = {how: len(lines) for how, lines in total.told.items()}
    print(f"    {total.targets:,} targets: short {told['short']}, determined {told['determined']}, open {told['open']}")
    print(f"    rows that read like a wider one, and who else is there: {dict(sorted(total.alike.items()))}")
    return not told["determined"] and told["short"] * MOST_SHORT <= total.targets


def _say(shown: Seen) -> None:
    print(f"    families of ten people or more shown: {shown.families[True] / max(1, shown.families.total()):.1%}")
    for base, squares in sorted(shown.squares.items()):
        print(f"    root of the mean squared error, base {base}+: {sqrt(sum(squares) / len(squares)):.1f} points")


SHOWN: dict[str, Callable[[random.Random], tuple[list[int], int]]] = {
    "2 or 3 boroughs of 6 to 300": lambda chance: ([chance.randint(6, 300) for _ in range(chance.choice((2, 3)))], 1),
    "8 boroughs of 60": lambda _: ([60] * 8, 1),
    "8 boroughs of 100": lambda _: ([100] * 8, 1),
    "8 boroughs of 60, four quarters and the year": lambda _: ([60] * 8, 4),
}


def show(times: int) -> None:
    """What readers get of worlds of some sizes, so many of each."""
    for name, sizes in SHOWN.items():
        found = Seen()
        for seed in range(times):
            found.add(seen(worlds.plain(seed, *sizes(random.Random(seed)))))
        print(f"{name}, {times} worlds")
        _say(found)


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--loose", action="store_true")
    parser.add_argument("--installation", type=Path, nargs=2, metavar=("DATA", "EXPORTS"))
    parser.add_argument("--topics", default="", help="with --installation: only these, with commas between")
    parser.add_argument("--shown", action="store_true")
    asked = parser.parse_args()
    if asked.shown:
        show(20)
        return 0
    if asked.installation:
        return 0 if attack_installation(*asked.installation, asked.topics) else 1
    return 0 if attack_many(asked.first, asked.worlds, asked.loose) else 1


if __name__ == "__main__":
    sys.exit(main())
