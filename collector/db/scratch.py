"""Folders for work in progress that holds answers: locked while in use, swept after a process that was killed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from collector.db.parts import DATABASE, NAMES
from collector.files import alone_in

PART = "part"
OF_DATABASE = {DATABASE, *(f"{DATABASE}-{ending}" for ending in ("journal", "wal", "shm", "lock"))}
HELD = {".backup-": OF_DATABASE | {PART}, ".restore-": OF_DATABASE | set(NAMES)}
"""What such a folder is called, and what may lie in it. Others that are called so belong to somebody else."""


@contextmanager
def scratch(parent: Path, prefix: str) -> Iterator[Path]:
    """An empty folder in `parent`, private and gone at the end. What a killed process left there goes first."""
    with alone_in(parent):
        _sweep(parent)
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
        held = ExitStack()
        held.enter_context(alone_in(folder))
    with held:
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def sweep(parent: Path) -> None:
    """Delete what killed backups and restores left in a folder."""
    if os.access(parent, os.R_OK | os.W_OK | os.X_OK):
        with alone_in(parent):
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
    try:
        with alone_in(folder, wait=False):
            return False
    except BlockingIOError:
        return True
