"""Count tables: true numbers of people, from which every figure is made. They are never published as they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

SeriesKey = tuple[str, str]
"""Survey and major version."""


class Key(NamedTuple):
    """One row of a period's tables: an area, a breakdown and one of its groups."""

    area: str
    breakdown: str
    group: str


class Topic(NamedTuple):
    """What a count is about: a level and a code within it."""

    level: str
    code: str


@dataclass(frozen=True, slots=True)
class Cell:
    """How many people answered, on how many visits, and how many of them in the venue with most."""

    respondents: int
    visits: int
    largest_venue: int


@dataclass(frozen=True, slots=True)
class Count:
    """People who were asked; of them, who have a score (`answered`), a favourable one, and who gave none.

    Of an option, `answered` are those who answered its question, `favourable` those who chose it.
    `unsaid` counts "rather not say" and skipped. `score_sum` is exact.
    """

    asked: int
    answered: int
    favourable: int
    score_sum: Fraction
    dk: int
    na: int
    unsaid: int


@dataclass(frozen=True)
class Series:
    """The tables of one survey series (same major version) in a period. `versions` counts responses by version."""

    survey: str
    major: str
    versions: Mapping[str, int]
    cells: Mapping[Key, Cell]
    counts: Mapping[Key, Mapping[Topic, Count]]


@dataclass(frozen=True)
class CountTables:
    """All count tables of a period. An area with a venue has a cell even when nobody answered there."""

    period: str
    series: tuple[Series, ...]

    @cached_property
    def responses(self) -> int:
        return sum(sum(series.versions.values()) for series in self.series)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the tables: equal exactly when they are."""
        digest = hashlib.sha256(self.period.encode())
        for series in self.series:
            for line in _lines(series):
                digest.update(line.encode() + b"\n")
        return digest.hexdigest()


def _lines(series: Series) -> Iterator[str]:
    yield f"{series.survey} {series.major} {sorted(series.versions.items())}"
    for key, cell in sorted(series.cells.items()):
        yield " ".join([*key, *map(str, astuple(cell))])
    for key in sorted(series.counts):
        for topic, count in sorted(series.counts[key].items()):
            numbers = (count.asked, count.answered, count.favourable, count.score_sum, count.dk, count.na, count.unsaid)
            yield " ".join([*key, *topic, *map(str, numbers)])
