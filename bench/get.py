"""GET of the survey page in every language against a bare Flask "hello" on the same server and workers."""

from __future__ import annotations

import statistics

import wrk
from figures import Figure, table
from installation import MAIN_LANGUAGES, Installation, installation
from servers import COLLECTOR, HELLO, server, warm

WORKERS = (2, 1)
CONNECTIONS = 64
LEAST = 0.9


def measure(quick: bool = False) -> list[Figure]:
    """A figure a language with a limit, and the slowest other one, for two workers and for one."""
    if not wrk.there():
        return []
    with installation() as made:
        return [figure for workers in WORKERS for figure in _with(made, workers, 1 if quick else 3)]


def _with(made: Installation, workers: int, repeats: int) -> list[Figure]:
    """Both servers stand beside each other; measured in turns, so that a noisy moment harms both."""
    paths = {tag: f"/v/{made.codes[0]}/{tag}" for tag in made.languages}
    rates: dict[str, list[float]] = {tag: [] for tag in paths}
    hello: list[float] = []
    with (
        server(HELLO, workers, made.env, made.folder) as plain,
        server(COLLECTOR, workers, made.env, made.folder) as ours,
    ):
        warm(plain, ["/"], workers)
        warm(ours, list(paths.values()), workers)
        for turn in range(repeats):
            hello.append(wrk.rate(plain, "/", CONNECTIONS, 2))
            for tag in MAIN_LANGUAGES if turn else paths:
                rates[tag].append(wrk.rate(ours, paths[tag], CONNECTIONS, 2 if tag in MAIN_LANGUAGES else 1))
    return _figures({tag: statistics.median(found) for tag, found in rates.items()}, statistics.median(hello), workers)


def _figures(rates: dict[str, float], hello: float, workers: int) -> list[Figure]:
    others = {tag: rate for tag, rate in rates.items() if tag not in MAIN_LANGUAGES}
    slowest = min(others, key=lambda tag: others[tag])
    named = {tag: tag for tag in MAIN_LANGUAGES} | {slowest: f"{slowest}, slowest of {len(others)} others"}
    place = f"{workers} worker{'s' if workers > 1 else ''}"
    return [
        Figure(f"GET {name}, {place}, c{CONNECTIONS}", rates[tag], "/s", "hello", hello, least_ratio=LEAST)
        for tag, name in named.items()
    ]


if __name__ == "__main__":
    print(table(measure()))
