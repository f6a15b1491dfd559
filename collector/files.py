"""Files that survive a power cut and never stand there by half, and locks that end with their process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

PRIVATE = 0o600
"""For the owner alone."""
SHARED = 0o666
"""As the umask of whoever runs the program says."""


def sync(folder: Path) -> None:
    """Let the names in a folder survive a power cut."""
    descriptor = _open(folder)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def new(path: Path, mode: int = PRIVATE, *, again: bool = False) -> Iterator[BinaryIO]:
    """A file to write; on the disk when the block ends. It must not be there yet, unless it may be written `again`."""
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | (os.O_TRUNC if again else os.O_EXCL)
    with open(os.open(path, flags, mode), "w+b") as out:
        yield out
        out.flush()
        os.fsync(out.fileno())


def replace(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """Write a file whole or not at all: beside, under a hidden name, which then takes the place of what was there.

    Not for two writers at a time: they would share the name beside. See `alone_in`.
    """
    part = path.with_name(f".{path.name}.part")
    with new(part, mode, again=True) as out:
        out.write(content)
    part.replace(path)


@contextmanager
def alone_in(folder: Path, *, wait: bool = True) -> Iterator[int]:
    """The folder, open and locked against others that ask. Raises BlockingIOError when it is taken and we do not wait."""
    descriptor = _open(folder)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield descriptor
    finally:
        os.close(descriptor)


def lock(path: Path, *, shared: bool = False, wait: bool = True) -> int:
    """Lock a file that stands for something, until the descriptor is closed or the process and all that it made end.

    Raises BlockingIOError when it is taken and we do not wait.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _open(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
