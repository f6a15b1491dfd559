"""R10: in a correction a row changes only if ten people or more entered, left or changed in it; else it keeps its value.

Two revisions side by side tell of the people between them. So few people never make a row change, and where the two would
leave too few possible numbers for those between them, the row is withdrawn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from collector.summaries.bounds import N, U, X
from collector.summaries.counts import Key, Series, Topic
from collector.summaries.disclosure import NO_ONE, NOBODY, PEOPLE, Figure
from collector.summaries.frame import Frame
from collector.summaries.lines import Node
from collector.summaries.rules import LIMIT
from collector.summaries.world import Edition, World

Row = tuple[Key, Topic]


def corrected(now: Edition, before: Edition, why: Counter[str]) -> Edition:
    """What a correction may show before it is audited: new figures, former ones, or none, family by family."""
    shown: dict[Key, dict[Topic, Sequence[Figure]]] = {}
    kept: set[Row] = set()
    for key, topics in now.shown.items():
        shown[key] = {}
        for topic, figures in topics.items():
            former = before.shown.get(key, {}).get(topic)
            if moved(before.series, now.series, key, topic) >= LIMIT["changed_people"]:
                shown[key][topic] = figures
            elif former is not None:
                shown[key][topic] = former
                kept.add((key, topic))
            why["R10"] += (key, topic) in kept or topic not in shown[key]
        if PEOPLE not in shown[key]:
            shown[key] = {}
    return replace(now, shown=shown, kept=frozenset(row for row in kept if row[1] in shown[row[0]]))


def moved(old: Series, new: Series, key: Key, topic: Topic) -> int:
    """How many people at least entered, left or changed in a family."""
    if topic == PEOPLE:
        return abs(old.cells.get(key, NOBODY).respondents - new.cells.get(key, NOBODY).respondents)
    one = old.counts.get(key, {}).get(topic, NO_ONE)
    other = new.counts.get(key, {}).get(topic, NO_ONE)
    pairs = (
        (one.answered, other.answered),
        (one.favourable, other.favourable),
        (one.answered - one.favourable, other.answered - other.favourable),
        (one.dk, other.dk),
    )
    return max(abs(before - after) for before, after in pairs)


def withdrawn(now: Edition, before: Edition, frame: Frame) -> set[Row]:
    """The changed rows that, beside what was out before, tell too much of the people between them."""
    worlds = [World([edition], frame) for edition in (now, before)]
    for world in worlds:
        world.narrow()
    places = [{node: row for row, node in enumerate(world.nodes)} for world in worlds]
    found: set[Row] = set()
    for key, topic in _changed(now, before):
        rows = [place[Node(edition.code, key)] for place, edition in zip(places, (now, before), strict=True)]
        if _too_narrow(worlds, rows, topic):
            found.add((key, topic))
    return found


def _changed(now: Edition, before: Edition) -> Iterator[Row]:
    """Families that both show, with new figures."""
    for key, topics in now.shown.items():
        for topic in topics:
            if topic in before.shown.get(key, {}) and (key, topic) not in now.kept:
                yield key, topic


def _too_narrow(worlds: Sequence[World], rows: Sequence[int], topic: Topic) -> bool:
    """Whether the people, or the favourable or others, between two revisions can be fewer numbers than a hidden row."""
    (now, before), (row, old) = worlds, rows
    if topic != PEOPLE and topic not in now.topics:
        return False
    place = 0 if topic == PEOPLE else now.topics.index(topic)
    for count in (N,) if topic == PEOPLE else (X, U):
        least = now.bounds.low[row, count, place] - before.bounds.high[old, count, place]
        most = now.bounds.high[row, count, place] - before.bounds.low[old, count, place]
        if most - least + 1 < LIMIT["values"]:
            return True
    return False


def without(edition: Edition, rows: Iterable[Row]) -> Edition:
    """An edition with some families withdrawn, and all of a row with its number of people."""
    gone = set(rows)
    shown = {
        key: {} if (key, PEOPLE) in gone else {t: f for t, f in topics.items() if (key, t) not in gone}
        for key, topics in edition.shown.items()
    }
    return replace(edition, shown=shown)
