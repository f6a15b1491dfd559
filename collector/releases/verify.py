"""Proving releases: what lies in the exports folder is whole, explains itself, and can be made again from its counts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from collector import __version__
from collector.db import Database
from collector.disclosure.rules import RULES_VERSION
from collector.errors import CollectorError, ReleaseError
from collector.releases import checks, register
from collector.releases.build import rebuild
from collector.releases.escaping import one_line
from collector.releases.kept import Content, sized
from collector.releases.refusals import refusal
from collector.summaries.packed import PIECE


def verified(database: Database, exports: Path, synthetic: bool, name: str | None = None) -> dict[str, list[str]]:
    """Faults of each published release, or of one; none means well. Raises ReleaseError for an unknown one."""
    known = [one for one in register.records(database) if name in (None, one.name)]
    if name and not known:
        raise ReleaseError(refusal("not_ours", name=name))
    return {
        one.name: [one_line(fault) for fault in _faults(database, exports / one.name, one, synthetic)] for one in known
    }


def _faults(database: Database, folder: Path, done: register.Record, synthetic: bool) -> list[str]:
    cure = f"`collector release --period {done.period}` puts it back"
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        return [f"it is no folder; move it away, and {cure}"]
    if not folder.exists():
        return [f"the folder is missing; {cure}"]
    files, faults = checks.read(folder)
    sizes = {name: checks.sized(path) for name, path in files.items()}
    faults += checks.listing(sizes, done.checksums)
    faults += checks.described(files, done.name, register.figures_of(database, done.number))
    if faults:
        faults.append(f"move the folder away, and {cure}")
    return faults + _made_again(database, files, sizes, done, synthetic)


def _made_again(
    database: Database,
    files: checks.Files,
    sizes: Mapping[str, tuple[int, str]],
    done: register.Record,
    synthetic: bool,
) -> list[str]:
    """Faults of the files against those made from the frozen tables alone.

    Another version of the program may use other words, and other rules give other figures: then only the figures are
    compared, or nothing more than what was written down.
    """
    if done.rules_version != RULES_VERSION:
        return []
    try:
        made = rebuild(database, done, synthetic)
    except CollectorError as error:
        return [str(error)]
    if done.code_version != __version__:
        same = made.figures == register.figures_of(database, done.number)
        return (
            [] if same else [f"other figures come from the count tables than Collector {done.code_version} published"]
        )
    return [
        f"{name} is made otherwise from the count tables; restore a backup of the database or of the exports"
        for name, content in sorted(made.files.items())
        if name != checks.CHECKSUMS and sizes.get(name) != sized(content) and not _same(content, files.get(name))
    ]


def _same(made: Content, found: Path | None) -> bool:
    """Workbooks are the same where what is packed in them is: another zlib may pack it otherwise."""
    if found is None or not isinstance(made, bytes) or found.suffix != ".xlsx":
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(made)) as one, zipfile.ZipFile(found) as other:
            return one.namelist() == other.namelist() and all(_alike(one, other, name) for name in one.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def _alike(one: zipfile.ZipFile, other: zipfile.ZipFile, name: str) -> bool:
    with one.open(name) as made, other.open(name) as found:
        while piece := made.read(PIECE):
            if found.read(len(piece)) != piece:
                return False
        return not found.read(1)
