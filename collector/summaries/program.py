"""The proof: linear programs over blocks of rows show for each hidden count that other values are possible too.

Adding and subtracting alone is no proof: two lines together can tell what neither does. The true counts are one
solution; each program finds others. A count that no solution moves far enough is given away. HiGHS solves them; it is
imported only when a release is built.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil, floor
from typing import TYPE_CHECKING, Any

import numpy as np

from collector.summaries.bounds import MANY, A, K, M, N, R, U, X
from collector.summaries.frame import ALL
from collector.summaries.rules import LIMIT

if TYPE_CHECKING:
    from collector.summaries.audit import World

SECONDS = 10.0
"""A program that takes longer counts as a failure."""
NEAR = 1e-6
TRIES = 12
"""Programs that look for many counts at once, before each is looked for alone."""

AREAS_AT_ONCE = 4
STILL = 0.8

Found = tuple[int, int, bool]
"""Row, topic, and whether it is the number of people that is given away."""


@dataclass
class Aim:
    """One count to be moved: to `most` at least, and over a `width` of whole numbers."""

    row: int
    count: int
    most: int
    width: int
    low: float
    high: float

    def see(self, value: float) -> None:
        self.low, self.high = min(self.low, value), max(self.high, value)

    @property
    def met(self) -> bool:
        return self.high >= self.most - NEAR and floor(self.high + NEAR) - ceil(self.low - NEAR) >= self.width


def prove(world: World) -> list[Found]:
    """What is given away. Counts proven once stay so: hiding more only adds solutions."""
    found: set[Found] = set()
    for rows in _blocks(world):
        for topic in range(len(world.topics)):
            aims = list(_aims(world, rows, topic))
            for near in _near(world, rows, aims):
                _Program(world, near, topic, beside_true=True).look([aim for aim in aims if aim.row in set(near)])
            left = [aim for aim in aims if not aim.met]
            if left:
                failed = _Program(world, rows, topic).move(left)
                found |= {(aim.row, topic, aim.count == N) for aim in failed}
            _note(world, topic, aims)
    return sorted(found)


def _near(world: World, rows: list[int], aims: list[Aim]) -> Iterator[list[int]]:
    """Some areas at a time with those above them: quick to solve when all other rows keep their true counts."""
    hidden = {world.nodes[aim.row].key.area for aim in aims}
    areas = sorted({world.nodes[row].key.area for row in rows} & hidden)
    for start in range(0, len(areas), AREAS_AT_ONCE):
        chosen = set(areas[start : start + AREAS_AT_ONCE])
        for edition in world.editions.values():
            for area in list(chosen):
                while area := edition.parents.get(area, ""):
                    chosen.add(area)
        near = [row for row in rows if world.nodes[row].key.area in chosen]
        if len(near) < len(rows):
            yield near


def _note(world: World, topic: int, aims: list[Aim]) -> None:
    for aim in aims:
        world.proven[aim.row, aim.count, topic] = aim.met


def _blocks(world: World) -> Iterator[list[int]]:
    """Rows that are proven together: a breakdown in all areas of an edition; where there are years, one area's in all."""
    breakdowns = sorted({node.key.breakdown for node in world.nodes} - {ALL.code})
    keys: dict[tuple[str, str], list[int]] = {}
    summed = any(edition.sum_of for edition in world.editions.values())
    for breakdown in breakdowns:
        near = {ALL.code, breakdown, world.coarse.get(breakdown, breakdown)}
        for row, node in enumerate(world.nodes):
            if node.key.breakdown in near:
                if not world.editions[node.edition].frozen:
                    keys.setdefault((f"edition {node.edition}", breakdown), []).append(row)
                if summed:
                    keys.setdefault((f"area {node.key.area}", breakdown), []).append(row)
    yield from keys.values()


def _aims(world: World, rows: list[int], topic: int) -> Iterator[Aim]:
    """What is still to be proven of some rows."""
    people, small, hidden = world.needs()
    width, most = LIMIT["width"], LIMIT["unanimous"]
    for row in rows:
        if topic == 0 and people[row] and not world.proven[row, N, topic]:
            yield _aim(world, row, N, topic, 0, width)
        if not hidden[row, topic]:
            continue
        if small[row, topic] and not world.proven[row, A, topic]:
            yield _aim(world, row, A, topic, 0, width)
        if not world.proven[row, X, topic]:
            yield _aim(world, row, X, topic, most, 1)
        if not world.proven[row, U, topic]:
            yield _aim(world, row, U, topic, most, 0)


def _aim(world: World, row: int, count: int, topic: int, most: int, width: int) -> Aim:
    true = float(world.true[row, count, topic])
    return Aim(row, count, most, width, true, true)


@dataclass
class _Rows:
    """Constraints, row by row, as HiGHS takes them."""

    starts: list[int] = field(default_factory=lambda: [0])
    index: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def add(self, low: float, high: float, terms: list[tuple[int, float]]) -> None:
        for column, factor in terms:
            self.index.append(column)
            self.value.append(factor)
        self.starts.append(len(self.index))
        self.low.append(low)
        self.high.append(high)


class _Program:
    """All that is known of the counts of one topic in some rows, as one linear program."""

    def __init__(self, world: World, rows: list[int], topic: int, beside_true: bool = False) -> None:
        import highspy

        self.world, self.rows, self.topic, self.beside_true = world, rows, topic, beside_true
        own = np.array(rows)
        split = [row for row in rows if world.nodes[row].key.breakdown != ALL.code]
        wide = bool((world.start.high[split, M, topic] < MANY).any())
        self.counts = (A, X, N, M, K, R) if wide else (A, X, N) if topic == 0 else (A, X)
        self.place = {row: number * len(self.counts) for number, row in enumerate(rows)}
        self.solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("time_limit", SECONDS),
            ("presolve", "off"),
            ("simplex_strategy", 4),
        ):
            self.solver.setOptionValue(option, value)
        self.solver.passModel(self._model(highspy, own, wide))
        self.solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self.optimal = highspy.HighsModelStatus.kOptimal
        self.infinite = highspy.kHighsInf

    def _model(self, highspy: Any, own: Any, wide: bool) -> Any:
        bounds, known = self.world.bounds, _Rows()
        self._lines(known)
        for row in self.rows:
            self._row(known, row, wide)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.rows) * len(self.counts), len(known.low)
        model.col_cost_ = np.zeros(model.num_col_)
        counts = list(self.counts)
        model.col_lower_ = bounds.low[own][:, counts, self.topic].astype(float).ravel()
        model.col_upper_ = bounds.high[own][:, counts, self.topic].astype(float).ravel()
        model.row_lower_, model.row_upper_ = np.array(known.low), np.array(known.high)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.array(known.starts)
        model.a_matrix_.index_ = np.array(known.index)
        model.a_matrix_.value_ = np.array(known.value)
        return model

    def _lines(self, known: _Rows) -> None:
        """Totals and parts. Of lines to rows outside nothing is known, or in a search those keep their true counts."""
        world = self.world
        touching = [line for row in self.rows for line in (*world.sums_of[row], *world.lines_of[row])]
        for line in {id(line): line for line in touching}.values():
            members = ((line.total, 1.0), *((part, -1.0) for part in line.parts))
            outside = [(row, sign) for row, sign in members if row not in self.place]
            if outside and not self.beside_true:
                continue
            for offset, count in enumerate(self.counts):
                rest = -sum(sign * float(world.true[row, count, self.topic]) for row, sign in outside)
                inside = [(self.place[row] + offset, sign) for row, sign in members if row in self.place]
                known.add(rest, rest, inside)

    def _row(self, known: _Rows, row: int, wide: bool) -> None:
        """A − X = U; A + K + R = M ≤ N, or A ≤ N; X/A within its shares."""
        start, bounds, first = self.world.start, self.world.bounds, self.place[row]
        a, x, n = first, first + 1, first + 2
        low, high = bounds.low[row, U, self.topic], bounds.high[row, U, self.topic]
        known.add(float(low), float(high), [(a, 1.0), (x, -1.0)])
        everybody = bool(start.all_asked[self.topic])
        if wide:
            known.add(0, 0, [(a, 1.0), (first + 4, 1.0), (first + 5, 1.0), (first + 3, -1.0)])
            known.add(0, 0 if everybody else MANY, [(n, 1.0), (first + 3, -1.0)])
        elif len(self.counts) > 2:
            known.add(0, MANY, [(n, 1.0), (a, -1.0)])
        least, most = start.low_share[row, self.topic], start.high_share[row, self.topic]
        if least > 0:
            known.add(0, MANY, [(x, 1.0), (a, -float(least))])
        if most < 1:
            known.add(-MANY, 0, [(x, 1.0), (a, -float(most))])

    def move(self, aims: list[Aim]) -> list[Aim]:
        """Look for solutions that move the counts; those that none moves far enough."""
        self.look(aims)
        for aim in aims:
            for sign in (1.0, -1.0):
                if not aim.met:
                    self._solve([aim], aims, sign, 0)
        return [aim for aim in aims if not aim.met]

    def look(self, aims: list[Aim]) -> None:
        """Look for solutions that move many counts at once."""
        for attempt in range(TRIES):
            pending = [aim for aim in aims if not aim.met]
            if not pending:
                return
            self._solve(pending, aims, 1.0 if attempt % 2 == 0 else -1.0, attempt)
            left = sum(not aim.met for aim in aims)
            if attempt % 2 and left > STILL * len(pending):
                return

    def _solve(self, wanted: list[Aim], aims: list[Aim], sign: float, attempt: int) -> None:
        """Maximise a weighted sum of counts; the weights differ from try to try, always in the same way."""
        costs = np.zeros(len(self.rows) * len(self.counts))
        for number, aim in enumerate(wanted):
            weight = sign * (1.0 + (number * 7 + attempt * 3) % 5)
            first = self.place[aim.row]
            for count, factor in self._of(aim.count):
                costs[first + self.counts.index(count)] += weight * factor
        self.solver.changeColsCost(len(costs), np.arange(len(costs)), costs)
        self.solver.run()
        if self.solver.getModelStatus() != self.optimal:
            return
        values = self.solver.getSolution().col_value
        for aim in aims:
            first = self.place[aim.row]
            aim.see(sum(factor * values[first + self.counts.index(c)] for c, factor in self._of(aim.count)))

    @staticmethod
    def _of(count: int) -> tuple[tuple[int, float], ...]:
        """A count by the columns of the program: U has none of its own."""
        return ((A, 1.0), (X, -1.0)) if count == U else ((count, 1.0),)
