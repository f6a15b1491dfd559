"""Counting cards with the standard library only: join them, slice out a column, count its characters."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter

from collector.errors import CardError
from collector.summaries.counts import Topic
from collector.summaries.outline import ALL, UNSAID
from collector.summaries.weights import NOTHING, Gauge, Plan, Weight

Group = tuple[str, str]
"""A breakdown and one of its groups."""

Sums = dict[Topic, Weight]
"""What people add up to in each topic."""

Histogram = list[tuple[str, int]]
"""How often each character stands in a column."""

EVERYONE: Group = (ALL.code, ALL.code)


@dataclass
class Crowd:
    """Who came to one venue: people by group, and the groups that were seen on each visit."""

    people: Counter[Group] = field(default_factory=Counter)
    visits: defaultdict[str | None, set[Group]] = field(default_factory=lambda: defaultdict(set))


def tally(plan: Plan, cards: Sequence[str]) -> dict[Group, Sums]:
    """The sums of cards of one version, by group. Each card has the character of its mode behind it."""
    longer = _with_classes(plan, cards)
    width = plan.width + 1 + len(plan.classes)
    everything = (*plan.gauges, *plan.details)
    everyone = _histograms(longer, width, {gauge.place: gauge.weights for gauge in everything})
    found: dict[Group, Sums] = {EVERYONE: _sums(everything, everyone)}
    for breakdown in plan.absent:
        found[breakdown, UNSAID.code] = _sums(plan.gauges, everyone)
    likely = {gauge.place: _most_first(everyone[gauge.place]) for gauge in plan.gauges}
    for cut in plan.cuts:
        parts: defaultdict[str, list[str]] = defaultdict(list)
        place = cut.place
        for card in longer:
            parts[card[place]].append(card)
        for char, part in parts.items():
            sums = _sums(plan.gauges, _histograms(part, width, likely))
            for breakdown, group_of in cut.groups:
                add(found.setdefault((breakdown, group_of.get(char, UNSAID.code)), {}), sums)
    return found


def meet(plan: Plan, crowd: Crowd, by_visit: Mapping[str | None, list[str]]) -> None:
    """Add cards of one version to the crowd of their venue."""
    joined = "".join(chain.from_iterable(by_visit.values()))
    people = sum(map(len, by_visit.values()))
    if len(joined) != people * (plan.width + 1):
        raise CardError("a card does not fit the layout of its survey version")
    for group in (EVERYONE, *((breakdown, UNSAID.code) for breakdown in plan.absent)):
        crowd.people[group] += people
        for visit in by_visit:
            crowd.visits[visit].add(group)
    for cut in plan.cuts:
        column = joined[cut.place :: plan.width + 1]
        for char, count in _histogram(column, cut.chars):
            for breakdown, group_of in cut.groups:
                crowd.people[breakdown, group_of.get(char, UNSAID.code)] += count
        start = 0
        for visit, cards in by_visit.items():
            seen = set(column[start : start + len(cards)])
            start += len(cards)
            for breakdown, group_of in cut.groups:
                crowd.visits[visit].update([(breakdown, group_of.get(char, UNSAID.code)) for char in seen])


def add(total: Sums, more: Sums) -> None:
    """Add sums to others, topic by topic."""
    for topic, weight in more.items():
        total[topic] = total.get(topic, NOTHING) + weight


def _with_classes(plan: Plan, cards: Sequence[str]) -> list[str]:
    """The cards with their class characters behind them."""
    joined, width = "".join(cards), plan.width + 1
    classes = [
        map(kinds.__getitem__, zip(*[joined[column::width] for column in kinds.table.columns], strict=True))
        for kinds in plan.classes
    ]
    return list(map("".join, zip(cards, *classes, strict=True)))


def _sums(gauges: Iterable[Gauge], histograms: Mapping[int, Histogram]) -> Sums:
    return {
        gauge.topic: sum(count * gauge.weights[char] for char, count in histograms[gauge.place]) for gauge in gauges
    }


def _histograms(cards: Sequence[str], width: int, chars: Mapping[int, Iterable[str]]) -> dict[int, Histogram]:
    """The histogram of each column in `chars`, which names the characters that may stand there."""
    joined = "".join(cards)
    return {place: _histogram(joined[place::width], known) for place, known in chars.items()}


def _histogram(column: str, chars: Iterable[str]) -> Histogram:
    """It stops looking when every character is accounted for, so likely ones should come first."""
    found, left = [], len(column)
    for char in chars:
        if not left:
            break
        if count := column.count(char):
            found.append((char, count))
            left -= count
    if left:
        raise CardError(f"{left} cards hold a character that has no meaning in their survey version")
    return found


def _most_first(histogram: Histogram) -> str:
    return "".join([char for char, _ in sorted(histogram, key=itemgetter(1), reverse=True)])
