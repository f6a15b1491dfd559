"""From count tables to figures: the only way by which anything of them is seen. Pages, charts and files show these alone.

In order: R12 and R8 say which rows exist, R1, R2 and R8 which are hidden, R3 changes the counts, R4 and R5 write them,
R6 says how sure they are. A row's figures depend on its counts, its place, the period's secret and the rules, and on
no other row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from collector.disclosure.figure import HIDDEN, UNRELIABLE, Figure, Place, beside
from collector.disclosure.intervals import Range, allowance, newcombe, range_of
from collector.disclosure.perturb import Perturbed
from collector.disclosure.rules import LIMIT, MEASURES, Measure
from collector.summaries.counts import Cell, Count, Key, Series, Topic
from collector.summaries.outline import ALL, RESPONDENTS, Item, Outline

NOBODY = Cell(0, 0, 0)
NO_ONE = Count(0, 0, 0, Fraction(0), 0, 0, 0)
PEOPLE = Topic("participation", RESPONDENTS)
OPTION_LEVELS = ("option", "channel")
TRENDS = tuple(measure.code for measure in MEASURES if measure.trend)

Parents = Mapping[str, str]
"""The area that each area adds to; empty for the top, which all others lie in."""


def publish(
    series: Series, outline: Outline, parents: Parents, secret: bytes, before: Iterable[Figure] = ()
) -> Iterator[Figure]:
    """Every figure of one series in a period, area by area, hidden ones as such. `before` are those published for the
    quarter before, sorted by area too.
    """
    for figure, earlier in beside(_figures(series, outline, parents, secret), before):
        yield with_change(figure, earlier)


def _figures(series: Series, outline: Outline, parents: Parents, secret: bytes) -> Iterator[Figure]:
    offers = {everybody: _offers(outline, everybody) for everybody in (True, False)}
    for area in sorted({key.area for key in series.cells} & set(parents)):
        standing = home(area, parents)
        for key in row_keys(outline, area, not parents[area]):
            changed = Perturbed(
                secret, key._replace(area=standing), series.cells.get(key, NOBODY), series.counts.get(key, {})
            )
            yield from _Row(key, changed).figures(offers[key.breakdown == ALL.code])


def row_keys(outline: Outline, area: str, is_top: bool) -> Iterator[Key]:
    """R12: every row that an area may have. Fine breakdowns, such as 19 ethnic groups, exist for the top area only."""
    yield Key(area, ALL.code, ALL.code)
    for shown in outline.classifications:
        if is_top or not shown.fine:
            yield from (Key(area, shown.code, group.code) for group in shown.groups)


class Offer(NamedTuple):
    """An item that a row has figures of, with its measures. `topic` is what is counted; `base` is the topic whose people
    are the base: of an option that of its question, so that all options share one.
    """

    item: Item
    topic: Topic
    base: Topic
    measures: tuple[Measure, ...]


def _offers(outline: Outline, everybody: bool) -> list[Offer]:
    """R8: what rows for all respondents have figures of, or those of a breakdown."""
    topics = {item.code: Topic(item.level, item.code) for item in outline.items}
    found = [
        Offer(item, topics[item.code], topics.get(item.question, topics[item.code]), measures(item, everybody))
        for item in outline.items
    ]
    return [offer for offer in found if offer.measures]


def measures(item: Item, everybody: bool) -> tuple[Measure, ...]:
    """R8: the measures that an item has, in rows for all respondents or in those of a breakdown."""
    return tuple(
        measure
        for measure in MEASURES
        if item.level in (measure.levels if everybody else measure.split_levels)
        and (not measure.special or measure.special in item.special)
    )


def home(area: str, parents: Parents) -> str:
    """R3: where the cells of an area stand when they are changed: an area of one part has the people of that part, as
    everybody can see on the map, and so the same change. Others are changed apart from each other: if rows of the same
    counts read alike, a total that reads like its only large part would tell that the small one is empty.
    """
    parts = [part for part, parent in parents.items() if parent == area]
    return home(parts[0], parents) if len(parts) == 1 else area


class _Row(NamedTuple):
    """One cell, and what may be told of it."""

    key: Key
    changed: Perturbed

    def figures(self, offers: Sequence[Offer]) -> Iterator[Figure]:
        few = self.changed.cell.respondents < LIMIT["least_people"]
        visits = None if few or self.key.breakdown != ALL.code else round_down(self.changed.visits())
        for offer in offers:
            hidden = few or (offer.topic != PEOPLE and self._hidden(offer))
            for measure in offer.measures:
                place = Place(*self.key, *offer.topic, measure.code)
                if hidden:
                    yield Figure(place, offer.item.variant, marker=HIDDEN)
                elif offer.topic == PEOPLE:
                    people = base_of(self.changed.people(self.changed.cell.respondents))
                    yield Figure(place, offer.item.variant, people, base=people, visits=visits)
                else:
                    yield written(place, offer.item.variant, *self._share(offer, measure), visits)

    def _hidden(self, offer: Offer) -> bool:
        """R1, R2, R8: by true counts, but for the base of single options, which is the one that everybody sees."""
        cell, count = self.changed.cell, self.changed.counts.get(offer.topic, NO_ONE)
        if count.answered < LIMIT["least_people"] or cell.visits < LIMIT["least_visits"]:
            return True
        if cell.largest_venue * 100 > LIMIT["venue_share"] * cell.respondents:
            return True
        return bool(offer.item.option) and (
            count.favourable < LIMIT["least_people"] or base_of(self._answered(offer)) < LIMIT["distribution_base"]
        )

    def _share(self, offer: Offer, measure: Measure) -> tuple[int, int]:
        """The changed counts behind a percentage: so many of so many."""
        count = self.changed.counts[offer.topic]
        if measure.base == "asked":
            return self.changed.special(measure.part, count), self.changed.people(count.asked)
        return self.changed.favourable(count), self._answered(offer)

    def _answered(self, offer: Offer) -> int:
        if offer.base in self.changed.counts and offer.base.level not in OPTION_LEVELS:
            return self.changed.answered(self.changed.counts[offer.base])
        return self.changed.who_answered(self.changed.counts[offer.topic])


def written(place: Place, variant: str, part: int, people: int, visits: int | None = None) -> Figure:
    """R4, R5, R6: a percentage of changed counts as it is written, with what its numbers alone say of it."""
    base = base_of(people)
    step = step_of(place, base)
    value, side = bounded(nearest(Fraction(100 * min(part, people), people), step), bound(base))
    sure = base >= LIMIT["range_base"]
    low, high = given_range(value, side, base, place) if sure else (None, None)
    marker = "" if sure else UNRELIABLE
    return Figure(place, variant, value, marker, side, low, high, base, visits, "ok" if sure else "low")


def round_down(count: int) -> int:
    """R4: a changed count as it is written."""
    return count - count % LIMIT["count_step"]


def base_of(people: int) -> int:
    """R4: a base as it is written: what is shown rests on ten people or more, and says so."""
    return max(LIMIT["least_people"], round_down(people))


def step_of(place: Place, base: int) -> int:
    """R4: the step that a percentage is written in."""
    fine = place.breakdown == ALL.code and base >= LIMIT["fine_base"] and place.level not in OPTION_LEVELS
    return LIMIT["fine_step" if fine else "step"]


def nearest(value: Fraction, step: int) -> int:
    """R4: the nearest multiple of a step; half-way goes up."""
    return floor(value / step + Fraction(1, 2)) * step


def bound(base: int) -> int:
    """R5: how near to 0 and 100 percent a figure on this written base may come."""
    step = LIMIT["step"]
    return max(LIMIT["least_bound"], ceil(Fraction(LIMIT["bound_people"], base * step)) * step)


def bounded(value: int, least: int) -> tuple[int, str]:
    """R5: a value kept from the ends, with the word that says so also where it lies exactly at the bound."""
    if value <= least:
        return least, "lte"
    return (100 - least, "gte") if value >= 100 - least else (value, "")


def given_range(value: int, side: str, base: int, place: Place) -> tuple[int, int]:
    """R6: the range as it is written: rounded outward, open to the end where the value is a bound."""
    step = step_of(place, base)
    low, high = _range(value, side, base, place)
    return max(0, floor(low * 100 / step) * step), min(100, ceil(high * 100 / step) * step)


def _range(value: int, side: str, base: int, place: Place) -> Range:
    """The same, before it is rounded, as shares of one."""
    share = value / 100
    more = allowance(share, base, step_of(place, base) / 100, apart=place.measure not in TRENDS)
    low, high = range_of(share, base, more)
    return 0.0 if side == "lte" else low, 1.0 if side == "gte" else high


def with_change(figure: Figure, before: Figure | None) -> Figure:
    """R6: a figure with the word for its change since the quarter before, where there is one to be said."""
    return replace(figure, change=change(figure, before)) if before is not None else figure


def change(now: Figure, before: Figure) -> str:
    """Up, down or no clear change, from the written values and bases of both quarters; empty when not comparable."""
    stated, earlier = _stated(now), _stated(before)
    if now.place.measure not in TRENDS or now.variant != before.variant or stated is None or earlier is None:
        return ""
    _, lower, upper = newcombe(*stated, *earlier)
    return "up" if lower > 0 else "down" if upper < 0 else "no_clear_change"


def _stated(figure: Figure) -> tuple[float, Range] | None:
    """A published value and its range; None for a figure without."""
    if figure.value is None or figure.base is None or figure.low is None:
        return None
    return figure.value / 100, _range(figure.value, figure.bound, figure.base, figure.place)


def smallest_clear(people: int) -> int:
    """R6: the fewest points by which a share near half must differ between two quarters of so many people, as written,
    to be called higher: for the table that stops over-reading.
    """
    place = Place("", ALL.code, ALL.code, "overall", "", TRENDS[0])
    step = step_of(place, people)
    for points in range(step, 100, step):
        low = nearest(Fraction(100 - points, 2), step)
        before, now = (Figure(place, "", value, low=0, high=100, base=people) for value in (low, low + points))
        if change(now, before) == "up":
            return points
    return 100
