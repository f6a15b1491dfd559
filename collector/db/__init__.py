"""One small interface over SQLite (through sqlite-utils): open, read, write in one transaction, migrate, back up.

Touch it to add a migration, with data that it must carry over; SQL about a thing stands beside that thing.
"""

from collector.db.store import Database, connect
from collector.db.writer import Writer

__all__ = ["Database", "Writer", "connect"]
