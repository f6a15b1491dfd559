"""The side file: what a world's true counts tell the attacker. Written by the generator, read by the attacker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from collector.summaries.counts import Cell as People
from collector.summaries.counts import Count, CountTables, Key, Series, Topic
from tests.attacker import rules
from tests.attacker.attack import Attack
from tests.attacker.released import Cell, Figure, Release
from tests.attacker.revisions import pairs
from tests.attacker.told import PEOPLE, SHORT, Family, Told

NO_ONE = Count(0, 0, 0, 0, 0, 0, 0)  # type: ignore[arg-type]
Truth = Mapping[str, Series]
"""The true tables by period with its revision, such as 2026-27-Q1@0."""


def tell(releases: Sequence[Release], truth: Truth) -> Told:
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
    return Told(frozenset(below), _changed(releases, truth), known, frozenset(empty))


def _changed(releases: Iterable[Release], truth: Truth) -> dict[Family, int]:
    """How many people at least entered, left or changed in each row of a reissue."""
    found: dict[Family, int] = {}
    for before, after in pairs(list(releases)):
        old, new = truth[before.span.key], truth[after.span.key]
        for figure in after.figures:
            if figure.level == "participation":
                found[Family(figure.cell)] = abs(_people(new, figure.cell) - _people(old, figure.cell))
            else:
                found[Family(figure.cell, figure.code)] = _moved(count_of(old, figure), count_of(new, figure))
    return found


def _moved(old: Count, new: Count) -> int:
    """The fewest people who can have turned one count into another."""
    kinds = [
        (old.favourable, new.favourable),
        (old.answered - old.favourable, new.answered - new.favourable),
        (old.dk, new.dk),
        (old.na, new.na),
        (old.unsaid, new.unsaid),
    ]
    came, left = (sum(max(0, sign * (b - a)) for a, b in kinds) for sign in (1, -1))
    return max(came, left)


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


def impossible(attack: Attack, truth: Truth) -> list[str]:
    """True counts that the attacker thinks impossible: there must be none, or his rules are not the program's."""
    low, high = attack.limits
    found = []
    for figure in (f for release in attack.releases for f in release.figures if f.level in ("overall", "question")):
        series, cell = truth[figure.cell.period], figure.cell
        count = count_of(series, figure)
        numbers = {"A": count.answered, "X": count.favourable, "U": count.answered - count.favourable, "K": count.dk}
        for code, quantity, number in [("", "N", _people(series, cell)), *((figure.code, *n) for n in numbers.items())]:
            if attack.system.has(cell, code, quantity):
                at = attack.system.unknown(cell, code, quantity)
                if not low[at] <= number <= high[at]:
                    found.append(f"{cell} {code} {quantity} is {number}, thought {low[at]:g}..{high[at]:g}")
    return sorted(set(found))
