"""Made-up worlds: people in areas, their true count tables, and what is published of them, quarter by quarter."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property

from collector.disclosure.publish import publish
from collector.disclosure.revisions import people_changed
from collector.periods import parse
from collector.releases.tidy import Edition, tidy_file
from collector.summaries.counts import Cell, Count, CountTables, Key, Series, Topic
from collector.summaries.frozen import Frozen, FrozenArea
from collector.summaries.outline import EITHER, FULL, MODE, MODES, UNSAID, Classification, Item, Outline
from collector.summaries.years import add_up
from collector.survey.definition import Label
from tests.attacker.shape import Asked, Shape

FLAVOURS = (
    "plain", "alike", "dominant", "twice", "area", "merger", "mixed", "empty", "rare", "year", "missed",
)  # fmt: skip
SIZES = {"tiny": 6, "small": 25, "sixty": 60, "hundred": 100, "full": 300}
QUARTERS = ("2026-27-Q1", "2026-27-Q2", "2026-27-Q3", "2026-27-Q4")
PARENTS = {"A": "TOP", "B": "TOP", "C": "TOP", "TOP": ""}
MERGED = {"A": "ICA", "B": "ICB", "C": "ICB", "ICA": "TOP", "ICB": "TOP", "TOP": ""}
"""A board with one borough and a board with two."""
SCORES = {"often": 100, "mostly": 75, "seldom": 25, "never": 0}
QUESTIONS = {"OV": "", "A1": "UN_A", "A2": "UN_A", "B1": "UN_B", "C1": "CO_A"}
PILLARS = {"UN": ("UN_A", "UN_B"), "CO": ("CO_A",)}
SPECIAL = {
    "OV": ("dk", "pns"),
    "A1": ("dk", "na", "pns"),
    "A2": ("dk", "pns"),
    "B1": ("dk", "pns"),
    "C1": ("dk", "na", "pns"),
}
COARSE = {"g1": "young", "g2": "young", "g3": "older", "g4": "older", "unsaid": "unsaid"}

SHAPE = Shape(
    {
        "OV": Asked(False, SPECIAL["OV"]), **{code: Asked(True, own) for code, own in SPECIAL.items() if code != "OV"},
        "UN_A": Asked(True, parts=("A1", "A2")), "UN": Asked(True, parts=("UN_A", "B1")),
    },
    {"OV": {f"OV.{option}": score > 50 for option, score in SCORES.items()}},
    {
        "age": {"age2": COARSE, "age4": {group: group for group in COARSE}},
        "sex": {"sex": {group: group for group in ("female", "male", "unsaid")}},
        "mode": {MODE: {mode.code: mode.code for mode in MODES}},
    },
    (("OV",), ("A1", "A2", "B1", "UN_A", "UN"), ("C1",)),
)  # fmt: skip
"""`CO` has one element of one question, so it is that question."""


def _split(code: str, groups: Iterable[str], fine: bool = False) -> Classification:
    return Classification(code, code, code, tuple(Label(group, group) for group in groups), {}, fine)


FRAME = Outline("tried", "1.0.0", (
    Item("participation", "respondents", "People", EITHER),
    *(Item("question" if element else "overall", code, code, FULL if element else EITHER, code, special=SPECIAL[code])
      for code, element in QUESTIONS.items()),
    *(Item("pillar", code, code, FULL) for code in PILLARS), Item("element", "UN_A", "UN_A", FULL),
    *(Item("option", f"OV.{one}", one, EITHER, "OV", one) for one in SCORES),
), (
    _split("age2", ("young", "older", UNSAID.code)), _split("age4", COARSE, fine=True),
    _split("sex", ("female", "male", UNSAID.code)), _split(MODE, [mode.code for mode in MODES]),
))  # fmt: skip


@dataclass(frozen=True)
class Person:
    area: str
    venue: int
    day: int
    groups: dict[str, str]
    answers: dict[str, str]


@dataclass(frozen=True)
class Published:
    """One file, and the truth behind it, which nobody knows but who tells the attacker, and who judges him. `adds` are the
    files that it is the sum of; `former` the one that it corrects."""

    name: str
    content: bytes
    series: Series
    parents: dict[str, str]
    adds: tuple[str, ...] = ()
    former: str = ""
    reason: str = ""

    @cached_property
    def top(self) -> str:
        """The area that all others lie in."""
        return next(area for area, parent in self.parents.items() if not parent)

    @cached_property
    def _counts(self) -> dict[tuple[str, ...], dict[str, Count]]:
        return {tuple(key): {topic.code: n for topic, n in own.items()} for key, own in self.series.counts.items()}

    def people(self, row: tuple[str, str, str]) -> int:
        """How many people a row has."""
        return self.series.cells.get(Key(*row), Cell(0, 0, 0)).respondents

    def true(self, row: tuple[str, str, str], code: str, part: str = "answered") -> int:
        """How many people of a row have a score, a favourable one, or another part of a count."""
        count = self._counts.get(row, {}).get(code)
        return getattr(count, part) if count else 0


@dataclass(frozen=True)
class World:
    seed: int
    flavour: str
    size: int
    files: tuple[Published, ...] = field(repr=False)
    shape: Shape = field(default=SHAPE, repr=False)

    def __str__(self) -> str:
        return f"seed {self.seed} ({self.flavour}, {self.size})"


def flavour_of(seed: int) -> tuple[str, str]:
    """Flavour and size of a seed: in 55 seeds on end each flavour has every size."""
    return FLAVOURS[seed % len(FLAVOURS)], tuple(SIZES)[seed // len(FLAVOURS) % len(SIZES)]


def make(seed: int) -> World:
    """The world of a seed, published."""
    flavour, size = flavour_of(seed)
    chance = random.Random(seed)
    parents = MERGED if flavour == "merger" or chance.random() < 0.2 else PARENTS
    leaning, groups = (
        chance.choice((0.05, 0.3, 0.5, 0.7, 0.95)),
        [chance.choice((0.1, 1.0, 3.0, 8.0)) for _ in range(4)],
    )
    kind = _Kind(flavour, max(1, round(SIZES[size] * chance.uniform(0.8, 1.2))), leaning, groups, parents)
    files: list[Published] = []
    frozen: list[Frozen] = []
    for quarter in QUARTERS if flavour == "year" else QUARTERS[:1]:
        people = list(_people(kind, chance))
        secret = chance.randbytes(32)
        found = [published(quarter, 0, people, parents, secret)]
        again, reason = _corrected(kind, chance, people, quarter)
        if reason:
            later = published(quarter, 1, again, parents, secret)
            if people_changed([found[0].series], [later.series], parents) >= 10:
                found.append(replace(later, former=found[0].name, reason=reason))
        files += found
        places = {area: FrozenArea("area", area, parent) for area, parent in parents.items()}
        frozen.append(Frozen(CountTables(quarter, (found[-1].series,)), places))
    if flavour == "year":
        files.append(_year(files, frozen, parents, chance.randbytes(32)))
    return World(seed, flavour, kind.size, tuple(files))


def _year(files: list[Published], frozen: list[Frozen], parents: dict[str, str], secret: bytes) -> Published:
    """The sum of what was last published of each quarter."""
    last = {one.name.partition("@")[0]: one.name for one in files}
    series = add_up("2026-27", frozen).tables.series[0]
    return replace(_written("2026-27", 0, series, parents, secret), adds=tuple(last.values()))


def plain(seed: int, sizes: list[int], quarters: int = 1) -> World:
    """A world of boroughs with so many people each, a quarter or, with four of them, a year as well."""
    chance = random.Random(seed)
    parents = {**{f"A{n:03}": "TOP" for n in range(len(sizes))}, "TOP": ""}
    kind = _Kind("plain", max(sizes), chance.choice((0.3, 0.5, 0.7)), [1.0, 2.0, 3.0, 2.0], parents)
    places = {area: FrozenArea("area", area, parent) for area, parent in parents.items()}
    files: list[Published] = []
    frozen: list[Frozen] = []
    for quarter in QUARTERS[:quarters]:
        people = [
            _person(kind, chance, area) for area, size in zip(kind.areas, sizes, strict=True) for _ in range(size)
        ]
        files.append(published(quarter, 0, people, parents, chance.randbytes(32)))
        frozen.append(Frozen(CountTables(quarter, (files[-1].series,)), places))
    if quarters == len(QUARTERS):
        files.append(_year(files, frozen, parents, chance.randbytes(32)))
    return World(seed, "plain", max(sizes), tuple(files))


@dataclass(frozen=True)
class _Kind:
    flavour: str
    size: int
    leaning: float
    ages: list[float]
    parents: dict[str, str]

    @property
    def areas(self) -> list[str]:
        return [area for area in self.parents if area not in self.parents.values()]


def _people(kind: _Kind, chance: random.Random, share: float = 1.0) -> Iterator[Person]:
    for area in kind.areas:
        count = round(kind.size * share * chance.uniform(0.5, 1.3))
        if kind.flavour == "empty":
            count = chance.choice((0, 3, kind.size))
        for _ in range(count):
            yield _person(kind, chance, area)


def _person(kind: _Kind, chance: random.Random, area: str) -> Person:
    short = chance.random() < (0.5 if kind.flavour == "mixed" else 0.2)
    age = chance.choices(("g1", "g2", "g3", "g4"), kind.ages)[0] if chance.random() < 0.93 else "unsaid"
    sex = (
        "unsaid"
        if chance.random() < 0.05
        else "female"
        if chance.random() < (0.95 if kind.flavour == "rare" else 0.5)
        else "male"
    )
    mode = chance.choices([mode.code for mode in MODES], (5, 3, 2, 0.3))[0]
    answers = {code: _answer(kind, chance, code) for code, element in QUESTIONS.items() if not (short and element)}
    venue = 0 if kind.flavour == "dominant" and chance.random() < 0.85 else chance.randrange(3)
    return Person(area, venue, chance.randrange(6), {"age2": COARSE[age], "age4": age, "sex": sex, MODE: mode}, answers)


def _answer(kind: _Kind, chance: random.Random, code: str) -> str:
    if kind.flavour == "alike":
        return "often"
    if chance.random() < 0.12:
        return chance.choice(SPECIAL[code])
    good = chance.random() < kind.leaning
    return chance.choice(("often", "mostly") if good else ("seldom", "never"))


def _corrected(kind: _Kind, chance: random.Random, people: list[Person], quarter: str) -> tuple[list[Person], str]:
    """The people of a correction and its reason; none where nothing is wrong."""
    if kind.flavour in ("missed", "mixed") or (kind.flavour == "year" and quarter == QUARTERS[1]):
        return [*people, *(_person(kind, chance, "A") for _ in range(chance.choice((10, 14, 25))))], "missed"
    if kind.flavour == "twice":
        return [p for p in people if p.area != "A" or chance.random() < 0.6], "twice"
    if kind.flavour == "area":
        return [replace(p, area="B") if p.area == "A" and p.venue == 1 else p for p in people], "area"
    return people, ""


def published(quarter: str, revision: int, people: list[Person], parents: dict[str, str], secret: bytes) -> Published:
    """A quarter of these people, published."""
    return _written(quarter, revision, count(people, parents), parents, secret)


def _written(code: str, revision: int, series: Series, parents: dict[str, str], secret: bytes) -> Published:
    figures = [*publish(series, FRAME, parents, secret)]
    edition = Edition(parse(QUARTERS[0]), {a: ("area", a) for a in parents}, date(2026, 7, 21), synthetic=False)
    return Published(f"{code}@{revision}", tidy_file(edition, [(FRAME, figures)]), series, parents)


def count(people: Iterable[Person], parents: dict[str, str]) -> Series:
    """True tables, person by person."""
    size: Counter[Key] = Counter()
    visits: defaultdict[Key, Counter[tuple[str, int, int]]] = defaultdict(Counter)
    counts: defaultdict[Key, defaultdict[Topic, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0] * 7))
    for person in people:
        told = list(_told(person))
        for area in _above(person.area, parents):
            for split, group in (("all", "all"), *person.groups.items()):
                key = Key(area, split, group)
                size[key] += 1
                visits[key][person.area, person.venue, person.day] += 1
                for topic, own in told:
                    if split == "all" or topic.level != "option":
                        counts[key][topic] = [a + b for a, b in zip(counts[key][topic], own, strict=True)]
    cells = {Key(area, "all", "all"): Cell(0, 0, 0) for area in parents}
    for key, own in visits.items():
        venues: Counter[tuple[str, int]] = Counter()
        for (area, venue, _), n in own.items():
            venues[area, venue] += n
        cells[key] = Cell(size[key], len(own), max(venues.values()))
    return Series("tried", "1", {"1.0.0": sum(size.values())}, cells, {
        key: {topic: Count(n[0], n[1], n[2], Fraction(n[3]), *n[4:]) for topic, n in own.items()} for key, own in counts.items()
    })  # fmt: skip


def _above(area: str, parents: dict[str, str]) -> Iterator[str]:
    while area:
        yield area
        area = parents[area]


def _told(person: Person) -> Iterator[tuple[Topic, list[int]]]:
    """Asked, answered, favourable, score, don't know, doesn't apply and unsaid of each topic."""
    scores: dict[str, list[int]] = {}
    for code, answer in person.answers.items():
        score = SCORES.get(answer)
        if score is not None:
            scores.setdefault(QUESTIONS[code], []).append(score)
        yield Topic("question" if QUESTIONS[code] else "overall", code), _one(score, answer)
        if code == "OV":
            for option in SCORES:
                chosen = [1, 1, int(answer == option), 0, 0, 0, 0] if score is not None else _one(score, answer)
                yield Topic("option", f"OV.{option}"), chosen
    if "A1" in person.answers:
        means = {element: Fraction(sum(own), len(own)) for element, own in scores.items() if element}
        yield Topic("element", "UN_A"), _one(means.get("UN_A"), "")
        for pillar, elements in PILLARS.items():
            own = [means[element] for element in elements if element in means]
            yield Topic("pillar", pillar), _one(sum(own) / len(own) if own else None, "")


def _one(score: Fraction | int | None, answer: str) -> list[int]:
    if score is None:
        return [1, 0, 0, 0, int(answer == "dk"), int(answer == "na"), int(answer == "pns")]
    return [1, 1, int(2 * score >= 125), int(score), 0, 0, 0]
