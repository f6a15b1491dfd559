"""Practice data: plausible, seeded, clearly marked synthetic answers over three fixed quarters."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import click

from collector.commands.answers import bring_in
from collector.commands.context import act, installation
from collector.commands.figures import make_release
from collector.community import venues
from collector.errors import StoreError
from collector.installation import Installation
from collector.responses.columns import REQUIRED
from collector.responses.periods import Period, parse
from collector.responses.versions import current
from collector.survey.definition import Question, Survey

SEED = 20_260_701
SOURCE = "synthetic"
PERIODS = ("2025-26-Q4", "2026-27-Q1", "2026-27-Q2")
SHORT_SHARE = 0.3


@dataclass(frozen=True)
class Place:
    """A made-up venue: answers a quarter, its languages, and the ethnic groups of its people with weights."""

    name: str
    kind: str
    area: str
    answers: int
    languages: tuple[str, ...]
    people: Mapping[str, float]


LAMBETH = {"caribbean": 5, "african": 5, "british": 3, "white_other": 2, "white_caribbean": 1, "black_other": 1}
TOWER_HAMLETS = {"bangladeshi": 8, "british": 2, "african": 1, "pakistani": 1, "asian_other": 1}
BRENT = {"indian": 4, "african": 3, "pakistani": 2, "caribbean": 2, "arab": 1, "white_other": 2, "roma": 0.2}
SUTTON = {"british": 5, "asian_other": 2, "african": 1, "white_other": 1}
PLACES = (
    Place("Synthetic Cuts", "barbershop", "E09000022", 70, ("en", "pt-PT", "es"), LAMBETH),
    Place("Synthetic Chapel", "faith", "E09000022", 65, ("en", "fr"), LAMBETH),
    Place("Synthetic Hall", "community", "E09000022", 60, ("en", "so", "es"), LAMBETH),
    Place("Synthetic Barbers", "barbershop", "E09000030", 75, ("bn", "en"), TOWER_HAMLETS),
    Place("Synthetic Mosque", "faith", "E09000030", 70, ("bn", "en", "so"), TOWER_HAMLETS),
    Place("Synthetic Library", "library", "E09000030", 60, ("en", "bn"), TOWER_HAMLETS),
    Place("Synthetic Salon", "salon", "E09000005", 60, ("gu", "en", "ur"), BRENT),
    Place("Synthetic Market", "market", "E09000005", 55, ("en", "ar", "ro"), BRENT),
    Place("Synthetic Centre", "community", "E09000005", 55, ("en", "ta", "so"), BRENT),
    Place("Synthetic Corner", "other", "E09000029", 30, ("en", "ta"), SUTTON),
)
TRUST = {"caribbean": -0.5, "african": -0.3, "black_other": -0.4, "bangladeshi": 0.1, "roma": -0.8, "british": 0.4}
HARDER = {
    "IN_DEM1": -0.7,
    "IN_PAR1": -0.6,
    "UN_ACC2": -0.5,
    "DG_STD1": -0.3,
    "UN_PCC1": 0.4,
    "OV1": 0.3,
    "CO_MIS1": 0.5,
}
HOME = {"bangladeshi": "bn", "pakistani": "ur", "indian": "gu", "arab": "ar", "african": "so", "roma": "ro"}
WORDS = ("Synthetic answer: more time in appointments.", "Synthetic answer: someone who speaks my language.")


@click.command()
@click.option(
    "--quarters", type=click.IntRange(1, len(PERIODS)), default=len(PERIODS), show_default=True,
    help="How many quarters to make, oldest first.",
)  # fmt: skip
def demo(quarters: int) -> None:
    """Fill an empty synthetic folder with about 600 invented answers a quarter, freeze each quarter and publish it.

    \b
    Example:
      COLLECTOR_DATA=demo/data COLLECTOR_EXPORTS=demo/exports collector demo
    """
    here = installation()
    if not here.synthetic:
        raise StoreError(
            "This folder is for real answers. Make another one with `collector init --synthetic --example`."
        )
    codes = _venues(here)
    file = here.settings.data / "synthetic.csv"
    periods = PERIODS[:quarters]
    _write(file, current(here.database).survey, codes, periods)
    result = bring_in(here, file, SOURCE)
    click.echo(f"{result.stored} synthetic answers stored, {result.repeated} were there already.")
    for period in periods:
        click.echo(f"{period}: {make_release(here, parse(period))}")


def _venues(here: Installation) -> dict[str, str]:
    """Codes of the made-up venues by name; those missing are added with codes that chance does not change."""
    known = {venue.name: venue.code for venue in venues.all_venues(here.database)}
    chance = random.Random(SEED)  # noqa: S311 - invented answers, the same every time
    languages = frozenset(here.languages.languages)
    with here.database.transaction():
        for place in PLACES:
            if place.name not in known:
                tags = tuple(tag for tag in place.languages if tag in languages)
                added = venues.add(
                    here.database, place.name, place.kind, place.area, tags, here.areas, languages, replace(act(), at=date(2025, 12, 1)), chance.choice,
                )  # fmt: skip
                known[place.name] = added.code
    return known


def _write(file: Path, survey: Survey, codes: dict[str, str], periods: Sequence[str]) -> None:
    chance = random.Random(SEED)  # noqa: S311 - invented answers, the same every time
    columns = [*REQUIRED, "help", *[question.code for question in survey.asked]]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, restval="")
        writer.writeheader()
        for number, row in enumerate(_rows(chance, survey, codes, periods)):
            writer.writerow({"key": f"synthetic-{number}", **row})


def _rows(
    chance: random.Random, survey: Survey, codes: dict[str, str], periods: Sequence[str]
) -> Iterator[dict[str, str]]:
    for drift, period in enumerate(map(parse, periods)):
        for place in PLACES:
            days = _visit_days(chance, period)
            for _ in range(place.answers):
                yield _person(chance, survey, place, codes[place.name], chance.choice(days), drift)


def _visit_days(chance: random.Random, period: Period) -> list[date]:
    """Some eight visits a quarter."""
    length = (period.end - period.start).days
    return [period.start + timedelta(days=chance.randrange(length)) for _ in range(8)]


def _person(chance: random.Random, survey: Survey, place: Place, code: str, day: date, drift: int) -> dict[str, str]:
    variant = "short" if chance.random() < SHORT_SHARE else "full"
    group = chance.choices(list(place.people), list(place.people.values()))[0]
    leaning = TRUST.get(group, 0.0) + chance.gauss(0, 0.7) + 0.1 * drift
    mode = chance.choices(("self_phone", "self_tablet", "assisted", "paper"), (5, 2, 2, 1))[0]
    language = chance.choice(place.languages)
    row = {
        "survey": survey.code, "version": survey.version, "variant": variant, "venue": code, "visit": "",
        "day": day.isoformat(), "language": language, "mode": mode,
        "help": chance.choice(("read", "typed", "interpreted")) if mode == "assisted" else "none",
    }  # fmt: skip
    asked = survey.codes(variant)
    about = {"A_ETH": group, "A_LANG": _home_language(chance, group), "A_SEX": "", "A_AGE": ""}
    for question in survey.asked:
        if question.code in asked:
            row[question.code] = _answer(chance, question, leaning, about)
    return row


def _home_language(chance: random.Random, group: str) -> str:
    return HOME[group] if group in HOME and chance.random() < 0.5 else "en"


def _answer(chance: random.Random, question: Question, leaning: float, about: dict[str, str]) -> str:
    draw = chance.random()
    if question.type == "text":
        return chance.choice(WORDS) if draw < 0.12 else ""
    if draw < 0.04:
        return ""
    if draw < 0.07:
        return "pns"
    if about.get(question.code):
        return about[question.code]
    options = [option.code for option in question.options if not option.stops]
    if question.type == "multi":
        return " ".join(
            chance.sample([o.code for o in question.options if not o.exclusive], chance.randint(1, question.max))
        )
    if question.type == "single":
        return chance.choice(options)
    if draw < 0.14:
        return "na" if question.na_allowed and chance.random() < 0.5 else "dk"
    level = 2.0 - leaning - HARDER.get(question.code, 0.0) + chance.gauss(0, 0.9)
    return options[min(max(round(level), 0), len(options) - 1)]
