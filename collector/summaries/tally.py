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
from collector.summaries.weights import NOTHING, ColumnWeights, Weight, Weighting

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


def tally(weighting: Weighting, cards: Sequence[str]) -> dict[Group, Sums]:
    """The sums of cards of one version, by group. Each card has the character of its mode behind it."""
    longer = _with_classes(weighting, cards)
    width = weighting.width + 1 + len(weighting.classes)
    everything = (*weighting.columns, *weighting.details)
    everyone = _histograms(longer, width, {column.place: column.weights for column in everything})
    found: dict[Group, Sums] = {EVERYONE: _sums(everything, everyone)}
    for breakdown in weighting.absent:
        found[breakdown, UNSAID.code] = _sums(weighting.columns, everyone)
    likely = {column.place: _most_first(everyone[column.place]) for column in weighting.columns}
    for grouping in weighting.groupings:
        parts: defaultdict[str, list[str]] = defaultdict(list)
        place = grouping.place
        for card in longer:
            parts[card[place]].append(card)
        for char, part in parts.items():
            sums = _sums(weighting.columns, _histograms(part, width, likely))
            for breakdown, group_of in grouping.groups:
                add(found.setdefault((breakdown, group_of.get(char, UNSAID.code)), {}), sums)
    return found


def meet(weighting: Weighting, crowd: Crowd, by_visit: Mapping[str | None, list[str]]) -> None:
    """Add cards of one version to the crowd of their venue."""
    joined = "".join(chain.from_iterable(by_visit.values()))
    people = sum(map(len, by_visit.values()))
    if len(joined) != people * (weighting.width + 1):
        raise CardError("a card does not fit the layout of its survey version")
    for group in (EVERYONE, *((breakdown, UNSAID.code) for breakdown in weighting.absent)):
        crowd.people[group] += people
        for visit in by_visit:
            crowd.visits[visit].add(group)
    for grouping in weighting.groupings:
        column = joined[grouping.place :: weighting.width + 1]
        for char, count in _histogram(column, grouping.chars):
            for breakdown, group_of in grouping.groups:
                crowd.people[breakdown, group_of.get(char, UNSAID.code)] += count
        start = 0
        for visit, cards in by_visit.items():
            seen = set(column[start : start + len(cards)])
            start += len(cards)
            for breakdown, group_of in grouping.groups:
                crowd.visits[visit].update([(breakdown, group_of.get(char, UNSAID.code)) for char in seen])


def add(total: Sums, more: Sums) -> None:
    """Add sums to others, topic by topic."""
    for topic, weight in more.items():
        total[topic] = total.get(topic, NOTHING) + weight


def _with_classes(weighting: Weighting, cards: Sequence[str]) -> list[str]:
    """The cards with their class characters behind them."""
    joined, width = "".join(cards), weighting.width + 1
    classes = [
        map(kinds.__getitem__, zip(*[joined[column::width] for column in kinds.table.columns], strict=True))
        for kinds in weighting.classes
    ]
    return list(map("".join, zip(cards, *classes, strict=True)))


def _sums(columns: Iterable[ColumnWeights], histograms: Mapping[int, Histogram]) -> Sums:
    return {
        column.topic: sum(count * column.weights[char] for char, count in histograms[column.place])
        for column in columns
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
