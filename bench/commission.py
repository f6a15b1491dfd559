"""The commissioner pages: bytes on the wire and the slowest of a hundred answers, from a real server.

Five released quarters of 33 boroughs and the region, with invented figures: more than the demo has, to be as large as life.
"""

from __future__ import annotations

import contextlib
import http.client
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from figures import Figure, percentile, table
from installation import Installation, installation
from page import answer
from servers import COLLECTOR, HOST, server, warm

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.released import HIDDEN, SUMMER, Row, put_release

PAGES = {
    "figures, region": "/figures",
    "figures, borough": "/figures?period=2026-27-Q2&area=E09000005",
    "figures by language": "/figures?by=language",
    "one page": "/figures/one-page",
    "releases": "/releases",
}
MOST_BYTES, MOST_MS = 25_000, 30.0
ENCODINGS = {"br": "brotli", "gzip": "gzip"}


def measure(quick: bool = False) -> list[Figure]:
    """Bytes of each page in each encoding, with headers, and its 99th percentile over a kept connection."""
    with _published() as made, server(COLLECTOR, 1, made.env, made.folder) as port:
        first = {name: _first(port, path) for name, path in PAGES.items()}
        warm(port, list(PAGES.values()), 1)
        found = []
        for name, path in PAGES.items():
            whole = len(answer(port, path, "identity"))
            for encoding, word in ENCODINGS.items():
                size = len(answer(port, path, encoding))
                found.append(Figure(f"{name}, {word}", size, "B", "uncompressed", whole, most=MOST_BYTES))
            slowest = percentile(_times(port, path, 200 if quick else 2_000), 0.99)
            found.append(Figure(f"{name}, p99", slowest, "ms", "first answer, ms", first[name], most=MOST_MS))
    return found


@contextlib.contextmanager
def _published() -> Iterator[Installation]:
    """An installation with five released quarters, written as the tests write them."""
    with installation() as made:
        chance = random.Random(7)
        areas = [(area.code, area.type, area.name) for area in made.work.areas.on(SUMMER.end).values()]
        own = tuple(area for area in areas if area[1] in ("borough", "region"))
        period = SUMMER
        for _ in range(5):
            put_release(made.folder / "exports", made.survey, lambda row: _any(row, chance), period, own)
            period = period.previous
        yield made


def _any(row: Row, chance: random.Random) -> Row:
    """One figure in three hidden, the others as different as they come."""
    if chance.random() < 1 / 3 and row["area_type"] == "borough":
        return {**row, **HIDDEN}
    if row["unit"] == "people":
        return {**row, "value": 5 * chance.randrange(2, 60)}
    value, base = chance.randrange(10, 90), 5 * chance.randrange(6, 80)
    change = chance.choice(("up", "down", "no_clear_change"))
    ranges = {"range_low": value - chance.randrange(3, 10), "range_high": value + chance.randrange(3, 10)}
    return {**row, "value": value, **ranges, "base_rounded": base, "change_vs_previous": change}


def _first(port: int, path: str) -> float:
    """Milliseconds of the first answer, with reading, drawing and compressing."""
    return _times(port, path, 1)[0]


def _times(port: int, path: str, count: int) -> list[float]:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    found = []
    for _ in range(count):
        start = time.perf_counter()
        connection.request("GET", path, headers={"Accept-Encoding": "br"})
        connection.getresponse().read()
        found.append(1000 * (time.perf_counter() - start))
    connection.close()
    return found


if __name__ == "__main__":
    print(table(measure()))
