"""What an attacker can work out by adding and subtracting: an interval for every count of every row.

A column is one count of one topic: N people, M asked, A with a score, X favourable, U not, K "don't know", R the rest
of those asked, those not asked, who had the short form, and the unscored, K and R together.
Intervals are whole numbers, both ends possible. Visits have intervals of their own: each has somebody, so there are
never more visits than people.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from collector.summaries.lines import Line
from collector.summaries.told import MEAN_SHORT_OF

Whole = npt.NDArray[np.int64]
Real = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

N, M, A, X, U, K, R, SHORT, UNSCORED = range(9)
COUNTS = 9
MANY = 10_000_000
"""More people than any row has."""
ROUNDS = 200
SHARES = ((X, A), (K, M), (R, M))
"""Parts and their wholes, of which percentages tell. Half-way is rounded up, so a part stays short of its highest share."""
EXACT = 1e-9


@dataclass(frozen=True)
class Step:
    """Lines of one family as arrays: parts one after the other, where each line starts, its total.

    `adds_visits`: people of several groups meet at one visit, but a visit has one place and one quarter.
    """

    parts: Whole
    starts: Whole
    totals: Whole
    line_of: Whole
    adds_visits: bool


def steps(lines: Iterable[Line]) -> list[Step]:
    """The lines by family, ready to be walked."""
    families: dict[str, list[Line]] = {}
    for line in lines:
        families.setdefault(line.family, []).append(line)
    return [_step(own) for own in families.values()]


def _step(lines: Sequence[Line]) -> Step:
    sizes = [len(line.parts) for line in lines]
    return Step(
        np.array([part for line in lines for part in line.parts]),
        np.cumsum([0, *sizes[:-1]]),
        np.array([line.total for line in lines]),
        np.repeat(np.arange(len(lines)), sizes),
        lines[0].adds_visits,
    )


@dataclass
class Bounds:
    """Intervals by row, count and topic: arrays of shape (rows, 9, topics).

    `shares`: by SHARES, the least and most (and this not) of a part ÷ its whole, by row and topic.
    """

    low: Whole
    high: Whole
    low_visits: Whole
    high_visits: Whole
    shares: Real
    asked_alike: Whole
    """For each topic the number of its class: topics of a class were asked of the same people; 0 of everybody."""

    def copy(self) -> Bounds:
        """A copy that can be narrowed."""
        return replace(
            self,
            low=self.low.copy(), high=self.high.copy(),
            low_visits=self.low_visits.copy(), high_visits=self.high_visits.copy(),
        )  # fmt: skip

    def of_topic(self, topic: int) -> Bounds:
        """A copy of one topic."""
        return Bounds(
            self.low[:, :, [topic]], self.high[:, :, [topic]], self.low_visits.copy(), self.high_visits.copy(),
            self.shares[..., [topic]], self.asked_alike[[topic]],
        )  # fmt: skip

    def set_topic(self, topic: int, own: Bounds) -> None:
        """Put the intervals of one topic in their place."""
        self.low[:, :, topic], self.high[:, :, topic] = own.low[:, :, 0], own.high[:, :, 0]

    @property
    def contradict(self) -> bool:
        """No counts are possible."""
        return bool((self.low > self.high).any() or (self.low_visits > self.high_visits).any())


def narrow(bounds: Bounds, walk: Sequence[Step]) -> None:
    """Add and subtract along lines and within rows until nothing gets narrower."""
    for _ in range(ROUNDS):
        before = int(bounds.high.sum() - bounds.low.sum() + bounds.high_visits.sum() - bounds.low_visits.sum())
        for step in walk:
            _along(bounds.low, bounds.high, step)
            _visits_along(bounds, step)
        _within(bounds)
        now = int(bounds.high.sum() - bounds.low.sum() + bounds.high_visits.sum() - bounds.low_visits.sum())
        if now == before or bounds.contradict:
            return


def _along(low: Whole, high: Whole, step: Step) -> None:
    """Each total is the sum of its parts, both ways."""
    part_low, part_high = low[step.parts], high[step.parts]
    sum_low, sum_high = np.add.reduceat(part_low, step.starts), np.add.reduceat(part_high, step.starts)
    total_low, total_high = np.maximum(low[step.totals], sum_low), np.minimum(high[step.totals], sum_high)
    low[step.totals], high[step.totals] = total_low, total_high
    of = step.line_of
    low[step.parts] = np.maximum(part_low, total_low[of] - (sum_high[of] - part_high))
    high[step.parts] = np.minimum(part_high, total_high[of] - (sum_low[of] - part_low))


def _visits_along(bounds: Bounds, step: Step) -> None:
    """Visits add up over places and quarters; of groups, the total is at most the sum and at least each."""
    low, high = bounds.low_visits, bounds.high_visits
    if step.adds_visits:
        _along(low, high, step)
        return
    part_low, part_high = low[step.parts], high[step.parts]
    sum_high = np.add.reduceat(part_high, step.starts)
    low[step.totals] = np.maximum(low[step.totals], np.maximum.reduceat(part_low, step.starts))
    high[step.totals] = np.minimum(high[step.totals], sum_high)
    of = step.line_of
    low[step.parts] = np.maximum(part_low, low[step.totals][of] - (sum_high[of] - part_high))
    high[step.parts] = np.minimum(part_high, high[step.totals][of])


def _within(bounds: Bounds) -> None:
    """In each row A = X + U, M = A + K + R, N = M + those not asked, and at least as many people as visits; shares.

    N is the same for all topics, M for some.
    """
    low, high = bounds.low, bounds.high
    _sum(low, high, A, (X, U))
    _shares(bounds)
    _sum(low, high, A, (X, U))
    _sum(low, high, UNSCORED, (K, R))
    _sum(low, high, M, (A, UNSCORED))
    _sum(low, high, N, (M, SHORT))
    for alike in np.unique(bounds.asked_alike):
        own = np.flatnonzero(bounds.asked_alike == alike)
        for count in (M, SHORT):
            low[:, count, own] = low[:, count, own].max(axis=1, keepdims=True)
            high[:, count, own] = high[:, count, own].min(axis=1, keepdims=True)
    _sum(low, high, N, (M, SHORT))
    low[:, N] = np.maximum(low[:, N].max(axis=1), bounds.low_visits)[:, None]
    high[:, N] = high[:, N].min(axis=1, keepdims=True)
    bounds.high_visits[:] = np.minimum(bounds.high_visits, high[:, N, 0])


def _sum(low: Whole, high: Whole, total: int, parts: tuple[int, ...]) -> None:
    sum_low, sum_high = sum(low[:, part] for part in parts), sum(high[:, part] for part in parts)
    low[:, total] = np.maximum(low[:, total], sum_low)
    high[:, total] = np.minimum(high[:, total], sum_high)
    for part in parts:
        other_high, other_low = sum_high - high[:, part], sum_low - low[:, part]
        low[:, part] = np.maximum(low[:, part], low[:, total] - other_high)
        high[:, part] = np.minimum(high[:, part], high[:, total] - other_low)


def _shares(bounds: Bounds) -> None:
    low, high = bounds.low, bounds.high
    for (part, whole), (least, most) in zip(SHARES, bounds.shares, strict=True):
        short = np.where(most < 1, MEAN_SHORT_OF, 0.0)
        _share(low, high, (part, whole), (least, np.zeros_like(least)), (most, short))
        if part == X:
            _share(low, high, (U, whole), (1 - most, short), (1 - least, np.zeros_like(least)))


def _share(low: Whole, high: Whole, of: tuple[int, int], bottom: tuple[Real, Real], top: tuple[Real, Real]) -> None:
    """Part ≥ least × whole + more, and ≤ most × whole − less; both ways."""
    part, whole = of
    (least, more), (most, less) = bottom, top
    high[:, part] = np.minimum(high[:, part], np.floor(most * high[:, whole] - less + EXACT).astype(np.int64))
    low[:, part] = np.maximum(low[:, part], np.ceil(least * low[:, whole] + more - EXACT).astype(np.int64))
    with np.errstate(divide="ignore", invalid="ignore"):
        last = np.where(least > EXACT, np.floor((high[:, part] - more) / least + EXACT), MANY).astype(np.int64)
        first = np.where(most > EXACT, np.ceil((low[:, part] + less) / most - EXACT), 0).astype(np.int64)
    high[:, whole] = np.minimum(high[:, whole], last)
    low[:, whole] = np.maximum(low[:, whole], first)
