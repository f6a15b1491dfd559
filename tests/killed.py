"""Freeze, release and correct a tiny quarter in a process of its own, which kills itself before a step of our choice.

A step is what makes something last, or moves or removes it: fsync, rename, mkdir, rmdir, unlink, COMMIT.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from collector.audit.act import Act
from collector.db import Database
from collector.db.store import connect
from collector.releases.build import build_correction, build_release
from collector.releases.freeze import freeze
from collector.releases.secret import seeded
from tests.crowd import AREAS, PERIOD, Person, make_database, put_in
from tests.world import TINY

TODAY = date(2026, 7, 21)
APPEARS = PERIOD.appears
FIRST = "trust-summary_synthetic_E12000007_2026-27-Q1_r0"
SECOND = FIRST.replace("_r0", "_r1")
REASON = "missed"
CALLS = ("fsync", "rename", "mkdir", "rmdir", "unlink")


@dataclass
class Fuse:
    """Counts steps and ends the process, as `kill -9` does, before the `last` one; 0 never ends it."""

    last: int
    done: int = 0

    def step(self) -> None:
        self.done += 1
        if self.done == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*words: Any, **named: Any) -> Any:
            self.step()
            return call(*words, **named)

        return counted

    def statement(self, sql: str) -> None:
        if sql == "COMMIT":
            self.step()


def start(folder: Path) -> None:
    """An installation in which forty people answered at one venue."""
    folder.mkdir()
    database = make_database(folder, TINY)
    put_in(database, people(40))
    database.close()


def people(count: int) -> list[Person]:
    """People on ten visits, every other one content."""
    return [Person("ddd", {"Q1": ("often", "seldom")[n % 2]}, "short", visit=f"v{n % 10}") for n in range(count)]


def run(folder: Path, last: int) -> None:
    """In a process made for it: what the operator types, in order, until the fuse ends it."""
    fuse = Fuse(last)
    for name in CALLS:
        setattr(os, name, fuse.before(getattr(os, name)))
    database = connect(folder / "collector.db")
    database.tables.conn.set_trace_callback(fuse.statement)
    publish(database, folder / "exports")
    database.close()
    (folder / "steps").write_text(str(fuse.done))


def publish(database: Database, exports: Path) -> None:
    """Freeze, release, correct: each command again as long as its folder is not there."""
    freeze(database, PERIOD, AREAS, Act("test", TODAY, "freeze"), draw=seeded)
    if not (exports / FIRST).exists():
        build_release(database, PERIOD, exports, act("r0"), synthetic=True, published_on=APPEARS)
    if database.one("SELECT count(*) FROM response") == (40,):
        put_in(database, people(20))
    if not (exports / SECOND).exists():
        build_correction(database, PERIOD, AREAS, exports, act("r1"), synthetic=True, published_on=TODAY)


def act(entry: str) -> Act:
    return Act("test", TODAY, entry, REASON)
