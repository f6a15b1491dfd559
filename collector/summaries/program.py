"""A linear program of changes: who might be more or fewer, with every published figure still reading the same.

The true counts are no change at all, so every program starts from a solution. It looks for the one with the fewest people
changed, which HiGHS finds in a few steps. HiGHS is imported only when a release is built.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from collector.summaries.bounds import Flags, Real, Whole
from collector.summaries.known import ENDLESS, OF, PEOPLE, SCORES, VISITS, Change, Known
from collector.summaries.people import Block

COST, LITTLE = 1.0, 0.001
"""Of one person more or fewer; of all that is added up beside people."""
GAIN = 50.0
"""By one person more in the count that is to be large."""
MOST_STEPS = 20_000
"""A limit that does not depend on the clock, so that every machine hides the same. A program that reaches it has failed."""
MOST_BRANCHES = 100
"""So many branches are looked at for whole people."""
NEAR = 1e-6


class Program:
    """The program of some kinds of people. Everybody else stays as they are."""

    def __init__(self, block: Block, limits: Known) -> None:
        import highspy

        self.highs, self.block, self.limits, self.parts = highspy, block, limits, limits.parts
        self.members = block.members.astype(float)
        self.columns = len(self.parts) * len(block.kinds)
        self.whole = np.tile(np.repeat([part != SCORES for part in self.parts], len(block.kinds)), 2)
        cost = [COST if part < PEOPLE else LITTLE for part in self.parts]
        self.cost = np.tile(np.repeat(cost, len(block.kinds)), 2)
        self.most = np.concatenate([limits.more[self.parts].ravel(), limits.fewer[self.parts].ravel()])
        self.values = np.zeros(2 * self.columns)

    @cached_property
    def solver(self) -> Any:
        """HiGHS with the whole program."""
        return self._solver(np.ones(2 * self.columns, dtype=bool), presolve="off")

    def _solver(self, free: Flags, **options: str | float) -> Any:
        """HiGHS with some columns, and one more row, for the aim."""
        solver = self.highs.Highs()  # type: ignore[no-untyped-call]
        options |= {"output_flag": False, "threads": 1, "simplex_iteration_limit": MOST_STEPS}
        for option, value in options.items():
            solver.setOptionValue(option, value)
        solver.passModel(self._model(free))
        solver.addRow(-ENDLESS, ENDLESS, 0, [], [])
        return solver

    def _model(self, free: Flags) -> Any:
        """Of the two columns for each part of each kind, how many more and how many fewer, those that are free, with
        the limits that they are in.
        """
        constraint, column, factor = self.entries
        own = free[column]
        constraint, column, factor = constraint[own], column[own], factor[own]
        limits, row = np.unique(constraint, return_inverse=True)
        columns = np.flatnonzero(free)
        model = self.highs.HighsLp()
        model.num_col_, model.num_row_ = len(columns), len(limits)
        model.col_cost_, model.col_lower_, model.col_upper_ = self.cost[free], np.zeros(len(columns)), self.most[free]
        model.row_lower_, model.row_upper_ = self.limits.low[limits], self.limits.high[limits]
        model.a_matrix_.format_ = self.highs.MatrixFormat.kColwise
        model.a_matrix_.start_ = np.searchsorted(column, [*columns, 2 * self.columns])
        model.a_matrix_.index_, model.a_matrix_.value_ = row, factor
        return model

    @cached_property
    def entries(self) -> tuple[Whole, Whole, Real]:
        """The constraint, column and factor of everything that is not zero, by column."""
        row, kind = np.nonzero(self.members)
        first = np.searchsorted(row, np.arange(len(self.members) + 1))
        found: list[tuple[Whole, Whole, Real]] = []
        for number, part in enumerate(self.parts):
            own = np.flatnonzero(self.limits.factor[:, part])
            start, size = first[self.limits.place[own]], np.diff(first)[self.limits.place[own]]
            at = np.repeat(start - np.cumsum(size) + size, size) + np.arange(size.sum())
            moves = (self.limits.fewer[part] + self.limits.more[part] > 0)[kind[at]]
            column = number * len(self.block.kinds) + kind[at]
            factor = np.repeat(self.limits.factor[own, part], size)
            found.append((np.repeat(own, size)[moves], column[moves], factor[moves]))
        constraint, column, factor = (np.concatenate(pieces) for pieces in zip(*found, strict=True))
        order = np.argsort(column, kind="stable")
        constraint, column, factor = constraint[order], column[order], factor[order]
        twice = np.concatenate([column, column + self.columns])
        return np.concatenate([constraint, constraint]), twice, np.concatenate([factor, -factor])

    def reach(self, place: int, count: int, low: float, high: float = ENDLESS) -> Change | None:
        """The least change with which one count of one row moves by at least `low` and at most `high`, if any does."""
        self._aim(self.solver, place, count, low, high)
        return self._solve()

    def furthest(self, place: int, count: int, sign: int) -> Change | None:
        """A change that moves one count as far as it goes, up (1) or down (-1)."""
        columns, factors = self._aim(self.solver, place, count, -ENDLESS, ENDLESS)
        cost = self.cost.copy()
        cost[columns] -= sign * GAIN * factors
        self._price(cost)
        found = self._solve()
        self._price(self.cost)
        return found

    @property
    def nothing(self) -> Change:
        """No change at all."""
        return np.zeros_like(self.limits.more)

    def in_whole(self, place: int, count: int, low: float, high: float) -> Change | None:
        """Like `reach`, in whole people: among those kinds only in which `reach` would change any."""
        found = self.reach(place, count, low, high)
        people = self.values[self.whole]
        if found is None or np.abs(people - np.round(people)).max() < NEAR:
            return found
        moved = np.flatnonzero(np.abs(found).max(axis=0) > NEAR)
        return self._branched((place, count, low, high), moved)

    def in_whole_anywhere(self, place: int, count: int, low: float, high: float) -> Change | None:
        """The same among all kinds."""
        return self._branched((place, count, low, high), np.arange(len(self.block.kinds)))

    def _branched(self, aim: tuple[int, int, float, float], kinds: Whole) -> Change | None:
        """HiGHS branches so often and no more: what is not found then may still be there."""
        own = np.zeros((2, len(self.parts), len(self.block.kinds)), dtype=bool)
        own[:, :, kinds] = own[:, np.array(self.parts) >= VISITS] = True
        free = own.ravel() & (self.most > 0)
        solver = self._solver(free, mip_max_nodes=MOST_BRANCHES, mip_max_improving_sols=1, mip_rel_gap=ENDLESS)
        columns = np.arange(free.sum(), dtype=np.int32)
        solver.changeColsIntegrality(len(columns), columns, self.whole[free].astype(np.uint8))
        self._aim(solver, *aim, free)
        solver.run()
        if solver.getInfo().primal_solution_status != self.highs.SolutionStatus.kSolutionStatusFeasible:
            return None
        values = np.zeros(2 * self.columns)
        values[free] = solver.getSolution().col_value
        change = self._change(np.where(self.whole, np.round(values), values))
        return change if self.allows(change) else None

    def allows(self, change: Change) -> bool:
        """Whether every published figure reads the same after a change."""
        moved = np.flatnonzero(np.abs(change).max(axis=0) > NEAR)
        change = change[:, moved]
        if (change < -self.limits.fewer[:, moved] - NEAR).any() or (change > self.limits.more[:, moved] + NEAR).any():
            return False
        rows = change @ self.members[:, moved].T
        sums = (self.limits.factor * rows[:, self.limits.place].T).sum(axis=1)
        return bool(((sums >= self.limits.low - NEAR) & (sums <= self.limits.high + NEAR)).all())

    def _aim(
        self, solver: Any, place: int, count: int, low: float, high: float, free: Flags | None = None
    ) -> tuple[Whole, Real]:
        """Write the aim in the last row of a solver that has the free columns (None: all of them)."""
        kinds, moved = np.flatnonzero(self.members[place]), np.flatnonzero(OF[count])
        own = [number * len(self.block.kinds) + kinds for number, part in enumerate(self.parts) if part in moved]
        up = np.concatenate(own) if own else np.zeros(0, dtype=np.int64)
        columns, factors = np.concatenate([up, up + self.columns]), np.repeat([1.0, -1.0], len(up))
        if free is not None:
            columns, factors = (np.cumsum(free) - 1)[columns][free[columns]], factors[free[columns]]
        solver.deleteRows(1, np.array([solver.getNumRow() - 1], dtype=np.int32))
        solver.addRow(low, high, len(columns), columns.astype(np.int32), factors)
        return columns, factors

    def _price(self, cost: Real) -> None:
        self.solver.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)

    def _solve(self) -> Change | None:
        """From no change at all, so that the same is found whatever was looked for before."""
        self.solver.clearSolver()
        self.solver.run()
        if self.solver.getModelStatus() != self.highs.HighsModelStatus.kOptimal:
            return None
        self.values = np.array(self.solver.getSolution().col_value)
        return self._change(self.values)

    def _change(self, values: Real) -> Change:
        change = self.nothing
        change[self.parts] = (values[: self.columns] - values[self.columns :]).reshape(len(self.parts), -1)
        return change
