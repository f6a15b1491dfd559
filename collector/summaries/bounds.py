"""What an attacker can work out by adding and subtracting: an interval for every count of every row.

A column is one count of one topic: N people, M asked, A with a score, X favourable, U not, K "don't know", R the rest.
Intervals are whole numbers, both ends possible. All topics of a release are narrowed together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from collector.summaries.lines import Line

Whole = npt.NDArray[np.int64]
Real = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

N, M, A, X, U, K, R = range(7)
COUNTS = 7
MANY = 10_000_000
"""More people than any row has."""
ROUNDS = 200
EXACT = 1e-9


@dataclass(frozen=True)
class Step:
    """Lines of one family as arrays: parts one after the other, where each line starts, its total."""

    parts: Whole
    starts: Whole
    totals: Whole
    line_of: Whole


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
    )


@dataclass
class Bounds:
    """Intervals by row, count and topic: arrays of shape (rows, 7, topics). `low_share` ≤ X/A ≤ `high_share`."""

    low: Whole
    high: Whole
    low_share: Real
    high_share: Real
    all_asked: Flags
    """Topics that everybody in a row was asked."""

    def copy(self) -> Bounds:
        return Bounds(self.low.copy(), self.high.copy(), self.low_share, self.high_share, self.all_asked)


def narrow(bounds: Bounds, walk: Sequence[Step]) -> None:
    """Add and subtract along lines and within rows until nothing gets narrower."""
    for _ in range(ROUNDS):
        before = int(bounds.high.sum() - bounds.low.sum())
        for step in walk:
            _along(bounds.low, bounds.high, step)
        _within(bounds)
        if int(bounds.high.sum() - bounds.low.sum()) == before:
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


def _within(bounds: Bounds) -> None:
    """In each row A = X + U, M = A + K + R ≤ N, X/A within its shares; N is the same for all topics."""
    low, high = bounds.low, bounds.high
    _sum(low, high, A, (X, U))
    _shares(bounds)
    _sum(low, high, A, (X, U))
    _sum(low, high, M, (A, K, R))
    low[:, N] = np.maximum(low[:, N], low[:, M])
    high[:, M] = np.minimum(high[:, M], high[:, N])
    same = bounds.all_asked
    low[:, M, same] = np.maximum(low[:, M, same], low[:, N, same])
    high[:, N, same] = np.minimum(high[:, N, same], high[:, M, same])
    low[:, N] = low[:, N].max(axis=1, keepdims=True)
    high[:, N] = high[:, N].min(axis=1, keepdims=True)


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
    least, most = bounds.low_share, bounds.high_share
    high[:, X] = np.minimum(high[:, X], np.floor(most * high[:, A] + EXACT).astype(np.int64))
    low[:, X] = np.maximum(low[:, X], np.ceil(least * low[:, A] - EXACT).astype(np.int64))
    with np.errstate(divide="ignore", invalid="ignore"):
        top = np.where(least > 0, np.floor(high[:, X] / least + EXACT), MANY).astype(np.int64)
        bottom = np.where(most > 0, np.ceil(low[:, X] / most - EXACT), 0).astype(np.int64)
    high[:, A] = np.minimum(high[:, A], top)
    low[:, A] = np.maximum(low[:, A], bottom)
