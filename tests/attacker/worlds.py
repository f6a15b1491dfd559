"""Whole installations made up from a seed: people, venues and quarters that try the rules from every side."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from collector.db import Database
from collector.responses.periods import Period, parse
from tests.attacker.public import Public, public
from tests.crowd import Person, add_venue, make_database, put_in

VERSION = "1.0.0"
QUARTERS = ("2025-26-Q4", "2026-27-Q1", "2026-27-Q2", "2026-27-Q3", "2026-27-Q4")
SURVEY = (Path(__file__).parent / "crowd.yaml").read_text(encoding="utf-8")
SIZES = {"tiny": 6, "small": 25, "sixty": 60, "hundred": 100, "full": 300}
FLAVOURS = (
    "plain", "alike", "dominant", "withdrawal", "late", "merger", "mixed", "empty", "rare", "year", "correction",
)  # fmt: skip
AREAS = """code,name,type,parent,valid_from,valid_to,successor,note
TOP,Top,region,,2000-01-01,,,
ICA,Board A,icb,TOP,2000-01-01,2026-06-30,ICC,
ICB,Board B,icb,TOP,2000-01-01,2026-06-30,ICC,
ICC,Board C,icb,TOP,2026-07-01,,,
AAA,A,borough,ICA,2000-01-01,2026-06-30,,
AAA,A,borough,ICC,2026-07-01,,,
BBB,B,borough,ICB,2000-01-01,2026-06-30,,
BBB,B,borough,ICC,2026-07-01,,,
CCC,C,borough,TOP,2000-01-01,,,
DDD,D,borough,TOP,2000-01-01,,,
"""
VENUES: Mapping[str, tuple[str, ...]] = {
    "CCC": ("ccc1", "ccc2", "ccc3"), "DDD": ("ddd1", "ddd2", "ddd3"), "TOP": ("top1", "top2"),
    "AAA": ("aaa1", "aaa2", "aaa3"), "BBB": ("bbb1", "bbb2", "bbb3"),
}  # fmt: skip
"""By area: two boroughs of the region itself, the region, and two whose boards merge on 1 July 2026."""
OVER_TIME = ("withdrawal", "late", "merger", "correction")
OPTIONS = ("often", "mostly", "seldom", "never")
QUESTIONS = {"full": ("OV", "A1", "A2"), "short": ("OV",)}


@dataclass(frozen=True)
class Plan:
    """A world before it is made."""

    seed: int
    flavour: str
    size: int
    quarters: tuple[str, ...] = QUARTERS[1:3]
    areas: tuple[str, ...] = ("CCC", "DDD", "TOP")
    leaning: float = 0.5
    short: float = 0.3
    groups: tuple[float, ...] = field(default=(6.0, 3.0, 2.0, 1.0))


def plans(count: int, first: int = 0) -> Iterator[Plan]:
    """So many plans, the same for the same seeds; sizes and flavours in turn."""
    for seed in range(first, first + count):
        yield plan(seed, FLAVOURS[seed % len(FLAVOURS)], size_of(seed))


def size_of(seed: int) -> str:
    """The size of a seed's world: each flavour has every size in turn."""
    return tuple(SIZES)[(seed // len(FLAVOURS)) % len(SIZES)]


def plan(seed: int, flavour: str, size: str) -> Plan:
    """The plan of a seed."""
    chance = random.Random(seed)
    many = max(1, round(SIZES[size] * chance.uniform(0.8, 1.2)))
    groups = tuple(chance.choice((0.0, 0.1, 1.0, 3.0, 8.0)) for _ in range(4))
    quarters = {"year": QUARTERS[1:]}.get(flavour, QUARTERS[1 : 3 if flavour in OVER_TIME else 2])
    areas = ("AAA", "BBB", "CCC") if flavour == "merger" else tuple(VENUES)[: chance.choice((2, 3))]
    return Plan(
        seed, flavour, many, quarters, areas, chance.choice((0.05, 0.3, 0.5, 0.7, 0.95)),
        0.5 if flavour == "mixed" else chance.choice((0.0, 0.05, 0.3)), groups if sum(groups) else (1.0,) * 4,
    )  # fmt: skip


def people(made: Plan, quarter: str) -> list[Person]:
    """Everybody who answers in a quarter."""
    chance = random.Random(f"{made.seed} {quarter}")
    period = parse(quarter)
    return [person for area in made.areas for person in _of_area(made, chance, area, period)]


def _of_area(made: Plan, chance: random.Random, area: str, period: Period) -> Iterator[Person]:
    count = round(made.size * chance.uniform(0.5, 1.3)) if made.flavour != "empty" else chance.choice((0, 3, made.size))
    venues = VENUES[area]
    days = [period.start + timedelta(days=chance.randrange(85)) for _ in range(12)]
    for _ in range(count):
        at = venues[0] if made.flavour == "dominant" and chance.random() < 0.85 else chance.choice(venues)
        yield _person(made, chance, at, period, chance.choice(days))


def _person(made: Plan, chance: random.Random, venue: str, period: Period, day: object) -> Person:
    short = chance.random() < made.short
    variant = "short" if short else "full"
    answers = {code: _answer(made, chance) for code in QUESTIONS[variant]}
    if chance.random() < 0.9:
        answers["AGE"] = chance.choices(
            ("age_16", "age_35", "age_50"), made.groups[:3] if any(made.groups[:3]) else None
        )[0]
    if chance.random() < 0.9:
        answers["SEX"] = "female" if chance.random() < (0.95 if made.flavour == "rare" else 0.5) else "male"
    mode = chance.choices(("self_phone", "self_tablet", "assisted", "paper"), (5, 3, 2, 0.3))[0]
    answers = {code: answer for code, answer in answers.items() if answer}
    return Person(venue, answers, variant, VERSION, mode, None, day, period=period)  # type: ignore[arg-type]


def _answer(made: Plan, chance: random.Random) -> str:
    if made.flavour == "alike":
        return "often"
    draw = chance.random()
    if draw < 0.12:
        return "dk" if draw < 0.06 else "pns" if draw < 0.08 else ""
    favourable = chance.random() < made.leaning
    return chance.choice(OPTIONS[:2] if favourable else OPTIONS[2:])


def open_world(folder: Path, made: Plan) -> Database:
    """A database with the venues of a plan and nobody's answers yet."""
    folder.mkdir(parents=True, exist_ok=True)
    database = make_database(folder, SURVEY)
    with database.transaction():
        for area in made.areas:
            for venue in VENUES[area]:
                add_venue(database, venue, area)
    return database


def answer(database: Database, made: Plan, quarter: str) -> None:
    """Let everybody of a quarter answer; the tablet of one venue may be late, and count a quarter later."""
    found = people(made, quarter)
    if made.flavour == "late":
        last = found[-1].venue if found else ""
        late = parse(quarter).next
        found = [replace(person, period=late) if person.venue == last else person for person in found]
    put_in(database, found)


def withdraw_one(database: Database, quarter: str) -> None:
    """Somebody takes an answer back after publication."""
    row = database.one("SELECT id FROM response WHERE period = :period ORDER BY id LIMIT 1", {"period": quarter})
    if row is not None:
        with database.transaction():
            database.execute("DELETE FROM response WHERE id = :id", {"id": row[0]})


def known() -> Public:
    """What anybody knows of these worlds: the shipped map and the crowd's survey."""
    return public(AREAS, SURVEY)
