"""Room that is kept on the disk so that deleting works when it is full: SQLite must write before it can delete."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

NAME = "reserve"
LEAST = 4 * 1024 * 1024
PART = 2
"""A reserve of half the database: with the shortest retention a financial quarter's answers are that much of it."""


T = TypeVar("T")
BLOCK = bytes(1 << 20)


def keep(data: Path, database: Path, low: int) -> None:
    """Make the reserve, or make it larger, when more than `low` bytes stay free beside it."""
    path, wanted = data / NAME, max(LEAST, database.stat().st_size // PART)
    there = path.stat().st_size if path.exists() else 0
    if there >= wanted or shutil.disk_usage(data).free < low + wanted - there:
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as out:
        for start in range(there, wanted, len(BLOCK)):
            out.write(BLOCK[: wanted - start])


def give_up(data: Path) -> bool:
    """Delete the reserve; whether there was one."""
    try:
        (data / NAME).unlink()
    except FileNotFoundError:
        return False
    return True


def with_reserve(data: Path, act: Callable[[], T]) -> T:
    """Do something in the database; when the disk is full, once more without the reserve."""
    try:
        return act()
    except sqlite3.OperationalError as error:
        if not (is_full(error) and give_up(data)):
            raise
    return act()


def is_full(error: sqlite3.OperationalError) -> bool:
    """True when the disk has no room. Some file systems say so as a failed write."""
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
