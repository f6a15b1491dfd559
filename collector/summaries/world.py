"""The rows of some editions as arrays: what is true, what is shown, and what an attacker can work out from that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from collector.errors import ReleaseError
from collector.summaries.bounds import (
    COUNTS,
    MANY,
    SHARES,
    SHORT,
    UNSCORED,
    A,
    Bounds,
    Flags,
    K,
    M,
    N,
    R,
    Real,
    U,
    Whole,
    X,
    narrow,
    steps,
)
from collector.summaries.counts import Count, Key, Series, Topic
from collector.summaries.disclosure import NO_ONE, NOBODY, PEOPLE, Figure, measures
from collector.summaries.frame import Code, Frame
from collector.summaries.lines import Line, Node, block_of, lines
from collector.summaries.rules import LIMIT
from collector.summaries.told import ALL, NOTHING, Told, reach, told

AUDITED = ("overall", "pillar", "element", "question")

Figures = Mapping[Key, Mapping[Topic, Sequence[Figure]]]
"""The figures that are shown, by row and topic; a family that is not there is hidden."""


class Family(NamedTuple):
    """All figures of one topic in one row of an edition."""

    edition: str
    key: Key
    topic: Topic


@dataclass(frozen=True)
class Edition:
    """Rows of one quarter, half-year or year: what is true, what is shown. `sum_of` are the quarters it adds up.

    A `frozen` one is published: nothing of it can be hidden any more. `offered` are the families that have rows at all,
    None for every one. `kept` families still say in a correction what they said before it (R10). `visits` are the rows
    whose number of visits is not given.
    """

    code: str
    series: Series
    rows: tuple[Key, ...]
    parents: Mapping[str, str]
    shown: Figures
    frozen: bool = False
    sum_of: tuple[str, ...] = ()
    offered: frozenset[tuple[Key, Topic]] | None = None
    kept: frozenset[tuple[Key, Topic]] = frozenset()

    def offers(self, key: Key, topic: Topic) -> bool:
        """Whether a family has rows."""
        return self.offered is None or (key, topic) in self.offered


class World:
    """The rows of all editions as arrays, and what is hidden of them so far."""

    def __init__(self, editions: Sequence[Edition], frame: Frame) -> None:
        self.editions = {edition.code: edition for edition in editions}
        self.nodes = [Node(edition.code, key) for edition in editions for key in edition.rows]
        self.frozen = np.array([self.editions[node.edition].frozen for node in self.nodes])
        self.codes, self.topics, self.lines = self._begin(frame)
        self.answers = [
            [option for option in frame.codes if option.level == "option" and option.question == code.code]
            for code in self.codes
        ]
        self.walk = steps(self.lines)
        self.lines_of: list[list[Line]] = [[] for _ in self.nodes]
        self.sums_of: list[list[Line]] = [[] for _ in self.nodes]
        for line in self.lines:
            self.sums_of[line.total].append(line)
            for part in line.parts:
                self.lines_of[part].append(line)
        blocks = {split.code: block_of(split, frame) for split in frame.splits}
        self.coarse = {code: next(iter(found.values()))[0] for code, found in blocks.items() if found}
        self.told: dict[tuple[int, int], Told] = {}
        self._fill()
        self.bounds = self.start.copy()
        self.stale = True

    def _begin(self, frame: Frame) -> tuple[list[Code], list[Topic], list[Line]]:
        """What is audited, and along which lines."""
        codes = [code for code in frame.codes if code.level in AUDITED]
        editions = self.editions.values()
        found = lines(self.nodes, frame, {e.code: e.parents for e in editions}, {e.code: e.sum_of for e in editions})
        return codes, [Topic(code.level, code.code) for code in codes], found

    def _fill(self) -> None:
        shape = len(self.nodes), COUNTS, len(self.topics)
        self.true: Whole = np.zeros(shape, dtype=np.int64)
        self.scores: Real = np.zeros((shape[0], shape[2]))
        self.true_visits: Whole = np.zeros(shape[0], dtype=np.int64)
        self.exists: Flags = np.zeros((shape[0], shape[2]), dtype=bool)
        self.shown: Flags = np.zeros((shape[0], shape[2]), dtype=bool)
        self.people: Flags = np.zeros(shape[0], dtype=bool)
        self.visits: Flags = np.zeros(shape[0], dtype=bool)
        self.counted: Flags = np.zeros(shape[0], dtype=bool)
        self.start = Bounds(
            np.zeros(shape, dtype=np.int64), np.full(shape, MANY, dtype=np.int64),
            np.zeros(shape[0], dtype=np.int64), np.full(shape[0], MANY, dtype=np.int64),
            np.zeros((len(SHARES), 2, shape[0], shape[2])),
            np.zeros(shape[2], dtype=np.int64),
        )  # fmt: skip
        self.few_short: Flags = np.zeros((shape[0], shape[2]), dtype=bool)
        self.start.shares[:, 1] = 1
        for number, node in enumerate(self.nodes):
            self._fill_row(number, node)
        self._who_is_asked()

    def _who_is_asked(self) -> None:
        """Topics asked of the same people; rows where a few, but not all, were asked less."""
        classes = {self.true[:, N, 0].tobytes(): 0}
        for place in range(len(self.topics)):
            asked = self.true[:, M, place]
            self.start.asked_alike[place] = classes.setdefault(asked.tobytes(), len(classes))
        for row in range(len(self.nodes)):
            self._show_short(row)

    def _show_short(self, row: int) -> None:
        """The attacker is told where fewer than ten people were not asked."""
        fewer, small = self.true[row, SHORT], LIMIT["least_people"]
        self.few_short[row] = (fewer > 0) & (fewer < small) & self.people[row]
        self.start.high[row, SHORT] = np.where(self.few_short[row], small - 1, MANY)
        self.start.high[row, SHORT, self.start.asked_alike == 0] = 0

    def _fill_row(self, number: int, node: Node) -> None:
        edition = self.editions[node.edition]
        counts, shown = edition.series.counts.get(node.key, {}), edition.shown.get(node.key, {})
        cell = edition.series.cells.get(node.key, NOBODY)
        self.true[number, N], self.true_visits[number] = cell.respondents, cell.visits
        self.people[number] = PEOPLE in shown
        self.counted[number] = edition.offers(node.key, PEOPLE)
        if self.counted[number]:
            self._show_people(number, shown.get(PEOPLE, ()), (node.key, PEOPLE) in edition.kept)
        for place, code in enumerate(self.codes):
            topic = self.topics[place]
            count = counts.get(topic, NO_ONE)
            self.true[number, :, place] = _counts(cell.respondents, count)
            self.scores[number, place] = float(count.score_sum)
            self.exists[number, place] = edition.offers(node.key, topic) and bool(measures(code, node.key.breakdown))
            if topic in shown:
                self.shown[number, place] = True
                self._show(number, place, told(shown[topic], code), (node.key, topic) in edition.kept)
            elif self.exists[number, place]:
                interval = count_interval(None, count.answered)
                self.start.low[number, A, place], self.start.high[number, A, place] = interval

    def _show_people(self, number: int, figures: Sequence[Figure], kept: bool) -> None:
        base = figures[0].base if figures else None
        low, high = count_interval(base, int(self.true[number, N, 0]))
        less = LIMIT["changed_people"] - 1 if kept else 0
        self.start.low[number, N], self.start.high[number, N] = max(0, low - less), high + less
        visits = figures[0].visits if figures and not kept else None
        if visits is not None:
            self.visits[number] = True
            self.start.low_visits[number], self.start.high_visits[number] = visits, visits + LIMIT["count_step"] - 1

    def _show(self, number: int, place: int, found: Told, kept: bool) -> None:
        """A family as its figures tell it. A kept one tells of people of whom fewer than ten have changed since."""
        less = LIMIT["changed_people"] - 1 if kept else 0
        for count, (least, most) in zip((A, M, K, R), found.counts, strict=True):
            self.start.low[number, count, place] = max(0, least - less)
            self.start.high[number, count, place] = min(most + less, MANY)
        self.told[number, place] = known = NOTHING if kept else found
        self.start.shares[:, :, number, place] = known.reach, known.not_known, known.rest

    def count(self, row: int, topic: Topic) -> Count:
        """The true count of any topic in a row."""
        node = self.nodes[row]
        return self.editions[node.edition].series.counts.get(node.key, {}).get(topic, NO_ONE)

    def option(self, row: int, topic: int, option: Topic) -> tuple[float, float, float, float]:
        """What is told of who chose an answer option: between how many people, and between which shares of those with a
        score. `topic` is its question.
        """
        (code, key), small = self.nodes[row], LIMIT["least_people"]
        edition = self.editions[code]
        figures = edition.shown.get(key, {}).get(option)
        if (key, option) in edition.kept or not edition.offers(key, option):
            return 0, MANY, *ALL
        if figures and self.shown[row, topic]:
            return small, MANY, *reach(figures[0])
        return 0, small - 1 if self.count(row, option).favourable < small else MANY, *ALL

    def narrow(self) -> None:
        """Work out again all that adding and subtracting tells. Raises ReleaseError when no counts are possible."""
        if self.stale:
            self.bounds = self.start.copy()
            narrow(self.bounds, self.walk)
            self.stale = False
        if self.bounds.contradict:
            raise ReleaseError("The count tables do not add up, so they cannot be audited. Run `collector doctor`.")

    def is_first_alike(self, row: int, topic: int) -> bool:
        """Whether a topic is the first shown one of those asked of the same people."""
        alike = np.flatnonzero(self.shown[row] & (self.start.asked_alike == self.start.asked_alike[topic]))
        return bool(len(alike)) and int(alike[0]) == topic

    def hidden(self) -> Flags:
        """Families that have rows and are hidden."""
        return self.exists & ~self.shown

    def small(self, hidden: Flags) -> Flags:
        """Hidden families of fewer than ten people: the attacker is told of them."""
        few: Flags = hidden & (self.true[:, A] < LIMIT["least_people"])
        return few

    def values(self) -> Whole:
        """How many whole numbers a small hidden family must be able to be, by row."""
        return np.where(self.people, LIMIT["values_beside_people"], LIMIT["values"])[:, None]

    def hide_visits(self, row: int) -> None:
        """Leave a row's number of visits out."""
        self.visits[row] = False
        self.start.low_visits[row], self.start.high_visits[row] = 0, MANY
        self.stale = True

    def hide_people(self, row: int) -> None:
        """Hide a row's number of people; its families are hidden each."""
        self.people[row] = False
        self.start.low[row, N], self.start.high[row, N] = count_interval(None, int(self.true[row, N, 0]))
        self._show_short(row)
        self.hide_visits(row)

    def hide_family(self, row: int, topic: int) -> None:
        """Hide a family."""
        self.shown[row, topic] = False
        self.told.pop((row, topic), None)
        low, high = self.start.low[row, :, topic], self.start.high[row, :, topic]
        told = [M, A, X, U, K, R]
        low[told], high[told] = 0, MANY
        low[A], high[A] = count_interval(None, int(self.true[row, A, topic]))
        self.start.shares[:, 0, row, topic], self.start.shares[:, 1, row, topic] = 0, 1
        self.stale = True

    def show_people(self, row: int) -> None:
        """Show a row's number of people again, and of visits if they were given, as before they were hidden."""
        edition, key = self.editions[self.nodes[row].edition], self.nodes[row].key
        self.people[row] = self.stale = True
        self._show_people(row, edition.shown[key][PEOPLE], (key, PEOPLE) in edition.kept)
        self._show_short(row)

    def show_family(self, row: int, topic: int) -> None:
        """Show a family again as it was before it was hidden."""
        edition, key = self.editions[self.nodes[row].edition], self.nodes[row].key
        own = self.topics[topic]
        self.shown[row, topic] = self.stale = True
        self._show(row, topic, told(edition.shown[key][own], self.codes[topic]), (key, own) in edition.kept)

    def bounds_of(self, topic: int) -> Bounds:
        """What adding and subtracting tells of one topic, given what is known of people from all of them."""
        own = self.start.of_topic(topic)
        for count in (N, M, SHORT):
            own.low[:, count, 0] = np.maximum(own.low[:, count, 0], self.bounds.low[:, count, topic])
            own.high[:, count, 0] = np.minimum(own.high[:, count, 0], self.bounds.high[:, count, topic])
        narrow(own, self.walk)
        return own


def count_interval(base: int | None, true: int) -> tuple[int, int]:
    """R3: what a rounded base tells, or that a row is hidden; the attacker is told which of those are below ten."""
    if base is not None:
        return base, base + LIMIT["count_step"] - 1
    small = LIMIT["least_people"]
    return (0, small - 1) if true < small else (small, MANY)


def _counts(people: int, count: Count) -> tuple[int, ...]:
    found = [0] * COUNTS
    found[N], found[M], found[A], found[X] = people, count.asked, count.answered, count.favourable
    found[U], found[K] = count.answered - count.favourable, count.dk
    found[UNSCORED] = count.asked - count.answered
    found[R], found[SHORT] = found[UNSCORED] - count.dk, people - count.asked
    return tuple(found)
