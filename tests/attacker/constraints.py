"""What the figures of one cell say of its numbers, jointly: rules R1, R3, R4 and R5 turned round."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from tests.attacker import rules
from tests.attacker.public import Public
from tests.attacker.released import Cell, Figure
from tests.attacker.system import System
from tests.attacker.told import SHORT, Family, Told

PARTS = {"pct_favourable": "X", "pct_dk": "K", "pct_na": "L", "pct_pns_or_skipped": "P", "mean_score": "S"}
ASKED_LEVELS = ("overall", "question")
MOST_SCORE, FAVOURABLE, LEAST_FAVOURABLE_ANSWER, MOST_OTHER_ANSWER = 100.0, 62.5, 75.0, 50.0


def add_figures(system: System, figures: Iterable[Figure], told: Told, public: Public) -> None:
    """Everything that figures say of their own cells."""
    families: dict[tuple[Cell, str, str], list[Figure]] = {}
    for figure in figures:
        families.setdefault((figure.cell, figure.level, figure.code), []).append(figure)
    for (cell, level, code), own in families.items():
        if level == "participation":
            _people(system, cell, own[0], told)
        elif level in rules.OPTION_LEVELS:
            _option(system, cell, code, own[0], told)
        else:
            _family(system, cell, level, code, own, told)
    for cell, level, code in families:
        if level in ASKED_LEVELS:
            _distribution(system, cell, code, public)


def _people(system: System, cell: Cell, figure: Figure, told: Told) -> None:
    people = system.unknown(cell, "", "N")
    if figure.hidden:
        _hidden(system, people, Family(cell), told)
    elif figure.base is not None:
        system.within(people, figure.base, figure.base + rules.COUNT_STEP - 1)
    system.line([(people, 1), (system.unknown(cell, "", "V"), -1)], 0, inf)
    _visits(system, figure)


def _visits(system: System, figure: Figure) -> None:
    """Each visit has somebody, so visits are never more than people. Where none are written, they may be any."""
    if figure.visits is not None:
        visits, exact = system.unknown(figure.cell, "", "V"), figure.visits % rules.COUNT_STEP
        system.within(visits, max(1, figure.visits), figure.visits + (0 if exact else rules.COUNT_STEP - 1))


def _hidden(system: System, unknown: int, family: Family, told: Told) -> None:
    """A hidden count is below ten if he is told so; else he takes it for anything."""
    if family in told.below_ten:
        system.within(unknown, 0, rules.LEAST_PEOPLE - 1)


def _family(system: System, cell: Cell, level: str, code: str, own: list[Figure], told: Told) -> None:
    asked = system.unknown(cell, "", "N" if own[0].variant == "all" else "F")
    scored, good, other = (system.unknown(cell, code, quantity) for quantity in "AXU")
    total = system.unknown(cell, code, "S")
    system.adds_up(scored, [good, other])
    if own[0].variant != "all":
        _short(system, cell, asked, told)
    _rest(system, cell, level, code, own, (asked, scored))
    _score(system, level, good, other, total)
    if all(figure.hidden for figure in own):
        _hidden(system, scored, Family(cell, code), told)
    for figure in own:
        _visits(system, figure)
        base = scored if figure.measure in rules.SCORED else asked
        _stated(system, figure, base, system.unknown(cell, code, PARTS[figure.measure]))


def _short(system: System, cell: Cell, full: int, told: Told) -> None:
    """Those who had the short form are the people less those who had the full one: a difference of nested groups."""
    if not system.has(cell, "", "D"):
        short = system.unknown(cell, "", "D")
        system.adds_up(system.unknown(cell, "", "N"), [full, short])
        _hidden(system, short, Family(cell, SHORT), told)


def _rest(system: System, cell: Cell, level: str, code: str, own: list[Figure], people: tuple[int, int]) -> None:
    """Those asked are those with a score and those without; the latter in kinds where figures of the kinds exist."""
    asked, scored = people
    rest = system.unknown(cell, code, "R")
    system.adds_up(asked, [scored, rest])
    kinds = {PARTS[figure.measure] for figure in own} & set("KLP")
    if kinds:
        system.adds_up(rest, [system.unknown(cell, code, kind) for kind in sorted(kinds)])
    elif level in ASKED_LEVELS:
        system.line([(rest, 1), (system.unknown(cell, code, "K"), -1)], 0, inf)


def _score(system: System, level: str, good: int, other: int, total: int) -> None:
    """A favourable score is at least 62.5 and another one less; on one question the nearest are 75 and 50."""
    single = level in ASKED_LEVELS
    system.line([(total, 1), (good, -(LEAST_FAVOURABLE_ANSWER if single else FAVOURABLE))], 0, inf)
    most = MOST_OTHER_ANSWER if single else FAVOURABLE
    system.line([(total, -1), (good, MOST_SCORE), (other, most)], 0, inf)


def _stated(system: System, figure: Figure, base: int, part: int) -> None:
    """A written base and value."""
    if figure.hidden or figure.base is None:
        return
    system.within(base, figure.base, figure.base + rules.COUNT_STEP - 1)
    if figure.value is None:
        return
    step = rules.step(figure.measure, figure.cell.breakdown, figure.level, figure.base)
    if figure.value % step:
        step = rules.FINE_STEP
    below, above = rules.OPEN[figure.bound]
    unit = 2 if figure.measure == "mean_score" else 200
    if below:
        system.line([(part, unit), (base, -(2 * figure.value - step))], 0, inf)
    if above:
        least = 0 if figure.measure == "mean_score" else 1
        system.line([(part, unit), (base, -(2 * figure.value + step))], -inf, -least)


def _option(system: System, cell: Cell, code: str, figure: Figure, told: Told) -> None:
    chose = system.unknown(cell, code, "C")
    if figure.hidden:
        _hidden(system, chose, Family(cell, code), told)
        return
    system.within(chose, rules.LEAST_PEOPLE, inf)
    question = code.split(".")[0]
    quantity = "A" if figure.level == "option" else "M"
    scored = system.unknown(cell, question, quantity)
    system.line([(system.unknown(cell, "", "N"), 1), (scored, -1)], 0, inf)
    _stated(system, figure, scored, chose)


def _distribution(system: System, cell: Cell, code: str, public: Public) -> None:
    """The options of a question add up to those with a score, the favourable ones, and the scores."""
    options = public.options.get(code, ())
    if not options or not all(system.has(cell, option.code, "C") for option in options):
        return
    chose = {option: system.unknown(cell, option.code, "C") for option in options}
    system.adds_up(system.unknown(cell, code, "A"), chose.values())
    system.adds_up(system.unknown(cell, code, "X"), [u for option, u in chose.items() if option.favourable])
    scores = [(u, -option.score) for option, u in chose.items()]
    system.line([(system.unknown(cell, code, "S"), 1), *scores])
