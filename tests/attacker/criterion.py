"""Domain 5.3's criterion: which numbers must stay open, how open, and whether they do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil, floor
from typing import NamedTuple

import numpy as np

from tests.attacker import rules
from tests.attacker.blocks import Block, Timeout
from tests.attacker.propagate import Vector
from tests.attacker.released import Cell, Figure
from tests.attacker.system import System
from tests.attacker.told import PEOPLE, SHORT, Family, Told

ROOM = 2
"""Linear programs give outer limits: nearer than this to a limit, whole numbers decide."""


class Target(NamedTuple):
    """An unknown that must keep `need` possible whole numbers or, for rule 2, be possibly as much as `need`."""

    rule: str
    family: Family
    unknown: int
    need: int

    @property
    def is_most(self) -> bool:
        return self.rule in ("2", "known")


@dataclass(frozen=True, slots=True)
class Finding:
    """A number that is not protected: by which rule, where, and between which limits it must lie."""

    rule: str
    family: Family
    what: str
    low: float = 0
    high: float = 0

    def __str__(self) -> str:
        cell = " ".join(self.family.cell)
        return f"rule {self.rule}: {cell} {self.family.code or 'people'}: {self.what} in {self.low:g}..{self.high:g}"


def targets(system: System, figures: Iterable[Figure], told: Told) -> list[Target]:
    """All that must hold."""
    found: dict[Target, None] = {}
    hidden_people = {f.cell for f in figures if f.level == "participation" and f.hidden}
    shown = {(f.cell, f.code.split(".")[0]) for f in figures if f.level in rules.OPTION_LEVELS and not f.hidden}
    for figure in figures:
        for target in _of(system, figure, told, hidden_people, shown):
            found[target] = None
    return list(found)


def _of(
    system: System, figure: Figure, told: Told, hidden_people: set[Cell], distributions: set[tuple[Cell, str]]
) -> Iterator[Target]:
    cell, code = figure.cell, figure.code
    if figure.level == "participation":
        yield from _people(system, figure, told)
        return
    family = Family(cell, code)
    if figure.level in rules.OPTION_LEVELS:
        if figure.hidden and family in told.below_ten and (cell, code.split(".")[0]) in distributions:
            yield Target("1a", family, system.unknown(cell, code, "C"), rules.VALUES_OF_PEOPLE)
        return
    yield from (Target("2", family, system.unknown(cell, code, part), rules.LEAST_MOST) for part in "XU")
    yield from _beside_known(system, family, told, figure.hidden)
    if figure.hidden:
        yield Target("3", family, system.unknown(cell, code, "X"), 2)
        if family in told.below_ten:
            need = rules.VALUES_OF_PEOPLE if cell in hidden_people else rules.VALUES_BESIDE_PEOPLE
            yield Target("1b", family, system.unknown(cell, code, "A"), need)


def _beside_known(system: System, family: Family, told: Told, hidden: bool) -> Iterator[Target]:
    """Whoever knows people of one mind must find that another may be of it too.

    Rule 2 sees to this for one whom he knows, in every row. R5 can do no more for a row that is shown: a base of 20
    with 90 or more leaves two people, so two who are known to say no, of the two there are, mean that all others say
    yes. In a hidden row nothing is written, so there he may know as many as `KNOWN_ALIKE` of one mind.
    """
    if hidden:
        for part, known in zip("XU", told.known.get(family, (0, 0)), strict=True):
            need = min(known, rules.KNOWN_ALIKE) + 1
            if need > rules.LEAST_MOST:
                yield Target("known", family, system.unknown(family.cell, family.code, part), need)


def _people(system: System, figure: Figure, told: Told) -> Iterator[Target]:
    cell = figure.cell
    if figure.hidden and Family(cell) in told.below_ten:
        yield Target("1a", Family(cell, PEOPLE), system.unknown(cell, "", "N"), rules.VALUES_OF_PEOPLE)
    if Family(cell, SHORT) in told.below_ten and system.has(cell, "", "D"):
        yield Target("1a", Family(cell, SHORT), system.unknown(cell, "", "D"), rules.VALUES_OF_PEOPLE)


def surely_broken(target: Target, low: Vector, high: Vector) -> bool:
    """Whether limits that are never too narrow already break a target."""
    if target.is_most:
        return bool(high[target.unknown] < target.need)
    return bool(high[target.unknown] - low[target.unknown] + 1 < target.need)


def finding(system: System, target: Target, low: float, high: float, why: str = "") -> Finding:
    """A target that is not kept."""
    what = system.unknowns[target.unknown].quantity + (f" ({why})" if why else "")
    return Finding(target.rule, target.family, what, low, high)


def sift(system: System, block: Block, own: list[Target]) -> tuple[list[Finding], list[Target]]:
    """What linear programs say of the targets in a block: those it breaks, and those too close to call."""
    try:
        if not _explore(block, own):
            return [finding(system, own[0], 0, 0, "the files contradict the rules")], []
    except Timeout as late:
        return [finding(system, own[0], 0, 0, f"not decided in time: {late}")], []
    broken: list[Finding] = []
    close: list[Target] = []
    for target in own:
        try:
            if not _wide(block, target):
                close.append(target)
        except Timeout as late:
            broken.append(finding(system, target, 0, 0, f"not decided in time: {late}"))
    block.solver = None
    return broken, close


def broken_in(system: System, block: Block, close: list[Target]) -> Iterator[Finding]:
    """The targets too close to call that whole numbers break. Each solution may settle several."""
    for number, target in enumerate(close):
        at = block.place[target.unknown]
        try:
            if not _kept(block, target, _push(block, close[number:])):
                yield finding(system, target, float(block.least[at]), float(block.most[at]))
        except Timeout as late:
            yield finding(system, target, 0, 0, f"not decided in time: {late}")


def _push(block: Block, close: list[Target]) -> Vector:
    """An aim that makes all that is still open large."""
    aim = np.zeros(len(block.low))
    for target in close:
        aim[block.place[target.unknown]] = -1.0
    return aim


def _explore(block: Block, own: list[Target]) -> bool:
    """A few programs over all targets at once, so that most need none of their own; False when nothing is possible."""
    ups, downs = np.zeros(len(block.low)), np.zeros(len(block.low))
    for number, target in enumerate(own):
        ups[block.place[target.unknown]] = -1.0
        downs[block.place[target.unknown]] = -1.0 if number % 2 else 1.0
    for aim in (ups, -ups, downs, -downs):
        if block.solve(aim) is None:
            return False
        if all(_reached(block, target, block.place[target.unknown]) for target in own):
            break
    return True


def _wide(block: Block, target: Target) -> bool:
    """Whether linear programs show a target kept with room to spare."""
    at = block.place[target.unknown]
    if target.is_most:
        return _reached(block, target, at)
    if _reached(block, target, at):
        return True
    block.solve(block.aim(target.unknown, -1.0))
    if _reached(block, target, at):
        return True
    block.solve(block.aim(target.unknown, 1.0))
    return _reached(block, target, at)


def _reached(block: Block, target: Target, at: int) -> bool:
    if target.is_most:
        return bool(block.most[at] >= target.need + ROOM)
    return bool(block.most[at] - block.least[at] >= target.need - 1 + ROOM)


def _kept(block: Block, target: Target, aim: Vector) -> bool:
    """The integer solve: whether enough whole numbers are possible, each tried that no solution has had yet."""
    at = block.place[target.unknown]
    if target.is_most:
        most = max(block.values(at), default=-1.0)
        return most >= target.need or _possible(block, aim, (at, target.need, np.inf))
    for value in range(ceil(block.least[at] - 1e-6), floor(block.most[at] + 1e-6) + 1):
        possible = block.values(at)
        if len(possible) >= target.need:
            return True
        if value not in possible:
            _possible(block, aim, (at, value, value))
    return len(block.values(at)) >= target.need


def _possible(block: Block, aim: Vector, fixed: tuple[int, float, float]) -> bool:
    """Whether a whole solution has an unknown between limits: first near one that is known, then anywhere."""
    return block.nearby(aim, fixed) is not None or block.solve(aim, True, fixed) is not None
