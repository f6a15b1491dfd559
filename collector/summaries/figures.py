"""How sure a percentage is: Wilson's range, and Newcombe's for a change between two (his method 10, 1998).

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


def newcombe(now: float, now_range: Range, before: float, before_range: Range) -> tuple[float, float, float]:
    """The difference of two proportions with its lower and upper limit, from the range of each."""
    difference = now - before
    down = sqrt((now - now_range[0]) ** 2 + (before_range[1] - before) ** 2)
    up = sqrt((now_range[1] - now) ** 2 + (before - before_range[0]) ** 2)
    return difference, difference - down, difference + up
