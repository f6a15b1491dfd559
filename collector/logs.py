"""Logs: one file a day, shared by all processes, without personal data. Retention deletes the old ones."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from pathlib import Path


class DailyFile(logging.Handler):
    """Appends to `collector-<date>.log`; one write a line, so that processes do not mix their lines."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            day = datetime.fromtimestamp(record.created, UTC).date().isoformat()
            line = (self.format(record).replace("\n", " | ") + "\n").encode()
            path = self._folder / f"collector-{day}.log"
            descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, line)
            finally:
                os.close(descriptor)
        except OSError:
            self.handleError(record)


def log_to(folder: Path) -> None:
    """Send the program's own messages to a folder. The server's access log stays off."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    logger = logging.getLogger("collector")
    logger.handlers = [DailyFile(folder)]
    logger.setLevel(logging.INFO)
    logger.propagate = False
