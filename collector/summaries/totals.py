"""Adding up what was counted, venue by venue and area by area, into the tables of one survey series."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from collector.summaries.counts import Cell, Count, Key, Series, Topic
from collector.summaries.geography import Geography
from collector.summaries.packed import PackedCounts
from collector.summaries.tally import EVERYONE, Crowd, Group, Sums, add
from collector.summaries.weights import unpack


@dataclass
class Totals:
    """Sums so far: by row, respondents, visits and largest venue; by row and topic, what people add up to.

    Scores are whole numbers of 1/`units`. Of an area that is done `counts` holds the rows, and `above` what they add
    to the areas above it.
    """

    units: int
    versions: Counter[str] = field(default_factory=Counter)
    cells: defaultdict[Key, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    sums: defaultdict[Key, Sums] = field(default_factory=lambda: defaultdict(dict))
    above: defaultdict[Key, Sums] = field(default_factory=lambda: defaultdict(dict))
    counts: PackedCounts = field(default_factory=PackedCounts)


def add_crowd(totals: Totals, area: str, crowd: Crowd) -> None:
    """Add the people and visits of one whole venue."""
    for group, people in crowd.people.items():
        cell = totals.cells[Key(area, *group)]
        cell[0] += people
        cell[2] = max(cell[2], people)
    for groups in crowd.visits.values():
        for group in groups:
            totals.cells[Key(area, *group)][1] += 1


def add_sums(totals: Totals, area: str, found: Mapping[Group, Sums]) -> None:
    """Add what a pool of cards of one area came to."""
    for group, sums in found.items():
        add(totals.sums[Key(area, *group)], sums)


def area_done(totals: Totals, where: Geography) -> None:
    """Nobody more is counted in the area whose sums these are: add them to those above it, and pack them."""
    for key, sums in totals.sums.items():
        for parent in where.parents[key.area]:
            add(totals.above[key._replace(area=parent)], sums)
    _pack(totals, totals.sums)


def _pack(totals: Totals, sums: dict[Key, Sums]) -> None:
    """Make exact fractions of the scores, and pack the rows."""
    for key in list(sums):
        totals.counts.put(key, _counts(sums.pop(key), totals.units))


def series(totals: Totals, survey: str, major: str, where: Geography) -> Series:
    """The tables, when every area is done: parents added up, areas without answers given an empty cell."""
    _add_parents(totals, where.parents)
    _pack(totals, totals.above)
    for area in where.areas:
        totals.cells[Key(area, *EVERYONE)]  # makes the cell
    return Series(
        survey,
        major,
        dict(sorted(totals.versions.items())),
        {key: Cell(*cell) for key, cell in totals.cells.items()},
        totals.counts,
    )


def _add_parents(totals: Totals, parents: Mapping[str, tuple[str, ...]]) -> None:
    for key, cell in list(totals.cells.items()):
        for parent in parents[key.area]:
            above = totals.cells[key._replace(area=parent)]
            above[:] = [above[0] + cell[0], above[1] + cell[1], max(above[2], cell[2])]


def _counts(sums: Sums, units: int) -> dict[Topic, Count]:
    """A count for every topic that somebody was asked about."""
    counts: dict[Topic, Count] = {}
    for topic, weight in sums.items():
        fields, score = unpack(weight)
        if fields["asked"]:
            counts[topic] = Count(**fields, score_sum=Fraction(score, units))
    return counts
