"""The proof: for each hidden count, other whole numbers are found with which every published figure would read the same.

Adding and subtracting alone is no proof: two lines together can tell what neither does. The true counts are one
solution; programs look for others beside it, in some areas and those above them, while all other rows keep their true
counts. A count for which none is found is given away. HiGHS solves them; it is imported only when a release is built.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil, floor
from typing import NamedTuple

from collector.summaries.bounds import SHORT, A, N, U, X
from collector.summaries.frame import ALL
from collector.summaries.moves import Moves
from collector.summaries.program import NEAR, Program, Solution
from collector.summaries.rules import LIMIT
from collector.summaries.world import World

AREAS_AT_ONCE = 4
TRIES = 12
WHOLE_TRIES = 4
"""Linear programs that look for many counts at once, before each is looked for alone in whole numbers."""
ROOM = 2
"""A linear program that comes this far beyond what is needed is proof enough; nearer, whole numbers decide."""
PEOPLE_COUNTS = (N, SHORT)


class Found(NamedTuple):
    """A count that is given away: SHORT is N − M, the people who were not asked."""

    row: int
    topic: int
    quantity: int


@dataclass
class Aim:
    """One count to be moved: it must be able to have `values` whole numbers, and to reach `most`."""

    row: int
    count: int
    values: int
    most: int
    seen: set[int]
    true: int = field(init=False)
    low: float = field(init=False)
    high: float = field(init=False)

    def __post_init__(self) -> None:
        self.true = min(self.seen)
        self.low, self.high = float(self.true), float(self.true)

    def see(self, value: float, whole: bool) -> None:
        """Take note of a value that is possible."""
        self.low, self.high = min(self.low, value), max(self.high, value)
        if whole:
            self.seen.add(round(value))

    @property
    def met(self) -> bool:
        """Proven."""
        wide = floor(self.high + NEAR) - ceil(self.low - NEAR) + 1 >= self.values + ROOM
        reached = max(self.seen) >= self.most or self.high >= self.most + ROOM
        return reached and (wide or len(self.seen) >= self.values)


@dataclass
class Proof:
    """What is proven by block, and stays so: hiding more only adds solutions. `moves` are kept for the next round."""

    proven: set[tuple[str, Found]] = field(default_factory=set)
    moves: dict[tuple[frozenset[int], tuple[int, ...]], Moves] = field(default_factory=dict)


def prove(world: World, proof: Proof) -> list[Found]:
    """What is given away of the rows that are not proven yet."""
    found: list[Found] = []
    for name, rows in _blocks(world):
        for topic in range(len(world.topics)):
            wanted = _aims(world, rows, topic)
            aims = [aim for aim in wanted if (name, Found(aim.row, topic, aim.count)) not in proof.proven]
            _look(world, rows, topic, aims, proof)
            proof.proven.update((name, Found(aim.row, topic, aim.count)) for aim in aims if aim.met)
            found += [Found(aim.row, topic, aim.count) for aim in aims if not aim.met]
    return sorted(set(found))


def _blocks(world: World) -> Iterator[tuple[str, list[int]]]:
    """Rows that are proven together, breakdown by breakdown: an edition in all areas; one area in all its editions."""
    longer = any(edition.sum_of for edition in world.editions.values())
    for breakdown in sorted({node.key.breakdown for node in world.nodes} - {ALL.code}) or [ALL.code]:
        near = {ALL.code, breakdown, world.coarse.get(breakdown, breakdown)}
        found: dict[str, list[int]] = {}
        for row, node in enumerate(world.nodes):
            if node.key.breakdown in near:
                if not world.frozen[row]:
                    found.setdefault(f"{breakdown} edition {node.edition}", []).append(row)
                if longer:
                    found.setdefault(f"{breakdown} area {node.key.area}", []).append(row)
        yield from found.items()


def _look(world: World, rows: list[int], topic: int, aims: list[Aim], proof: Proof) -> None:
    """First a few people change at a time, then programs look: in some areas, then in all."""
    block = frozenset(rows)
    for near in _near(world, rows, aims):
        own = set(near)
        known = block, tuple(near)
        if known not in proof.moves:
            proof.moves[known] = Moves(world, near, block)
        _move(proof.moves[known], topic, [aim for aim in aims if aim.row in own])
    left = [aim for aim in aims if not aim.met]
    for near in _near(world, rows, left):
        own = set(near)
        _search(Program(world, near, topic, block), [aim for aim in left if aim.row in own])
    left = [aim for aim in aims if not aim.met]
    if left and not any(len(near) == len(rows) for near in _near(world, rows, left)):
        _search(Program(world, rows, topic, block), left)


def _move(moves: Moves, topic: int, aims: list[Aim]) -> None:
    """Let a few people change."""
    for change, sign, reached in moves.reached(topic):
        pending = [aim for aim in aims if not aim.met]
        if not pending:
            return
        for aim in pending:
            if aim.count in change and reached[moves.number[aim.row]]:
                aim.see(aim.true + sign * change[aim.count], whole=True)


def _search(program: Program, aims: list[Aim]) -> None:
    """Move many counts at once, then each alone."""
    for solve, tries in ((program.linear, TRIES), (program.whole, WHOLE_TRIES)):
        for attempt in range(tries):
            pending = [aim for aim in aims if not aim.met]
            if not pending:
                return
            _take(program, solve(_weights(pending, attempt)), aims)
    far = [(aim, *_ends(program, aim, aims)) for aim in aims if not aim.met]
    for aim, low, high in far:
        for least, most in _wanted(aim, low, high):
            if not aim.met:
                pending = [other for other in aims if not other.met]
                found = program.whole(_weights(pending, least), (aim.row, aim.count, least, most))
                _take(program, found, aims)


def _weights(aims: Sequence[Aim], attempt: int) -> list[tuple[int, int, float]]:
    """Push counts up or down; the weights differ from try to try, always in the same way."""
    sign = 1 if attempt % 2 == 0 else -1
    return [(a.row, a.count, sign * (1.0 + (place * 7 + attempt * 3) % 5)) for place, a in enumerate(aims)]


def _ends(program: Program, aim: Aim, aims: list[Aim]) -> tuple[int, int]:
    """How far one count goes, parts of people allowed; nothing lies between when that is not enough."""
    ends = []
    for sign in (1.0, -1.0):
        found = None if aim.met else program.linear([(aim.row, aim.count, sign)])
        if found is None:
            return 1, 0
        _take(program, found, aims)
        ends.append(float(found[program.column(aim.row, aim.count)]))
    high, low = floor(ends[0] + NEAR), ceil(ends[1] - NEAR)
    return (1, 0) if high < aim.most or high - low + 1 < aim.values else (low, high)


def _wanted(aim: Aim, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Values to try: enough, then one by one beside the true one."""
    if low <= high and max(aim.seen) < aim.most:
        yield aim.most, high
    for value in sorted(range(low, high + 1), key=lambda value: (abs(value - aim.true), value))[: aim.values + ROOM]:
        if value not in aim.seen:
            yield value, value


def _take(program: Program, values: Solution | None, aims: Iterable[Aim]) -> None:
    """Note a solution for every aim."""
    if values is None:
        return
    whole = program.is_whole(values)
    for aim in aims:
        aim.see(float(values[program.column(aim.row, aim.count)]), whole)


def _near(world: World, rows: list[int], aims: list[Aim]) -> Iterator[list[int]]:
    """The rows of some areas at a time, those with aims, and of the areas above them."""
    wanted = {world.nodes[aim.row].key.area for aim in aims}
    areas = sorted({world.nodes[row].key.area for row in rows})
    for start in range(0, len(areas), AREAS_AT_ONCE):
        chosen = set(areas[start : start + AREAS_AT_ONCE])
        if chosen.isdisjoint(wanted):
            continue
        for edition in world.editions.values():
            for area in list(chosen):
                while area := edition.parents.get(area, ""):
                    chosen.add(area)
        yield [row for row in rows if world.nodes[row].key.area in chosen]


def _aims(world: World, rows: list[int], topic: int) -> Iterator[Aim]:
    """What is to be proven of some rows and one topic."""
    true, hidden, small = world.true, world.hidden(), LIMIT["least_people"]
    values = world.values()
    for row in rows:
        people, answered = int(true[row, N, topic]), int(true[row, A, topic])
        if topic == 0 and world.counted[row] and not world.people[row] and people < small:
            yield Aim(row, N, LIMIT["values"], 0, {people})
        if world.few_short[row, topic] and world.is_first_alike(row, topic):
            yield Aim(row, SHORT, LIMIT["values"], 0, {int(true[row, SHORT, topic])})
        if hidden[row, topic]:
            if answered < small:
                yield Aim(row, A, int(values[row, 0]), 0, {answered})
            yield Aim(row, X, 2, LIMIT["reach"], {int(true[row, X, topic])})
            yield Aim(row, U, 1, LIMIT["reach"], {int(true[row, U, topic])})
        elif world.shown[row, topic]:
            for count in (X, U):
                if true[row, count, topic] < LIMIT["reach"]:
                    yield Aim(row, count, 1, LIMIT["reach"], {int(true[row, count, topic])})
