"""A year as the sum of its four quarters: the same people, counted in the same tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import astuple

from collector.summaries.counts import Cell, Count, CountTables, Key, Series, Topic
from collector.summaries.frozen import Frozen
from collector.summaries.packed import PackedCounts

QUARTERS = 4


def add_up(code: str, quarters: Sequence[Frozen]) -> Frozen:
    """The tables of a year. Each area has the name and parent that it had last; a survey series that was not asked in
    every quarter has no year.

    Nobody knows which venue held most in a year, so the largest of each quarter are added: that hides more, never less.
    """
    found: defaultdict[tuple[str, str], list[Series]] = defaultdict(list)
    for frozen in quarters:
        for series in frozen.tables.series:
            found[series.survey, series.major].append(series)
    whole = tuple(_sum(parts) for _, parts in sorted(found.items()) if len(parts) == QUARTERS)
    areas = {code: area for frozen in quarters for code, area in frozen.areas.items()}
    return Frozen(CountTables(code, whole), areas, quarters[-1].revision)


def _sum(parts: Sequence[Series]) -> Series:
    versions: Counter[str] = Counter()
    cells: defaultdict[Key, list[Cell]] = defaultdict(list)
    for part in parts:
        versions.update(part.versions)
        for key, cell in part.cells.items():
            cells[key].append(cell)
    return Series(
        parts[-1].survey, parts[-1].major, dict(versions),
        {key: Cell(*map(sum, zip(*map(astuple, own), strict=True))) for key, own in cells.items()},
        _counts(parts),
    )  # fmt: skip


def _counts(parts: Sequence[Series]) -> PackedCounts:
    """Row by row, so that no more than one is unpacked."""
    whole = PackedCounts()
    for key in dict.fromkeys(key for part in parts for key in part.counts):
        found: defaultdict[Topic, list[Count]] = defaultdict(list)
        for part in parts:
            for topic, count in part.counts.get(key, {}).items():
                found[topic].append(count)
        whole.put(key, {topic: _plus(own) for topic, own in found.items()})
    return whole


def _plus(counts: Sequence[Count]) -> Count:
    numbers = [(c.asked, c.answered, c.favourable, c.score_sum, c.dk, c.na, c.unsaid) for c in counts]
    return Count(*map(sum, zip(*numbers, strict=True)))  # type: ignore[arg-type]
