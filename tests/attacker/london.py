"""Full boroughs with the shipped survey, to measure what is left to see: 60, 100 or 300 answers a borough-quarter."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from collector.community.areas import load
from collector.responses.periods import parse
from tests.attacker import making, public
from tests.crowd import Person, make_database, put_in

QUARTER = "2026-27-Q1"
EVERY = tuple(f"E09{number:06}" for number in range(1, 34))
SOME = ("E09000005", "E09000007", "E09000011", "E09000022", "E09000028", "E09000029", "E09000030", "E09000032")
MIXES: tuple[Mapping[str, float], ...] = (
    {
        "bangladeshi": 6,
        "british": 4,
        "african": 2,
        "pakistani": 2,
        "white_other": 1,
        "white_caribbean": 0.4,
        "arab": 0.3,
    },
    {"caribbean": 5, "african": 5, "british": 6, "white_other": 2, "white_caribbean": 1, "indian": 0.5, "arab": 0.4},
    {"british": 8, "white_other": 3, "indian": 2, "african": 1, "mixed_other": 0.5, "irish": 0.4, "roma": 0.1},
)
SPOKEN = {"bangladeshi": "bn", "pakistani": "ur", "indian": "gu", "arab": "ar", "african": "so", "white_other": "pl"}
AGES = {"age_16_24": 15, "age_25_34": 20, "age_35_49": 27, "age_50_64": 22, "age_65_79": 12, "age_80_up": 4}
FREQ = ("always", "mostly", "sometimes", "rarely", "never")
QUESTIONS = {
    "full": ("OV1", "UN_PCC1", "UN_ACC1", "UN_ACC2", "UN_CMH1", "CO_LIT1", "CO_CON1", "CO_MIS1", "IN_WFR1", "IN_DEM1",
             "IN_PAR1", "DG_STD1", "DG_GOV1"),
    "short": ("OV1", "UN_PCC1", "CO_CON1", "IN_DEM1", "DG_GOV1"),
}  # fmt: skip


@dataclass(frozen=True)
class City:
    """Boroughs, about how many answers each has, and which share of people answers each question about themselves."""

    size: int
    boroughs: tuple[str, ...] = SOME
    said: float = 0.93


def make(folder: Path, city: City, seed: int = 1) -> making.Made:
    """One quarter of a city, published."""
    folder.mkdir(parents=True, exist_ok=True)
    venues = {f"{borough}v{number}": borough for borough in city.boroughs for number in range(4)}
    database = make_database(folder, public.SURVEY.read_text(encoding="utf-8"), venues=venues)
    put_in(database, _people(random.Random(seed), city))
    making.publish(database, load(public.AREAS), folder, QUARTER)
    made = making.published(database, folder / "exports")
    database.close()
    return made


def _people(chance: random.Random, city: City) -> Iterator[Person]:
    period = parse(QUARTER)
    for number, borough in enumerate(city.boroughs):
        for _ in range(max(5, round(chance.gauss(city.size, city.size / 4)))):
            day = period.start + timedelta(days=7 * chance.randrange(12))
            variant = "short" if chance.random() < 0.3 else "full"
            venue = f"{borough}v{chance.choices(range(4), (4, 3, 2, 1))[0]}"
            mode = chance.choices(("self_phone", "self_tablet", "assisted", "paper"), (5, 2, 2, 1))[0]
            answers = dict(_answers(chance, MIXES[number % len(MIXES)], variant, city.said))
            yield Person(venue, answers, variant, "1.0.0", mode, None, day, period=period)


def _answers(chance: random.Random, mix: Mapping[str, float], variant: str, said: float) -> Iterator[tuple[str, str]]:
    leaning = chance.gauss(0, 0.8)
    for question in QUESTIONS[variant]:
        if chance.random() < 0.9:
            yield question, FREQ[min(4, max(0, round(1.6 - leaning + chance.gauss(0, 0.9))))]
    group = chance.choices(list(mix), list(mix.values()))[0]
    about = {
        "A_ETH": group,
        "A_LANG": SPOKEN.get(group, "en") if chance.random() < 0.6 else "en",
        "A_AGE": chance.choices(list(AGES), list(AGES.values()))[0],
        "A_SEX": chance.choice(("female", "male")),
    }
    yield from ((question, answer) for question, answer in about.items() if chance.random() < said)
