"""What may leave the count tables: the only way from true counts to figures that anyone sees.
Rules have the numbers of `rules.py`, where each limit stands with its source.

In order: R12 and R8 say which rows exist, R1 to R3 and R8 which are hidden, R4 and R5 how the others are written,
R6 what is said about them. Pages, charts and files show these figures and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from collector.summaries.counts import Cell, Count, Key, Series, Topic
from collector.summaries.figures import newcombe, wilson
from collector.summaries.frame import ALL, RESPONDENTS, Code, Frame
from collector.summaries.rules import LIMIT, MEASURES, Measure

HIDDEN, UNRELIABLE, NOT_GIVEN = "[c]", "[u]", "[x]"
NOBODY = Cell(0, 0, 0)
NO_ONE = Count(0, 0, 0, Fraction(0), 0, 0, 0)
PEOPLE = Topic("participation", RESPONDENTS)
OPTION_LEVELS = ("option", "channel")
TRENDS = tuple(measure.code for measure in MEASURES if measure.trend)


class Place(NamedTuple):
    """Which figure: the row, the topic and the measure."""

    area: str
    breakdown: str
    group: str
    level: str
    code: str
    measure: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One publishable figure. A hidden one holds its marker and nothing else: no number of it leaves this module."""

    place: Place
    variant: str
    value: int | None = None
    marker: str = ""
    bound: str = ""
    low: int | None = None
    high: int | None = None
    base: int | None = None
    visits: int | None = None
    reliability: str = ""
    change: str = ""


def publishable(
    series: Series, frame: Frame, areas: Iterable[str], top: str, previous: Iterable[Figure] = ()
) -> list[Figure]:
    """Every figure of some areas by the rules for single rows, hidden ones as such: for drafts only, as nothing is
    audited (`publishing.publish` does). `top` is the area that all others lie in.

    `previous` are the figures published for the quarter before, of the same series.
    """
    before = {figure.place: figure for figure in previous}
    rows = [key for area in areas for key in row_keys(frame, area, area == top)]
    return [with_change(figure, before.get(figure.place)) for figure in primary(series, frame, rows)]


def primary(series: Series, frame: Frame, rows: Iterable[Key]) -> list[Figure]:
    """R1 to R5 and R8 for some rows, before the audit: what each figure would be, or that it is hidden."""
    return [figure for key in rows for figure in _row(series, frame, key)]


def row_keys(frame: Frame, area: str, is_top: bool) -> Iterator[Key]:
    """R12: every row that an area may have. Fine breakdowns, such as 19 ethnic groups, exist for the top area only."""
    yield Key(area, ALL.code, ALL.code)
    for split in frame.splits:
        if is_top or not split.fine:
            yield from (Key(area, split.code, group.code) for group in split.groups)


def measures(code: Code, breakdown: str) -> list[Measure]:
    """R8: the measures that a code has, in rows for all respondents or in those of a breakdown."""
    return [
        measure
        for measure in MEASURES
        if code.level in (measure.levels if breakdown == ALL.code else measure.split_levels)
        and (not measure.special or measure.special in code.special)
    ]


def _row(series: Series, frame: Frame, key: Key) -> Iterator[Figure]:
    cell = series.cells.get(key, NOBODY)
    counts = series.counts.get(key, {})
    for code in frame.codes:
        topic = Topic(code.level, code.code)
        count = counts.get(topic, NO_ONE)
        hidden = cell_hidden(cell) if topic == PEOPLE else family_hidden(cell, count) or option_hidden(topic, count)
        for measure in measures(code, key.breakdown):
            place = Place(*key, *topic, measure.code)
            if hidden:
                yield Figure(place, code.variant, marker=HIDDEN)
            elif topic == PEOPLE:
                people = round_down(cell.respondents)
                yield Figure(place, code.variant, people, base=people, visits=_visits(key, cell))
            else:
                yield _figure(place, code.variant, measure, count, _visits(key, cell))


def _visits(key: Key, cell: Cell) -> int | None:
    """R3: how many visits everybody of an area was met on. Those of a group would tell how few it is."""
    return round_down(cell.visits) if key.breakdown == ALL.code else None


def cell_hidden(cell: Cell) -> bool:
    """R1: the number of people of a row is hidden below ten."""
    return round_down(cell.respondents) < LIMIT["least_people"]


def family_hidden(cell: Cell, count: Count) -> bool:
    """R1 and R2: all figures of a code are hidden together, also where one venue or visit could be read from them."""
    return (
        cell_hidden(cell)
        or round_down(count.answered) < LIMIT["least_people"]
        or cell.visits < LIMIT["least_visits"]
        or cell.largest_venue * 100 > LIMIT["venue_share"] * cell.respondents
    )


def option_hidden(topic: Topic, count: Count) -> bool:
    """R8: single options only for large bases, and never fewer than ten people who chose one."""
    return topic.level in OPTION_LEVELS and (
        round_down(count.answered) < LIMIT["distribution_base"] or round_down(count.favourable) < LIMIT["least_people"]
    )


def round_down(count: int) -> int:
    """R3: a count as it is written."""
    return count - count % LIMIT["count_step"]


def _figure(place: Place, variant: str, measure: Measure, count: Count, visits: int | None) -> Figure:
    """R4 and R5: a percentage or mean as it is written, with what R6 says of it alone."""
    people = getattr(count, measure.base)
    base = round_down(people)
    if measure.unit == "score" and base < LIMIT["mean_base"]:
        return Figure(place, variant, marker=NOT_GIVEN, base=base, visits=visits)
    hundreds = 1 if measure.unit == "score" else 100
    step = step_of(place, base)
    least = LIMIT["least_bound"] if measure.unit == "score" else bound(base)
    value, side = bounded(nearest(Fraction(getattr(count, measure.part)) * hundreds / people, step), least)
    sure = base >= LIMIT["range_base"]
    low, high = given_range(value, side, base, step) if sure and measure.unit == "percent" else (None, None)
    return Figure(
        place, variant, value, "" if sure else UNRELIABLE, side, low, high, base, visits, "ok" if sure else "low"
    )


def step_of(place: Place, base: int) -> int:
    """R4: the step that a percentage or mean is written in."""
    fine = place.breakdown == ALL.code and base >= LIMIT["fine_base"] and place.level not in OPTION_LEVELS
    return LIMIT["fine_step" if fine else "step"]


def nearest(value: Fraction, step: int) -> int:
    """R4: the nearest multiple of a step; half-way goes up."""
    return floor(value / step + Fraction(1, 2)) * step


def bound(base: int) -> int:
    """R5: how near to 0 and 100 percent a figure on this rounded base may come."""
    step = LIMIT["step"]
    return max(LIMIT["least_bound"], ceil(Fraction(LIMIT["bound_people"], base * step)) * step)


def bounded(value: int, least: int) -> tuple[int, str]:
    """R5: a value kept from the ends, with the word that says so also where it lies exactly at the bound."""
    if value <= least:
        return least, "lte"
    return (100 - least, "gte") if value >= 100 - least else (value, "")


def given_range(value: int, side: str, base: int, step: int) -> tuple[int, int]:
    """R6: Wilson's range from published numbers only, rounded outward; open to the end where the value is a bound."""
    low, high = wilson(value / 100 * base, base)
    lowest, highest = floor(low * 100 / step) * step, ceil(high * 100 / step) * step
    return 0 if side == "lte" else max(0, lowest), 100 if side == "gte" else min(100, highest)


def with_change(figure: Figure, before: Figure | None) -> Figure:
    """R6: a figure with the word for its change since the quarter before, where there is one to be said."""
    return replace(figure, change=change(figure, before)) if before is not None else figure


def change(now: Figure, before: Figure) -> str:
    """Up, down or no clear change, from the published values and ranges of both quarters; empty when not comparable."""
    stated, earlier = _stated(now), _stated(before)
    if now.place.measure not in TRENDS or now.variant != before.variant or stated is None or earlier is None:
        return ""
    _, lower, upper = newcombe(*stated, *earlier)
    return "up" if lower > 0 else "down" if upper < 0 else "no_clear_change"


def _stated(figure: Figure) -> tuple[int, tuple[int, int]] | None:
    """A published value and its range; None for a figure without."""
    if figure.value is None or figure.low is None or figure.high is None:
        return None
    return figure.value, (figure.low, figure.high)
