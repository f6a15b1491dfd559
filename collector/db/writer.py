"""The single writer of a process: takes all that waits, commits it in one transaction, wakes the senders.

No sleep window: under load batches grow by themselves, alone a write goes at once. See docs/decisions/004-writer.md.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from collector.db.store import Database, connect
from collector.errors import StoreError

T = TypeVar("T")
BATCH = 256
PATIENCE = 30.0


@dataclass
class _Task(Generic[T]):
    verb: Callable[[Database], T]
    done: threading.Event = field(default_factory=threading.Event)
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
        self._waiting: queue.SimpleQueue[_Task[Any] | None] = queue.SimpleQueue()
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None

    def write(self, verb: Callable[[Database], T]) -> T:
        """The verb's result, after commit. Whatever the verb raised is raised here, and nothing of it is kept."""
        self._ensure_thread()
        task = _Task(verb)
        self._waiting.put(task)
        if not task.done.wait(PATIENCE):
            raise StoreError("The database did not answer in time. Try again.")
        if task.error is not None:
            raise task.error
        return task.result  # type: ignore[no-any-return]

    def stop(self) -> None:
        """Finish what waits, then end the thread."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join(PATIENCE)
            self._thread = None

    def _ensure_thread(self) -> None:
        if self._thread is None:
            with self._start:
                if self._thread is None:
                    thread = threading.Thread(target=self._loop, name="writer", daemon=True)
                    thread.start()
                    self._thread = thread

    def _loop(self) -> None:
        database = connect(self._path)
        while True:
            first = self._waiting.get()
            if first is None:
                database.close()
                return
            batch, stop = self._batch(first)
            _commit(database, batch)
            if stop:
                self._waiting.put(None)

    def _batch(self, first: _Task[Any]) -> tuple[list[_Task[Any]], bool]:
        batch = [first]
        while len(batch) < BATCH:
            try:
                task = self._waiting.get_nowait()
            except queue.Empty:
                break
            if task is None:
                return batch, True
            batch.append(task)
        return batch, False


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
        task.done.set()
