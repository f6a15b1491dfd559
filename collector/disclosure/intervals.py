"""R6: how sure a percentage is, and whether two of them differ clearly. From published numbers alone.

Methods: Wilson's interval (1927) and Newcombe's for a difference (1998, his method 10). The change of counts (R3) and
the rounding (R4) are further, independent causes of error: their reach is added to Wilson's by squares, side by side,
as Newcombe does for two samples (the MOVER of Zou and Donner, 2008).

People who answered are not a random sample, so a range says how much chance alone could move a figure,
not how far it is from that of all residents.
"""

from __future__ import annotations

from math import sqrt

Z = 1.959963984540054
"""Of a 95% interval."""

Range = tuple[float, float]


def wilson(favourable: float, people: float) -> Range:
    """Lower and upper limit of a proportion, 0 to 1. `people` is above 0; `favourable` need not be whole."""
    p = favourable / people
    middle = 2 * people * p + Z * Z
    spread = Z * sqrt(Z * Z + 4 * people * p * (1 - p))
    return max(0.0, (middle - spread) / (2 * (people + Z * Z))), min(1.0, (middle + spread) / (2 * (people + Z * Z)))


def allowance(share: float, people: float, step: float, apart: bool = False) -> float:
    """How far the change of counts and the rounding move a share of so many people.

    The favourable (p) and the others (q) are each changed with variance 1, and the base is their sum: the share has the
    variance (p² + q²) ÷ n². Where a part and its base are changed `apart`, it is (1 + 2p²) ÷ n² at most. A figure moves
    by Z times the root of it in 95 of 100 draws; a rounded one is off by half a `step` at most.
    """
    variance = 1 + 2 * share * share if apart else share * share + (1 - share) * (1 - share)
    return sqrt((Z / people) ** 2 * variance + step * step / 4)


def range_of(share: float, people: float, more: float = 0.0) -> Range:
    """Wilson's range of a share, wider by an allowance; without one it is Wilson's own."""
    low, high = wilson(share * people, people)
    return max(0.0, share - sqrt((share - low) ** 2 + more**2)), min(1.0, share + sqrt((high - share) ** 2 + more**2))


def newcombe(now: float, now_range: Range, before: float, before_range: Range) -> tuple[float, float, float]:
    """The difference of two proportions with its lower and upper limit, from the range of each."""
    difference = now - before
    down = sqrt((now - now_range[0]) ** 2 + (before_range[1] - before) ** 2)
    up = sqrt((now_range[1] - now) ** 2 + (before - before_range[0]) ** 2)
    return difference, difference - down, difference + up
