"""One worker at rest: memory (PSS), and the time from starting `collector serve` to the first page answered."""

from __future__ import annotations

import contextlib
import os
import statistics
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from figures import Figure, table
from installation import MAIN_LANGUAGES, Installation, installation
from servers import HOST, OPTIONS, ask, free_port, running, wait_for
from submit import form

MOST_MB, MOST_SECONDS = 110.0, 1.5
REST = 2.0


@dataclass(frozen=True)
class Server:
    """A running program: its port, its first process and how long it took to answer."""

    port: int
    pid: int
    seconds: float

    def worker_mb(self) -> float:
        """PSS of its largest child."""
        return max(pss_mb(pid) for pid in children(self.pid))

    def all_mb(self) -> float:
        """PSS of the first process and its children together."""
        return pss_mb(self.pid) + sum(map(pss_mb, children(self.pid)))


def measure(quick: bool = False) -> list[Figure]:
    """Start and memory beside Flask "hello" on the same server."""
    with installation() as made:
        page = f"/v/{made.codes[0]}/en"
        env = {**made.env, "COLLECTOR_SCHEDULER": "yes", "COLLECTOR_WORKERS": "1"}
        hello_env = {**made.env, "PYTHONPATH": os.pathsep.join([made.env["PYTHONPATH"], str(Path(__file__).parent)])}
        hello = ["-m", "granian", *OPTIONS, "--port", "PORT", "--workers", "1", "hello:app"]
        serve = ["-m", "collector", "serve", "--port", "PORT"]
        starts, hellos = [], []
        for _ in range(2 if quick else 5):
            with started(serve, env, made.folder, page) as server:
                starts.append(server.seconds)
            with started(hello, hello_env, made.folder, "/") as server:
                hellos.append(server.seconds)
                time.sleep(REST / 4)
                least = server.worker_mb(), server.all_mb()
        with started(serve, env, made.folder, page) as server:
            memory = list(_memory(made, server, *least))
    seconds = statistics.median(starts)
    return [
        Figure("start to the first page", seconds, "s", "hello", statistics.median(hellos), most=MOST_SECONDS),
        *memory,
    ]


@contextlib.contextmanager
def started(arguments: list[str], env: Mapping[str, str], folder: Path, path: str) -> Iterator[Server]:
    """A program that answers at a path; the word PORT among its arguments stands for a free one."""
    port, begun = free_port(), time.monotonic()
    command = [sys.executable, *(str(port) if word == "PORT" else word for word in arguments)]
    with running(command, env, folder) as process:
        yield Server(port, process.pid, wait_for(port, path) - begun)


def _memory(made: Installation, server: Server, hello: float, hello_all: float) -> Iterator[Figure]:
    """At rest after the page in three languages, then after answers."""
    for tag in MAIN_LANGUAGES:
        ask(server.port, f"/v/{made.codes[0]}/{tag}")
    time.sleep(REST)
    yield Figure("memory of one worker at rest", server.worker_mb(), "MB PSS", "hello", hello, most=MOST_MB)
    yield Figure("the same with the first process", server.all_mb(), "MB PSS", "hello", hello_all)
    for turn in range(20):
        answer(made, server.port, turn)
    time.sleep(REST)
    yield Figure("memory of one worker after answers", server.worker_mb(), "MB PSS", "hello", hello, most=MOST_MB)


def answer(made: Installation, port: int, turn: int) -> None:
    """One filled form. Raises URLError when it is not taken."""
    url = f"http://{HOST}:{port}/v/{made.codes[0]}/{MAIN_LANGUAGES[turn % 3]}"
    headers = {"Cookie": f"key_full={os.urandom(16).hex()}"}
    with urllib.request.urlopen(urllib.request.Request(url, form(made, turn).encode(), headers), timeout=10) as said:
        said.read()


def children(pid: int) -> list[int]:
    """Ids of a process's children."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def pss_mb(pid: int) -> float:
    """Proportional set size: what a process holds alone, and its share of what it holds with others."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    print(table(measure()))
