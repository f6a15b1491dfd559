"""Faults that a folder shows by itself: its checksums, its metadata, its rows against the figures written down."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from collector.releases.kept import Figures
from collector.releases.register import Editions

Files = Mapping[str, Path]
"""The plain files of a folder, by name: they are gone through a piece at a time, however long they are."""
CHECKSUMS = "checksums.txt"
AREA = "area_code"
OTHER_COLUMNS = "the columns are not those of the metadata"
PLACE = (AREA, "breakdown", "breakdown_code", "level", "code", "measure")
KINDS: Mapping[str, Callable[[str], object]] = {
    "string": str,
    "integer": int,
    "number": float,
    "date": date.fromisoformat,
}


def read(folder: Path) -> tuple[dict[str, Path], list[str]]:
    """The plain files of a folder, and a fault for each thing that is none."""
    files, faults = {}, []
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or not path.is_file():
            faults.append(f"{path.name} is no plain file of this release; take it away")
        else:
            files[path.name] = path
    return files, faults


def sized(path: Path) -> tuple[int, str]:
    """The size of a file, and the SHA-256 of it."""
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def listing(sizes: Mapping[str, tuple[int, str]], recorded: str) -> Iterator[str]:
    """Files that are missing, added or changed since publication, by the checksums that the database holds."""
    sums = [(line[66:], line[:64]) for line in recorded.splitlines()]
    known = dict(sums)
    now = {name: sha256 for name, (_, sha256) in sizes.items()}
    own = hashlib.sha256(recorded.encode()).hexdigest()
    if now.get(CHECKSUMS, own) != own:
        yield f"{CHECKSUMS} was changed since publication"
    yield from (f"{name} is missing" for name in sorted({*known, CHECKSUMS} - set(now)))
    yield from (f"{name} was not published" for name in sorted(set(now) - set(known) - {CHECKSUMS}))
    yield from (
        f"{name} was changed since publication" for name in sorted(known) if now.get(name, known[name]) != known[name]
    )


def described(files: Files, name: str, figures: Editions) -> list[str]:
    """Faults of the tidy files against their metadata, the data package and the figures written down."""
    try:
        package = json.loads(files["datapackage.json"].read_bytes())
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
    with files[file].open(encoding="utf-8", newline="") as content:
        faults = _metadata(json.loads(files[f"{file}-metadata.json"].read_bytes()), file, csv.reader(content))
    if faults:
        return faults
    own = {series: {code: editions[code]} for series, editions in figures.items() if code in editions}
    with files[file].open(encoding="utf-8", newline="") as content:
        return [*_rows(csv.DictReader(content), own)]


def _metadata(metadata: Mapping[str, Any], file: str, lines: Iterator[list[str]]) -> list[str]:
    """CSV on the Web: the file is named, the columns are in order, each cell is of its kind, the key is unique."""
    columns = metadata["tableSchema"]["columns"]
    if metadata["url"] != file:
        return [f"the metadata is about {metadata['url']}"]
    header, twice = next(lines, []), False
    if header != [column["name"] for column in columns]:
        return [OTHER_COLUMNS]
    key, area = [header.index(name) for name in metadata["tableSchema"]["primaryKey"]], header.index(AREA)
    cells: list[set[str]] = [set() for _ in columns]
    for _, own in groupby(lines, lambda line: line[area : area + 1]):
        keys = set()
        for number, line in enumerate(own, 1):
            if len(line) != len(header):
                return [OTHER_COLUMNS]
            for known, cell in zip(cells, line, strict=True):
                known.add(cell)
            keys.add(tuple(line[place] for place in key))
            twice |= len(keys) < number
    faults = [
        f"the column {column['name']} does not hold what the metadata says"
        for column, known in zip(columns, cells, strict=True)
        if ("" in known and column.get("required")) or not _fit(known - {""}, column["datatype"])
    ]
    return [*faults, *(["a row stands twice"] if twice else [])]


def _fit(cells: set[str], datatype: str) -> bool:
    try:
        for cell in cells:
            KINDS[datatype](cell)
    except (KeyError, ValueError):
        return False
    return True


def _rows(rows: Iterable[Mapping[str, str]], figures: Editions) -> Iterator[str]:
    """Every row that was written down is there once with its figure, and no area has fewer kinds of rows than another.
    Rows and figures are sorted by area: one area at a time is looked at."""
    published = there = differ = 0
    kinds: dict[tuple[str, ...], frozenset[tuple[str, ...]]] = {}
    complete = True
    for told, found in _by_area(rows, figures):
        published, there = published + told.total(), there + found.total()
        differ += (told - found).total()
        for split, own in _kinds(found).items():
            complete &= kinds.setdefault(split, own) == own
    if published != there:
        yield f"there are {there} rows, and {published} were published"
    elif differ:
        yield f"{differ} rows differ from the figures that were published"
    if not complete:
        yield "a row of a possible combination is missing"


def _by_area(
    rows: Iterable[Mapping[str, str]], figures: Editions
) -> Iterator[tuple[Counter[tuple[str, ...]], Counter[tuple[str, ...]]]]:
    """What was told of each area, and what stands there."""
    told = [_told((*series, edition), own) for series, editions in figures.items() for edition, own in editions.items()]
    there = ((row[AREA], False, _as_told(row)) for row in rows)
    for _, own in groupby(merge(*told, there, key=itemgetter(0)), itemgetter(0)):
        found: tuple[Counter[tuple[str, ...]], Counter[tuple[str, ...]]] = Counter(), Counter()
        for _, is_told, row in own:
            found[0 if is_told else 1][row] += 1
        yield found


def _told(head: tuple[str, ...], figures: Figures) -> Iterator[tuple[str, bool, tuple[str, ...]]]:
    for figure in figures:
        yield figure.place.area, True, (*head, *figure.place, _text(figure.value), _text(figure.marker))


def _as_told(row: Mapping[str, str]) -> tuple[str, ...]:
    head = row["survey"], row["survey_version"].split(".")[0], row["period"]
    return (*head, *(row[name] for name in PLACE), row["value"], row["value_marker"])


def _kinds(rows: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], frozenset[tuple[str, ...]]]:
    """Which rows an area has of each breakdown."""
    found: defaultdict[tuple[str, ...], set[tuple[str, ...]]] = defaultdict(set)
    for row in rows:
        survey, major, period, _, breakdown, *place, _, _ = row
        found[survey, major, period, breakdown].add(tuple(place))
    return {split: frozenset(own) for split, own in found.items()}


def _text(value: object) -> str:
    return "" if value is None else str(value)
