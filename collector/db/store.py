"""The database: durable, one writer at a time, never a deferred read-then-write.

Between processes a blocking `flock` comes before BEGIN IMMEDIATE, because SQLite's own busy handler polls and
starves writers. WAL is set once, by `create`.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlite_utils

from collector.errors import StoreError
from collector.files import lock

Row = tuple[Any, ...]
IN_USE = "in-use.lock"
Parameters = Mapping[str, Any] | Sequence[Any]


class Database:
    """One connection. Reads see the last commit; `transaction` is the only way to write."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tables = sqlite_utils.Database(_open(path))
        self._connection = self.tables.conn
        self._lock_file = os.open(f"{path}-lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def execute(self, sql: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        """Run one fixed statement."""
        return self._connection.execute(sql, parameters)

    def many(self, sql: str, rows: Iterable[Parameters]) -> int:
        """Run one fixed statement once for each row; how many rows were written in all."""
        return self._connection.executemany(sql, rows).rowcount

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """All rows of a query."""
        return self._connection.execute(sql, parameters).fetchall()

    def one(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """The first row of a query, or None."""
        row: Row | None = self._connection.execute(sql, parameters).fetchone()
        return row

    def make_room(self) -> None:
        """Keep more of the tables in memory: for bulk work, by a process that ends with it."""
        self._connection.execute("PRAGMA cache_size = -64000")

    def take_little(self) -> None:
        """Keep less of the tables in memory: for reading a large one through once, or little of it often."""
        self._connection.execute("PRAGMA cache_size = -4000")

    @property
    def writing(self) -> bool:
        """True inside a transaction."""
        return self._connection.in_transaction

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """Write: everything inside is durable when the block ends, or nothing of it is."""
        fcntl.flock(self._lock_file, fcntl.LOCK_EX)
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        finally:
            fcntl.flock(self._lock_file, fcntl.LOCK_UN)

    def tidy(self) -> None:
        """Write the file anew, every table in the order of its keys: where rows lie then tells nothing of when they came."""
        fcntl.flock(self._lock_file, fcntl.LOCK_EX)
        try:
            self._connection.execute("VACUUM")
        finally:
            fcntl.flock(self._lock_file, fcntl.LOCK_UN)

    def close(self) -> None:
        self._connection.close()
        os.close(self._lock_file)


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    connection.execute("PRAGMA busy_timeout = 10000")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA cache_size = -16000")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA wal_autocheckpoint = 4000")  # pages: a checkpoint a second under load is enough
    return connection


def hold(data: Path) -> int:
    """Say that this process uses a data folder, until it ends; the lock's descriptor, to be kept open."""
    return lock(data / IN_USE, shared=True)


def hold_alone(data: Path) -> int:
    """Say that this process is the one server of a data folder; the lock, to be kept open.

    Processes that it makes keep the lock too: the folder stays taken until the last of them has ended. Raises
    StoreError when another holds it.
    """
    try:
        return lock(data / "serve.lock", wait=False)
    except BlockingIOError as error:
        raise StoreError(
            f"Another `collector serve` uses {data}. Stop that one first, or set COLLECTOR_DATA to another folder."
        ) from error


def refuse_if_in_use(data: Path) -> None:
    """Raise StoreError while a process holds the data folder."""
    try:
        os.close(lock(data / IN_USE, wait=False))
    except BlockingIOError as error:
        raise StoreError(f"{data} is in use. Stop the program first.") from error


def create(path: Path) -> Database:
    """Make the database file, readable by the owner only, and set what is set once. Safe to repeat."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    database = Database(path)
    database.execute("PRAGMA journal_mode = WAL")
    return database


def connect(path: Path) -> Database:
    """Open a database that `create` made. Raises StoreError when it is not there or not a database."""
    if not path.is_file():
        raise StoreError(f"There is no database at {path}. Run `collector init` first.")
    refuse_foreign(path)
    try:
        database = Database(path)
        database.one("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError as error:
        raise StoreError(f"{path} cannot be opened: {error}. Run `collector doctor`.") from error
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path} cannot be used: {error}. Restore a backup with `collector restore`.") from error
    return database


def refuse_foreign(path: Path) -> None:
    """Raise StoreError when the database or a file beside it belongs to somebody who keeps this program out."""
    for file in (path, *(path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm", "-lock"))):
        if file.exists() and not os.access(file, os.R_OK | os.W_OK, effective_ids=True):
            me = user_name(os.geteuid())
            raise StoreError(
                f"{file} belongs to {user_name(file.stat().st_uid)}, and the program runs as {me}. "
                f"Nothing is lost: run `sudo chown -R {me}: {path.parent}`."
            )


def user_name(user: int) -> str:
    """The name of a user of this machine, or the number where there is no name."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


class Readers:
    """One reading connection a thread, opened when first asked for. Pages read little: so many caches stay small."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()

    def get(self) -> Database:
        """This thread's connection."""
        database: Database | None = getattr(self._local, "database", None)
        if database is None:
            database = self._local.database = connect(self._path)
            database.take_little()
        return database
