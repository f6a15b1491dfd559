"""Frozen count tables: a period's true counts and the areas they are about, packed into one value that never changes.

Files, revisions, rows of the year and proofs are made from these alone, never from responses again.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from collector.db import Database
from collector.summaries.counts import Cell, Count, CountTables, Key, Series, Topic


@dataclass(frozen=True, slots=True)
class Place:
    """An area as it was when its figures were frozen. `parent` is the row that it adds to; empty for the top."""

    type: str
    name: str
    parent: str


@dataclass(frozen=True)
class Frozen:
    """The tables of a period and the places of its rows. `revision` counts the corrections."""

    tables: CountTables
    places: Mapping[str, Place]
    revision: int = 0

    @property
    def top(self) -> str:
        """The area that all others lie in."""
        return next(code for code, place in self.places.items() if not place.parent)


def pack(frozen: Frozen) -> bytes:
    """The value as it is stored: the same bytes for the same tables."""
    data = {
        "places": {code: [p.type, p.name, p.parent] for code, p in sorted(frozen.places.items())},
        "series": [_series(series) for series in frozen.tables.series],
    }
    return zlib.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode(), 6)


def _series(series: Series) -> dict[str, Any]:
    topics = sorted({topic for found in series.counts.values() for topic in found})
    number = {topic: place for place, topic in enumerate(topics)}
    return {
        "survey": series.survey,
        "major": series.major,
        "versions": dict(series.versions),
        "topics": topics,
        "cells": [[*key, *astuple(cell)] for key, cell in sorted(series.cells.items())],
        "counts": [
            [*key, [[number[topic], *_numbers(count)] for topic, count in sorted(found.items())]]
            for key, found in sorted(series.counts.items())
        ],
    }


def _numbers(count: Count) -> tuple[int | str, ...]:
    return count.asked, count.answered, count.favourable, str(count.score_sum), count.dk, count.na, count.unsaid


def unpack(period: str, revision: int, packed: bytes) -> Frozen:
    """What was packed."""
    data = json.loads(zlib.decompress(packed))
    places = {code: Place(*values) for code, values in data["places"].items()}
    return Frozen(CountTables(period, tuple(_series_of(one) for one in data["series"])), places, revision)


def _series_of(data: dict[str, Any]) -> Series:
    topics = [Topic(*topic) for topic in data["topics"]]
    cells = {Key(*row[:3]): Cell(*row[3:]) for row in data["cells"]}
    counts = {Key(*row[:3]): {topics[one[0]]: _count(*one[1:]) for one in row[3]} for row in data["counts"]}
    return Series(data["survey"], data["major"], data["versions"], cells, counts)


def _count(asked: int, answered: int, favourable: int, score: str, dk: int, na: int, unsaid: int) -> Count:
    return Count(asked, answered, favourable, Fraction(score), dk, na, unsaid)


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
