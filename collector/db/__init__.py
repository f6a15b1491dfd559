"""One small interface over SQLite (through sqlite-utils): open, read, write in one transaction, migrate, back up."""

from collector.db.store import Database, connect
from collector.db.writer import Writer

__all__ = ["Database", "Writer", "connect"]
