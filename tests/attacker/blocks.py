"""Parts of the system small enough for linear programs: a region in a quarter, an area over time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import highspy
import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csr_array

from tests.attacker.propagate import Vector, vectors
from tests.attacker.system import Line, System

SECONDS = 10.0
ENDLESS = 1_000_000.0
HOPS = 3
"""How many lines away from an unknown a nearby solution may differ."""
ROUGH = 0.5
"""Solutions in whole numbers are wanted, not the best of them."""

INFEASIBLE, DONE = 2, 0


class Timeout(Exception):
    """A program was not decided in time; it counts as a failure."""


class Name(NamedTuple):
    """A block: "region" with a period or "area" with an area, a code ("" for people alone) and a breakdown."""

    kind: str
    where: str
    code: str
    breakdown: str


@dataclass
class Block:
    """Some lines with their unknowns. `least` and `most` are what any solution so far has reached, `seen` are the
    solutions in whole numbers.
    """

    unknowns: Vector
    matrix: csr_array
    limits: tuple[Vector, Vector]
    low: Vector
    high: Vector
    whole: Vector
    place: Mapping[int, int]
    least: Vector = field(init=False)
    most: Vector = field(init=False)
    seen: list[Vector] = field(default_factory=list)
    solver: highspy.Highs | None = None
    seconds: float = SECONDS

    def __post_init__(self) -> None:
        self.least, self.most = np.full(len(self.low), np.inf), np.full(len(self.low), -np.inf)

    def solve(self, aim: Vector, integer: bool = False, fixed: tuple[int, float, float] | None = None) -> Vector | None:
        """A solution that makes `aim` least; None when there is none. Raises Timeout."""
        low, high = self.low, self.high
        if fixed is not None:
            low, high = low.copy(), high.copy()
            low[fixed[0]], high[fixed[0]] = max(fixed[1], low[fixed[0]]), min(fixed[2], high[fixed[0]])
            if low[fixed[0]] > high[fixed[0]]:
                return None
        if fixed is None and not integer:
            return self._linear(aim)
        found = self._found(aim, low, high, integer)
        if found.status == INFEASIBLE and integer:
            found = self._found(aim, low, high, integer, presolve=False)
        if found.status == INFEASIBLE:
            return None
        if found.x is None or (found.status != DONE and not integer):
            raise Timeout(found.message)
        solution: Vector = found.x
        if integer:
            self.seen.append(np.where(self.whole > 0, np.round(solution), solution))
        return solution

    def _found(self, aim: Vector, low: Vector, high: Vector, integer: bool, presolve: bool = True) -> OptimizeResult:
        """Simplifying a program first has been seen to make a possible one look impossible: then it is solved without."""
        return milp(
            aim, integrality=self.whole if integer else None, bounds=Bounds(low, high),
            constraints=LinearConstraint(self.matrix, *self.limits),
            options={"time_limit": self.seconds, "mip_rel_gap": ROUGH if integer else 0.0, "presolve": presolve},
        )  # fmt: skip

    def _linear(self, aim: Vector) -> Vector | None:
        """A linear program, begun where the last one ended. HiGHS' time limit is for all its runs together."""
        if self.solver is None:
            self.solver = _solver(self)
        count = len(aim)
        self.solver.changeColsCost(count, np.arange(count, dtype=np.int32), aim)
        self.solver.setOptionValue("time_limit", self.solver.getRunTime() + self.seconds)
        self.solver.run()
        status = self.solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise Timeout(str(status))
        found = np.array(self.solver.getSolution().col_value)
        self.least, self.most = np.minimum(self.least, found), np.maximum(self.most, found)
        return found

    def nearby(self, aim: Vector, fixed: tuple[int, float, float]) -> Vector | None:
        """A whole solution that differs from one already seen only near an unknown; None when there is none so near."""
        if not self.seen:
            return None
        near = np.zeros(len(self.low))
        near[fixed[0]] = 1.0
        shape = abs(self.matrix)
        for _ in range(HOPS):
            near = (shape.T @ ((shape @ near) > 0).astype(float) > 0).astype(float) + near
        low, high = self.low, self.high
        self.low, self.high = np.where(near > 0, low, self.seen[-1]), np.where(near > 0, high, self.seen[-1])
        try:
            return self.solve(aim, True, fixed)
        finally:
            self.low, self.high = low, high

    def values(self, at: int) -> set[float]:
        """The whole numbers that an unknown has had."""
        return {float(solution[at]) for solution in self.seen}

    def aim(self, unknown: int, sign: float) -> Vector:
        vector = np.zeros(len(self.low))
        vector[self.place[unknown]] = sign
        return vector


def _solver(block: Block) -> highspy.Highs:
    """A solver that holds the linear program of a block."""
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = block.matrix.shape
    model.col_cost_ = np.zeros(len(block.low))
    model.col_lower_, model.col_upper_ = block.low, block.high
    model.row_lower_, model.row_upper_ = block.limits
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_ = block.matrix.indptr, block.matrix.indices
    model.a_matrix_.value_ = block.matrix.data
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.passModel(model)
    return solver


def make(system: System, lines: Iterable[int], low: Vector, high: Vector, whole: Vector) -> Block:
    """The block of some lines."""
    chosen = [system.lines[number] for number in lines]
    terms = vectors(chosen)
    unknowns, place = np.unique(terms.unknown, return_inverse=True)
    matrix = csr_array((terms.coefficient, (terms.of, place)), shape=(len(chosen), len(unknowns)))
    most = np.minimum(high[unknowns], ENDLESS)
    return Block(
        unknowns, matrix, (terms.low, terms.high), low[unknowns], most, whole[unknowns].astype(int),
        {int(u): n for n, u in enumerate(unknowns)},
    )  # fmt: skip


def names(system: System, coarse: Mapping[str, str]) -> dict[Name, list[int]]:
    """The lines of every block. Fine breakdowns go with their coarse one; lines of everyone go with each."""
    by_part: dict[tuple[str, str, str, str], list[int]] = defaultdict(list)
    for number, line in enumerate(system.lines):
        for part in _parts(system, line, coarse):
            by_part[part].append(number)
    found: dict[Name, list[int]] = {}
    for kind, where, code, breakdown in by_part:
        own = Name(kind, where, code, breakdown)
        pieces = [(kind, where, c, b) for c in {code, ""} for b in {breakdown, "all"}]
        found[own] = [number for piece in pieces for number in by_part.get(piece, ())]
    return found


def _parts(system: System, line: Line, coarse: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    of = [system.unknowns[unknown] for unknown in line.unknowns]
    codes = {one.code.split(".")[0] for one in of} - {""} or {""}
    splits = {coarse.get(one.cell.breakdown, one.cell.breakdown) for one in of} - {"all"} or {"all"}
    periods, areas = {one.cell.period for one in of}, {one.cell.area for one in of}
    for code in codes:
        for split in splits:
            if len(periods) == 1:
                yield "region", next(iter(periods)), code, split
            if len(areas) == 1:
                yield "area", next(iter(areas)), code, split
