"""The proof: for each hidden count, other numbers are found with which every published figure would read the same.

Adding and subtracting alone is no proof: two lines together can tell what neither does. The true counts are one
solution; others are looked for beside it, first among neighbours, then in all areas. A count for which none is found is
given away.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from math import ceil, floor
from typing import NamedTuple

import numpy as np

from collector.summaries.bounds import SHORT, A, N, Real, U, Whole, X
from collector.summaries.frame import Frame
from collector.summaries.people import Block, blocks
from collector.summaries.program import NEAR, OF, PARTS, PEOPLE, Change, Program, known
from collector.summaries.rules import LIMIT
from collector.summaries.world import World

SUMS = np.array([OF.get(count, (0,) * PARTS) for count in range(max(OF) + 1)])
LIKEWISE = 3
"""So many solutions for other groups of an area are tried for one."""
ROOM = 2
"""Parts of people that come this far beyond what is needed are proof enough; nearer, whole numbers decide."""


class Found(NamedTuple):
    """A count that is given away: SHORT is N − M, the people who were not asked."""

    row: int
    topic: int
    quantity: int


class Aim(NamedTuple):
    """A count that must be able to be `values` whole numbers, and one that is `more` than the true one."""

    row: int
    quantity: int
    values: int
    more: int


@dataclass
class Proof:
    """What is proven by block and topic, and stays so: hiding more only adds solutions."""

    proven: set[tuple[str, int, Aim]] = field(default_factory=set)


def prove(world: World, frame: Frame, proof: Proof) -> list[Found]:
    """What is given away of the rows that are not proven yet. HiGHS works on as many topics at a time as there are
    processors; what is found does not depend on how many.
    """
    parents = {code: edition.parents for code, edition in world.editions.items()}
    tasks = []
    for block in blocks(world, frame):
        parts = block.neighbours(parents)
        for topic in range(len(world.topics)):
            aims = [aim for aim in _aims(world, block, topic) if (block.name, topic, aim) not in proof.proven]
            if aims:
                tasks.append((block, parts, topic, aims))
    found: set[Found] = set()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for (block, _, topic, aims), missed in zip(
            tasks, pool.map(lambda task: _missed(world, *task), tasks), strict=True
        ):
            proof.proven.update((block.name, topic, aim) for aim in set(aims) - set(missed))
            found.update(Found(aim.row, topic, aim.quantity) for aim in missed)
    return sorted(found)


def _missed(world: World, block: Block, parts: Sequence[Block], topic: int, aims: list[Aim]) -> list[Aim]:
    """Look among neighbours, then in all areas together."""
    for part in parts if len(parts) > 1 else ():
        rows = set(part.rows.tolist())
        own = [aim for aim in aims if aim.row in rows]
        if own:
            met = set(own) - set(Search(world, part, topic, own).missed())
            aims = [aim for aim in aims if aim not in met]
    return Search(world, block, topic, aims).missed() if aims else []


def _aims(world: World, block: Block, topic: int) -> Iterator[Aim]:
    """What is to be proven of a block's rows in one topic."""
    hidden, shown, small = world.hidden()[:, topic], world.shown[:, topic], LIMIT["least_people"]
    values = world.values()
    for row in block.rows.tolist():
        true = world.true[row, :, topic]
        if topic == 0 and world.counted[row] and not world.people[row] and true[N] < small:
            yield Aim(row, N, LIMIT["values"], 0)
        if world.few_short[row, topic] and world.is_first_alike(row, topic):
            yield Aim(row, SHORT, LIMIT["values"], 0)
        if hidden[row]:
            yield Aim(row, X, 2, _more(int(true[X])))
            yield Aim(row, U, 1, _more(int(true[U])))
            if true[A] < small:
                yield Aim(row, A, int(values[row, 0]), 0)
        elif shown[row]:
            for count in (X, U):
                if true[count] < LIMIT["reach"]:
                    yield Aim(row, count, 1, LIMIT["reach"] - int(true[count]))


def _more(true: int) -> int:
    """How many more of one mind there must be able to be in a hidden row: one beside those whom somebody may know."""
    return max(0, max(LIMIT["reach"], min(true, LIMIT["known_people"]) + 1) - true)


class Search:
    """The search for solutions with which some aims are met."""

    def __init__(self, world: World, block: Block, topic: int, aims: list[Aim]) -> None:
        self.block, self.aims = block, aims
        self.program = Program(block, known(world, block, topic))
        number = {row: place for place, row in enumerate(block.rows.tolist())}
        self.place: Whole = np.array([number[aim.row] for aim in aims])
        self.count: Whole = np.array([aim.quantity for aim in aims])
        self.keys = [world.nodes[aim.row].key for aim in aims]
        self.low: Real = np.zeros(len(aims))
        self.high: Real = np.zeros(len(aims))
        self.seen = [{0} for _ in aims]
        self.before: defaultdict[tuple[str, int], list[tuple[str, Change]]] = defaultdict(list)

    def missed(self) -> list[Aim]:
        """The aims that nothing meets."""
        tries = self._likewise, self._with_room, self._to_its_ends, self._in_whole
        for number in range(len(self.aims)):
            for attempt in tries:
                if not self._met(number):
                    attempt(number)
        return [aim for number, aim in enumerate(self.aims) if not self._met(number)]

    def _met(self, number: int) -> bool:
        aim, seen = self.aims[number], self.seen[number]
        low, high = self.low[number] - NEAR, self.high[number] + NEAR
        wide = aim.values == 1 or high - low >= aim.values - 1 + ROOM or len(seen) >= aim.values
        return wide and (not aim.more or high >= aim.more + ROOM or max(seen) >= aim.more)

    def _likewise(self, number: int) -> None:
        """What was possible for one group of an area may be so for another: the two change places."""
        group = self.keys[number].group
        if self.keys[number].breakdown != self.block.breakdown:
            return
        for other, change in self.before[self.keys[number].area, self.aims[number].quantity][-LIKEWISE:]:
            swap = {group: other, other: group}
            kinds = [
                self.block.number[kind._replace(group=swap.get(kind.group, kind.group))] for kind in self.block.kinds
            ]
            if self.program.allows(change[:, kinds]):
                self._note(change[:, kinds])

    def _with_room(self, number: int) -> None:
        aim = self.aims[number]
        enough = max(aim.more + ROOM if aim.more else 0, aim.values - 1 + ROOM if aim.values > 1 else 0)
        self._note(self.program.reach(int(self.place[number]), aim.quantity, enough), number)

    def _to_its_ends(self, number: int) -> None:
        """As far up and down as it goes."""
        aim, place = self.aims[number], int(self.place[number])
        self._note(self.program.furthest(place, aim.quantity, 1))
        if aim.values > 1:
            self._note(self.program.furthest(place, aim.quantity, -1))

    def _in_whole(self, number: int) -> None:
        """Whole numbers, nearest first, where there may be enough of them."""
        aim, place = self.aims[number], int(self.place[number])
        low, high = ceil(self.low[number] - NEAR), floor(self.high[number] + NEAR)
        if high < aim.more or high - low + 1 < aim.values:
            return
        tries = [(aim.more, high)] if aim.more else []
        if aim.values > 1:
            between = sorted(range(low, high + 1), key=lambda value: (abs(value) >= aim.values, -abs(value), -value))
            tries += [(value, value) for value in between]
        for least, most in tries:
            if least not in self.seen[number] and not self._met(number):
                change = self.program.in_whole(place, aim.quantity, least, most)
                while change is not None:
                    self._note(change, number)
                    change = self._one_less(number, change)

    def _one_less(self, number: int, change: Change) -> Change | None:
        """A change like this one in which one person fewer is moved, and perhaps one fewer against that."""
        counts, members = SUMS[self.count[number]], self.program.members[self.place[number]]
        value = float(counts @ change @ members)
        if abs(value) < 1 + NEAR:
            return None
        sign = np.sign(value)
        moved = np.argwhere(counts[:, None] * members * change * sign > NEAR)
        against = np.argwhere(change[:PEOPLE] * sign < -NEAR)
        for part, kind in moved:
            fewer = change.copy()
            fewer[part, kind] -= sign
            fewer[PEOPLE:] *= 1 - sign / value
            for other, place in [(part, kind), *against]:
                less = fewer.copy()
                less[other, place] += sign * ((other, place) != (part, kind))
                if self.program.allows(less):
                    return less
        return None

    def _note(self, change: Change | None, number: int | None = None) -> None:
        """Take note of a solution for every aim; one found for a group is kept for the others."""
        if change is None:
            return
        moved = np.flatnonzero(np.abs(change).max(axis=0) > NEAR)
        rows = change[:, moved] @ self.program.members[:, moved].T
        values = (SUMS @ rows)[self.count, self.place]
        np.minimum(self.low, values, out=self.low)
        np.maximum(self.high, values, out=self.high)
        if np.abs(change[:PEOPLE] - np.round(change[:PEOPLE])).max() < NEAR:
            for other in np.flatnonzero(np.abs(values) > NEAR):
                self.seen[other].add(round(float(values[other])))
        if number is not None and self.keys[number].breakdown == self.block.breakdown:
            self.before[self.keys[number].area, self.aims[number].quantity].append((self.keys[number].group, change))
