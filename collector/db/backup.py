"""Backups: database, secret and settings in one private file; restored whole or not at all."""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from pathlib import Path

from collector.db.migrations import refuse_newer
from collector.db.store import connect, refuse_if_in_use
from collector.errors import StoreError
from collector.settings import TOML, Settings

DATABASE, SECRET = "collector.db", "secret.key"
NAMES = (DATABASE, SECRET, TOML)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read; it must not exist yet."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def backup(settings: Settings, target: Path) -> int:
    """Write a backup; its size in bytes. The copy is checked before the file appears under its name.

    Raises StoreError when the target exists or the copy is not sound.
    """
    if target.exists():
        raise StoreError(f"{target} exists already. Choose another name.")
    source = connect(settings.database)
    with tempfile.TemporaryDirectory(dir=target.resolve().parent, prefix=".backup-") as folder:
        copy = Path(folder) / DATABASE
        _copy(source.tables.conn, copy)
        source.close()
        part = Path(folder) / "part"
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w+b") as out, tarfile.open(fileobj=out, mode="w:gz", compresslevel=6) as archive:
            archive.add(copy, DATABASE)
            for name in (SECRET, TOML):
                if (settings.data / name).exists():
                    archive.add(settings.data / name, name)
        _sync(part)
        part.rename(target)
    return target.stat().st_size


def _copy(source: sqlite3.Connection, copy: Path) -> None:
    os.close(os.open(copy, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with sqlite3.connect(copy) as out:
        source.backup(out)
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


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def restore(data: Path, source: Path, *, replace: bool) -> Path | None:
    """Put a backup's files into the data folder; where the former ones were moved, if any.

    Raises StoreError when the folder is in use, or the backup is not whole.
    """
    if (data / DATABASE).exists() and not replace:
        raise StoreError(f"{data} holds a database already. Use --replace to move it aside, or another folder.")
    data.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data.parent, prefix=".restore-") as folder:
        _unpack(source, Path(folder))
        _check(Path(folder) / DATABASE)
        _check_version(Path(folder) / DATABASE)
        if (data / DATABASE).exists():
            refuse_if_in_use(data)
        aside = _move_aside(data)
        data.mkdir(mode=0o700, exist_ok=True)
        data.chmod(0o700)
        for name in NAMES:
            if (Path(folder) / name).exists():
                (Path(folder) / name).rename(data / name)
    with sqlite3.connect(data / DATABASE) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    return aside


def _unpack(source: Path, folder: Path) -> None:
    try:
        _read_through(source)
        with tarfile.open(source, "r:gz") as archive:
            for name in NAMES:
                member = archive.extractfile(name) if name in archive.getnames() else None
                if member is None and name != TOML:
                    raise StoreError(f"{source} is not a backup of Collector: it has no {name}.")
                if member is not None:
                    descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                    with open(descriptor, "wb") as out:
                        shutil.copyfileobj(member, out)
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise StoreError(f"{source} cannot be read: it is not a whole backup ({type(error).__name__}).") from error


def is_whole(source: Path) -> bool:
    """Whether a file is a backup that can be unpacked to its end."""
    try:
        _read_through(source)
        with tarfile.open(source, "r:gz") as archive:
            return {DATABASE, SECRET} <= set(archive.getnames())
    except (tarfile.TarError, OSError, EOFError, zlib.error):
        return False


def _read_through(source: Path) -> None:
    """Read the archive to its end, where its checksum stands: tarfile stops before it."""
    with gzip.open(source) as whole:
        while whole.read(1 << 20):
            pass


def _move_aside(data: Path) -> Path | None:
    if not data.exists() or not any(data.iterdir()):
        return None
    for number in range(1, 1000):
        aside = data.with_name(f"{data.name}.before-restore-{number}")
        if not aside.exists():
            data.rename(aside)
            return aside
    raise StoreError(f"There are too many folders named {data.name}.before-restore-N. Delete some.")
