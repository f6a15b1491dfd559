"""The attack: how far every hidden number could be from the truth, and which are given away (domain 5.3)."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import ceil, floor

import numpy as np

from tests.attacker.reader import LEAST, Row, read
from tests.attacker.solver import TINY, Near, Solver, matrix
from tests.attacker.system import System, Terms, times
from tests.attacker.worlds import Published, World

NEAR = 2  # linear limits so near to what is needed are looked at in whole numbers
WORTH = 3  # targets that a look at all of them together must settle to be worth another
VALUES, VALUES_BESIDE, REACH = 4, 3, 2
EVERY = 1 << 60
SMALL = 1200  # unknowns that whole numbers are looked for among, where not all targets are asked for
EACH = slice(None)


@dataclass(frozen=True)
class Target:
    """A sum of people of which somebody could learn. It falls short with fewer than `values` possible numbers, or, if
    it has a `reach`, when the largest one is below that. `rule` is the part of the criterion."""

    rule: str
    file: str
    code: str
    what: str
    terms: Terms
    values: int = 1
    reach: int = 0

    @property
    def kind(self) -> str:
        """Targets of a kind can be large together: those with a reach, of either mind; else all that have values."""
        return self.what.rpartition(" ")[2] if self.reach else ""

    def kept(self, least: float, most: float) -> bool:
        if self.reach:
            return most + TINY >= self.reach
        return floor(most + TINY) - ceil(least - TINY) + 1 >= self.values


@dataclass
class Found:
    """What came of an attack: the targets, those that fall short or are determined, and how often rows read alike."""

    targets: int = 0
    told: dict[str, list[str]] = field(default_factory=lambda: {"short": [], "determined": [], "open": []})
    alike: Counter[str] = field(default_factory=Counter)

    def add(self, other: Found) -> None:
        self.targets += other.targets
        self.alike.update(other.alike)
        for how, lines in other.told.items():
            self.told[how] += lines


def attack(world: World, sets: Iterable[str] = (), topics: tuple[str, ...] = (), most: int = EVERY) -> Found:
    """Attack a world, breakdown by breakdown, thoroughly; or so many targets of each by chance, and then without the
    last word in whole numbers about all topics and files together."""
    found = Found()
    seen: set[str] = set()
    chance = random.Random(world.seed)
    for breakdowns in sets or world.shape.sets:
        system = System(world, breakdowns, topics)
        targets = [one for file in world.files for one in _targets(system, file) if one.what not in seen]
        seen.update(one.what for one in targets if " all:all " in one.what)
        system.ready()
        _ask(system, chance.sample(targets, min(most, len(targets))), found, chance, most == EVERY)
    found.alike.update(alike(world))
    return found


def _targets(system: System, file: Published) -> Iterator[Target]:
    for row in system.figures[file.name]:
        yield from _of_row(system, file, row)
        if file.former:
            yield from _of_change(system, file, row)


def _of_row(system: System, file: Published, row: Row) -> Iterator[Target]:
    figures, name = system.figures[file.name][row], f"{file.name} {row[0]} {row[1]}:{row[2]} "
    beside = figures["respondents", "respondents"].value is not None
    if not beside:
        yield Target("1a", file.name, "", name + "people", system.count(file.name, row, "N"), VALUES)
    for code in system.topics:
        written = figures.get((code, "pct_favourable"))
        if written is None:
            continue
        good, others = (system.count(file.name, row, f"{code}.{kind}") for kind in "XU")
        yield Target("2", file.name, code, f"{name}{code} favourable", good, reach=REACH)
        yield Target("2", file.name, code, f"{name}{code} others", others, reach=REACH)
        if written.value is None:
            yield Target("3", file.name, code, f"{name}{code} one value", good, 2)
            if file.true(row, code) < LEAST:
                yield Target(
                    "1b", file.name, code, f"{name}{code} answered", good + others, VALUES_BESIDE if beside else VALUES
                )
    for option in [one for _, own in system.options() for one in own] if row[1] == "all" else []:
        if figures[option, "pct_option"].value is None and file.true(row, option, "favourable") < LEAST:
            yield Target(
                "1b",
                file.name,
                option.partition(".")[0],
                name + option,
                system.option(file.name, row, option),
                VALUES_BESIDE,
            )


def _of_change(system: System, file: Published, row: Row) -> Iterator[Target]:
    """What two revisions tell of the few people between them."""
    name, before, now = f"{file.name} {row[0]} {row[1]}:{row[2]} change of ", system.files[file.former], file
    if not 0 < abs(now.people(row) - before.people(row)) < LEAST:
        return
    sign = 1 if now.people(row) > before.people(row) else -1
    yield Target("1a", file.name, "", name + "people", times(system.change(file, row, "N"), sign), VALUES)
    for code in system.topics:
        good = times(system.change(file, row, f"{code}.X"), sign)
        yield Target("3", file.name, code, f"{name}{code} one value", good, 2)
        yield Target("2", file.name, code, f"{name}{code} favourable", good, reach=REACH)
        yield Target(
            "2",
            file.name,
            code,
            f"{name}{code} others",
            times(system.change(file, row, f"{code}.U"), sign),
            reach=REACH,
        )


class _Asking:
    """What the solutions found so far show to be possible of each target."""

    def __init__(self, system: System, targets: list[Target], start: np.ndarray) -> None:
        self.system, self.targets = system, targets
        self.matrix = matrix([one.terms.items() for one in targets], len(system.low))
        self.reach = np.array([one.reach for one in targets])
        self.values = np.array([one.values for one in targets])
        self.limits = {
            whole: (np.full(len(targets), np.inf), np.full(len(targets), -np.inf)) for whole in (True, False)
        }
        self.start = start
        self.learn(start, whole=True)

    def look(
        self, solver: Solver | Near, goal: np.ndarray, whole: bool = False, enough: float = -np.inf
    ) -> tuple[float, bool]:
        """The least of a goal, of which all targets learn, and whether it is sure."""
        solution, sure = solver.least(goal, self.start if whole else None, enough)
        if solution is None:
            return -np.inf, False
        self.learn(solution, whole)
        return float(goal @ solution), sure

    def learn(self, solution: np.ndarray, whole: bool) -> None:
        """What a solution shows to be possible."""
        values = self.matrix @ solution
        for kind in (True, False) if whole else (False,):
            least, most = self.limits[kind]
            np.minimum(least, values, out=least)
            np.maximum(most, values, out=most)

    def kept(self, own: np.ndarray | slice = EACH) -> np.ndarray:
        """Which targets are shown to be kept: by solutions in whole numbers that are far enough apart, or by others that
        are further apart than is needed."""
        reach, values = self.reach[own], self.values[own]
        found = np.zeros(len(reach), dtype=bool)
        for whole, more in ((True, 0), (False, NEAR)):
            least, most = (limit[own] for limit in self.limits[whole])
            far = np.floor(most + TINY) - np.ceil(least - TINY) + 1 >= values + more
            found |= np.where(reach > 0, most + TINY >= reach + more, far)
        return found

    def left(self, own: np.ndarray) -> np.ndarray:
        """Those of some targets of which nothing shows yet that they are kept."""
        return own[~self.kept(own)]

    def all_at_once(self, solver: Solver | Near, own: np.ndarray, chance: random.Random, whole: bool = False) -> None:
        """Show enough of many targets by one solution: those of a kind that may go together, as long as that is worth it."""
        for kind in ("favourable", "others", ""):
            of_kind = np.array([n for n in own if self.targets[n].kind == kind], dtype=int)
            for side in (-1, 1) if not kind else (-1,):
                before, left = len(of_kind) + WORTH, self.left(of_kind)
                while before - len(left) >= WORTH and len(left):
                    weights = np.array([side * chance.uniform(0.5, 1) for _ in left])
                    self.look(solver, self.matrix[left].T @ weights, whole)
                    before, left = len(left), self.left(of_kind)

    def each(self, solver: Solver | Near, own: np.ndarray, whole: bool = False) -> None:
        """Look at each target by itself."""
        for number in self.left(own):
            self.limit(solver, number, whole)

    def limit(self, solver: Solver | Near, number: int, whole: bool = False) -> tuple[float, float, bool] | None:
        """How little and how much a target can be, and whether that is sure; None as soon as it is seen to be kept."""
        one, goal = self.targets[number], self.matrix[[number]].toarray()[0]
        (few, many), own = (limit[number] for limit in self.limits[True]), np.array([number])
        least, sure = (0.0, True) if one.reach else self.look(solver, goal, whole, many - one.values + 1)
        if self.kept(own)[0]:
            return None
        most, also = self.look(solver, -goal, whole, -(one.reach or min(few, least) + one.values - 1))
        return None if self.kept(own)[0] else (least, -most, sure and also)

    def judge(self, number: int, nears: list[Near], thorough: bool) -> str:
        """Whether a target is kept: `kept`, `short`, `determined`, or `open` where that takes too long to say."""
        one, everything = self.targets[number], self.system.solver
        looks = [*((near, True) for near in nears), (everything, False), *([(everything, True)] if thorough else [])]
        for solver, whole in looks:
            limits = self.limit(solver, number, whole)
            if limits is None:
                return "kept"
            *found, sure = limits
            if solver is everything and not sure:
                return "open"
            if solver is everything and not one.kept(*found):
                return "determined" if one.rule == "3" else "short"
        return "kept" if thorough else "open"

    def near(self, chance: random.Random) -> dict[tuple[str, str], list[Near]]:
        """Solutions near the truth: topic by topic, then file by file. What is so near to each, smallest first."""
        places = defaultdict(list)
        for number, one in enumerate(self.targets):
            for code in {self.system.block(one.code), ""}:
                places[one.file, code].append(number)
        found: defaultdict[tuple[str, str], list[Near]] = defaultdict(list)
        for place, numbers in sorted(places.items(), key=lambda place: not place[0][1]):
            for beside in (False, True):
                free = self.system.near(*place, beside)
                if not found[place] or free.sum() > found[place][-1].free.sum():
                    near = self.system.solver.near(free, self.start)
                    found[place].append(near)
                    own = self.left(np.array(numbers))
                    self.all_at_once(near, own, chance)
                    self.each(near, own)
        return found


def _ask(system: System, targets: list[Target], found: Found, chance: random.Random, thorough: bool) -> None:
    """Every target: first by solutions near the truth, then by all that fit."""
    start = system.start()
    assert start is not None, f"{system.world}: the truth does not fit what was published"
    asking, every = _Asking(system, targets, start), np.arange(len(targets))
    nears = asking.near(chance)
    found.targets += len(targets)
    for number in asking.left(every):
        one = targets[number]
        own = [near for code in dict.fromkeys((system.block(one.code), "")) for near in nears[one.file, code]]
        own = [near for near in own if thorough or near.free.sum() < SMALL]
        if len(asking.left(every[[number]])):
            judged = asking.judge(number, own, thorough)
            if judged != "kept":
                found.told[judged].append(f"{system.world}: {one.rule} {one.what}")


def alike(world: World) -> Counter[str]:
    """Rows that read in all figures like one that they are a part of: does that tell that nobody else is there?"""
    found: Counter[str] = Counter()
    for file in world.files:
        figures = read(file.content)
        for row, own in figures.items():
            for kind, whole in _wholes(world, file, row) if file.people(row) >= LEAST else ():
                beside = figures.get(whole, {})
                same = all(beside[place] == one for place, one in own.items() if place in beside)
                if beside and same:
                    nobody = file.people(whole) == file.people(row)
                    found[f"{kind}: {'nobody' if nobody else 'somebody'} else"] += 1
    return found


def _wholes(world: World, file: Published, row: Row) -> Iterator[tuple[str, Row]]:
    """The rows that a row is a part of: everybody, the group that its group adds to, the area that its area adds to."""
    area, split, group = row
    if split != "all":
        yield "everybody", (area, "all", "all")
    for own in world.shape.sets.values():
        if len(own) > 1 and split == list(own)[-1]:
            coarse, adds = next(iter(own.items()))
            if group in adds and list(adds.values()).count(adds[group]) > 1:
                yield "a wider group", (area, coarse, adds[group])
    parent = file.parents[area]
    if parent and list(file.parents.values()).count(parent) > 1:
        yield "a wider area", (parent, split, group)
