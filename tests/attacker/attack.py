"""The attack: how far every hidden number could be from the truth, and which are given away (domain 5.3)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import ceil, floor

import numpy as np
from scipy.sparse import csr_array

from collector.summaries.counts import Key
from tests.attacker.reader import LEAST, Row, read
from tests.attacker.system import SETS, TOPICS, System, Terms, true
from tests.attacker.worlds import SCORES, Published, World

NEAR = 2  # linear limits so near to what is needed are looked at in whole numbers
WORTH = 0.1  # share of the targets left that a look at all of them must settle to be worth another
VALUES, VALUES_BESIDE, REACH = 4, 3, 2


@dataclass(frozen=True)
class Target:
    """A sum of people of which somebody could learn. It falls short with fewer than `values` possible numbers, or, if
    it has a `reach`, when the largest one is below that. `rule` is the part of the criterion."""

    rule: str
    what: str
    terms: Terms
    values: int = 1
    reach: int = 0

    @property
    def kind(self) -> str:
        """Targets of a kind can be large together: those with a reach, of either mind; else all that have values."""
        return self.what.rpartition(" ")[2] if self.reach else ""

    def kept(self, least: float, most: float, more: int = 0) -> bool:
        if self.reach:
            return most + 1e-6 >= self.reach + more
        return floor(most + 1e-6) - ceil(least - 1e-6) + 1 >= self.values + more


@dataclass
class Found:
    """What came of an attack: the targets, those that fall short or are determined, and how often rows read alike."""

    targets: int = 0
    told: dict[str, list[str]] = field(default_factory=lambda: {"short": [], "determined": [], "open": []})
    alike: Counter[str] = field(default_factory=Counter)


FEW = ("OV", "C1")
"""The half of the topics that costs less: a pillar with one element, and what stands in no pillar."""


def attack(world: World, sets: Iterable[str] = SETS, topics: tuple[str, ...] = ()) -> Found:
    """Attack a world, breakdown by breakdown; all of its topics unless some are given."""
    found = Found()
    seen: set[str] = set()
    for breakdowns in sets:
        system = System(world, breakdowns, topics or _topics(world))
        targets = [one for file in world.files for one in _targets(system, file) if one.what not in seen]
        seen.update(one.what for one in targets if " all:all " in one.what)
        system.ready()
        _ask(system, targets, found, world)
    for file in world.files:
        found.alike.update(_alike(file))
    return found


def _topics(world: World) -> tuple[str, ...]:
    """All topics; where there are several files one half of them by seed, as the halves meet in the numbers of people only.
    The worlds of the next day have the other half."""
    if len(world.files) == 1:
        return TOPICS
    return FEW if world.seed % 2 else tuple(code for code in TOPICS if code not in FEW)


def _targets(system: System, file: Published) -> Iterator[Target]:
    for row in system.rows(file):
        yield from _of_row(system, file, row)
        if file.former:
            yield from _of_change(system, file, row)


def _of_row(system: System, file: Published, row: Row) -> Iterator[Target]:
    figures, name = system.figures[file.name], f"{file.name} {row[0]} {row[1]}:{row[2]} "
    beside = figures[row, "respondents", "respondents"].value is not None
    if not beside:
        yield Target("1a", name + "people", system.count(file.name, row, "N"), VALUES)
    for code in system.topics:
        written = figures.get((row, code, "pct_favourable"))
        if written is None:
            continue
        good, others = (system.count(file.name, row, f"{code}.{kind}") for kind in "XU")
        yield Target("2", f"{name}{code} favourable", good, reach=REACH)
        yield Target("2", f"{name}{code} others", others, reach=REACH)
        if written.value is None:
            yield Target("3", f"{name}{code} one value", good, 2)
            if true(file, row, code) < LEAST:
                yield Target("1b", f"{name}{code} answered", good + others, VALUES_BESIDE if beside else VALUES)
    for option in SCORES if row[1] == "all" and "OV" in system.topics else ():
        hidden = figures[row, f"OV.{option}", "pct_option"].value is None
        if hidden and true(file, row, f"OV.{option}", "favourable") < LEAST:
            yield Target("1b", f"{name}OV.{option}", system.option(file, row, option), VALUES_BESIDE)


def _of_change(system: System, file: Published, row: Row) -> Iterator[Target]:
    """What two revisions tell of the few people between them."""
    name = f"{file.name} {row[0]} {row[1]}:{row[2]} change of "
    former = system.files[file.former]
    before, now = (
        one.series.cells[Key(*row)].respondents if Key(*row) in one.series.cells else 0 for one in (former, file)
    )
    if not 0 < abs(now - before) < LEAST:
        return
    sign = 1 if now > before else -1
    yield Target("1a", name + "people", _times(system.change(file, row, "N"), sign), VALUES)
    for code in system.topics:
        good = _times(system.change(file, row, f"{code}.X"), sign)
        yield Target("3", f"{name}{code} one value", good, 2)
        yield Target("2", f"{name}{code} favourable", good, reach=REACH)
        yield Target("2", f"{name}{code} others", _times(system.change(file, row, f"{code}.U"), sign), reach=REACH)


def _times(terms: Terms, sign: int) -> Terms:
    return Counter({key: sign * n for key, n in terms.items()})


class _Asking:
    """What the solutions found so far show to be possible of each target."""

    def __init__(self, system: System, targets: list[Target]) -> None:
        self.system, self.targets = system, targets
        data = [(r, c, n) for r, one in enumerate(targets) for c, n in one.terms.items() if n]
        rows, columns, numbers = zip(*data, strict=True)
        self.matrix = csr_array((numbers, (rows, columns)), shape=(len(targets), len(system.low)))
        self.least, self.most = np.full(len(targets), np.inf), np.full(len(targets), -np.inf)
        self.least_whole, self.most_whole = self.least, self.most
        self.learn(system.truth(), whole=True)

    def look(self, goal: np.ndarray, whole: bool = False) -> float | None:
        """The least of a goal, of which all targets learn."""
        solution = self.system.solve(goal, whole)
        if solution is None:
            return None
        self.learn(solution, whole)
        return float(goal @ solution)

    def learn(self, solution: np.ndarray, whole: bool = False) -> None:
        """What a solution shows to be possible."""
        values = self.matrix @ solution
        self.least, self.most = np.minimum(self.least, values), np.maximum(self.most, values)
        if whole:
            self.least_whole, self.most_whole = (
                np.minimum(self.least_whole, values),
                np.maximum(self.most_whole, values),
            )

    def left(self) -> np.ndarray:
        """The targets of which nothing shows that they are kept: solutions in whole numbers that are far enough apart,
        or others that are further apart than is needed."""
        return np.array([n for n in range(len(self.targets)) if not self.kept(n)], dtype=int)

    def kept(self, n: int) -> bool:
        one = self.targets[n]
        if one.kept(self.least[n], self.most[n], NEAR):
            return True
        return one.kept(self.least_whole[n], self.most_whole[n])

    def all_at_once(self) -> bool:
        """Try to show enough of many targets that are left by one solution: those of a kind that may go together."""
        before = self.left()
        for kind in ("favourable", "others", ""):
            for side in (1, -1) if not kind else (1,):
                left = np.array([n for n in self.left() if self.targets[n].kind == kind], dtype=int)
                if len(left):
                    self._at_once(left, side)
        return 0 < len(self.left()) <= (1 - WORTH) * len(before)

    def _at_once(self, left: np.ndarray, side: int) -> None:
        own = [self.targets[n] for n in left]
        up, down = self.least[left], self.most[left]
        more = np.array([one.reach or one.values - 1 for one in own])
        enough = np.where([one.reach > 0 for one in own], 0, up) + more if side > 0 else down - more
        solution = self.system.together(self.matrix[left], enough + side * NEAR, side)
        if solution is not None:
            self.learn(solution)

    def limits(self, number: int, whole: bool) -> tuple[float, float] | None:
        """How little (where that is asked) and how much a target can be, as far as that is needed to see it kept; None
        where the solver gives up.
        """
        goal = self.matrix[[number]].toarray()[0]
        least = 0.0 if self.targets[number].reach else self.look(goal, whole)
        if self.kept(number):
            return self.least[number], self.most[number]
        most = self.look(-goal, whole)
        return None if least is None or most is None else (least, -most)

    def judge(self, number: int) -> str:
        """Whether a target is kept: `kept`, `short`, `determined`, or `open` where the solver takes too long."""
        one = self.targets[number]
        for whole in (False, True):
            limits = self.limits(number, whole)
            if self.kept(number):
                return "kept"
            if limits is None:
                return "open"
            if not one.kept(*limits):
                return "determined" if one.rule == "3" else "short"
        return "kept"


def _ask(system: System, targets: list[Target], found: Found, world: World) -> None:
    """Every target: first by what a few solutions show to be possible, then each by itself, then in whole numbers."""
    asking, chance = _Asking(system, targets), random.Random(world.seed)
    goal = asking.matrix.T @ np.array([chance.uniform(-1, 1) for _ in targets])
    for side in (goal, -goal):
        assert asking.look(side) is not None, f"seed {world.seed}: nothing fits what was published"
    while asking.all_at_once():
        pass
    found.targets += len(targets)
    for number in asking.left():
        if not asking.kept(number):
            judged = asking.judge(number)
            if judged != "kept":
                one = targets[number]
                found.told[judged].append(f"seed {world.seed} ({world.flavour}, {world.size}): {one.rule} {one.what}")


def _alike(file: Published) -> Iterator[str]:
    """Rows of a group that read like those of everybody in all figures: does that tell that nobody else is there?"""
    cells, figures = file.series.cells, read(file.content)
    for key, cell in cells.items():
        whole = key._replace(breakdown="all", group="all")
        if key.breakdown == "all" or cell.respondents < LEAST:
            continue
        own = {place[1:]: one for place, one in figures.items() if place[0] == tuple(key)}
        if own and all(figures[(tuple(whole), *place)].value == one.value for place, one in own.items()):
            yield "nobody else" if cells[whole].respondents == cell.respondents else "somebody else"
