"""Faults that a folder shows by itself: its checksums, its metadata, its rows against the figures written down."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from collector.releases.register import Editions

Files = Mapping[str, bytes]
CHECKSUMS = "checksums.txt"
PLACE = ("area_code", "breakdown", "breakdown_code", "level", "code", "measure")
KINDS: Mapping[str, Callable[[str], object]] = {
    "string": str,
    "integer": int,
    "number": float,
    "date": date.fromisoformat,
}


def read(folder: Path) -> tuple[dict[str, bytes], list[str]]:
    """The plain files of a folder, and a fault for each thing that is none."""
    files, faults = {}, []
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or not path.is_file():
            faults.append(f"{path.name} is no plain file of this release; take it away")
        else:
            files[path.name] = path.read_bytes()
    return files, faults


def listing(files: Files, recorded: str) -> Iterator[str]:
    """Files that are missing, added or changed since publication, by the checksums that the database holds."""
    sums = [(line[66:], line[:64]) for line in recorded.splitlines()]
    known = dict(sums)
    now = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    if files.get(CHECKSUMS, recorded.encode()) != recorded.encode():
        yield f"{CHECKSUMS} was changed since publication"
    yield from (f"{name} is missing" for name in sorted({*known, CHECKSUMS} - set(now)))
    yield from (f"{name} was not published" for name in sorted(set(now) - set(known) - {CHECKSUMS}))
    yield from (
        f"{name} was changed since publication" for name in sorted(known) if now.get(name, known[name]) != known[name]
    )


def described(files: Files, name: str, figures: Editions) -> list[str]:
    """Faults of the tidy files against their metadata, the data package and the figures written down."""
    try:
        package = json.loads(files["datapackage.json"])
        faults = [
            f"{one['path']} is described but not there" for one in package["resources"] if one["path"] not in files
        ]
        for code in sorted({code for editions in figures.values() for code in editions}):
            faults += _tidy(files, _file_of(name, code), code, figures)
    except (KeyError, ValueError, TypeError, RecursionError, csv.Error) as error:
        return [f"a file is missing or cannot be read: {type(error).__name__} {error}"]
    return faults


def _file_of(name: str, code: str) -> str:
    """The tidy file of a quarter or year in a release."""
    start, _, revision = name.rpartition("_")
    return f"{start.rpartition('_')[0]}_{code}_{revision}.csv"


def _tidy(files: Files, file: str, code: str, figures: Editions) -> list[str]:
    header, *lines = csv.reader(io.StringIO(files[file].decode(), newline=""))
    faults = _metadata(json.loads(files[f"{file}-metadata.json"]), file, header, lines)
    own = {series: {code: editions[code]} for series, editions in figures.items() if code in editions}
    return faults or [*_rows([dict(zip(header, line, strict=True)) for line in lines], own)]


def _metadata(metadata: Mapping[str, Any], file: str, header: list[str], lines: list[list[str]]) -> list[str]:
    """CSV on the Web: the file is named, the columns are in order, each cell is of its kind, the key is unique."""
    columns = metadata["tableSchema"]["columns"]
    if metadata["url"] != file:
        return [f"the metadata is about {metadata['url']}"]
    if header != [column["name"] for column in columns] or any(len(line) != len(header) for line in lines):
        return ["the columns are not those of the metadata"]
    faults = []
    for place, column in enumerate(columns):
        cells = {line[place] for line in lines}
        if ("" in cells and column.get("required")) or not _fit(cells - {""}, column["datatype"]):
            faults.append(f"the column {column['name']} does not hold what the metadata says")
    key = [header.index(name) for name in metadata["tableSchema"]["primaryKey"]]
    if len({tuple(line[place] for place in key) for line in lines}) != len(lines):
        faults.append("a row stands twice")
    return faults


def _fit(cells: set[str], datatype: str) -> bool:
    try:
        for cell in cells:
            KINDS[datatype](cell)
    except (KeyError, ValueError):
        return False
    return True


def _rows(rows: list[dict[str, str]], figures: Editions) -> Iterator[str]:
    """Every row that was written down is there once with its figure, and no area has fewer kinds of rows than another."""
    told: Counter[tuple[str, ...]] = Counter(
        (survey, major, edition, *figure.place, _text(figure.value), _text(figure.marker))
        for (survey, major), editions in figures.items()
        for edition, own in editions.items()
        for figure in own
    )
    there: Counter[tuple[str, ...]] = Counter(
        (row["survey"], row["survey_version"].split(".")[0], row["period"], *(row[name] for name in PLACE), row["value"],
         row["value_marker"])
        for row in rows
    )  # fmt: skip
    if sum(told.values()) != len(rows):
        yield f"there are {len(rows)} rows, and {sum(told.values())} were published"
    elif told != there:
        yield f"{(told - there).total()} rows differ from the figures that were published"
    if not _complete(rows):
        yield "a row of a possible combination is missing"


def _complete(rows: list[dict[str, str]]) -> bool:
    """Each area that has a breakdown has the same rows of it."""
    found: defaultdict[tuple[str, ...], defaultdict[str, set[tuple[str, ...]]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        own = found[row["period"], row["survey"], row["survey_version"], row["breakdown"]]
        own[row["area_code"]].add(tuple(row[name] for name in PLACE[2:]))
    return all(len({frozenset(own) for own in areas.values()}) == 1 for areas in found.values())


def _text(value: object) -> str:
    return "" if value is None else str(value)
