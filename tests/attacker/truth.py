"""The side file: what a world's true counts tell the attacker. Written by the generator, read by the attacker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from collector.summaries.counts import Cell as People
from collector.summaries.counts import Count, CountTables, Key, Series, Topic
from tests.attacker import rules
from tests.attacker.released import Cell, Figure, Release
from tests.attacker.told import PEOPLE, SHORT, Family, Told

NO_ONE = Count(0, 0, 0, 0, 0, 0, 0)  # type: ignore[arg-type]
Truth = Mapping[str, Series]
"""The true tables by period with its revision, such as 2026-27-Q1@0."""


def tell(releases: Iterable[Release], truth: Truth) -> Told:
    """What the attacker is told about these releases."""
    below: set[Family] = set()
    known: dict[Family, tuple[int, int]] = {}
    empty: set[Cell] = set()
    for figure in (f for release in releases for f in release.figures):
        series = truth[figure.cell.period]
        below.update(_below(figure, series))
        if figure.level == "participation" and _people(series, figure.cell) == 0:
            empty.add(figure.cell)
        if figure.level not in ("participation", *rules.OPTION_LEVELS):
            count = count_of(series, figure)
            good, other = count.favourable, count.answered - count.favourable
            known[Family(figure.cell, figure.code)] = (min(good, rules.KNOWN_PEOPLE), min(other, rules.KNOWN_PEOPLE))
    return Told(frozenset(below), known=known, empty=frozenset(empty))


def _below(figure: Figure, series: Series) -> Iterator[Family]:
    """The counts below ten that a line of a file stands for."""
    cell, ten = figure.cell, rules.LEAST_PEOPLE
    if figure.level == "participation":
        if figure.hidden and _people(series, cell) < ten:
            yield Family(cell, PEOPLE)
        return
    count = count_of(series, figure)
    if figure.hidden:
        if (count.favourable if figure.level in rules.OPTION_LEVELS else count.answered) < ten:
            yield Family(cell, figure.code)
    elif figure.variant != "all" and figure.level == "question" and 0 < _people(series, cell) - count.asked < ten:
        yield Family(cell, SHORT)


def _people(series: Series, cell: Cell) -> int:
    return series.cells.get(Key(*cell[1:]), People(0, 0, 0)).respondents


def count_of(series: Series, figure: Figure) -> Count:
    """The true count behind a line."""
    return series.counts.get(Key(*figure.cell[1:]), {}).get(Topic(figure.level, figure.code), NO_ONE)


def add_up(tables: Iterable[CountTables]) -> list[Series]:
    """The tables of a longer period: the sums of its quarters, for each series."""
    cells: dict[Key, tuple[int, int]] = {}
    counts: dict[Key, dict[Topic, Count]] = {}
    series: Series | None = None
    for series in (one for table in tables for one in table.series):
        for key, cell in series.cells.items():
            people, visits = cells.get(key, (0, 0))
            cells[key] = (people + cell.respondents, visits + cell.visits)
        for key, topics in series.counts.items():
            own = counts.setdefault(key, {})
            for topic, count in topics.items():
                own[topic] = _plus(own[topic], count) if topic in own else count
    if series is None:
        return []
    whole = {key: People(people, visits, 0) for key, (people, visits) in cells.items()}
    return [Series(series.survey, series.major, {}, whole, counts)]


def _plus(one: Count, other: Count) -> Count:
    return Count(
        one.asked + other.asked, one.answered + other.answered, one.favourable + other.favourable,
        one.score_sum + other.score_sum, one.dk + other.dk, one.na + other.na, one.unsaid + other.unsaid,
    )  # fmt: skip
