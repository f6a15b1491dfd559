"""Whether each line is written as the rules say, and says nothing beyond what is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.attacker import rules
from tests.attacker.criterion import Finding
from tests.attacker.released import Figure
from tests.attacker.told import Family


def misshapen(figures: Iterable[Figure]) -> Iterator[Finding]:
    """Lines that break R1, R3, R4, R5, R6 or R13 by themselves or beside their family."""
    whole: dict[Family, set[bool]] = {}
    said: dict[tuple[object, ...], tuple[str, ...]] = {}
    for figure in figures:
        family = Family(figure.cell, figure.code)
        for rule, what in _line(figure):
            yield Finding(rule, family, what)
        whole.setdefault(family, set()).add(figure.hidden)
        if len(whole[family]) > 1:
            yield Finding("R1", family, "shown in part")
        if not figure.hidden and said.setdefault(_written(figure), figure.ends[:3]) != figure.ends[:3]:
            yield Finding("R6", family, "range or reliability says more than the written figure")


def _written(figure: Figure) -> tuple[object, ...]:
    """What a range may depend on."""
    fine = figure.cell.breakdown == "all" and figure.level not in rules.OPTION_LEVELS
    return (figure.measure, fine, figure.value, figure.marker, figure.bound, figure.base)


def _line(figure: Figure) -> Iterator[tuple[str, str]]:
    if figure.hidden:
        if any(part is not None for part in (figure.value, figure.base, figure.visits)) or any(figure.ends):
            yield "R13", "a hidden line says something"
        return
    base = figure.base or 0
    if base < rules.LEAST_PEOPLE or base % rules.COUNT_STEP:
        yield "R3", f"base {base}"
    if base < rules.RANGE_BASE and (figure.ends[0] or figure.ends[1] or figure.ends[3]):
        yield "R6", "a range or change on fewer than 30"
    if figure.level in rules.OPTION_LEVELS and base < rules.OPTION_BASE:
        yield "R8", f"an option on base {base}"
    if figure.value is not None and figure.measure != "respondents":
        yield from _value(figure, figure.value, base)


def _value(figure: Figure, value: int, base: int) -> Iterator[tuple[str, str]]:
    if value % rules.step(figure.measure, figure.cell.breakdown, figure.level, base):
        yield "R4", f"value {value} on base {base}"
    if figure.measure == "mean_score" and base < rules.MEAN_BASE:
        yield "R4", f"a mean on base {base}"
    cap = rules.cap(figure.measure, base)
    bound = "lte" if value <= cap else "gte" if value >= 100 - cap else ""
    if not cap <= value <= 100 - cap or figure.bound != bound:
        yield "R5", f"value {value} {figure.bound} on base {base}"
