"""The single writer of a process: who comes first commits all that waits, in one transaction; the others find it done.

No sleep window: under load batches grow by themselves, alone a write goes at once, without waking another thread.
See docs/decisions/004-writer.md.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from collector.db.store import Database, connect
from collector.errors import StoreError

T = TypeVar("T")
PATIENCE = 30.0
SILENT = "The database did not answer in time. Try again."


@dataclass(eq=False, slots=True)
class _Task(Generic[T]):
    verb: Callable[[Database], T]
    done: bool = False
    result: Any = None
    error: BaseException | None = None

    def run(self, database: Database) -> None:
        try:
            self.result = self.verb(database)
        except Exception as error:
            self.error = error
            raise


class Writer:
    """`write(verb)` runs `verb(database)` in a transaction and returns when it is durable. Thread-safe."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: deque[_Task[Any]] = deque()
        self._turn = threading.Lock()
        self._database: Database | None = None

    def write(self, verb: Callable[[Database], T]) -> T:
        """The verb's result, after commit. Whatever the verb raised is raised here, and nothing of it is kept."""
        task = _Task(verb)
        self._waiting.append(task)
        self._wait_for_turn(task)
        try:
            if not task.done:
                self._commit_waiting()
        finally:
            self._turn.release()
        if not task.done:
            raise StoreError(SILENT)
        if task.error is not None:
            raise task.error
        return task.result  # type: ignore[no-any-return]

    def stop(self) -> None:
        """Wait for what is being written, then close."""
        with self._turn:
            if self._database is not None:
                self._database.close()
                self._database = None

    def _wait_for_turn(self, task: _Task[Any]) -> None:
        if not self._turn.acquire(timeout=PATIENCE):
            with suppress(ValueError):  # somebody else is writing it at this moment
                self._waiting.remove(task)
            raise StoreError(SILENT)

    def _commit_waiting(self) -> None:
        """Taken before the database is opened: when that fails, nothing is written behind its sender's back."""
        batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if self._database is None:
            self._database = connect(self._path)
        _commit(self._database, batch)


def _commit(database: Database, batch: list[_Task[Any]]) -> None:
    """All in one transaction; when one fails, each in its own, so that a fault harms nobody else."""
    try:
        with database.transaction():
            for task in batch:
                task.run(database)
    except Exception as error:
        if len(batch) > 1:
            for task in batch:
                task.error = None
                _commit(database, [task])
            return
        batch[0].error = batch[0].error or error
    for task in batch:
        task.done = True
