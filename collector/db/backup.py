"""Backups: all that an installation cannot do without, in one private file; restored whole or not at all."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from collector import envfile, files
from collector.db import archive
from collector.db.archive import is_whole as is_whole
from collector.db.migrations import refuse_newer
from collector.db.parts import (
    DATABASE,
    ENVIRONMENT,
    FILES,
    LOG,
    NAMES,
    PARTS,
    PLACED,
    RELEASES_IN,
    WITHDRAWN,
    File,
    files_of,
)
from collector.db.scratch import PART, scratch
from collector.db.scratch import sweep as sweep
from collector.db.store import connect, refuse_if_in_use
from collector.errors import StoreError
from collector.settings import SETTINGS, Settings

BACKUPS = "backups"


@dataclass(frozen=True)
class Restored:
    """What a restore brought, by names of parts, and where a copy of what was there lies, if anything was."""

    parts: tuple[str, ...]
    aside: Path | None


Unite = Callable[[Path, Path], None]
"""Puts what one file of withdrawn answers knows into another."""


def backup(settings: Settings, target: Path, env: Mapping[str, str] | None = None) -> int:
    """Write a backup; its size in bytes. The copy is checked before the file appears under its name.

    The database is copied first: what was withdrawn is noted before the database knows of it, so the copy of that note
    never knows less. Raises StoreError when the target exists or the copy is not sound.
    """
    if target.exists():
        raise StoreError(f"{target} exists already. Choose another name.")
    source = connect(settings.database)
    with scratch(target.resolve().parent, ".backup-") as folder:
        copy = folder / DATABASE
        _copy(source.tables.conn, copy)
        source.close()
        others = (file for part in PARTS if part.name != DATABASE for file in files_of(part, settings))
        archive.pack(folder / PART, [(DATABASE, copy), *others], _made(os.environ if env is None else env))
        (folder / PART).rename(target)
        files.sync(target.resolve().parent)
    return target.stat().st_size


def _made(env: Mapping[str, str]) -> dict[str, bytes]:
    """The settings that only the environment holds, as a file of the environment."""
    values = {s.env: env[s.env] for s in SETTINGS if s.env in env and s.name != "data"}
    return {ENVIRONMENT: envfile.as_text(values).encode()} if values else {}


def _copy(source: sqlite3.Connection, copy: Path) -> None:
    os.close(os.open(copy, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with sqlite3.connect(copy) as out:
        source.backup(out)
    out.execute("VACUUM")  # the night's backup comes before the night's tidying: pages would tell the order of the day
    out.close()
    _check(copy)


def _check(path: Path) -> None:
    connection = sqlite3.connect(path)
    try:
        result = connection.execute("PRAGMA integrity_check").fetchone()[0]
        connection.execute("SELECT count(*) FROM installation").fetchone()
    except sqlite3.DatabaseError as error:
        raise StoreError(f"The database in the backup is damaged: {error}.") from error
    finally:
        connection.close()
    if result != "ok":
        raise StoreError(f"The database in the backup is damaged: {result}.")


def _check_version(path: Path) -> None:
    database = connect(path)
    refuse_newer(database)
    database.execute("PRAGMA journal_mode = WAL")
    database.close()
    path.with_name(f"{path.name}-lock").unlink()


def restore(data: Path, source: Path, today: date, unite: Unite, *, replace: bool) -> Restored:
    """Put a backup's files into the data folder.

    A copy of what was there lies among the backups, under its day, and goes when they go. Nothing else in the folder is touched.
    Answers taken back since the backup was made stay so: `unite` brings both files of what was withdrawn together.
    Raises StoreError when the folder is in use, or the backup is not whole.
    """
    if (data / DATABASE).exists() and not replace:
        raise StoreError(f"{data} holds a database already. Use --replace to put it aside, or another folder.")
    found_here = data.exists()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with scratch(data, ".restore-") as found:
            archive.unpack(source, found)
            _check(found / DATABASE)
            _check_version(found / DATABASE)
            refuse_if_in_use(data)
            aside = _put_aside(data, today)
            data.chmod(0o700)
            unite(found / WITHDRAWN, data / WITHDRAWN)
            parts = tuple(name for name in NAMES if (found / name).exists())
            _take_place(data, found)
    except BaseException:
        if not found_here:
            shutil.rmtree(data)
        raise
    return Restored(parts, aside)


def _put_aside(data: Path, today: date) -> Path | None:
    """A copy of what is about to be replaced, as it is: the database may be damaged."""
    there = list(_replaced(data))
    if not there:
        return None
    backups = data / BACKUPS
    backups.mkdir(mode=0o700, exist_ok=True)
    for number in range(1, 1000):
        aside = backups / f"before-restore-{today.isoformat()}-{number}.tar.gz"
        if not aside.exists():
            with scratch(backups, ".backup-") as folder:
                archive.pack(folder / PART, there)
                (folder / PART).rename(aside)
            return aside
    raise StoreError(f"There are too many files named {aside.name} in {backups}. Delete some.")


def _replaced(data: Path) -> Iterable[File]:
    for name in (*PLACED, LOG):
        path = data / name
        if path.is_dir():
            yield from ((file.relative_to(data).as_posix(), file) for file in path.rglob("*") if file.is_file())
        elif path.exists():
            yield name, path


def _take_place(data: Path, found: Path) -> None:
    """The database goes first and comes last: a folder that is half restored holds none, so nothing runs on it."""
    for name in (LOG, f"{DATABASE}-shm", *FILES):
        if name == DATABASE or not (found / name).exists():
            (data / name).unlink(missing_ok=True)
    files.sync(data)
    _add_releases(found / RELEASES_IN, data / RELEASES_IN)
    for name in reversed(PLACED):
        if (found / name).exists():
            if (data / name).is_symlink():
                (data / name).unlink()
            elif (data / name).is_dir():
                shutil.rmtree(data / name)
            (found / name).replace(data / name)
            files.sync(data)


def _add_releases(found: Path, exports: Path) -> None:
    """Published releases never change: those that are there stay as they are."""
    for folder in found.glob("*"):
        exports.mkdir(mode=0o700, exist_ok=True)
        if not (exports / folder.name).exists():
            folder.rename(exports / folder.name)
