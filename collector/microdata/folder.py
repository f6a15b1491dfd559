"""A private folder of files that appears whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from collector import files
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
            files.sync(part)
            part.rename(to)
            files.sync(to.parent)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise


@contextmanager
def _alone_in(part: Path) -> Iterator[None]:
    """One maker at a time."""
    with ExitStack() as held:
        try:
            held.enter_context(files.alone_in(part, wait=False))
        except BlockingIOError as error:
            raise ExportError(f"Another run is writing {part.name}. Wait for it, or name another folder.") from error
        yield


@contextmanager
def private_file(path: Path) -> Iterator[TextIO]:
    """A new file for text that only its owner can read; on the disk when the block ends. Line ends stay as they are."""
    with files.new(path) as raw:
        out = TextIOWrapper(raw, "utf-8", newline="")
        yield out
        out.detach()


def _clear(part: Path) -> None:
    part.chmod(0o700)
    for left_over in part.iterdir():
        left_over.unlink()
