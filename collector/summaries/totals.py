"""Adding up what was counted, venue by venue and area by area, into the tables of one survey series."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from collector.summaries.counts import Cell, Count, Key, Series, Topic
from collector.summaries.geography import Places
from collector.summaries.packed import PackedCounts
from collector.summaries.tally import EVERYONE, Crowd, Group, Sums, add
from collector.summaries.weights import unpack


@dataclass
class Gathered:
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


def add_crowd(gathered: Gathered, area: str, crowd: Crowd) -> None:
    """Add the people and visits of one whole venue."""
    for group, people in crowd.people.items():
        cell = gathered.cells[Key(area, *group)]
        cell[0] += people
        cell[2] = max(cell[2], people)
    for groups in crowd.visits.values():
        for group in groups:
            gathered.cells[Key(area, *group)][1] += 1


def add_sums(gathered: Gathered, area: str, found: Mapping[Group, Sums]) -> None:
    """Add what a pool of cards of one area came to."""
    for group, sums in found.items():
        add(gathered.sums[Key(area, *group)], sums)


def area_done(gathered: Gathered, where: Places) -> None:
    """Nobody more is counted in the area whose sums these are: add them to those above it, and pack them."""
    for key, sums in gathered.sums.items():
        for parent in where.parents[key.area]:
            add(gathered.above[key._replace(area=parent)], sums)
    _pack(gathered, gathered.sums)


def _pack(gathered: Gathered, sums: dict[Key, Sums]) -> None:
    """Make exact fractions of the scores, and pack the rows."""
    for key in list(sums):
        gathered.counts.put(key, _counts(sums.pop(key), gathered.units))


def series(gathered: Gathered, survey: str, major: str, where: Places) -> Series:
    """The tables, when every area is done: parents added up, areas without answers given an empty cell."""
    _add_parents(gathered, where.parents)
    _pack(gathered, gathered.above)
    for area in where.areas:
        gathered.cells[Key(area, *EVERYONE)]  # makes the cell
    return Series(
        survey,
        major,
        dict(sorted(gathered.versions.items())),
        {key: Cell(*cell) for key, cell in gathered.cells.items()},
        gathered.counts,
    )


def _add_parents(gathered: Gathered, parents: Mapping[str, tuple[str, ...]]) -> None:
    for key, cell in list(gathered.cells.items()):
        for parent in parents[key.area]:
            above = gathered.cells[key._replace(area=parent)]
            above[:] = [above[0] + cell[0], above[1] + cell[1], max(above[2], cell[2])]


def _counts(sums: Sums, units: int) -> dict[Topic, Count]:
    """A count for every topic that somebody was asked about."""
    counts: dict[Topic, Count] = {}
    for topic, weight in sums.items():
        fields, score = unpack(weight)
        if fields["asked"]:
            counts[topic] = Count(**fields, score_sum=Fraction(score, units))
    return counts
