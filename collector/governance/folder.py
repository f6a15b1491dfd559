"""A private folder of files that appears whole or not at all."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from collector.errors import ExportError


@contextmanager
def new_folder(to: Path) -> Iterator[Path]:
    """A hidden folder beside `to`, to write into: it becomes `to` when the block ends well, else it goes.

    Only its owner may enter. What a killed run left behind is cleared by the next. Raises ExportError when `to` is
    there with something in it, or somebody is making it.
    """
    to = to.resolve()
    if to.exists() and not (to.is_dir() and not any(to.iterdir())):
        raise ExportError(f"{to} is there already. Name a new folder: nothing is ever written over.")
    to.parent.mkdir(parents=True, exist_ok=True)
    part = to.with_name(f".{to.name}.part")
    part.mkdir(mode=0o700, exist_ok=True)
    with _alone_in(part):
        _clear(part)
        try:
            yield part
            _sync(part)
            part.rename(to)
            _sync(to.parent)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise


@contextmanager
def private_file(path: Path) -> Iterator[TextIO]:
    """A new file for text that only its owner can read; on the disk when the block ends. Line ends stay as they are."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8", newline="") as out:
        yield out
        out.flush()
        os.fsync(out.fileno())


@contextmanager
def _alone_in(part: Path) -> Iterator[None]:
    """One maker at a time; the lock goes with the process."""
    descriptor = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise ExportError(f"Another run is writing {part.name}. Wait for it, or name another folder.") from error
    finally:
        os.close(descriptor)


def _clear(part: Path) -> None:
    part.chmod(0o700)
    for left_over in part.iterdir():
        left_over.unlink()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
