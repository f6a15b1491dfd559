"""Proving releases: what lies in the exports folder is whole, explains itself, and can be made again from its counts."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from collector.db import Database
from collector.errors import CollectorError, ReleaseError
from collector.releases import record
from collector.releases.build import rebuild
from collector.releases.files import checksums


def verified(database: Database, exports: Path, synthetic: bool, name: str | None = None) -> dict[str, list[str]]:
    """Faults of each published release, or of one; none means well. Raises ReleaseError for an unknown one."""
    known = [one for one in record.records(database) if name in (None, one.name)]
    if name and not known:
        raise ReleaseError(f"{name} was not published by this installation. `collector verify` checks all that were.")
    return {one.name: _faults(database, exports / one.name, one, synthetic) for one in known}


def _faults(database: Database, folder: Path, done: record.Record, synthetic: bool) -> list[str]:
    if not folder.is_dir():
        return ["the folder is missing; `collector release` puts it back"]
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    listed = files.pop("checksums.txt", b"")
    faults = []
    if listed != checksums(files) or listed.decode(errors="replace") != done.checksums:
        faults.append("a file is missing, added or changed since publication (checksums)")
    faults += _described(files, done.name)
    try:
        made = rebuild(database, done, synthetic)
    except CollectorError as error:
        return [*faults, str(error)]
    again = {name: content for name, content in made.files.items() if name != "checksums.txt"}
    faults += [
        f"{name} is made otherwise from the count tables" for name in sorted(again) if again[name] != files.get(name)
    ]
    return faults


def _described(files: dict[str, bytes], name: str) -> list[str]:
    """Faults of the tidy file against its metadata."""
    try:
        rows = list(csv.reader(io.StringIO(files[f"{name}.csv"].decode(), newline="")))
        metadata = json.loads(files[f"{name}.csv-metadata.json"])
        columns = [column["name"] for column in metadata["tableSchema"]["columns"]]
        package = json.loads(files["datapackage.json"])
        missing = [one["path"] for one in package["resources"] if one["path"] not in files]
    except (KeyError, ValueError) as error:
        return [f"a file is missing or cannot be read: {error}"]
    faults = [f"{path} is described but not there" for path in missing]
    if rows[0] != columns or any(len(row) != len(columns) for row in rows):
        faults.append("the columns are not those of the metadata")
    return faults
