"""The rules R1 to R13 as the attacker knows them, written down a second time from domain 5.3."""

from __future__ import annotations

LEAST_PEOPLE = 10  # R1: a family is shown only on ten people or more
COUNT_STEP = 5  # R3: counts are rounded down to a multiple of five, so a written b stands for b to b + 4
STEP = 5  # R4: percentages and means to the nearest five
FINE_STEP, FINE_BASE = 1, 200  # R4: to the nearest one for all respondents from this base on
MEAN_BASE = 30  # R4: means from this base on
LEAST_CAP, CAP_PEOPLE = 5, 200  # R5: how near 0 and 100 a percentage may come
MEAN_CAP = 5  # R5: means stay within 5 and 95
RANGE_BASE = 30  # R6: ranges and changes from this base on
OPTION_BASE = 200  # R8: single options from this base on
REISSUE_PEOPLE = 10  # R10: a row of a reissue changes only if so many people did

VALUES_OF_PEOPLE = 4  # 1a and 1b: whole numbers that a hidden count must leave possible
VALUES_BESIDE_PEOPLE = 3  # 1b: the same for a hidden base where the number of people is published
LEAST_MOST = 2  # 2: the most people that could have said either must be at least this
KNOWN_PEOPLE = 3  # people whom the attacker may know
KNOWN_ALIKE = 2  # of whom so many may be of one mind in a hidden row, and yet another may be
SCORED = ("pct_favourable", "mean_score")
OPTION_LEVELS = ("option", "channel")
OPEN = {"lte": (False, True), "gte": (True, False), "": (True, True)}
"""Whether a written value limits from below and from above, by its bound."""


def step(measure: str, breakdown: str, level: str, base: int) -> int:
    """R4 and R8: the step in which a value is written."""
    fine = breakdown == "all" and base >= FINE_BASE and level not in OPTION_LEVELS and measure != "respondents"
    return FINE_STEP if fine else STEP


def cap(measure: str, base: int) -> int:
    """R5: how near to 0 and 100 a value on this written base may come."""
    if measure == "mean_score" or base <= 0:
        return MEAN_CAP
    return max(LEAST_CAP, -(-CAP_PEOPLE // (base * STEP)) * STEP)


def share(value: int, bound: str, step: int) -> tuple[float, float]:
    """The least and the largest share that a written percentage stands for."""
    below, above = OPEN[bound]
    return (value - step / 2) / 100 if below else 0.0, (value + step / 2) / 100 if above else 1.0
