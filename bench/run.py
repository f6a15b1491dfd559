"""Measure everything that the program must reach, and print it in one table.

    python bench/run.py             all, about four minutes
    python bench/run.py --quick     shorter runs, about two minutes
    python bench/run.py --full      also the roll-up beside ten million frozen responses: some two minutes more
    python bench/run.py get submit  only these parts

Everything is written below a temporary folder (set TMPDIR to measure another disk) and deleted at the end.
Exit status 1 when a limit is not met.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType

import counting
import export
import get
import intake
import languages
import page
import process
import submit
import sync
from figures import Figure, table

PARTS: dict[str, Callable[[bool], list[Figure]]] = {
    "page": page.measure,
    "get": get.measure,
    "submit": submit.measure,
    "sync": sync.measure,
    "intake": intake.measure,
    "process": process.measure,
    "rollup": counting.measure,
    "export": export.measure,
    "languages": languages.measure,
}
MOST_SECONDS = 1_200
NOISY = 0.1
TRIES = 2


def main() -> int:
    """Run the parts that were asked for; 0 when every limit is met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS), default=list(PARTS))
    given = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, _stop)
    signal.alarm(MOST_SECONDS * (3 if given.full else 1))
    parts = {**PARTS, "rollup": partial(counting.measure, full=given.full)}
    unknown = [name for name in given.parts if name not in parts]
    if unknown:
        parser.error(f"no such part: {unknown[0]}; the parts are {', '.join(parts)}")
    figures = [figure for name in given.parts for figure in settled(name, parts[name], given.quick)]
    print(table(figures))
    return int(any(figure.met is False for figure in figures))


def settled(name: str, part: Callable[[bool], list[Figure]], quick: bool) -> list[Figure]:
    """A part's figures; measured once more when a limit was missed while others used the machine."""
    for turn in range(TRIES):
        start, busy, own = time.monotonic(), _busy(), _own()
        figures = part(quick)
        seconds = time.monotonic() - start
        others = max(0.0, _busy() - busy - (_own() - own)) / (seconds * (os.cpu_count() or 1))
        missed = [figure.name for figure in figures if figure.met is False]
        say(f"{name}: {seconds:.0f} s, others used {others:.0%} of the machine" + "".join(f"; NO: {n}" for n in missed))
        if not missed or others < NOISY or turn == TRIES - 1:
            break
        say(f"{name}: once more, because the machine was busy with other things")
    return figures


def say(text: str) -> None:
    """A line about the progress."""
    print(text, file=sys.stderr, flush=True)


def _busy() -> float:
    """Seconds that all processors together were busy since boot, or taken away by the host of a virtual machine."""
    fields = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:]
    user, nice, system, _, _, irq, soft, stolen = map(int, fields[:8])
    return (user + nice + system + irq + soft + stolen) / os.sysconf("SC_CLK_TCK")


def _own() -> float:
    """Seconds of processor that this process and its ended children took."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _stop(number: int, _: FrameType | None) -> None:
    """End by an exception, so that every server and folder goes."""
    sys.exit(f"stopped by {signal.Signals(number).name}")


if __name__ == "__main__":
    sys.exit(main())
