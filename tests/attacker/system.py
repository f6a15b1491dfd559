"""All that is known of a world as one system of equations and limits over whole numbers of people."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import product
from math import ceil, floor

import numpy as np

from tests.attacker.reader import LEAST, MOVED, Row, Written, read
from tests.attacker.solver import ENDLESS, Solver, matrix
from tests.attacker.worlds import Published, World

Terms = Counter[int]
"""A sum of unknowns, each so many times."""
MEASURES = {"pct_dk": "dk", "pct_na": "na", "pct_pns_or_skipped": "pns"}
SIGNS = {"missed": 1, "twice": -1, "import": -1, "area": 0}
"""Whether a correction can only add people or only take them away; whether it moves them."""
SURE = 3
"""A count that is so much when changed was nobody's never: at least one person is there."""

NUMBERS = -1
"""The block of what is of no topic: numbers of people."""


class System:
    """One breakdown of a world in all its areas, periods and revisions."""

    def __init__(self, world: World, breakdowns: str, topics: tuple[str, ...] = ()) -> None:
        self.world, self.shape = world, world.shape
        self.topics = topics or tuple(self.shape.topics)
        sets = self.shape.sets[breakdowns]
        self.splits = {"all": dict.fromkeys(next(iter(reversed(sets.values()))), "all"), **sets}
        self.finest = list(sets)[-1]
        self.low: list[float] = []
        self.high: list[float] = []
        self.limits: dict[tuple[tuple[int, float], ...], tuple[float, float]] = {}
        self.parts: dict[tuple[str, str, str, str], Terms] = {}
        self.changed: dict[tuple[str, ...], int] = {}
        self.figures = {file.name: read(file.content, self.splits) for file in world.files}
        self.files = {file.name: file for file in world.files}
        self._counts: dict[tuple[str, Row, str], Terms] = {}
        for file in world.files:
            self._people(file)
            self._told(file)
            for row in self.figures[file.name]:
                self._written(file, row)

    def unknown(self, low: float = 0, high: float = ENDLESS) -> int:
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1

    def limit(self, terms: Terms, low: float = -ENDLESS, high: float = ENDLESS) -> None:
        """Limits of one unknown are its own; those of a sum are taken together."""
        own = tuple(sorted((column, times) for column, times in terms.items() if times))
        if len(own) == 1 and own[0][1] == 1:
            column = own[0][0]
            self.low[column], self.high[column] = max(self.low[column], low), min(self.high[column], high)
        elif own:
            before = self.limits.get(own, (-ENDLESS, ENDLESS))
            self.limits[own] = max(before[0], low), min(before[1], high)

    def count(self, file: str, row: Row, name: str) -> Terms:
        """How many people of a row: `N`, `F` who got the full form, or such as `A1.X`."""
        if (file, row, name) not in self._counts:
            found: Terms = Counter()
            for area in leaves(self.files[file].parents, row[0]):
                for fine, coarse in self.splits[row[1]].items():
                    if coarse == row[2]:
                        found.update(self.parts.get((file, area, fine, name), {}))
            self._counts[file, row, name] = found
        return self._counts[file, row, name]

    def option(self, file: str, row: Row, option: str) -> Terms:
        """How many people of an area gave an answer."""
        own = (self.parts.get((file, area, "", option), {}) for area in leaves(self.files[file].parents, row[0]))
        return sum((Counter(one) for one in own), Counter[int]())

    def options(self) -> Iterator[tuple[str, dict[str, bool]]]:
        """The questions whose single answers are told of."""
        yield from ((code, dict(own)) for code, own in self.shape.options.items() if code in self.topics)

    def _kinds(self, code: str) -> list[str]:
        asked = self.shape.topics[code]
        return ["X", "U", *(("none",) if asked.parts else asked.special)]

    def _names(self) -> list[str]:
        return ["N", "F", *(f"{code}.{kind}" for code in self.topics for kind in self._kinds(code))]

    def _people(self, file: Published) -> None:
        """Unknowns for the smallest parts; a year's are the sums of its quarters', whoever was asked is one of a kind."""
        for area in leaves(file.parents, file.top):
            for group in self.splits["all"]:
                for name in self._names():
                    self.parts[file.name, area, group, name] = self._part(file, area, group, name)
                if not file.adds:
                    self._identities((file.name, area, group))
            for code, options in self.options():
                for option in options:
                    self.parts[file.name, area, "", option] = self._part(file, area, "", option)
                if not file.adds:
                    self._chosen(file, area, code, options)
        if file.former:
            self._revision(file)

    def _part(self, file: Published, area: str, group: str, name: str) -> Terms:
        if not file.adds:
            return Counter([self.unknown()])
        own = (self.parts.get((other, area, group, name), {}) for other in file.adds)
        return sum((Counter(one) for one in own), Counter[int]())

    def _chosen(self, file: Published, area: str, code: str, options: dict[str, bool]) -> None:
        """Who gave which answer: together those with a score, the favourable among them."""
        for kind in "XU":
            terms = Counter(self.count(file.name, (area, "all", "all"), f"{code}.{kind}"))
            for option, good in options.items():
                if good == (kind == "X"):
                    terms.subtract(self.parts[file.name, area, "", option])
            self.limit(terms, 0, 0)

    def _identities(self, where: tuple[str, str, str]) -> None:
        def of(*names: str, less: tuple[str, ...] = (), times: int = 1) -> Terms:
            terms = sum((self.parts[*where, name] for name in names), Counter[int]())
            for name in less:
                terms.subtract({key: times * n for key, n in self.parts[*where, name].items()})
            return terms

        self.limit(of("N", less=("F",)), low=0)
        for code in self.topics:
            asked = self.shape.topics[code]
            self.limit(of(*(f"{code}.{kind}" for kind in self._kinds(code)), less=(self.shape.asked(code),)), 0, 0)
            if asked.parts and set(asked.parts) <= set(self.topics):
                own = [f"{part}.{kind}" for part in asked.parts for kind in "XU"]
                for kind in "XU":
                    self.limit(of(*(f"{part}.{kind}" for part in asked.parts), less=(f"{code}.{kind}",)), low=0)
                self.limit(of(*own, less=(f"{code}.X", f"{code}.U"), times=asked.needs), low=0)
                for part in asked.parts if asked.needs == 1 else ():
                    terms = of(f"{code}.X", f"{code}.U", less=(f"{part}.X", f"{part}.U"))
                    if self.shape.asked(part) != self.shape.asked(
                        code
                    ):  # the part alone is asked in the short form, too
                        terms.update(of("N", less=("F",)))
                    self.limit(terms, low=0)

    def _revision(self, file: Published) -> None:
        """What the reason of a correction tells, and that whoever reads differently changed."""
        sign, changes = SIGNS.get(file.reason), defaultdict[str, Terms](Counter)
        if sign is None:
            return
        for area in leaves(file.parents, file.top):
            for group, name in product(self.splits["all"], self._names()):
                own = Counter(self.parts[file.name, area, group, name])
                own.subtract(self.parts.get((file.former, area, group, name), {}))
                if sign:
                    self.limit(times(own, sign), low=0)
                else:
                    changes[f"{group} {name}"].update(own)
                if sign and name == "N":
                    changes["N"].update(times(own, sign))
        for name, change in changes.items():
            self.limit(change, *((LEAST, ENDLESS) if name == "N" else (0, 0)))
        for row, figures in self.figures[file.name].items() if sign else ():
            if figures != self.figures[file.former].get(row):
                self.limit(times(self.change(file, row, "N"), sign), low=1)

    def change(self, file: Published, row: Row, name: str) -> Terms:
        found = Counter(self.count(file.name, row, name))
        found.subtract(self.count(file.former, row, name))
        return found

    def _told(self, file: Published) -> None:
        """R1, and which hidden rows are below ten, of which the attacker is told."""
        for row, figures in self.figures[file.name].items():
            if figures["respondents", "respondents"].value is None:
                self.limit(self.count(file.name, row, "N"), high=LEAST - 1)
            for code in self.topics:
                written = figures.get((code, "pct_favourable"))
                if written is not None:
                    small = written.value is None and file.true(row, code) < LEAST
                    self.limit(self.answered(file.name, row, code), *((0, LEAST - 1) if small else (LEAST, ENDLESS)))
            for _, options in self.options() if row[1] == "all" else ():
                for option in options:
                    shown = figures[option, "pct_option"].value is not None
                    small = not shown and file.true(row, option, "favourable") < LEAST
                    limits = (0, LEAST - 1) if small else (LEAST, ENDLESS)
                    self.limit(self.option(file.name, row, option), *limits)

    def answered(self, file: str, row: Row, code: str) -> Terms:
        return self.count(file, row, f"{code}.X") + self.count(file, row, f"{code}.U")

    def _changed(self, file: Published, row: Row, name: str, true: Terms) -> int:
        """R3: a count as changed: by two at most, and the same people alike."""
        place = file.name, home(file.parents, row[0]), *row[1:], name
        if place not in self.changed:
            found = self.changed[place] = self.unknown()
            apart = Counter({found: 1})
            apart.subtract(true)
            self.limit(apart, -MOVED, MOVED)
            self._nought.append((found, true))
        return self.changed[place]

    def _written(self, file: Published, row: Row) -> None:
        self._nought: list[tuple[int, Terms]] = []
        for (code, measure), written in self.figures[file.name][row].items():
            asked_of = code.partition(".")[0]
            if written.value is None or asked_of not in (*self.topics, "respondents"):
                continue
            if measure == "respondents":
                people = self._changed(file, row, "N", self.count(file.name, row, "N"))
                self.limit(Counter([people]), *written.changed_base())
            elif measure == "pct_favourable":
                self._share(row, "question", self._score(file, row, code, "X"), self._base(file, row, code), written)
            elif measure == "pct_option":
                part = self._changed(file, row, code, self.option(file.name, row, code))
                self._share(row, "option", part, self._base(file, row, asked_of), written)
            elif measure in MEASURES:
                name, asked = f"{code}.{MEASURES[measure]}", self.shape.asked(code)
                part = self._changed(file, row, name, self.count(file.name, row, name))
                base = self._changed(file, row, asked, self.count(file.name, row, asked))
                self._share(row, "question", part, Counter([base]), written)
        for found, true in self._nought:
            if self.low[found] < SURE:  # nought stays nought: so it is at most three times what it was
                self.limit(Counter({found: 1, **{k: -SURE * v for k, v in true.items()}}), high=0)

    def _score(self, file: Published, row: Row, code: str, kind: str) -> int:
        return self._changed(file, row, f"{code}.{kind}", self.count(file.name, row, f"{code}.{kind}"))

    def _base(self, file: Published, row: Row, code: str) -> Terms:
        return Counter([self._score(file, row, code, "X"), self._score(file, row, code, "U")])

    def _share(self, row: Row, level: str, part: int, base: Terms, written: Written) -> None:
        """Half-way is rounded up, so a share is less than its highest: by half a person in a hundred at least."""
        few, many = written.changed_base()
        self.limit(base, few, many)
        least, most = written.share(row, level)
        for edge, side in ((least, 1), (most, -1)):
            if edge is not None:
                terms = Counter({part: 100 * side})
                terms.update({key: -edge * side * n for key, n in base.items()})  # type: ignore[misc]
                self.limit(terms, low=0 if side > 0 else 0.5)
        self._whole_shares(part, base, (few, many), (least or 0.0, 100.0 if most is None else most))

    def _whole_shares(self, part: int, base: Terms, people: tuple[float, float], edges: tuple[float, float]) -> None:
        """What whole numbers the part of a base, and its rest, may be at least and at most."""
        few, many = people
        self.limit(Counter([part]), ceil(edges[0] * few / 100 - 1e-9), floor(edges[1] * many / 100 + 1e-9))
        for rest in base if part in base else ():
            if rest != part:
                low, high = (100 - edges[1]) * few / 100, (100 - edges[0]) * many / 100
                self.limit(Counter([rest]), ceil(low - 1e-9), floor(high + 1e-9))

    def ready(self) -> None:
        """Put it into the shape that the solver wants."""
        for row, (low, high) in self.limits.items():
            if low > high:
                raise AssertionError(f"{row} is {low} at least and {high} at most")
        edges = np.array(list(self.limits.values()))
        sums = matrix(self.limits, len(self.low))
        self.solver = Solver(np.array(self.low, dtype=float), np.array(self.high, dtype=float), sums, *edges.T.copy())
        self._file_of, self._block_of = np.full(len(self.low), ""), np.full(len(self.low), NUMBERS)
        self._file_of = self._file_of.astype(object)
        known = {code: number for number, own in enumerate(self.shape.blocks) for code in own}
        for (file, _, _, name), terms in self.parts.items():
            for column in terms if not self.files[file].adds else ():
                self._file_of[column], self._block_of[column] = file, known.get(name.partition(".")[0], NUMBERS)
        for place, column in self.changed.items():
            name = place[-1].partition(".")[0]
            self._file_of[column], self._block_of[column] = place[0], known.get(name, NUMBERS)

    def near(self, file: str, code: str, beside: bool = False) -> np.ndarray:
        """The unknowns of a file that a topic hangs together with, or all of them; `beside` also those of what it corrects
        and what corrects it. A year hangs on its last quarter here, and all quarters on the year."""
        own, others = self.files[file], self.files.values()
        files = {file, *own.adds[-1:], *(one.name for one in others if one.adds)}
        if beside:
            files |= {own.former, *(one.name for one in others if one.former == file)}
        found = np.isin(self._file_of, list(files))
        blocks = [number for number, topics in enumerate(self.shape.blocks) if code in topics]
        return found & np.isin(self._block_of, blocks) if code else found

    def block(self, code: str) -> str:
        """The first of the topics that a topic hangs together with."""
        return next((own[0] for own in self.shape.blocks if code in own), "")

    def start(self) -> np.ndarray | None:
        """The people as they were, with counts as they may have been changed: whole numbers; None where nothing fits."""
        truth = self.truth()
        free = np.zeros(len(truth), dtype=bool)
        free[list(self.changed.values())] = True
        found, _ = self.solver.near(free, truth).least(np.zeros(len(truth)), truth)
        return found if found is not None and self.solver.fits(found) else None

    def truth(self) -> np.ndarray:
        """The people as they were, which the judge knows; nothing of the counts as changed."""
        found = np.zeros(len(self.low))
        for (file, area, group, name), terms in self.parts.items():
            if not self.files[file].adds:
                [place] = terms
                found[place] = self.people(self.files[file], area, group, name)
        return found

    def people(self, file: Published, area: str, group: str, name: str) -> int:
        """How many people one of the smallest parts really has."""
        if not group:
            return file.true((area, "all", "all"), name, "favourable")
        row, (code, _, kind) = (area, self.finest, group), name.partition(".")
        if name == "N":
            return file.people(row)
        if name == "F":
            return max(
                (file.true(row, code, "asked") for code, own in self.shape.topics.items() if own.full), default=0
            )
        asked, answered, good = (file.true(row, code, part) for part in ("asked", "answered", "favourable"))
        special = dict(
            zip(("dk", "na", "pns"), [file.true(row, code, part) for part in ("dk", "na", "unsaid")], strict=True)
        )
        return {"X": good, "U": answered - good, "none": asked - answered, **special}[kind]


def times(terms: Terms, sign: int) -> Terms:
    """A sum so many times."""
    return Counter({key: sign * n for key, n in terms.items()})


def leaves(parents: dict[str, str], area: str) -> list[str]:
    """The smallest areas of an area."""
    own = [part for part, parent in parents.items() if parent == area]
    return [leaf for part in own for leaf in leaves(parents, part)] or [area]


def home(parents: dict[str, str], area: str) -> str:
    """An area of one part has the people of that part."""
    own = [part for part, parent in parents.items() if parent == area]
    return home(parents, own[0]) if len(own) == 1 else area
