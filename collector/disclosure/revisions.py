"""R10: how many people at least a correction changes, read from the count tables before and after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from collector.disclosure.publish import NO_ONE, NOBODY, Parents
from collector.summaries.counts import Count, Key, Series, Topic

Part = tuple[str, ...]
"""One of the parts in which everybody is exactly once."""

EMPTY = Series("", "", {}, {}, {})


def people_changed(old: Sequence[Series], new: Sequence[Series], parents: Parents) -> int:
    """People who entered, left, moved or answered otherwise, as few as the tables allow.

    Areas that nothing adds to, the groups of a breakdown and the ways to answer a question hold everybody once. So
    whoever changed left one of the parts or entered one, and the people are at least as many as either.
    """
    smallest = set(parents) - set(parents.values())
    moves: defaultdict[Part, list[int]] = defaultdict(lambda: [0, 0])
    was, now = _by_name(old), _by_name(new)
    for name in sorted({*was, *now}):
        for split, change in _changes(was.get(name), now.get(name), smallest):
            moves[split][change < 0] += abs(change)
    return max((most for pair in moves.values() for most in pair), default=0)


def _by_name(series: Sequence[Series]) -> dict[tuple[str, str], Series]:
    return {(one.survey, one.major): one for one in series}


def _changes(old: Series | None, new: Series | None, smallest: set[str]) -> Iterator[tuple[Part, int]]:
    """For each split of everybody, by how many each of its parts changed."""
    one, other = old or EMPTY, new or EMPTY
    for key in {*one.cells, *other.cells}:
        if key.area in smallest:
            before, after = one.cells.get(key, NOBODY).respondents, other.cells.get(key, NOBODY).respondents
            yield (key.breakdown,), after - before
            yield from _answers(key, before, one.counts.get(key, {}), after, other.counts.get(key, {}))


def _answers(
    key: Key, before: int, old: Mapping[Topic, Count], after: int, new: Mapping[Topic, Count]
) -> Iterator[tuple[Part, int]]:
    for topic in {*old, *new}:
        ways = zip(_ways(old.get(topic, NO_ONE), before), _ways(new.get(topic, NO_ONE), after), strict=True)
        yield from (((key.breakdown, *topic), b - a) for a, b in ways)


def _ways(count: Count, people: int) -> tuple[int, ...]:
    """People by how they answered: well, otherwise, each of the special answers, without a score, or not asked."""
    others = count.answered - count.favourable
    rest = count.asked - count.answered - count.dk - count.na - count.unsaid
    return count.favourable, others, count.dk, count.na, count.unsaid, rest, people - count.asked
