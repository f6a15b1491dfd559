"""Putting a folder of files in its place whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from collector.errors import ReleaseError
from collector.files import alone_in, sync
from collector.files import new as new_file
from collector.releases.kept import Content, Files, pieces

FOLDER, FILE = 0o755, 0o644
"""Published files are for all to read, and for their owner alone to change, whatever the umask says."""


def put(folder: Path, files: Files, final: bool = False) -> bool:
    """Make a folder with exactly these files; False when it is there already and the same.

    A `final` one is never replaced: ReleaseError when it is there with other content.

    It is built beside, under a hidden name, and put in place by one rename; what stood there is moved away first.
    A crash leaves the former folder, the new one or none, never a half; the next run clears up.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER)
        with alone_in(folder.parent):
            _clear(folder)
            if _holds(folder, files):
                return False
            if final:
                refuse_other(folder, files)
            _replace(folder, files)
            sync(folder.parent)
    except OSError as error:
        raise ReleaseError(
            f"{folder.name} cannot be written to {folder.parent}: {error.strerror}. "
            "Mend that, and run the command again."
        ) from error
    return True


def refuse_other(folder: Path, files: Files) -> None:
    """Raise ReleaseError when something else stands in the place of a published folder."""
    if (folder.exists() or folder.is_symlink()) and not _holds(folder, files):
        raise ReleaseError(
            f"{folder} is there with other content, and published files never change. "
            "Look who wrote it, move it away, and run the command again."
        )


def _holds(folder: Path, files: Files) -> bool:
    if folder.is_symlink() or not folder.is_dir() or {path.name for path in folder.iterdir()} != set(files):
        return False
    return all(
        (folder / name).is_file() and not (folder / name).is_symlink() and _is(folder / name, content)
        for name, content in files.items()
    )


def _is(path: Path, content: Content) -> bool:
    with path.open("rb") as file:
        return all(file.read(len(piece)) == piece for piece in pieces(content)) and not file.read(1)


def _beside(folder: Path) -> tuple[Path, Path]:
    """Where a folder is built, and where its predecessor waits to be deleted."""
    return folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")


def _clear(folder: Path) -> None:
    """Take away what a crash left beside a folder."""
    for left_over in _beside(folder):
        if left_over.exists():
            shutil.rmtree(left_over)


def _replace(folder: Path, files: Files) -> None:
    new, old = _beside(folder)
    new.mkdir()
    new.chmod(FOLDER)
    for name, content in files.items():
        with new_file(new / name) as out:
            os.fchmod(out.fileno(), FILE)
            out.writelines(pieces(content))
    sync(new)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    if old.exists():
        shutil.rmtree(old)
