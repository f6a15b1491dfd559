"""The proof: for each hidden count, other numbers are found with which every published figure would read the same.

Adding and subtracting alone is no proof: two lines together can tell what neither does. The true counts are one
solution; others are looked for beside it, first among neighbours, then in all areas. A count for which none is found is
given away.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from math import ceil, floor
from typing import NamedTuple

import numpy as np

from collector.summaries.bounds import SHORT, A, N, Real, U, Whole, X
from collector.summaries.frame import Frame
from collector.summaries.known import OF, PARTS, PEOPLE, SCORES, VISITS, Change, known
from collector.summaries.people import Block, blocks
from collector.summaries.program import NEAR, Program
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


class Move(NamedTuple):
    """A change that proved something: of which kinds of a block, and how many more of each part: shape (7, kinds)."""

    kinds: Whole
    change: Change


class Task(NamedTuple):
    """What is to be proven of a block, and where to look: in its parts, one after the other."""

    block: Block
    parts: Sequence[Block]
    topic: int
    aims: Sequence[Aim]


class Proof:
    """What is proven by block and topic. While more and more is hidden it stays so, as hiding only adds solutions."""

    def __init__(self, world: World, frame: Frame) -> None:
        self.world, self.frame = world, frame
        self.proven: set[tuple[str, int, Aim]] = set()
        self.moves: defaultdict[tuple[str, int], list[Move]] = defaultdict(list)

    @cached_property
    def blocks(self) -> list[tuple[Block, list[Block]]]:
        """Every block, and the same in parts: neighbours, then all areas together."""
        parents = {code: edition.parents for code, edition in self.world.editions.items()}
        found = [(block, block.neighbours(parents)) for block in blocks(self.world, self.frame)]
        return [(block, [*parts, block] if len(parts) > 1 else [block]) for block, parts in found]

    def missing(self) -> list[Found]:
        """What is given away of the rows that are not proven yet. HiGHS works on as many topics at a time as there are
        processors; what is found does not depend on how many.
        """
        tasks = list(self._tasks())
        found: set[Found] = set()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            searches = pool.map(lambda task: self._searched(task, patient=True), tasks)
            for (block, _, topic, aims), (missed, moves) in zip(tasks, searches, strict=True):
                self.proven.update((block.name, topic, aim) for aim in set(aims) - set(missed))
                self.moves[block.name, topic] += moves
                found.update(Found(aim.row, topic, aim.quantity) for aim in missed)
        return sorted(found)

    def _tasks(self) -> Iterator[Task]:
        for block, parts in self.blocks:
            for topic in range(len(self.world.topics)):
                aims = [a for a in _aims(self.world, block, topic) if (block.name, topic, a) not in self.proven]
                if aims:
                    yield Task(block, parts, topic, aims)

    def holds(self, row: int, topic: int) -> bool:
        """Whether what is known already, and a short search, proves everything in the blocks of a row in one topic."""
        found = {}
        for block, parts in self.blocks:
            if row in block.rows:
                task = Task(block, parts, topic, list(_aims(self.world, block, topic)))
                missed, found[block.name] = self._searched(task, patient=False)
                if missed:
                    return False
        for name, moves in found.items():
            self.moves[name, topic] += moves
        return True

    def forget(self) -> None:
        """More is shown, so all must be proven anew. The moves are still worth a try."""
        self.proven.clear()

    def _searched(self, task: Task, patient: bool) -> tuple[list[Aim], list[Move]]:
        """The aims that nothing meets, and the moves found for the others."""
        block, parts, topic, aims = task
        open_aims = Search(self.world, block, topic, aims, patient).recalled(self.moves[block.name, topic])
        moves: list[Move] = []
        for part in parts:
            rows = set(part.rows.tolist())
            own = [aim for aim in open_aims if aim.row in rows]
            if own:
                search = Search(self.world, part, topic, own, patient)
                missed = set(search.missed())
                moves += search.moves(block)
                open_aims = [aim for aim in open_aims if aim not in own or aim in missed]
        return open_aims, moves


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


Try = Callable[["Search", int], None]


class Search:
    """The search for solutions with which some aims are met."""

    def __init__(self, world: World, block: Block, topic: int, aims: Sequence[Aim], patient: bool) -> None:
        self.block, self.aims = block, aims
        self.patient = patient
        self.program = Program(block, known(world, block, topic))
        number = {row: place for place, row in enumerate(block.rows.tolist())}
        self.place: Whole = np.array([number[aim.row] for aim in aims], dtype=np.int64)
        self.count: Whole = np.array([aim.quantity for aim in aims], dtype=np.int64)
        self.keys = [world.nodes[aim.row].key for aim in aims]
        self.low: Real = np.zeros(len(aims))
        self.high: Real = np.zeros(len(aims))
        self.seen = [{0} for _ in aims]
        self.before: defaultdict[tuple[str, int], list[tuple[str, Change]]] = defaultdict(list)
        self.found: list[Move] = []

    def missed(self) -> list[Aim]:
        """The aims that nothing meets."""
        for number in range(len(self.aims)):
            for attempt in PATIENT if self.patient else TRIES:
                if not self._met(number):
                    attempt(self, number)
        return self._open()

    def recalled(self, moves: Sequence[Move]) -> list[Aim]:
        """The aims that moves found before do not meet, where they are still possible."""
        change = self.program.nothing
        for kinds, own in moves:
            change[:, kinds] = own
            if self.program.allows(change):
                self._note(change)
            change[:, kinds] = 0
        self.found.clear()
        return self._open()

    def moves(self, whole: Block) -> list[Move]:
        """What was found, as moves of the block that this one is a part of."""
        place = np.array([whole.number[kind] for kind in self.block.kinds])
        return [Move(place[kinds], change) for kinds, change in self.found]

    def _open(self) -> list[Aim]:
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
            likewise = np.concatenate([change[:VISITS, kinds], change[VISITS:]])
            if self.program.allows(likewise):
                self._note(likewise)

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
        self._each(number, self.program.in_whole)

    def _anywhere(self, number: int) -> None:
        """The same with more patience."""
        self._each(number, self.program.in_whole_anywhere)

    def _each(self, number: int, find: Callable[[int, int, float, float], Change | None]) -> None:
        aim, place = self.aims[number], int(self.place[number])
        for least, most in self._ranges(number):
            if least not in self.seen[number] and not self._met(number):
                change = find(place, aim.quantity, least, most)
                while change is not None:
                    self._note(change, number)
                    change = self._one_less(number, change)

    def _ranges(self, number: int) -> list[tuple[int, int]]:
        """Where a whole number is looked for; nowhere when there cannot be enough."""
        aim = self.aims[number]
        low, high = ceil(self.low[number] - NEAR), floor(self.high[number] + NEAR)
        if high < aim.more or high - low + 1 < aim.values:
            return []
        found = [(aim.more, high)] if aim.more else []
        if aim.values > 1:
            between = sorted(range(low, high + 1), key=lambda value: (abs(value) >= aim.values, -abs(value), -value))
            found += [(value, value) for value in between]
        return found

    def _one_less(self, number: int, change: Change) -> Change | None:
        """A change like this one in which one person fewer is moved, and perhaps one fewer against that."""
        counts, members = SUMS[self.count[number]], self.program.members[self.place[number]]
        value = float(counts @ change[:PARTS] @ members)
        if abs(value) < 1 + NEAR:
            return None
        sign = np.sign(value)
        moved = np.argwhere(counts[:, None] * members * change[:PARTS] * sign > NEAR)
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
        values = (SUMS @ rows[:PARTS])[self.count, self.place]
        new = (values < self.low - NEAR) | (values > self.high + NEAR)
        np.minimum(self.low, values, out=self.low)
        np.maximum(self.high, values, out=self.high)
        people = np.delete(change, (SCORES, VISITS), axis=0)
        if np.abs(people - np.round(people)).max() < NEAR:
            for other in np.flatnonzero(np.abs(values) > NEAR):
                value = round(float(values[other]))
                new[other] |= value not in self.seen[other]
                self.seen[other].add(value)
        if new.any():
            self.found.append(Move(moved, change[:, moved]))
        if number is not None and self.keys[number].breakdown == self.block.breakdown:
            self.before[self.keys[number].area, self.aims[number].quantity].append((self.keys[number].group, change))


TRIES: tuple[Try, ...] = (Search._likewise, Search._with_room, Search._to_its_ends, Search._in_whole)
"""Ways to meet an aim, the quickest first."""
PATIENT: tuple[Try, ...] = (*TRIES, Search._anywhere)
