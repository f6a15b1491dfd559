"""Folders for work in progress that holds answers: locked while in use, swept after a process that was killed."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.db.parts import DATABASE, NAMES

PART = "part"
OF_DATABASE = {DATABASE, *(f"{DATABASE}-{ending}" for ending in ("journal", "wal", "shm", "lock"))}
HELD = {".backup-": OF_DATABASE | {PART}, ".restore-": OF_DATABASE | set(NAMES)}
"""What such a folder is called, and what may lie in it. Others that are called so belong to somebody else."""


@contextmanager
def scratch(parent: Path, prefix: str) -> Iterator[Path]:
    """An empty folder in `parent`, private and gone at the end. What a killed process left there goes first."""
    with _alone_in(parent):
        _sweep(parent)
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
        lock = _open(folder)
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def sweep(parent: Path) -> None:
    """Delete what killed backups and restores left in a folder."""
    if os.access(parent, os.R_OK | os.W_OK | os.X_OK):
        with _alone_in(parent):
            _sweep(parent)


def _sweep(parent: Path) -> None:
    for prefix, held in HELD.items():
        for path in parent.glob(f"{prefix}*"):
            if path.is_dir() and not path.is_symlink() and _is_ours(path, held) and not _in_use(path):
                shutil.rmtree(path, ignore_errors=True)


def _is_ours(folder: Path, held: set[str]) -> bool:
    names = {path.name for path in folder.iterdir()} if os.access(folder, os.R_OK | os.X_OK) else set()
    return DATABASE in names and names <= held


def _in_use(folder: Path) -> bool:
    lock = _open(folder)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


@contextmanager
def _alone_in(parent: Path) -> Iterator[None]:
    """Nobody makes or sweeps such a folder here meanwhile."""
    lock = _open(parent)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _open(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
