"""One linear program: all that is known of the counts of one topic in some rows, with the true counts all around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from collector.summaries.bounds import MANY, SHORT, A, K, M, N, R, U, X
from collector.summaries.lines import Line
from collector.summaries.told import MEAN_SHORT_OF, NOTHING, SHORT_OF, Share
from collector.summaries.world import World

SCORE, VISITS = 9, 10
"""Further columns: the sum of scores; visits."""
COLUMNS = (A, X, U, K, R, SCORE, M, N, SHORT, VISITS)
ADDED = {A, X, K, R, SCORE, M, N}
"""Columns that add up along lines; the others follow."""
MOST_STEPS = 100_000
MOST_BRANCHES = 300
"""Limits that do not depend on the clock, so that every machine hides the same. A program that reaches one has failed."""
NEAR = 1e-6
Solution = npt.NDArray[np.float64]
Weight = tuple[int, int, float]
"""Row, count and factor."""

Terms = list[tuple[int, float]]


@dataclass
class _Rows:
    """Constraints, row by row, as HiGHS takes them."""

    starts: list[int] = field(default_factory=lambda: [0])
    index: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def add(self, low: float, high: float, terms: Terms) -> None:
        for column, factor in terms:
            self.index.append(column)
            self.value.append(factor)
        self.starts.append(len(self.index))
        self.low.append(low)
        self.high.append(high)


class Program:
    """The program: of the lines of a block it knows that they add up."""

    def __init__(self, world: World, rows: Sequence[int], topic: int, block: frozenset[int]) -> None:
        import highspy

        self.world, self.rows, self.topic = world, rows, topic
        self.counts = COLUMNS
        self.block = block
        self.place = {row: number * len(self.counts) for number, row in enumerate(rows)}
        self.offset = {count: number for number, count in enumerate(self.counts)}
        self.highs = highspy
        self.solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (
            ("output_flag", False), ("threads", 1), ("simplex_iteration_limit", MOST_STEPS),
            ("mip_max_nodes", MOST_BRANCHES), ("mip_rel_gap", 0.5), ("mip_max_improving_sols", 1), ("simplex_strategy", 4),
        ):  # fmt: skip
            self.solver.setOptionValue(option, value)
        self.low, self.high = self._limits()
        self.whole_columns = np.tile([count != SCORE for count in self.counts], len(rows))
        self.solver.passModel(self._model())
        self.solver.changeObjectiveSense(highspy.ObjSense.kMaximize)

    def column(self, row: int, count: int) -> int:
        """Where a count of a row stands."""
        return self.place[row] + self.offset[count]

    def linear(self, weights: Iterable[Weight]) -> Solution | None:
        """The solution that makes a weighted sum of counts most; parts of people allowed."""
        self._cost(weights)
        self.solver.setOptionValue("solve_relaxation", True)
        self.solver.setOptionValue("presolve", "off")
        self.solver.run()
        return self._solution(self.highs.HighsModelStatus.kOptimal)

    def whole(
        self, weights: Iterable[Weight] = (), limit: tuple[int, int, float, float] | None = None
    ) -> Solution | None:
        """A solution in whole numbers that makes a weighted sum large, or where one count lies between limits."""
        self._cost(weights)
        column = -1
        if limit is not None:
            row, count, least, most = limit
            column = self.column(row, count)
            low, high = max(least, self.low[column]), min(most, self.high[column])
            if low > high:
                return None
            self.solver.changeColBounds(column, low, high)
        self.solver.setOptionValue("solve_relaxation", False)
        self.solver.setOptionValue("presolve", "choose")
        self.solver.run()
        found = self._solution(self.highs.HighsModelStatus.kOptimal, self.highs.HighsModelStatus.kSolutionLimit)
        if limit is not None:
            self.solver.changeColBounds(column, self.low[column], self.high[column])
        return found

    def is_whole(self, values: Solution) -> bool:
        """Whether a solution has no parts of people."""
        near: Solution = np.abs(values - np.round(values))[self.whole_columns]
        return bool((near < NEAR).all())

    def _cost(self, weights: Iterable[Weight]) -> None:
        costs = np.zeros(len(self.low))
        for row, count, weight in weights:
            costs[self.column(row, count)] += weight
        self.solver.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)

    def _solution(self, *statuses: Any) -> Solution | None:
        if self.solver.getModelStatus() not in statuses:
            return None
        return np.array(self.solver.getSolution().col_value)

    def _limits(self) -> tuple[Solution, Solution]:
        """Least and most of each column."""
        bounds, own, topic = self.world.bounds, np.array(self.rows), self.topic
        low = np.zeros((len(own), len(self.counts)))
        high = np.full((len(own), len(self.counts)), float(MANY))
        for place, count in enumerate(self.counts):
            if count < SCORE:
                low[:, place], high[:, place] = bounds.low[own, count, topic], bounds.high[own, count, topic]
            elif count == VISITS:
                low[:, place], high[:, place] = bounds.low_visits[own], bounds.high_visits[own]
            else:
                high[:, place] = MANY
        return low.ravel(), np.where(high.ravel() >= MANY, MANY, high.ravel())

    def _model(self) -> Any:
        known = _Rows()
        touching = [line for row in self.rows for line in (*self.world.sums_of[row], *self.world.lines_of[row])]
        for line in {id(line): line for line in touching}.values():
            self._line(known, line)
        for row in self.rows:
            self._row(known, row)
        kinds = self.highs.HighsVarType
        whole = [kinds.kContinuous if count == SCORE else kinds.kInteger for count in self.counts]
        model = self.highs.HighsLp()
        model.num_col_, model.num_row_ = len(self.low), len(known.low)
        model.col_cost_ = np.zeros(model.num_col_)
        model.col_lower_, model.col_upper_ = self.low, self.high
        model.integrality_ = whole * len(self.rows)
        model.row_lower_, model.row_upper_ = np.array(known.low), np.array(known.high)
        model.a_matrix_.format_ = self.highs.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.array(known.starts)
        model.a_matrix_.index_ = np.array(known.index)
        model.a_matrix_.value_ = np.array(known.value)
        return model

    def _line(self, known: _Rows, line: Line) -> None:
        """A total and its parts; members outside keep their true counts. Blocks are looked at one by one."""
        members = ((line.total, 1.0), *((part, -1.0) for part in line.parts))
        if not line.members <= self.block:
            return
        inside = [(row, sign) for row, sign in members if row in self.place]
        outside = [(row, sign) for row, sign in members if row not in self.place]
        for count in self.counts:
            if count in ADDED:
                rest = -sum(sign * self._true(row, count) for row, sign in outside)
                known.add(rest, rest, [(self.column(row, count), sign) for row, sign in inside])
        self._visits(known, line, inside, outside)

    def _visits(
        self, known: _Rows, line: Line, inside: list[tuple[int, float]], outside: list[tuple[int, float]]
    ) -> None:
        """Visits add up over places and quarters; of groups, the total is at most the sum and at least each."""
        rest = -sum(sign * self._true(row, VISITS) for row, sign in outside)
        terms = [(self.column(row, VISITS), sign) for row, sign in inside]
        known.add(rest if line.adds_visits else -MANY, rest, terms)
        if line.adds_visits or line.total not in self.place:
            return
        total = self.column(line.total, VISITS)
        for part in line.parts:
            if part in self.place:
                known.add(0, MANY, [(total, 1.0), (self.column(part, VISITS), -1.0)])

    def _true(self, row: int, count: int) -> float:
        if count == SCORE:
            return float(self.world.scores[row, self.topic])
        if count == VISITS:
            return float(self.world.true_visits[row])
        return float(self.world.true[row, count, self.topic])

    def _row(self, known: _Rows, row: int) -> None:
        """A = X + U; A + K + R = M; N = M + the others; at most as many visits as people; shares; scores."""
        at = {count: self.column(row, count) for count in self.counts}
        known.add(0, 0, [(at[X], 1.0), (at[U], 1.0), (at[A], -1.0)])
        known.add(0, 0, [(at[A], 1.0), (at[K], 1.0), (at[R], 1.0), (at[M], -1.0)])
        known.add(0, 0, [(at[M], 1.0), (at[SHORT], 1.0), (at[N], -1.0)])
        known.add(0, MANY, [(at[N], 1.0), (at[VISITS], -1.0)])
        code = self.world.codes[self.topic]
        known.add(0, MANY, [(at[SCORE], 1.0), (at[X], -code.least_good)])
        known.add(-MANY, 0, [(at[SCORE], 1.0), (at[X], -100.0), (at[U], -code.most_bad)])
        found = self.world.told.get((row, self.topic), NOTHING)
        self._share(known, at[X], at[A], 1, found.favourable)
        self._share(known, at[SCORE], at[A], 100, found.mean)
        self._share(known, at[K], at[M], 1, found.not_known)
        self._share(known, at[R], at[M], 1, found.rest)

    @staticmethod
    def _share(known: _Rows, part: int, whole: int, unit: int, share: Share) -> None:
        """A part of a whole: at least its lowest share, less than its highest."""
        least, most = share
        if least > 0:
            known.add(0, MANY, [(part, 1.0), (whole, -least * unit)])
        if most < 1:
            known.add(-MANY, -(SHORT_OF if unit == 1 else MEAN_SHORT_OF), [(part, 1.0), (whole, -most * unit)])
