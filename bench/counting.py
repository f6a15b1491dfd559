"""The figures of the roll-up, from the measurements in rollup.py: a million responses, what it takes, what is kept."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from figures import Figure, table

RESPONSES, HISTORY, QUICK = 1_000_000, 10_000_000, 100_000
MOST_ALL, MOST_EVERY, MOST_MB = 3.0, 6.0, 250.0
ROLLUP = str(Path(__file__).with_name("rollup.py"))
PATIENCE = 900.0
Found = Mapping[str, dict[str, float]]


def measure(quick: bool = False, full: bool = False) -> list[Figure]:
    """Time and memory beside reading the same rows in Python. `full` adds ten million frozen responses beside them."""
    responses = QUICK if quick else RESPONSES
    alone = _found(responses, 0, ("read", "all", "every"))
    figures = _figures(f"roll-up of {responses:,}", alone, limited=responses == RESPONSES)
    if full:
        beside = _found(responses, HISTORY, ("every",))["every"]["wall"]
        name = f"every breakdown, {HISTORY:,} frozen beside"
        figures.append(Figure(name, beside, "s", "without them", alone["every"]["wall"], most=MOST_EVERY))
    return figures


def _found(responses: int, history: int, names: tuple[str, ...]) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory(prefix="collector-bench-") as folder:
        file = str(Path(folder) / "bench.db")
        _rollup("--make", file, "--responses", str(responses), "--history", str(history))
        return {name: json.loads(_rollup("--measure", name, file)) for name in names}


def _rollup(*arguments: str) -> str:
    """What rollup.py printed. Raises CalledProcessError when it failed, TimeoutExpired when it took too long."""
    command = [sys.executable, ROLLUP, *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=PATIENCE).stdout


def _figures(name: str, found: Found, *, limited: bool) -> list[Figure]:
    """Limits are for a million; a smaller roll-up is for comparison."""
    seconds, seconds_every, mb = (MOST_ALL, MOST_EVERY, MOST_MB) if limited else (None, None, None)
    read, all_only, every = found["read"], found["all"], found["every"]
    return [
        Figure(f"{name}, all", all_only["wall"], "s", "read only", read["wall"], most=seconds),
        Figure(f"{name}, every breakdown", every["wall"], "s", "read only", read["wall"], most=seconds_every),
        Figure(f"{name}, memory at most", every["peak"], "MB", "read only", read["peak"], most=mb),
    ]


if __name__ == "__main__":
    print(table(measure()))
