"""Other possible numbers found by hand: a few people who answer otherwise, or who come and others who go.

A kind of person is told by the rows that count one of them: a group in an area and all totals above it. People of one kind
may change, alone or against as many of another kind who change the other way; where every row still reads the same, the
numbers behind it are possible too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from collector.summaries.bounds import COUNTS, EXACT, SHORT, UNSCORED, A, Flags, K, M, N, R, U, X
from collector.summaries.program import SCORE
from collector.summaries.told import NOTHING, SHORT_OF
from collector.summaries.world import World

PEOPLE_AT_MOST = 3
GOOD_SCORE, BAD_SCORE = 75.0, 25.0
Kinds = npt.NDArray[np.float32]
Change = dict[int, float]


def _changes() -> Iterator[Change]:
    """A few people who answer well or badly more or less; they come and go, or did not say before. The smallest first."""
    few = range(-PEOPLE_AT_MOST, PEOPLE_AT_MOST + 1)
    steps = sorted((abs(good) + abs(bad), -good, -bad) for good in few for bad in few if (good, bad) > (0, 0))
    for _, less_good, less_bad in steps:
        good, bad = -less_good, -less_bad
        answers = {A: good + bad, X: good, U: bad, SCORE: GOOD_SCORE * good + BAD_SCORE * bad}
        yield {**answers, N: good + bad, M: good + bad}
        if good + bad:
            yield {**answers, R: -good - bad}
    for people in range(1, PEOPLE_AT_MOST + 1):
        yield {M: people, R: people, SHORT: -people}
        yield {N: people, SHORT: people}
        yield {N: people, M: people, R: people}


CHANGES = tuple(_changes())


class Reached(NamedTuple):
    """Rows that people of one kind, alone or against others, move up or down by so many of each count."""

    change: Change
    sign: int
    rows: Flags


class Moves:
    """The kinds of people among some rows; what is known is that the lines of their block add up."""

    def __init__(self, world: World, rows: Sequence[int], block: frozenset[int]) -> None:
        self.world, self.rows = world, list(rows)
        self.number = {row: place for place, row in enumerate(rows)}
        self.lines = {
            row: [line for line in world.lines_of[row] if line.members <= block and line.total in self.number]
            for row in rows
        }
        self.sums = {row: [line for line in world.sums_of[row] if line.members <= block] for row in rows}
        found = {kind for row in rows if not self.sums[row] for kind in self._kinds(self._above(row))}
        kinds = sorted(found, key=sorted)
        self.kinds: Kinds = np.zeros((len(kinds), len(rows)), dtype=np.float32)
        for place, kind in enumerate(kinds):
            self.kinds[place, [self.number[row] for row in kind]] = 1
        self.others = 1 - self.kinds

    def _above(self, row: int) -> frozenset[int]:
        """A row and all totals that it is a part of."""
        seen, near = {row}, [row]
        while near:
            near = [line.total for one in near for line in self.lines[one] if line.total not in seen]
            seen.update(near)
        return frozenset(seen)

    def _kinds(self, rows: frozenset[int]) -> Iterator[frozenset[int]]:
        """A person counted in a total is counted in one part of each of its lines, and in no other."""
        if not self._is_one_person(rows):
            return
        for row in sorted(rows):
            for line in self.sums[row]:
                if rows.isdisjoint(line.parts):
                    for part in line.parts:
                        if part in self.number:
                            yield from self._kinds(rows | self._above(part))
                    return
        yield rows

    def _is_one_person(self, rows: frozenset[int]) -> bool:
        """Nobody is in two parts of a line."""
        return all(sum(part in rows for part in line.parts) <= 1 for row in rows for line in self.sums[row])

    def reached(self, topic: int) -> Iterator[Reached]:
        """The rows that each change moves. The likeliest come first."""
        cells = _Cells(self.world, self.rows, topic)
        for change in CHANGES:
            more, less = (~cells.read_the_same(change, sign) for sign in (1, -1))
            blocked_up, blocked_down = self.kinds * more, self.kinds * less
            pair = (blocked_up @ self.others.T == 0) & (self.others @ blocked_down.T == 0)
            up, down = blocked_up.sum(axis=1) == 0, blocked_down.sum(axis=1) == 0
            both = pair.astype(np.float32)
            yield Reached(change, 1, self._rows_of(up[:, None] | (both @ self.others > 0)))
            yield Reached(change, -1, self._rows_of(down[:, None] | (both.T @ self.others > 0)))

    def _rows_of(self, moved: Flags) -> Flags:
        return np.asarray((moved & (self.kinds > 0)).any(axis=0))


class _Cells:
    """The true counts of one topic in some rows, and what its figures allow."""

    def __init__(self, world: World, rows: list[int], topic: int) -> None:
        start, self.code = world.start, world.codes[topic]
        self.true, self.scores = world.true[rows, :, topic].astype(float), world.scores[rows, topic]
        self.low, self.high = (bound[rows, :, topic].astype(float) for bound in (start.low, start.high))
        self.low[:, N] = np.maximum(self.low[:, N], world.true_visits[rows])
        found = [world.told.get((row, topic), NOTHING) for row in rows]
        shares = np.array([(f.favourable, f.mean, f.not_known, f.rest) for f in found])
        self.least, self.most = shares[:, :, 0].T, shares[:, :, 1].T
        self.less = np.where(self.most < 1, SHORT_OF, 0.0)

    def read_the_same(self, change: Change, sign: int) -> Flags:
        """Rows whose figures are the same when people change so."""
        step = np.zeros(COUNTS)
        for count, people in change.items():
            if count < COUNTS:
                step[count] = sign * people
        step[UNSCORED] = step[K] + step[R]
        now = self.true + step
        score = self.scores + sign * change.get(SCORE, 0)
        ok = ((now >= self.low) & (now <= self.high)).all(axis=1)
        ok &= (score >= self.code.least_good * now[:, X]) & (score <= 100 * now[:, X] + self.code.most_bad * now[:, U])
        parts = np.array([now[:, X], score, now[:, K], now[:, R]])
        wholes = np.array([now[:, A], 100 * now[:, A], now[:, M], now[:, M]])
        shares = (parts >= self.least * wholes - EXACT) & (parts <= self.most * wholes - self.less + EXACT)
        return np.asarray(ok & (shares | (self.most >= 1) & (parts >= self.least * wholes - EXACT)).all(axis=0))
