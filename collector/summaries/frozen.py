"""Frozen count tables: a period's true counts and the areas they are about, packed into one value that never changes.

Files, revisions, rows of the year and proofs are made from these alone, never from responses again.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from datetime import date

from collector.db import Database
from collector.summaries.counts import Cell, CountTables, Key, Series
from collector.summaries.packed import PackedCounts, line_of, unpacked_lines


@dataclass(frozen=True, slots=True)
class FrozenArea:
    """An area as it was when its figures were frozen. `parent` is the row that it adds to; empty for the top."""

    type: str
    name: str
    parent: str


@dataclass(frozen=True)
class Frozen:
    """The tables of a period and the areas of its rows. `revision` counts the corrections."""

    tables: CountTables
    areas: Mapping[str, FrozenArea]
    revision: int = 0

    @property
    def top(self) -> str:
        """The area that all others lie in."""
        return next(code for code, area in self.areas.items() if not area.parent)


def pack(frozen: Frozen) -> bytes:
    """The value as it is stored: lines of JSON, the same bytes for the same tables, made and read line by line."""
    packer = zlib.compressobj(6)
    return b"".join([*(packer.compress(f"{line}\n".encode()) for line in _lines(frozen)), packer.flush()])


def _lines(frozen: Frozen) -> Iterator[str]:
    """The areas; then of each series its head and its rows: cells have three numbers, counts a list of topics."""
    yield _json({code: [p.type, p.name, p.parent] for code, p in sorted(frozen.areas.items())})
    for series in frozen.tables.series:
        yield _json({"survey": series.survey, "major": series.major, "versions": dict(series.versions)})
        for key, cell in sorted(series.cells.items()):
            yield _json([*key, *astuple(cell)])
        for key in sorted(series.counts):
            yield _json([*key])
            yield line_of(series.counts[key])


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def unpack(period: str, revision: int, packed: bytes) -> Frozen:
    """What was packed."""
    lines = unpacked_lines(packed)
    areas = {code: FrozenArea(*values) for code, values in json.loads(next(lines)).items()}
    found: list[Series] = []
    for line in lines:
        row = json.loads(line)
        if isinstance(row, dict):
            cells: dict[Key, Cell] = {}
            counts = PackedCounts()
            found.append(Series(row["survey"], row["major"], row["versions"], cells, counts))
        elif len(row) > len(Key._fields):
            cells[Key(*row[:3])] = Cell(*row[3:])
        else:
            counts.put_line(Key(*row), next(lines).decode())
    return Frozen(CountTables(period, tuple(found)), areas, revision)


def keep(database: Database, frozen: Frozen, made_on: date) -> None:
    """Store frozen tables for ever, inside a transaction."""
    database.execute(
        """INSERT INTO frozen_tables (period, revision, made_on, tables)
           VALUES (:period, :revision, :made_on, :tables)""",
        {
            "period": frozen.tables.period,
            "revision": frozen.revision,
            "made_on": made_on.isoformat(),
            "tables": pack(frozen),
        },
    )


def frozen_tables(database: Database, period: str, revision: int | None = None) -> Frozen | None:
    """The frozen tables of a period, of its latest revision unless one is named; None when it is not frozen."""
    row = database.one(
        """SELECT revision, tables FROM frozen_tables
           WHERE period = :period AND (:revision IS NULL OR revision = :revision) ORDER BY revision DESC LIMIT 1""",
        {"period": period, "revision": revision},
    )
    return unpack(period, row[0], row[1]) if row else None
