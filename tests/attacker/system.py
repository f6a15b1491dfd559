"""All that is known of a world as one system of equations and limits over whole numbers of people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack, vstack

from collector.summaries.counts import Cell, Key
from tests.attacker.reader import LEAST, MOVED, Row, Written, read
from tests.attacker.worlds import COARSE, FRAME, QUESTIONS, SCORES, SPECIAL, Published, World

Terms = Counter[int]
"""A sum of unknowns, each so many times."""
ENDLESS = np.inf
NODES = 500
"""Branches looked at in whole numbers: a limit that is the same on a busy machine."""
SETS = {"age": {"age2": COARSE, "age4": {g: g for g in COARSE}}} | {
    split.code: {split.code: {g.code: g.code for g in split.groups}} for split in FRAME.classifications[2:]
}
"""Breakdowns that are attacked together: the finest groups of each, and the group that each of these adds to."""
MEASURES = {"pct_dk": "dk", "pct_na": "na", "pct_pns_or_skipped": "pns"}
PARTS = ("asked", "answered", "favourable")
TOPICS = (*QUESTIONS, "UN_A", "UN")
"""`CO` has one element of one question, so it is that question."""


def true(file: Published, row: Row, code: str, part: str = "answered") -> int:
    """What is true of a row: nobody knows but who tells the attacker, and who judges him."""
    topics = file.series.counts.get(Key(*row), {})
    return next((getattr(count, part) for topic, count in topics.items() if topic.code == code), 0)


class System:
    """One breakdown of a world in all its areas, periods and revisions."""

    def __init__(self, world: World, breakdowns: str, topics: tuple[str, ...] = TOPICS) -> None:
        self.topics = topics
        self.splits = {"all": dict.fromkeys(next(iter(SETS[breakdowns].values())), "all"), **SETS[breakdowns]}
        self.low: list[float] = []
        self.high: list[float] = []
        self.limits: list[tuple[Terms, float, float]] = []
        self.parts: dict[tuple[str, str, str, str], Terms] = {}
        self.changed: dict[tuple[str, ...], int] = {}
        self.figures = {file.name: read(file.content) for file in world.files}
        self.files = {file.name: file for file in world.files}
        for file in world.files:
            self._people(file)
            self._told(file)
            for row in self.rows(file):
                self._written(file, row)

    def unknown(self, low: float = 0, high: float = ENDLESS) -> int:
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1

    def limit(self, terms: Terms, low: float = -ENDLESS, high: float = ENDLESS) -> None:
        self.limits.append((terms, low, high))

    def rows(self, file: Published) -> Iterator[Row]:
        for row in dict.fromkeys(row for row, _, _ in self.figures[file.name]):
            if row[1] in self.splits:
                yield row

    def count(self, file: str, row: Row, name: str) -> Terms:
        """How many people of a row: `N`, `F` who got the full form, or such as `A1.X`."""
        found: Terms = Counter()
        for area in self._leaves(self.files[file], row[0]):
            for fine, coarse in self.splits[row[1]].items():
                if coarse == row[2]:
                    found.update(self.parts[file, area, fine, name])
        return found

    def _leaves(self, file: Published, area: str) -> list[str]:
        below = [part for part, parent in file.parents.items() if parent == area]
        return [leaf for part in below for leaf in self._leaves(file, part)] or [area]

    def _names(self) -> list[str]:
        kinds = {code: ["X", "U", *(SPECIAL.get(code, ("none",)))] for code in self.topics}
        return ["N", "F", *(f"{code}.{kind}" for code, own in kinds.items() for kind in own)]

    def _people(self, file: Published) -> None:
        """Unknowns for the smallest parts; a year's are the sums of its quarters', whoever was asked is one of a kind."""
        for area in self._leaves(file, "TOP"):
            for group in self.splits["all"]:
                where = file.name, area, group
                for name in self._names():
                    added = [self.parts[other, area, group, name] for other in file.adds]
                    self.parts[*where, name] = sum(added, Counter()) if added else Counter([self.unknown()])
                if not file.adds:
                    self._identities(where)
            if "OV" in self.topics:
                self._options(file, area)
        if file.former:
            self._revision(file)

    def _options(self, file: Published, area: str) -> None:
        """Who gave which answer: together those with a score, two of the four favourable."""
        for option in SCORES:
            added = [self.parts[other, area, "", option] for other in file.adds]
            self.parts[file.name, area, "", option] = sum(added, Counter()) if added else Counter([self.unknown()])
        if not file.adds:
            for kind, options in (("X", ("often", "mostly")), ("U", ("seldom", "never"))):
                terms = self.count(file.name, (area, "all", "all"), f"OV.{kind}")
                terms.subtract(sum((self.parts[file.name, area, "", option] for option in options), Counter[int]()))
                self.limit(terms, 0, 0)

    def option(self, file: Published, row: Row, option: str) -> Terms:
        """How many people of an area gave an answer."""
        return sum((self.parts[file.name, area, "", option] for area in self._leaves(file, row[0])), Counter[int]())

    def _identities(self, where: tuple[str, str, str]) -> None:
        def of(*names: str, less: tuple[str, ...] = ()) -> Terms:
            terms = sum((self.parts[*where, name] for name in names), Counter[int]())
            terms.subtract(sum((self.parts[*where, name] for name in less), Counter[int]()))
            return terms

        self.limit(of("N", less=("F",)), low=0)
        for code in self.topics:
            kinds = ["X", "U", *SPECIAL.get(code, ("none",))]
            asked = "F" if code != "OV" else "N"
            self.limit(of(*(f"{code}.{kind}" for kind in kinds), less=(asked,)), 0, 0)
        for whole, parts in (("UN_A", ("A1", "A2")), ("UN", ("UN_A", "B1"))) if "UN" in self.topics else ():
            for kind in "XU":
                self.limit(of(*(f"{part}.{kind}" for part in parts), less=(f"{whole}.{kind}",)), low=0)
            for part in parts:
                self.limit(of(f"{whole}.X", f"{whole}.U", less=(f"{part}.X", f"{part}.U")), low=0)

    def _revision(self, file: Published) -> None:
        """What the reason of a correction tells, and that whoever reads differently changed."""
        areas, total = self._leaves(file, "TOP"), Counter[int]()
        sign = {"missed": 1, "twice": -1, "area": 0}[file.reason]
        for group in self.splits["all"]:
            for name in self._names():
                change: Terms = Counter()
                for area in areas:
                    own = Counter(self.parts[file.name, area, group, name])
                    own.subtract(self.parts[file.former, area, group, name])
                    change.update(own)
                    if sign:
                        self.limit(Counter({k: sign * v for k, v in own.items()}), low=0)
                if not sign:
                    self.limit(change, 0, 0)
                elif name == "N":
                    total.update({k: sign * v for k, v in change.items()})
        if sign:
            self.limit(total, low=LEAST)
            for row in self.rows(file):
                if self._reads_otherwise(file, row):
                    self.limit(Counter({k: sign * v for k, v in self.change(file, row, "N").items()}), low=1)

    def change(self, file: Published, row: Row, name: str) -> Terms:
        found = self.count(file.name, row, name)
        found.subtract(self.count(file.former, row, name))
        return found

    def _reads_otherwise(self, file: Published, row: Row) -> bool:
        now, before = self.figures[file.name], self.figures[file.former]
        return any(now[place] != before[place] for place in now if place[0] == row)

    def _told(self, file: Published) -> None:
        """R1, and which hidden rows are below ten, of which the attacker is told."""
        for row in self.rows(file):
            if self.figures[file.name][row, "respondents", "respondents"].value is None:
                self.limit(self.count(file.name, row, "N"), high=LEAST - 1)
            for code in self.topics:
                written = self.figures[file.name].get((row, code, "pct_favourable"))
                if written is not None:
                    small = written.value is None and true(file, row, code) < LEAST
                    answered = self.answered(file.name, row, code)
                    self.limit(answered, *((0, LEAST - 1) if small else (LEAST, ENDLESS)))

            for option in SCORES if row[1] == "all" and "OV" in self.topics else ():
                shown = self.figures[file.name][row, f"OV.{option}", "pct_option"].value is not None
                small = not shown and true(file, row, f"OV.{option}", "favourable") < LEAST
                self.limit(self.option(file, row, option), *((0, LEAST - 1) if small else (LEAST, ENDLESS)))

    def answered(self, file: str, row: Row, code: str) -> Terms:
        return self.count(file, row, f"{code}.X") + self.count(file, row, f"{code}.U")

    def _home(self, file: Published, area: str) -> str:
        below = [part for part, parent in file.parents.items() if parent == area]
        return self._home(file, below[0]) if len(below) == 1 else area

    def _changed(self, file: Published, row: Row, name: str, true: Terms) -> int:
        """R3: a count as changed: by two at most, nought stays nought, and the same people alike."""
        place = file.name, self._home(file, row[0]), *row[1:], name
        if place not in self.changed:
            found = self.changed[place] = self.unknown()
            apart = Counter({found: 1})
            apart.subtract(true)
            self.limit(apart, -MOVED, MOVED)
            self.limit(Counter({found: 1, **{k: -3 * v for k, v in true.items()}}), high=0)
        return self.changed[place]

    def _written(self, file: Published, row: Row) -> None:
        figures = self.figures[file.name]
        for (where, code, measure), written in figures.items():
            asked_of = code.partition(".")[0]
            if where != row or written.value is None or asked_of not in (*self.topics, "respondents"):
                continue
            if measure == "respondents":
                people = self._changed(file, row, "N", self.count(file.name, row, "N"))
                self.limit(Counter([people]), *written.changed_base())
            elif measure == "pct_favourable":
                good, others = (
                    self._changed(file, row, f"{code}.{k}", self.count(file.name, row, f"{code}.{k}")) for k in "XU"
                )
                self._share(row, "question", Counter([good]), Counter([good, others]), written)
            elif measure == "pct_option":
                part = self._changed(file, row, code, self.option(file, row, code.partition(".")[2]))
                base = [self._changed(file, row, f"OV.{k}", self.count(file.name, row, f"OV.{k}")) for k in "XU"]
                self._share(row, "option", Counter([part]), Counter(base), written)
            elif measure in MEASURES:
                asked = "N" if code == "OV" else "F"
                name = f"{code}.{MEASURES[measure]}"
                part = self._changed(file, row, name, self.count(file.name, row, name))
                base = self._changed(file, row, asked, self.count(file.name, row, asked))
                self._share(row, "question", Counter([part]), Counter([base]), written)

    def _share(self, row: Row, level: str, part: Terms, base: Terms, written: Written) -> None:
        """Half-way is rounded up, so a share is less than its highest: by half a person in a hundred at least."""
        self.limit(base, *written.changed_base())
        for edge, side in zip(written.share(row, level), (1, -1), strict=True):
            if edge is not None:
                terms = Counter({key: 100 * side * n for key, n in part.items()})
                terms.update({key: -edge * side * n for key, n in base.items()})  # type: ignore[misc]
                self.limit(terms, low=0 if side > 0 else 0.5)

    def ready(self) -> None:
        """Put it into the shape that the solver wants."""
        data = [(r, c, n) for r, (terms, _, _) in enumerate(self.limits) for c, n in terms.items() if n]
        rows, columns, numbers = zip(*data, strict=True)
        matrix = csr_array((numbers, (rows, columns)), shape=(len(self.limits), len(self.low)))
        self.constraints = LinearConstraint(
            matrix, [low for _, low, _ in self.limits], [high for _, _, high in self.limits]
        )
        self.bounds = Bounds(self.low, self.high)

    def truth(self) -> np.ndarray:
        """The people as they were: a solution in whole numbers that the judge has for nothing. Of the people only, not of
        the counts as changed."""
        found = np.zeros(len(self.low))
        for (file, area, group, name), terms in self.parts.items():
            if not self.files[file].adds:
                [place] = terms
                found[place] = truth(self, self.files[file], area, group, name)
        return found

    def together(self, sums: csr_array, enough: np.ndarray, side: int) -> np.ndarray | None:
        """A solution in which as many sums as can be are large (`side` 1) or small (-1) enough, or near it."""
        count, size = len(enough), len(self.low)
        reached = vstack([hstack([csr_array(self.constraints.A), csr_array((len(self.limits), count))]),
                          hstack([side * sums, -eye_array(count)])], format="csr")  # fmt: skip
        limits = LinearConstraint(
            reached, [*self.constraints.lb, *np.zeros(count)], [*self.constraints.ub, *np.full(count, ENDLESS)]
        )
        bounds = Bounds([*self.low, *np.full(count, -ENDLESS)], [*self.high, *(side * enough)])
        goal = np.concatenate([np.zeros(size), -np.ones(count)])
        found = milp(goal, bounds=bounds, constraints=limits)
        return found.x[:size] if found.status == 0 else None

    def solve(self, goal: np.ndarray, whole: bool = False) -> np.ndarray | None:
        """The least that a goal can be: all unknowns there. None where there is none, or not within the limit."""
        found = milp(
            goal, integrality=np.full(len(goal), int(whole)), bounds=self.bounds, constraints=self.constraints,
            options={"node_limit": NODES, "mip_rel_gap": 0.0},
        )  # fmt: skip
        return found.x if found.status == 0 else None


def truth(system: System, file: Published, area: str, group: str, name: str) -> int:
    """How many people one of the smallest parts really has."""
    if not group:
        return true(file, (area, "all", "all"), f"OV.{name}", "favourable")
    split = next(split for split in ("age4", "sex", "mode") if split in system.splits)
    row, (code, _, kind) = (area, split, group), name.partition(".")
    if name == "N":
        return file.series.cells.get(Key(*row), Cell(0, 0, 0)).respondents
    asked, answered, good = (true(file, row, "A1" if name == "F" else code, part) for part in PARTS)
    if name == "F":
        return asked
    special = [true(file, row, code, part) for part in ("dk", "na", "unsaid")]
    told = dict(zip(("dk", "na", "pns"), special, strict=True))
    return {"X": good, "U": answered - good, "none": asked - answered, **told}[kind]
