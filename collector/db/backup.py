"""Backups: all that an installation cannot do without, in one private file; restored whole or not at all."""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from pathlib import Path, PurePosixPath

from collector.db.migrations import refuse_newer
from collector.db.store import connect, refuse_if_in_use
from collector.errors import StoreError
from collector.settings import PACKAGE, TOML, Settings

DATABASE, SECRET, WITHDRAWN = "collector.db", "secret.key", "withdrawn"
NEEDED = (DATABASE, SECRET)
FILES = (DATABASE, SECRET, TOML, WITHDRAWN)
"""Files of the data folder that a backup holds; those not needed only if they are there."""
OWN = ("translations", "forms", "areas")
"""Settings of what the deployer may have in place of what comes with the program: in the backup when they do."""
SWEPT = (".backup-*", ".restore-*")
Unite = Callable[[Path, Path], None]
"""Puts what one file of withdrawn answers knows into another."""


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read; it must not exist yet."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def own_folders(settings: Settings) -> dict[str, Path]:
    """Translations, forms and areas of the deployer's own, by setting."""
    paths = {name: Path(getattr(settings, name)) for name in OWN}
    return {name: path for name, path in paths.items() if path.exists() and not path.is_relative_to(PACKAGE)}


def backup(settings: Settings, target: Path) -> int:
    """Write a backup; its size in bytes. The copy is checked before the file appears under its name.

    Raises StoreError when the target exists or the copy is not sound.
    """
    if target.exists():
        raise StoreError(f"{target} exists already. Choose another name.")
    sweep(target.resolve().parent)
    source = connect(settings.database)
    with tempfile.TemporaryDirectory(dir=target.resolve().parent, prefix=".backup-") as folder:
        copy = Path(folder) / DATABASE
        _copy(source.tables.conn, copy)
        source.close()
        part = Path(folder) / "part"
        members = {DATABASE: copy, **{name: settings.data / name for name in FILES[1:]}, **own_folders(settings)}
        _pack(part, members)
        part.rename(target)
    return target.stat().st_size


def _pack(part: Path, members: dict[str, Path]) -> None:
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w+b") as out:
        with tarfile.open(fileobj=out, mode="w:gz", compresslevel=6) as archive:
            for name, path in members.items():
                if path.exists():
                    archive.add(path, name)
        out.flush()
        os.fsync(out.fileno())


def sweep(folder: Path) -> None:
    """Remove what a backup or restore left that was killed: it may hold answers."""
    for pattern in SWEPT:
        for path in folder.glob(pattern):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)


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
    database.close()
    path.with_name(f"{path.name}-lock").unlink()


def restore(data: Path, source: Path, today: date, unite: Unite, *, replace: bool) -> Path | None:
    """Put a backup's files into the data folder; where a copy of the former ones is, if there were any.

    That copy lies among the backups, under its day, and goes with them. Answers taken back since the backup was made
    stay so: `unite` brings both files of what was withdrawn together. Raises StoreError when the folder is in use, or
    the backup is not whole.
    """
    if (data / DATABASE).exists() and not replace:
        raise StoreError(f"{data} holds a database already. Use --replace to put it aside, or another folder.")
    data.parent.mkdir(exist_ok=True, parents=True)
    sweep(data.parent)
    with tempfile.TemporaryDirectory(dir=data.parent, prefix=".restore-") as folder:
        found = Path(folder)
        _unpack(source, found)
        _check(found / DATABASE)
        _check_version(found / DATABASE)
        aside = _put_aside(data, today)
        data.mkdir(mode=0o700, exist_ok=True)
        data.chmod(0o700)
        unite(found / WITHDRAWN, data / WITHDRAWN)
        _take_place(data, found)
    with sqlite3.connect(data / DATABASE) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    return aside


def _put_aside(data: Path, today: date) -> Path | None:
    """A backup of the files that are about to be replaced; of a damaged database its files as they are."""
    if not (data / DATABASE).exists():
        return None
    refuse_if_in_use(data)
    backups = data / "backups"
    backups.mkdir(mode=0o700, exist_ok=True)
    aside = next(path for path in _names(backups, today) if not path.exists())
    with tempfile.TemporaryDirectory(dir=backups, prefix=".backup-") as folder:
        members = {name: data / name for name in FILES}
        try:
            source = connect(data / DATABASE)
            _copy(source.tables.conn, Path(folder) / DATABASE)
            source.close()
            members[DATABASE] = Path(folder) / DATABASE
        except (StoreError, sqlite3.Error):
            members |= {name: data / name for name in (f"{DATABASE}-wal", f"{DATABASE}-shm")}
        _pack(aside, members)
    return aside


def _names(backups: Path, today: date) -> Iterator[Path]:
    return (backups / f"before-restore-{today.isoformat()}-{number}.tar.gz" for number in count(1))


def _take_place(data: Path, found: Path) -> None:
    for name in (f"{DATABASE}-wal", f"{DATABASE}-shm"):
        (data / name).unlink(missing_ok=True)
    for name in OWN:
        if (found / name).exists():
            if (data / name).is_dir():
                shutil.rmtree(data / name)
            (found / name).replace(data / name)
    for name in reversed(FILES):  # the database last: without it the folder is not an installation
        if (found / name).exists():
            (found / name).replace(data / name)


def _unpack(source: Path, folder: Path) -> None:
    try:
        _read_through(source)
        with tarfile.open(source, "r:gz") as archive:
            members = [member for member in archive.getmembers() if _is_ours(member)]
            missing = set(NEEDED) - {member.name for member in members}
            if missing:
                raise StoreError(f"{source} is not a backup of Collector: it has no {min(missing)}.")
            for member in members:
                archive.extract(member, folder, filter="data")
        for name in FILES:
            if (folder / name).exists():
                (folder / name).chmod(0o600)
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise StoreError(f"{source} cannot be read: it is not a whole backup ({type(error).__name__}).") from error


def _is_ours(member: tarfile.TarInfo) -> bool:
    parts = PurePosixPath(member.name).parts
    return (
        member.name in FILES
        and member.isfile()
        or bool(parts)
        and parts[0] in OWN
        and (member.isfile() or member.isdir())
    )


def is_whole(source: Path) -> bool:
    """Whether a file is a backup that can be unpacked to its end."""
    try:
        _read_through(source)
        with tarfile.open(source, "r:gz") as archive:
            return set(NEEDED) <= set(archive.getnames())
    except (tarfile.TarError, OSError, EOFError, zlib.error):
        return False


def _read_through(source: Path) -> None:
    """Read the archive to its end, where its checksum stands: tarfile stops before it."""
    with gzip.open(source) as whole:
        while whole.read(1 << 20):
            pass
