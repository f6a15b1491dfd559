"""A linear program of changes: who might be more or fewer, with every published figure still reading the same.

The true counts are no change at all, so every program starts from a solution. It looks for the one with the fewest people
changed, which HiGHS finds in a few steps. HiGHS is imported only when a release is built.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from collector.summaries.bounds import MANY, SHORT, A, K, M, N, R, Real, U, Whole, X
from collector.summaries.frame import ALL, Code
from collector.summaries.people import Block
from collector.summaries.told import MEAN_SHORT_OF, NOTHING, SHORT_OF
from collector.summaries.world import World

PEOPLE = 5
SCORES, VISITS = 5, 6
PARTS = 7
"""What one person is: X, U, K, R or not asked. Two more parts: the sum of scores, and visits."""
OF = {
    N: (1, 1, 1, 1, 1, 0, 0), M: (1, 1, 1, 1, 0, 0, 0), A: (1, 1, 0, 0, 0, 0, 0), X: (1, 0, 0, 0, 0, 0, 0),
    U: (0, 1, 0, 0, 0, 0, 0), K: (0, 0, 1, 0, 0, 0, 0), R: (0, 0, 0, 1, 0, 0, 0), SHORT: (0, 0, 0, 0, 1, 0, 0),
}  # fmt: skip
"""The parts that each count adds up."""
SHARES = ((0, A, 1, SHORT_OF), (SCORES, A, 100, MEAN_SHORT_OF), (2, M, 1, SHORT_OF), (3, M, 1, SHORT_OF))
"""Told shares in order: which part of which count, the unit, and how far below its highest share a part stays."""
COST = (1.0, 1.0, 1.0, 1.0, 1.0, 0.001, 0.001)
"""Of one more or fewer of each part."""
GAIN = 50.0
"""By one person more in the count that is to be large."""
MOST_STEPS = 20_000
"""A limit that does not depend on the clock, so that every machine hides the same. A program that reaches it has failed."""
MOST_ROUNDS = 16
"""So often people are made whole."""
MOST_ATTEMPTS = 2
"""So often that is tried again, as if some people were dearer than others."""
NEAR = 1e-6
ENDLESS = float(MANY)
Change = npt.NDArray[np.float64]
"""How many more there are of each part in each kind: shape (7, kinds)."""


@dataclass(frozen=True)
class Known:
    """What is known of a block's rows in one topic: `low` ≤ Σ factor × change ≤ `high`, by place of the row.

    So many at most can leave, `fewer[part, kind]`, or come, `more[part, kind]`.
    """

    place: Whole
    factor: Real
    low: Real
    high: Real
    fewer: Real
    more: Real

    @property
    def parts(self) -> list[int]:
        """The parts of which anything is known or that can change."""
        return [part for part in range(PARTS) if self.factor[:, part].any()]


@dataclass(frozen=True)
class _Limits:
    """Some rows with the factors of their parts, and between what the sum lies."""

    place: Whole
    factor: Real
    low: Real
    high: Real


def known(world: World, block: Block, topic: int) -> Known:
    """Everything that is known of the rows, written as limits of changes from the true counts."""
    found = [*_counts(world, block, topic), *_shares(world, block, topic), *_visits(world, block)]
    if any(limits.factor[..., SCORES].any() for limits in found):
        found += _scores(block, world.codes[topic])
    place = np.concatenate([limits.place for limits in found])
    factor = np.concatenate([np.broadcast_to(one.factor, (len(one.place), PARTS)) for one in found])
    true = _true(world, block, topic)
    now = (factor * true[:, place].T).sum(axis=1)
    low, high = (np.concatenate([getattr(one, side) for one in found]) for side in ("low", "high"))
    low, high = np.where(low > -ENDLESS, low - now, low), np.where(high < ENDLESS, high - now, high)
    fewer = np.array([true[:, list(places)].min(axis=1) for places in block.counted]).T
    fewer[SCORES] = ENDLESS
    more = np.full(fewer.shape, ENDLESS)
    fewer[VISITS], more[VISITS] = _visitors(world, block)
    if not world.start.high[block.rows, SHORT, topic].any():
        factor[:, 4] = 0
    return _fewer(Known(block.twins[place], factor, low, high, fewer, more))


def _fewer(limits: Known) -> Known:
    """The same in fewer limits and parts: twins together; where nothing tells "don't know" from the rest, both as one."""
    factor, fewer = limits.factor, limits.fewer
    if (factor[:, 2] == factor[:, 3]).all():
        factor, fewer = factor.copy(), fewer.copy()
        fewer[2] += fewer[3]
        factor[:, 3] = fewer[3] = 0
    own = factor.any(axis=1)
    keys = np.column_stack([limits.place, factor])[own]
    found, number = np.unique(keys, axis=0, return_inverse=True)
    low, high = np.full(len(found), -ENDLESS), np.full(len(found), ENDLESS)
    np.maximum.at(low, number.ravel(), limits.low[own])
    np.minimum.at(high, number.ravel(), limits.high[own])
    return Known(found[:, 0].astype(np.int64), found[:, 1:], low, high, fewer, limits.more)


def _true(world: World, block: Block, topic: int) -> Real:
    counts = world.true[block.rows, :, topic].T
    return np.vstack(
        [counts[[X, U, K, R, SHORT]], world.scores[block.rows, topic], world.true_visits[block.rows]]
    ).astype(float)


def _counts(world: World, block: Block, topic: int) -> list[_Limits]:
    """Intervals of counts."""
    found = []
    several = ~block.sums & (block.members.sum(axis=1) > 1)
    for count, parts in OF.items():
        bounds = world.bounds if count in (N, M, SHORT) else world.start
        low = bounds.low[block.rows, count, topic].astype(float)
        high = bounds.high[block.rows, count, topic].astype(float)
        told = (low > 0) | (high < ENDLESS) | (several & (sum(parts) == 1))
        own = np.flatnonzero(told)
        found.append(_Limits(own, np.array(parts, dtype=float), low[own], np.minimum(high[own], ENDLESS)))
    return found


def _visits(world: World, block: Block) -> list[_Limits]:
    """Visits are given for everybody of an area only. Each has somebody, so there are never more visits than people.

    Those of groups, which are not given, can always be made to fit.
    """
    rows = block.rows
    given = np.flatnonzero(world.visits[rows])
    if not len(given):
        return []
    everybody = np.array([place for place, row in enumerate(rows) if world.nodes[row].key.breakdown == ALL.code])
    low, high = world.start.low_visits[rows[given]], world.start.high_visits[rows[given]]
    people = np.array(OF[N], dtype=float) - np.eye(PARTS)[VISITS]
    return [
        _Limits(given, np.eye(PARTS)[VISITS], low.astype(float), high.astype(float)),
        _Limits(everybody, people, np.zeros(len(everybody)), np.full(len(everybody), ENDLESS)),
    ]


def _visitors(world: World, block: Block) -> tuple[Real, Real]:
    """So many visits fewer, and more, there can be in each area: one kind stands for everybody in it."""
    fewer, more = np.zeros(len(block.kinds)), np.zeros(len(block.kinds))
    seen: set[tuple[str, str]] = set()
    for number, (kind, places) in enumerate(zip(block.kinds, block.counted, strict=True)):
        if (kind.edition, kind.area) not in seen:
            seen.add((kind.edition, kind.area))
            own = [row for row in block.rows[list(places)] if world.nodes[row].key.breakdown == ALL.code]
            fewer[number], more[number] = min((world.true_visits[row] for row in own), default=0), ENDLESS
    return fewer, more


def _shares(world: World, block: Block, topic: int) -> list[_Limits]:
    """A part of a whole: at least its lowest share, less than its highest."""
    told = [(place, world.told.get((int(row), topic), NOTHING)) for place, row in enumerate(block.rows)]
    found = []
    for number, (part, whole, unit, short) in enumerate(SHARES):
        shares = [(place, (one.favourable, one.mean, one.not_known, one.rest)[number]) for place, one in told]
        own, everybody = np.eye(PARTS)[part], np.array(OF[whole], dtype=float) * unit
        for side, low, high in ((0, 0.0, ENDLESS), (1, -ENDLESS, -short)):
            given = [(place, share[side]) for place, share in shares if share[side] != side]
            if given:
                factor = own - np.array([[share] for _, share in given]) * everybody
                places = np.array([place for place, _ in given])
                found.append(_Limits(places, factor, np.full(len(given), low), np.full(len(given), high)))
    return found


def _scores(block: Block, code: Code) -> list[_Limits]:
    """The favourable have scores of so much at least, the others at most, in every row that is no sum of others."""
    ends = np.flatnonzero(~block.sums)
    zero, endless = np.zeros(len(ends)), np.full(len(ends), ENDLESS)
    return [
        _Limits(ends, np.array([-code.least_good, 0, 0, 0, 0, 1.0, 0]), zero, endless),
        _Limits(ends, np.array([-100.0, -code.most_bad, 0, 0, 0, 1.0, 0]), -endless, zero),
    ]


class Program:
    """The program of some kinds of people. Everybody else stays as they are."""

    def __init__(self, block: Block, limits: Known) -> None:
        import highspy

        self.highs, self.block, self.limits, self.parts = highspy, block, limits, limits.parts
        self.members = block.members.astype(float)
        self.columns = len(self.parts) * len(block.kinds)
        self.whole = np.repeat([part != SCORES for part in self.parts], len(block.kinds))
        self.cost = np.tile(np.repeat([COST[part] for part in self.parts], len(block.kinds)), 2)
        self.most = np.concatenate([limits.more[self.parts].ravel(), limits.fewer[self.parts].ravel()])
        self.values = np.zeros(2 * self.columns)
        self.solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (
            ("output_flag", False), ("threads", 1), ("presolve", "off"), ("simplex_iteration_limit", MOST_STEPS),
        ):  # fmt: skip
            self.solver.setOptionValue(option, value)
        self.solver.passModel(self._model())
        self.solver.addRow(-ENDLESS, ENDLESS, 0, [], [])

    def _model(self) -> Any:
        """Two columns for each part of each kind: how many more, how many fewer."""
        constraint, column, factor = self._entries()
        order = np.argsort(np.concatenate([constraint, constraint]), kind="stable")
        model = self.highs.HighsLp()
        model.num_col_, model.num_row_ = 2 * self.columns, len(self.limits.place)
        model.col_cost_, model.col_lower_, model.col_upper_ = self.cost, np.zeros(2 * self.columns), self.most
        model.row_lower_, model.row_upper_ = self.limits.low, self.limits.high
        model.a_matrix_.format_ = self.highs.MatrixFormat.kRowwise
        model.a_matrix_.start_ = 2 * np.searchsorted(np.sort(constraint), np.arange(len(self.limits.place) + 1))
        model.a_matrix_.index_ = np.concatenate([column, column + self.columns])[order]
        model.a_matrix_.value_ = np.concatenate([factor, -factor])[order]
        return model

    def _entries(self) -> tuple[Whole, Whole, Real]:
        """The constraint, column and factor of everything that is not zero."""
        row, kind = np.nonzero(self.members)
        first = np.searchsorted(row, np.arange(len(self.members) + 1))
        found: list[tuple[Whole, Whole, Real]] = []
        for number, part in enumerate(self.parts):
            own = np.flatnonzero(self.limits.factor[:, part])
            start, size = first[self.limits.place[own]], np.diff(first)[self.limits.place[own]]
            at = np.repeat(start - np.cumsum(size) + size, size) + np.arange(size.sum())
            column = number * len(self.block.kinds) + kind[at]
            found.append((np.repeat(own, size), column, np.repeat(self.limits.factor[own, part], size)))
        constraint, column, factor = (np.concatenate(pieces) for pieces in zip(*found, strict=True))
        return constraint, column, factor

    def reach(self, place: int, count: int, low: float, high: float = ENDLESS) -> Change | None:
        """The least change with which one count of one row moves by at least `low` and at most `high`, if any does."""
        self._aim(place, count, low, high)
        return self._solve()

    def furthest(self, place: int, count: int, sign: int) -> Change | None:
        """A change that moves one count as far as it goes, up (1) or down (-1)."""
        columns, factors = self._aim(place, count, -ENDLESS, ENDLESS)
        cost = self.cost.copy()
        cost[columns] -= sign * GAIN * factors
        self._price(cost)
        found = self._solve()
        self._price(self.cost)
        return found

    def in_whole(self, place: int, count: int, low: float, high: float) -> Change | None:
        """Like `reach`, in whole people: where a part of one would change, one does, and the rest is made to fit.

        A search by hand: the nearest people first, and no way back. What it does not find may still be there.
        """
        found = self._dived(place, count, low, high)
        for attempt in range(MOST_ATTEMPTS):
            if found is not None or not self.possible:
                return found
            dearer = 1.0 + (np.arange(len(self.cost)) % self.columns * (7 + 4 * attempt) % 11) / 10
            self._price(self.cost * dearer)
            found = self._dived(place, count, low, high)
            self._price(self.cost)
        return found

    def _dived(self, place: int, count: int, low: float, high: float) -> Change | None:
        found = self.reach(place, count, low, high)
        self.possible = found is not None
        for _ in range(MOST_ROUNDS):
            if found is None:
                break
            people = self.values * np.tile(self.whole, 2)
            parts = np.where(np.abs(people - np.round(people)) > NEAR, people - np.floor(people), 0.0)
            if not parts.any():
                break
            found = self._rounded(int(np.argmax(parts)))
        else:
            found = None
        self._between(np.arange(2 * self.columns), np.zeros(2 * self.columns), self.most)
        return found

    def _rounded(self, column: int) -> Change | None:
        """One column in whole people, more if that is possible, else fewer."""
        value, both = self.values[column], np.array([column, (column + self.columns) % (2 * self.columns)])
        self._between(both, np.array([np.ceil(value), 0.0]), np.array([self.most[column], 0.0]))
        found = self._solve(fresh=False)
        if found is None:
            self._between(both, np.zeros(2), np.array([np.floor(value), self.most[both[1]]]))
            found = self._solve(fresh=False)
        return found

    def allows(self, change: Change) -> bool:
        """Whether every published figure reads the same after a change."""
        moved = np.flatnonzero(np.abs(change).max(axis=0) > NEAR)
        change = change[:, moved]
        if (change < -self.limits.fewer[:, moved] - NEAR).any() or (change > self.limits.more[:, moved] + NEAR).any():
            return False
        rows = change @ self.members[:, moved].T
        sums = (self.limits.factor * rows[:, self.limits.place].T).sum(axis=1)
        return bool(((sums >= self.limits.low - NEAR) & (sums <= self.limits.high + NEAR)).all())

    def _aim(self, place: int, count: int, low: float, high: float) -> tuple[Whole, Real]:
        kinds = np.flatnonzero(self.members[place])
        own = [number * len(self.block.kinds) + kinds for number, part in enumerate(self.parts) if OF[count][part]]
        up = np.concatenate(own) if own else np.zeros(0, dtype=np.int64)
        columns, factors = np.concatenate([up, up + self.columns]), np.repeat([1.0, -1.0], len(up))
        self.solver.deleteRows(1, np.array([len(self.limits.place)], dtype=np.int32))
        self.solver.addRow(low, high, len(columns), columns.astype(np.int32), factors)
        return columns, factors

    def _price(self, cost: Real) -> None:
        self.solver.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)

    def _between(self, columns: Whole, low: Real, high: Real) -> None:
        self.solver.changeColsBounds(len(columns), columns.astype(np.int32), low, high)

    def _solve(self, fresh: bool = True) -> Change | None:
        """`fresh`: from no change at all, so that the same is found whatever was looked for before."""
        if fresh:
            self.solver.clearSolver()
        self.solver.run()
        if self.solver.getModelStatus() != self.highs.HighsModelStatus.kOptimal:
            return None
        self.values = np.array(self.solver.getSolution().col_value)
        change = np.zeros((PARTS, len(self.block.kinds)))
        change[self.parts] = (self.values[: self.columns] - self.values[self.columns :]).reshape(len(self.parts), -1)
        return change
