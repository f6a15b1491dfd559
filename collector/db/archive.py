"""The file of a backup: written private and whole, read to its end before anything of it is believed."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from collector.db.parts import FILES, LOG, NAMES, NEEDED, File
from collector.errors import StoreError
from collector.files import new

NOT_WHOLE = (tarfile.TarError, OSError, EOFError, zlib.error)
CHUNK = 1 << 20


def pack(target: Path, files: Iterable[File], made: Mapping[str, bytes] | None = None) -> None:
    """Write an archive of files, and of what is made for it, that only its owner can read; it must not exist yet."""
    with new(target) as out, tarfile.open(fileobj=out, mode="w:gz", compresslevel=6) as archive:
        for name, content in (made or {}).items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        for name, path in files:
            _add(archive, name, path)


def _add(archive: tarfile.TarFile, name: str, path: Path) -> None:
    """One file with its content, also where it is a link; of its owner and mode nothing is kept."""
    try:
        content = path.open("rb")
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}. Mend its owner or mode.") from error
    with content:
        entry = tarfile.TarInfo(name)
        entry.size = os.fstat(content.fileno()).st_size
        archive.addfile(entry, content)


def unpack(source: Path, folder: Path) -> None:
    """Put what is ours of an archive into a private folder. Raises StoreError when it is not a whole backup."""
    try:
        _read_through(source)
        with tarfile.open(source, "r:gz") as archive:
            members = [member for member in archive if _is_ours(member)]
            lacking = [name for name in NEEDED if name not in {member.name for member in members}]
            if lacking:
                raise StoreError(f"{source} is not a backup of Collector: it has no {lacking[0]}.")
            for member in members:
                _take_out(archive, member, folder / member.name)
    except NOT_WHOLE as error:
        raise StoreError(f"{source} cannot be read: it is not a whole backup ({type(error).__name__}).") from error


def _take_out(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = archive.extractfile(member)
    with new(target, again=True) as out:
        shutil.copyfileobj(content or io.BytesIO(), out)


def _is_ours(member: tarfile.TarInfo) -> bool:
    """A plain file of the table, or below a folder of it. An archive may name anything: nothing else is written."""
    parts = PurePosixPath(member.name).parts
    if not member.isfile() or not parts or ".." in parts or member.name != "/".join(parts):
        return False
    return parts[0] in (*NAMES, LOG) and (len(parts) == 1 or parts[0] not in (*FILES, LOG))


def is_whole(source: Path) -> bool:
    """Whether a file is a backup that can be unpacked to its end."""
    return set(NEEDED) <= set(contents(source))


def contents(source: Path) -> list[str]:
    """Names of the parts that a backup holds; none when it is not whole."""
    try:
        _read_through(source)
        with tarfile.open(source, "r:gz") as archive:
            found = {PurePosixPath(member.name).parts[0] for member in archive if _is_ours(member)}
    except NOT_WHOLE:
        return []
    return [name for name in NAMES if name in found]


def _read_through(source: Path) -> None:
    """Read the archive to its end, where its checksum stands: tarfile stops before it."""
    with gzip.open(source) as whole:
        while whole.read(CHUNK):
            pass
