"""What a backup holds, in one table, and where each part of it lies in an installation."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from collector.errors import StoreError
from collector.printed import NOTED
from collector.settings import BY_NAME, PACKAGE, TOML, Settings

DATABASE, SECRET, WITHDRAWN, ENVIRONMENT = "collector.db", "secret.key", "withdrawn", "environment"
QUEUE = "queue.key"
RELEASES_IN = "exports"
Kind = Literal["file", "own", "made", "exports"]
File = tuple[str, Path]
"""A name in the backup, and the file."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a backup. It comes back under its name in the data folder, but for releases.

    A *file* lies in the data folder. What is the deployer's *own* lies where the setting leads. What is *made* is
    written for the backup. Releases lie in the *exports* folder, and come back there.
    """

    name: str
    what: str
    kind: Kind = "file"
    needed: bool = False
    setting: str = ""


PARTS = (
    Part(DATABASE, "the database", needed=True),
    Part(SECRET, "the key of the receipts", needed=True),
    Part(QUEUE, "the key of what tablets seal"),
    Part(TOML, "the settings"),
    Part(WITHDRAWN, "what was taken back"),
    Part(NOTED, "which addresses stand on posters"),
    Part(ENVIRONMENT, "settings of the environment", "made"),
    Part("translations", "your own translations with signatures and recordings", "own", setting="translations"),
    Part("forms", "your own survey files", "own", setting="forms"),
    Part("areas.csv", "your own areas", "own", setting="areas"),
    Part(RELEASES_IN, "published releases", "exports"),
)
LOG = f"{DATABASE}-wal"
"""What SQLite has not yet put into the database: only in the copy of what a restore replaces."""
NAMES = tuple(part.name for part in PARTS)
FILES = tuple(part.name for part in PARTS if part.kind == "file")
PLACED = tuple(part.name for part in PARTS if part.kind != "exports")
"""What a restore puts in place of what was there: the database first in the list, so that it comes last."""
NEEDED = tuple(part.name for part in PARTS if part.needed)
OWN = tuple(part for part in PARTS if part.kind == "own")
OURS = (*FILES, "backups", "logs", "pages")
LEFT_OUT = "logs, drafts of releases and older backups"
RELEASES = "trust-summary*_r*"
"""Folders that a release makes. What else lies in the exports folder is not ours."""


def own_path(settings: Settings, part: Part) -> Path | None:
    """Where the deployer's own one lies; None when what comes with the program is used."""
    path = Path(getattr(settings, part.setting))
    return None if path.is_relative_to(PACKAGE) else path


def missing(settings: Settings) -> list[str]:
    """What settings lead to that is not there, so that no backup can hold it: in words."""
    found = ((part, own_path(settings, part)) for part in OWN)
    return [f"{BY_NAME[part.setting].env} leads to {path}, which is not there" for part, path in found
            if path is not None and not path.exists()]  # fmt: skip


def files_of(part: Part, settings: Settings) -> Iterator[File]:
    """The files of a part as they lie in an installation."""
    if part.kind == "file":
        yield from _below(part.name, settings.data / part.name, settings.data)
    elif part.kind == "own":
        path = own_path(settings, part)
        yield from _below(part.name, path, settings.data) if path is not None else ()
    elif part.kind == "exports":
        for folder in sorted(settings.exports.glob(RELEASES)):
            yield from _below(f"{part.name}/{folder.name}", folder, settings.data)


def _below(name: str, path: Path, data: Path) -> Iterator[File]:
    """A file, or the files of a folder at any depth but hidden ones; never what the data folder holds of our own."""
    if path.is_file():
        yield name, path
        return
    if not path.exists():
        return
    seen = {path.resolve(), data}
    for folder, folders, files in os.walk(path, onerror=_refuse, followlinks=True):
        here = Path(folder)
        folders[:] = sorted(one for one in folders if _wanted(here / one, data) and _is_new(here / one, seen))
        for file in sorted(files):
            if _wanted(here / file, data) and (here / file).is_file():
                yield (Path(name) / here.relative_to(path) / file).as_posix(), here / file


def _wanted(path: Path, data: Path) -> bool:
    ours = path.parent.resolve() == data and (path.name in OURS or path.name.startswith(DATABASE))
    return not path.name.startswith(".") and not ours


def _is_new(folder: Path, seen: set[Path]) -> bool:
    """Links are followed, but no folder is entered twice."""
    real = folder.resolve()
    if real in seen:
        return False
    seen.add(real)
    return True


def _refuse(error: OSError) -> None:
    raise StoreError(f"{error.filename} cannot be read: {error.strerror}. Mend its owner or mode.") from error
