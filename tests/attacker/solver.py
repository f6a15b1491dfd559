"""The HiGHS solver with one model that stays: only the goal changes, so each solution starts where the last one ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import highspy
import numpy as np
from scipy.sparse import csr_array

ENDLESS = highspy.kHighsInf
NODES = 500
"""Branches looked at in whole numbers: a limit that is the same on a busy machine."""
TINY = 1e-6
PRIMAL = 4
"""HiGHS' number for the primal simplex method: a former solution still fits when only the goal has changed."""


def _quiet(whole: bool) -> highspy.Highs:
    found = highspy.Highs()
    options = {"output_flag": False, "threads": 1, "parallel": "off", "random_seed": 1}
    options |= {"mip_max_nodes": NODES, "mip_rel_gap": 0.0} if whole else {}
    for name, value in options.items():
        found.setOptionValue(name, value)
    return found


class Solver:
    """Unknowns with limits of their own, and limits of their sums."""

    def __init__(self, low: np.ndarray, high: np.ndarray, sums: csr_array, least: np.ndarray, most: np.ndarray) -> None:
        self.low, self.high, self.sums, self.least_of, self.most_of = low, high, sums, least, most
        self.size = len(low)
        self._models: dict[bool, highspy.Highs] = {}

    def _model(self, whole: bool) -> highspy.Highs:
        if whole not in self._models:
            model = highspy.HighsLp()
            model.num_col_, model.num_row_ = self.size, self.sums.shape[0]
            model.col_cost_ = np.zeros(self.size)
            model.col_lower_, model.col_upper_ = self.low, self.high
            model.row_lower_, model.row_upper_ = self.least_of, self.most_of
            model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
            model.a_matrix_.start_, model.a_matrix_.index_ = self.sums.indptr, self.sums.indices
            model.a_matrix_.value_ = self.sums.data
            if whole:
                model.integrality_ = [highspy.HighsVarType.kInteger] * self.size
            self._models[whole] = _quiet(whole)
            self._models[whole].passModel(model)
        return self._models[whole]

    def least(
        self, goal: np.ndarray, start: np.ndarray | None = None, enough: float = -ENDLESS
    ) -> tuple[np.ndarray | None, bool]:
        """Where a goal is least: what was found, and whether it is sure to be the least. With a start, from there, in
        whole numbers, and what is little enough will do."""
        if not self.size:  # nothing is unknown: the program calls that no answer
            return np.zeros(0), True
        model = self._model(whole=start is not None)
        if start is not None:
            known = highspy.HighsSolution()
            known.col_value = [*start]
            model.setSolution(known)
            model.setOptionValue("objective_target", enough + TINY)
        model.changeColsCost(self.size, np.arange(self.size, dtype=np.int32), goal)
        model.run()
        sure = model.getModelStatus() == highspy.HighsModelStatus.kOptimal
        fits = model.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        if start is None:
            model.setOptionValue("simplex_strategy", PRIMAL)
        if not fits:
            return None, sure
        found = np.array(model.getSolution().col_value)
        return (found if start is None else np.round(found)), sure

    def fits(self, at: np.ndarray) -> bool:
        """Whether a solution keeps every limit."""
        sums = self.sums @ at
        own = (at >= self.low - TINY) & (at <= self.high + TINY)
        return bool(own.all() and (sums >= self.least_of - TINY).all() and (sums <= self.most_of + TINY).all())

    def near(self, free: np.ndarray, at: np.ndarray) -> Near:
        """The same with all but some unknowns as they are somewhere: much smaller."""
        columns = np.flatnonzero(free)
        own = self.sums[:, columns]
        rows = np.flatnonzero(np.diff(own.indptr))
        others = (self.sums @ np.where(free, 0.0, at))[rows]
        limits = self.least_of[rows] - others, self.most_of[rows] - others
        return Near(Solver(self.low[columns], self.high[columns], own[rows], *limits), free, at)


@dataclass(frozen=True)
class Near:
    """A solver for some of the unknowns; the others stay as they are at a solution."""

    solver: Solver
    free: np.ndarray
    at: np.ndarray

    @cached_property
    def columns(self) -> np.ndarray:
        return np.flatnonzero(self.free)

    def least(
        self, goal: np.ndarray, start: np.ndarray | None = None, enough: float = -ENDLESS
    ) -> tuple[np.ndarray | None, bool]:
        """Where a goal over all unknowns is least; never sure."""
        others = goal @ np.where(self.free, 0, self.at)
        known = None if start is None else start[self.columns]
        own, _ = self.solver.least(goal[self.columns], known, enough - others)
        if own is None:
            return None, False
        found = self.at.copy()
        found[self.columns] = own
        return found, False


def matrix(rows: Iterable[Iterable[tuple[int, float]]], columns: int) -> csr_array:
    """Sums of unknowns, each so many times, as the solver wants them."""
    data, indices, starts = [], [], [0]
    for row in rows:
        for column, times in row:
            if times:
                indices.append(column)
                data.append(float(times))
        starts.append(len(indices))
    return csr_array(
        (np.array(data), np.array(indices, dtype=np.int32), np.array(starts, dtype=np.int32)),
        shape=(len(starts) - 1, columns),
    )
