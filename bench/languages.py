"""Forty languages against two: the same request rate and the same start, for a catalogue is read when asked for."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import wrk
from figures import Figure, table
from installation import Installation, installation
from servers import COLLECTOR, server, warm

from collector.settings import load

FEW, MANY = 2, 40
CONNECTIONS = 64
LEAST = 0.9
LINE = "- {{tag: {tag}, native_name: Language {tag}, name: {tag}, script: Beng, babel_locale: bn, catalogue: bn}}\n"
ENGLISH = "- {tag: en, native_name: English, name: English, script: Latn, babel_locale: en_GB}\n"


def measure(quick: bool = False) -> list[Figure]:
    """Rate and start with forty languages, each beside two."""
    if not wrk.there():
        return []
    turns = 1 if quick else 5
    rates: dict[int, list[float]] = {FEW: [], MANY: []}
    starts: dict[int, list[float]] = {FEW: [], MANY: []}
    with installation() as made, folders() as (few, many):
        for _ in range(turns):
            for count, folder in ((FEW, few), (MANY, many)):
                start, rate = _one(made, folder, 1 if quick else 2)
                starts[count].append(start)
                rates[count].append(rate)
    rate, start = ({n: statistics.median(found[n]) for n in found} for found in (rates, starts))
    per_minute = {count: 60 / seconds for count, seconds in start.items()}
    return [
        Figure(f"GET en, {MANY} languages", rate[MANY], "/s", f"with {FEW}", rate[FEW], least_ratio=LEAST),
        Figure(
            f"starts, {MANY} languages", per_minute[MANY], "/min", f"with {FEW}", per_minute[FEW], least_ratio=LEAST
        ),
    ]


@contextmanager
def folders() -> Iterator[tuple[Path, Path]]:
    """Two translations folders: English and one more, and English and many more, each with a catalogue of its own."""
    with tempfile.TemporaryDirectory(prefix="collector-languages-") as name:
        home = Path(name)
        yield _folder(home / "few", FEW), _folder(home / "many", MANY)


def _folder(path: Path, count: int) -> Path:
    shipped = load({}).translations
    tags = [f"x{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(count - 1)]
    path.mkdir()
    lines = [LINE.format(tag=tag).replace("catalogue: bn", f"catalogue: {tag}") for tag in tags]
    (path / "languages.yaml").write_text(ENGLISH + "".join(lines), encoding="utf-8")
    for tag in tags:
        shutil.copytree(shipped / "bn", path / tag)
    return path


def _one(made: Installation, folder: Path, seconds: int) -> tuple[float, float]:
    """(seconds until the first answer, answers a second) of a server with a translations folder."""
    env = {**made.env, "COLLECTOR_TRANSLATIONS": str(folder), "COLLECTOR_DRAFT_LANGUAGES": "all"}
    path = f"/v/{made.codes[0]}/en"
    begun = time.monotonic()
    with server(COLLECTOR, 1, env, made.folder) as port:
        started = time.monotonic() - begun
        warm(port, [path], 1)
        return started, wrk.rate(port, path, CONNECTIONS, seconds)


if __name__ == "__main__":
    print(table(measure()))
