"""A release as it lies in the exports folder: the only source of every figure on a page.

A folder counts when each file's SHA-256 is as its `checksums.txt` says and none of its rows is a draft.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from collector.disclosure.figure import HIDDEN
from collector.releases.escaping import is_formula
from collector.releases.published.phrasing import order_of

CHECKSUMS, CHANGES = "checksums.txt", "changes.md"
FIGURES, FOR_PEOPLE = "trust-summary_", "_excel.csv"
"""How the files of figures begin, and how those end that repeat them for spreadsheets. A year has a file of its own."""
LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9._-]*)")
FINAL = frozenset({"final", "corrected"})
HEAD = (
    "period_type", "period", "period_start", "period_end", "area_type", "area_code", "area_name",
    "survey", "survey_version", "status", "revision", "published_on",
)  # fmt: skip

Cells = dict[str, str]
AreaPeriod = tuple[str, str]
"""(period, area code)"""


@dataclass(frozen=True, slots=True)
class ListedFile:
    """One file of a release, as it is offered for download."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one period and area that stand together in a tidy file, and what they share."""

    file: str
    head: Cells
    start: int
    end: int


@dataclass(frozen=True)
class Release:
    """A published folder. Rows are read by area when a page asks, so that memory does not grow with the figures."""

    folder: Path
    hash: str
    files: tuple[ListedFile, ...]
    tidy: str
    columns: tuple[str, ...] = field(repr=False)
    blocks: Mapping[AreaPeriod, tuple[Block, ...]] = field(repr=False)

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def head(self) -> Cells:
        """What it says of itself: period, revision, status, day. It may have figures of the year, too."""
        heads = [own[0].head for own in self.blocks.values()]
        return next((head for head in heads if f"_{head['period']}_r" in self.tidy), heads[0])

    @property
    def synthetic(self) -> bool:
        return "_synthetic_" in self.tidy

    @property
    def revision(self) -> int:
        return int(self.head["revision"])

    @property
    def corrected(self) -> bool:
        """Whether its figures were made again; a revision may also tell of an error in words and leave them."""
        return self.head["status"] == "corrected"

    @cached_property
    def reason(self) -> str:
        """Why this revision was made, as its `changes.md` says; nothing for a first edition."""
        if CHANGES not in {file.name for file in self.files}:
            return ""
        told = (self.folder / CHANGES).read_text(encoding="utf-8")
        found = re.search(rf"^## Revision {self.revision}\n+(?!#)(.+)", told, re.M)
        return found[1].strip() if found else ""

    @property
    def published_on(self) -> date:
        return date.fromisoformat(self.head["published_on"])

    def rows(self, place: AreaPeriod) -> Iterator[Cells]:
        """The rows of a period and area. What a hidden row should not have is not passed on, whoever wrote it."""
        for block in self.blocks.get(place, ()):
            with (self.folder / block.file).open("rb") as file:
                file.seek(block.start)
                text = file.read(block.end - block.start).decode()
            for cells in csv.reader(io.StringIO(text, newline="")):
                yield _checked(dict(zip(self.columns, map(plain, cells), strict=True)))

    @cached_property
    def codebook(self) -> tuple[Cells, ...]:
        """All rows of its codebooks, oldest version first: what codes mean, in the survey's own order."""
        return tuple(self._table("codebook_"))

    @cached_property
    def census(self) -> dict[tuple[str, ...], tuple[str, str]]:
        """(area, breakdown, group) -> what the Census says of residents in per cent, and its source."""
        rows = (row for row in self._table("who-answered_") if row["census_2021_percent"])
        return {tuple(row[name] for name in GROUP): (row["census_2021_percent"], row["source"]) for row in rows}

    def _table(self, start: str) -> Iterator[Cells]:
        """The rows of the other CSV files whose name starts so."""
        for listed in self.files:
            if listed.name.startswith(start) and listed.name.endswith(".csv"):
                with (self.folder / listed.name).open(encoding="utf-8", newline="") as file:
                    for row in csv.DictReader(file):
                        yield {key: plain(cell) for key, cell in row.items()}


GROUP = ("area_code", "breakdown", "breakdown_code")
NEVER_HIDDEN = (
    "value",
    "bound",
    "range_low",
    "range_high",
    "base_rounded",
    "visits",
    "reliability",
    "change_vs_previous",
)


def _checked(row: Cells) -> Cells:
    return {**row, **dict.fromkeys(NEVER_HIDDEN, "")} if row["value_marker"] == HIDDEN else row


def plain(cell: str) -> str:
    """A cell without the quote that keeps spreadsheets from seeing a formula."""
    return cell[1:] if cell[:1] == "'" and is_formula(cell[1:]) else cell


def _listed(folder: Path) -> dict[str, str]:
    """File name -> SHA-256, as the checksums say. Raises ValueError for a line that says something else."""
    lines = (folder / CHECKSUMS).read_text(encoding="ascii").splitlines()
    found = [LINE.fullmatch(line) for line in lines]
    if not all(found):
        raise ValueError(CHECKSUMS)
    return {match[2]: match[1] for match in found if match}


def state_of(folder: Path) -> object:
    """What changes when a file of a release does. Raises OSError or ValueError for a folder that is none."""
    names = [CHECKSUMS, *_listed(folder)]
    stats = [(folder / name).lstat() for name in names]
    return [(name, stat.st_size, stat.st_mtime_ns, stat.st_ino) for name, stat in zip(names, stats, strict=True)]


def read_release(folder: Path) -> Release | None:
    """A release when all its files are as listed and it is no draft; else None."""
    contents = {name: (folder / name).read_bytes() for name in _listed(folder)}
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    if sums != _listed(folder) or any((folder / name).is_symlink() for name in sums):
        return None
    tidy = f"{folder.name}.csv"
    columns, blocks = _index(tidy, contents[tidy])
    for name in sorted(contents):
        if name != tidy and name.startswith(FIGURES) and name.endswith(".csv") and not name.endswith(FOR_PEOPLE):
            blocks = {**_index(name, contents[name])[1], **blocks}
    if not blocks or any(block.head["status"] not in FINAL for own in blocks.values() for block in own):
        return None
    listing = (folder / CHECKSUMS).read_bytes()
    own = hashlib.sha256(listing).hexdigest()
    files = (
        *(ListedFile(name, len(contents[name]), sums[name]) for name in sorted(sums, key=order_of)),
        ListedFile(CHECKSUMS, len(listing), own),
    )
    return Release(folder, own, files, tidy, columns, blocks)


def _index(file: str, content: bytes) -> tuple[tuple[str, ...], dict[AreaPeriod, tuple[Block, ...]]]:
    """The columns, and where the rows of each period and area stand, by bytes: cells may hold line breaks."""
    lines = list(io.StringIO(content.decode(), newline=""))
    reader = csv.reader(lines)
    columns = tuple(next(reader))
    blocks: dict[AreaPeriod, list[Block]] = {}
    last, read, at = None, reader.line_num, len(lines[0].encode())
    for cells in reader:
        end = at + sum(len(line.encode()) for line in lines[read : reader.line_num])
        row = dict(zip(columns, cells, strict=True))
        place, state = (row["period"], row["area_code"]), row["status"]
        own = blocks.setdefault(place, [])
        if last == (place, state):
            own[-1] = replace(own[-1], end=end)
        else:
            own.append(Block(file, {name: plain(row[name]) for name in HEAD}, at, end))
        last, read, at = (place, state), reader.line_num, end
    return columns, {place: tuple(own) for place, own in blocks.items()}
