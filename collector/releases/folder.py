"""Putting a folder of files in its place whole or not at all."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from collector.errors import ReleaseError


def put(folder: Path, files: Mapping[str, bytes], final: bool = False) -> bool:
    """Make a folder with exactly these files; False when it is there already and the same.

    A `final` one is never replaced: ReleaseError when it is there with other content.

    It is built beside, under a hidden name, and put in place by one rename; what stood there is moved away first.
    A crash leaves the former folder, the new one or none, never a half; the next run clears up.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _alone_in(folder.parent):
            if _holds(folder, files):
                return False
            if final and folder.exists():
                raise ReleaseError(f"{folder} is there with other content. Published files never change; look who did.")
            _replace(folder, files)
    except OSError as error:
        raise ReleaseError(f"{folder.name} cannot be written to {folder.parent}: {error.strerror}.") from error
    return True


@contextmanager
def _alone_in(parent: Path) -> Iterator[None]:
    """One builder at a time; the lock goes with the process."""
    descriptor = os.open(parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _holds(folder: Path, files: Mapping[str, bytes]) -> bool:
    if not folder.is_dir() or {path.name for path in folder.iterdir()} != set(files):
        return False
    return all((folder / name).read_bytes() == content for name, content in files.items())


def _replace(folder: Path, files: Mapping[str, bytes]) -> None:
    new, old = folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
    for left_over in (new, old):
        if left_over.exists():
            shutil.rmtree(left_over)
    new.mkdir()
    for name, content in files.items():
        with (new / name).open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    if old.exists():
        shutil.rmtree(old)
