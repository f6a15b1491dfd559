"""R7, R9: what the rows shown give away about those hidden, and which further rows to hide until nothing is.

The attacker reads every release, knows the rules and is told which hidden rows are below ten. First all that adding and
subtracting tells is worked out (`bounds`); then linear programs prove what is left (`program`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from collector.errors import ReleaseError
from collector.summaries.bounds import COUNTS, MANY, A, Bounds, Flags, K, M, N, R, U, Whole, X, narrow, steps
from collector.summaries.counts import Count, Key, Series, Topic
from collector.summaries.disclosure import NO_ONE, NOBODY, PEOPLE, Figure, measures
from collector.summaries.frame import Code, Frame
from collector.summaries.lines import Line, Node, block_of, lines
from collector.summaries.program import prove
from collector.summaries.rules import LIMIT
from collector.summaries.told import told

AUDITED = ("overall", "pillar", "element", "question")

Figures = Mapping[Key, Mapping[Topic, Sequence[Figure]]]
"""The figures that are shown, by row and topic; a family that is not there is hidden."""


@dataclass(frozen=True)
class Edition:
    """Rows of one quarter, half-year or year: what is true, what is shown. `sum_of` are the quarters it adds up.

    A `frozen` one is published: nothing of it can be hidden any more. `offered` are the families that have rows at all,
    None for every one.
    """

    code: str
    series: Series
    rows: tuple[Key, ...]
    parents: Mapping[str, str]
    shown: Figures
    frozen: bool = False
    sum_of: tuple[str, ...] = ()
    offered: frozenset[tuple[Key, Topic]] | None = None

    def offers(self, key: Key, topic: Topic) -> bool:
        return self.offered is None or (key, topic) in self.offered


class Family(NamedTuple):
    """All figures of one topic in one row of an edition."""

    edition: str
    key: Key
    topic: Topic


@dataclass
class Withheld:
    """What the audit hides: families, and rows with their number of people. `why` counts families by rule."""

    families: set[Family] = field(default_factory=set)
    people: set[Node] = field(default_factory=set)
    why: Counter[str] = field(default_factory=Counter)


class Bad(NamedTuple):
    """A count that is not protected: its row, its topic, and whether it is the number of people. Tightest first."""

    slack: int
    node: int
    topic: int
    of_people: bool


def audit(editions: Sequence[Edition], frame: Frame, proof: bool = True) -> Withheld:
    """What must be hidden so that no hidden count can be worked out. Raises ReleaseError when nothing helps."""
    world = World(editions, frame)
    while True:
        bad = world.unprotected() or (world.unproven() if proof else [])
        if not bad:
            return world.withheld
        if not world.hide(bad):
            raise ReleaseError("A hidden figure cannot be protected by hiding others. Nothing was released.")


class World:
    """The rows of all editions as arrays, and what is hidden of them so far."""

    def __init__(self, editions: Sequence[Edition], frame: Frame) -> None:
        self.editions = {edition.code: edition for edition in editions}
        self.nodes = [Node(edition.code, key) for edition in editions for key in edition.rows]
        self.frozen = np.array([self.editions[node.edition].frozen for node in self.nodes])
        self.codes, self.topics, self.lines = self._begin(frame)
        self.walk = steps(self.lines)
        self.lines_of: list[list[Line]] = [[] for _ in self.nodes]
        self.sums_of: list[list[Line]] = [[] for _ in self.nodes]
        for line in self.lines:
            self.sums_of[line.total].append(line)
            for part in line.parts:
                self.lines_of[part].append(line)
        self.withheld = Withheld()
        blocks = {split.code: block_of(split, frame) for split in frame.splits}
        self.coarse = {code: next(iter(found.values()))[0] for code, found in blocks.items() if found}
        self._fill()
        self.bounds = self.start.copy()
        self.dirty = set(range(len(self.topics)))
        self.proven: Flags = np.zeros((len(self.nodes), COUNTS, len(self.topics)), dtype=bool)

    def _begin(self, frame: Frame) -> tuple[list[Code], list[Topic], list[Line]]:
        """What is audited, and along which lines."""
        codes = [code for code in frame.codes if code.level in AUDITED]
        editions = self.editions.values()
        found = lines(self.nodes, frame, {e.code: e.parents for e in editions}, {e.code: e.sum_of for e in editions})
        return codes, [Topic(code.level, code.code) for code in codes], found

    def _fill(self) -> None:
        shape = len(self.nodes), COUNTS, len(self.topics)
        self.true: Whole = np.zeros(shape, dtype=np.int64)
        self.exists: Flags = np.zeros((shape[0], shape[2]), dtype=bool)
        self.shown: Flags = np.zeros((shape[0], shape[2]), dtype=bool)
        self.people: Flags = np.zeros(shape[0], dtype=bool)
        self.counted: Flags = np.zeros(shape[0], dtype=bool)
        self.start = Bounds(
            np.zeros(shape, dtype=np.int64),
            np.full(shape, MANY, dtype=np.int64),
            np.zeros((shape[0], shape[2])),
            np.ones((shape[0], shape[2])),
            np.zeros(shape[2], dtype=bool),
        )
        for number, node in enumerate(self.nodes):
            self._fill_row(number, node)
        self.start.all_asked = (self.true[:, M] == self.true[:, N]).all(axis=0)

    def _fill_row(self, number: int, node: Node) -> None:
        edition = self.editions[node.edition]
        counts, shown = edition.series.counts.get(node.key, {}), edition.shown.get(node.key, {})
        people = edition.series.cells.get(node.key, NOBODY).respondents
        self.true[number, N] = people
        self.people[number] = PEOPLE in shown
        self.counted[number] = edition.offers(node.key, PEOPLE)
        low, high = self.start.low[number], self.start.high[number]
        if self.counted[number]:
            low[N], high[N] = _count_interval(shown[PEOPLE][0].base if PEOPLE in shown else None, people)
        for place, code in enumerate(self.codes):
            topic = self.topics[place]
            count = counts.get(topic, NO_ONE)
            self.true[number, :, place] = _counts(people, count)
            self.exists[number, place] = edition.offers(node.key, topic) and bool(measures(code, node.key.breakdown))
            if topic in shown:
                self.shown[number, place] = True
                self._show(number, place, code, shown[topic])
            elif self.exists[number, place]:
                low[A, place], high[A, place] = _count_interval(None, count.answered)

    def _show(self, number: int, place: int, code: Code, figures: Sequence[Figure]) -> None:
        found = told(figures, code)
        for count, (least, most) in zip((A, M, K, R), found.counts, strict=True):
            self.start.low[number, count, place] = least
            self.start.high[number, count, place] = min(most, MANY)
        self.start.low_share[number, place], self.start.high_share[number, place] = found.share

    def unprotected(self) -> list[Bad]:
        """Counts that adding and subtracting gives away, tightest first."""
        if self.dirty:
            self._narrow(sorted(self.dirty))
            self.dirty.clear()
        return sorted([*self._bad_people(), *self._bad_families()])

    def _narrow(self, topics: list[int]) -> None:
        """Narrow some topics again from the start; the number of people as far as the other topics tell it."""
        others = [place for place in range(len(self.topics)) if place not in self.dirty]
        part = Bounds(
            self.start.low[:, :, topics].copy(),
            self.start.high[:, :, topics].copy(),
            self.start.low_share[:, topics],
            self.start.high_share[:, topics],
            self.start.all_asked[topics],
        )
        if others:
            part.low[:, N] = np.maximum(part.low[:, N], self.bounds.low[:, N, others].max(axis=1, keepdims=True))
            part.high[:, N] = np.minimum(part.high[:, N], self.bounds.high[:, N, others].min(axis=1, keepdims=True))
        narrow(part, self.walk)
        if (part.low > part.high).any():
            raise ReleaseError("The count tables do not add up, so they cannot be audited. Run `collector doctor`.")
        self.bounds.low[:, :, topics], self.bounds.high[:, :, topics] = part.low, part.high

    def needs(self) -> tuple[Flags, Flags, Flags]:
        """Where a width is asked of people and of answers, and where a family is hidden."""
        hidden = self.exists & ~self.shown
        small = LIMIT["least_people"]
        return self.counted & ~self.people & (self.true[:, N, 0] < small), hidden & (self.true[:, A] < small), hidden

    def _bad_people(self) -> list[Bad]:
        small, _, _ = self.needs()
        width = self.bounds.high[:, N, 0] - self.bounds.low[:, N, 0]
        return [Bad(int(width[node]), int(node), 0, True) for node in np.flatnonzero(small & (width < LIMIT["width"]))]

    def _bad_families(self) -> list[Bad]:
        _, small, hidden = self.needs()
        low, high = self.bounds.low, self.bounds.high
        width = high[:, A] - low[:, A]
        bad = (small & (width < LIMIT["width"])) | self._too_few(hidden)
        return [Bad(int(width[node, topic]), int(node), int(topic), False) for node, topic in np.argwhere(bad)]

    def _too_few(self, hidden: Flags) -> Flags:
        """Families of which it is known that all, or all but a few, said the same."""
        low, high = self.bounds.low, self.bounds.high
        most = np.minimum(high[:, X], high[:, U])
        given: Flags = hidden & ((most < LIMIT["unanimous"]) | (high[:, X] == low[:, X]))
        given |= self.shown & (most < LIMIT["shown_unanimous"])
        return given

    def unproven(self) -> list[Bad]:
        """Counts that linear programs give away."""
        return sorted(Bad(0, node, topic, of_people) for node, topic, of_people in prove(self))

    def hide(self, bad: Sequence[Bad]) -> bool:
        """One step a line a round, tightest first; False when nothing is left to hide."""
        used: set[tuple[str, int, int]] = set()
        done = False
        for one in bad:
            chosen = self._choice(one)
            if chosen is None:
                done |= self._hide_whole(one)
                continue
            line, row = chosen
            place = (line.family, line.total, one.topic)
            if place in used:
                continue
            used.add(place)
            self._hide_row(row, one, "R9" if line.of_quarters else "R7")
            done = True
        return done

    def _choice(self, bad: Bad) -> tuple[Line, int] | None:
        """The line that gives most away, and the row to hide in it. Behind a hidden total the lines of that one tell."""
        shown = self.people if bad.of_people else self.shown[:, bad.topic]
        seen, near = {bad.node}, [bad.node]
        while near:
            own = [(line, node) for node in near for line in self.lines_of[node] if shown[line.total]]
            own.sort(key=lambda found: self._slack(found[0], bad._replace(node=found[1])))
            own += [(line, node) for node in near for line in self.sums_of[node]]
            for line, node in own:
                if (row := self._row(line, bad._replace(node=node), shown)) is not None:
                    return line, row
            near = sorted({line.total for node in near for line in self.lines_of[node]} - seen)
            seen.update(near)
        return None

    def _slack(self, line: Line, bad: Bad) -> int:
        count = N if bad.of_people else A
        members = [node for node in (line.total, *line.parts) if node != bad.node]
        width = self.bounds.high[members, count, bad.topic] - self.bounds.low[members, count, bad.topic]
        return int(np.minimum(width, MANY).sum())

    def _row(self, line: Line, bad: Bad, shown: Flags) -> int | None:
        """The smallest part with anybody in it, else the total; of a line of quarters the total."""
        size = self.true[:, N if bad.of_people else A, bad.topic]
        parts = [p for p in line.parts if p != bad.node and shown[p] and not self.frozen[p] and size[p] > 0]
        if parts and not line.of_quarters:
            return min(parts, key=lambda part: (size[part], part))
        free = shown[line.total] and not self.frozen[line.total] and line.total != bad.node
        return line.total if free else None

    def _hide_row(self, row: int, bad: Bad, rule: str) -> None:
        if bad.of_people:
            self._hide_people(row, rule)
        else:
            self._hide_family(row, bad.topic, rule)

    def _hide_people(self, row: int, rule: str) -> None:
        node = self.nodes[row]
        self.withheld.people.add(node)
        self.withheld.why[rule] += 1
        self.people[row] = False
        self.start.low[row, N], self.start.high[row, N] = _count_interval(None, int(self.true[row, N, 0]))
        for topic in np.flatnonzero(self.shown[row]):
            self._hide_family(row, int(topic), rule)
        self.dirty = set(range(len(self.topics)))

    def _hide_family(self, row: int, topic: int, rule: str) -> None:
        if not self.shown[row, topic]:
            return
        node = self.nodes[row]
        self.withheld.families.add(Family(node.edition, node.key, self.topics[topic]))
        self.withheld.why[rule] += 1
        self.shown[row, topic] = False
        low, high = self.start.low[row, :, topic], self.start.high[row, :, topic]
        low[M:], high[M:] = 0, MANY
        low[A], high[A] = _count_interval(None, int(self.true[row, A, topic]))
        self.start.low_share[row, topic], self.start.high_share[row, topic] = 0, 1
        self.dirty.add(topic)

    def _hide_whole(self, bad: Bad) -> bool:
        """Where nothing can be hidden to protect a row, the breakdown for that area goes, and for a year the year; where
        not even that is enough, it goes in every area.
        """
        node = self.nodes[bad.node]
        years = {e.code for e in self.editions.values() if node.edition in e.sum_of}
        editions = years if self.frozen[bad.node] else {node.edition, *years}
        free = [row for row in self._free(bad) if self.nodes[row].edition in editions]
        same = [row for row in free if self.nodes[row].key.breakdown == node.key.breakdown]
        here = [row for row in same if self.nodes[row].key.area == node.key.area]
        for row in here or same or free:
            self._hide_row(row, bad, "R9" if self.nodes[row].edition in years else "R7")
        return bool(here or same or free)

    def _free(self, bad: Bad) -> list[int]:
        """Rows that are shown and could be hidden."""
        shown = self.people if bad.of_people else self.shown[:, bad.topic]
        return [int(row) for row in np.flatnonzero(shown & ~self.frozen)]


def _count_interval(base: int | None, true: int) -> tuple[int, int]:
    """R3: what a rounded base tells, or that a row is hidden; the attacker is told which of those are below ten."""
    if base is not None:
        return base, base + LIMIT["count_step"] - 1
    small = LIMIT["least_people"]
    return (0, small - 1) if true < small else (small, MANY)


def _counts(people: int, count: Count) -> tuple[int, ...]:
    found = [0] * COUNTS
    found[N], found[M], found[A], found[X] = people, count.asked, count.answered, count.favourable
    found[U], found[K] = count.answered - count.favourable, count.dk
    found[R] = count.asked - count.answered - count.dk
    return tuple(found)
