"""What `/healthz` has seen: it looks, and tries to write, at most once a minute, however often it is asked."""

from __future__ import annotations

import sqlite3
import threading
from datetime import datetime, timedelta

from collector import health
from collector.db import Database, Writer
from collector.errors import CollectorError
from collector.finding import Finding
from collector.settings import Settings

MINUTE = timedelta(minutes=1)


class Watch:
    """The findings of the last look, for a minute; one look at a time."""

    def __init__(self, settings: Settings, writer: Writer) -> None:
        self._settings, self._writer = settings, writer
        self._lock = threading.Lock()
        self._at: datetime | None = None
        self._seen: tuple[list[Finding], bool] = ([], False)

    def look(self, now: datetime) -> tuple[list[Finding], bool]:
        """What is wrong with the machine, and whether the database takes a write."""
        with self._lock:
            if self._at is None or not timedelta(0) <= now - self._at < MINUTE:
                self._seen = health.cheap(self._settings, now), self._writes()
                self._at = now
            return self._seen

    def _writes(self) -> bool:
        try:
            self._writer.write(_touch)
        except (CollectorError, OSError, sqlite3.Error):
            return False
        return True


def _touch(database: Database) -> None:
    """A real write that changes nothing."""
    database.execute("UPDATE installation SET id = id WHERE id = 1")
