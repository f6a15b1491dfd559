"""A small crowd for tests of figures: a survey with everything that is counted, places, and people put straight in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from collector import installation
from collector.audit.act import Act
from collector.community.areas import load
from collector.db import Database
from collector.responses.periods import Period, parse
from collector.responses.versions import Published, publish, published
from collector.survey.definition import Answer, Survey
from collector.survey.read import read_text

PERIOD = parse("2026-27-Q1")
AREAS = load(Path(__file__).parents[1] / "collector" / "community" / "areas.csv")
VENUES = {"aaa": "E09000022", "bbb": "E09000022", "ccc": "E09000030", "ddd": "E12000007"}
"""Two in Lambeth, one in Tower Hamlets, one placed in London itself."""

SURVEY = """
survey: crowd
version: 1.0.0
title: Crowd
pillars:
  - code: UN
    name: Understanding
    definition: Being understood.
    elements:
      - {code: UN_A, name: Fairness, definition: Being treated fairly.}
      - {code: UN_B, name: Listening, definition: Being heard.}
      - {code: UN_C, name: Openness, definition: Speaking freely.}
  - code: CO
    name: Communication
    definition: Saying things clearly.
    elements:
      - {code: CO_A, name: Clarity, definition: Clear words.}
option_sets:
  FREQ:
    special: [dk, pns]
    options:
      - {code: often, label: Often, score: 100, favourable: true}
      - {code: mostly, label: Mostly, score: 75, favourable: true}
      - {code: seldom, label: Seldom, score: 25, favourable: false}
      - {code: never, label: Never, score: 0, favourable: false}
  PLACES:
    special: [pns]
    options:
      - {code: home, label: Home}
      - {code: shop, label: Shop}
      - {code: nowhere, label: Nowhere, exclusive: true}
  AGE:
    special: [pns]
    rollups:
      age2:
        - {code: young, label: Under 50}
        - {code: older, label: 50 or over}
    options:
      - {code: child, label: Under 16, stops: true}
      - {code: age_16, label: 16 to 34, rollup: {age2: young}}
      - {code: age_35, label: 35 to 49, rollup: {age2: young}}
      - {code: age_50, label: 50 or over, rollup: {age2: older}}
  SEX:
    special: [pns]
    options:
      - {code: female, label: Female}
      - {code: male, label: Male}
questions:
  - {code: OV, type: scale, element: overall, option_set: FREQ, msgid: "Do you trust them?", concept_note: n}
  - {code: B1, type: scale, pillar: UN, element: UN_B, option_set: FREQ, msgid: "Do they listen?", concept_note: n}
  - {code: A1, type: scale, pillar: UN, element: UN_A, option_set: FREQ, msgid: "Are they fair?", concept_note: n}
  - {code: A2, type: scale, pillar: UN, element: UN_A, option_set: FREQ, na_allowed: true, reversed: true, msgid: "Are they rude?", concept_note: n}
  - {code: C1, type: scale, pillar: UN, element: UN_C, option_set: FREQ, msgid: "Can you speak?", concept_note: n}
  - {code: D1, type: scale, pillar: CO, element: CO_A, option_set: FREQ, msgid: "Is it clear?", concept_note: n}
  - {code: M1, type: multi, max: 2, option_set: PLACES, msgid: "Where?", concept_note: n}
  - {code: AGE, type: single, option_set: AGE, msgid: "How old are you?", concept_note: n}
  - {code: SEX, type: single, option_set: SEX, msgid: "What is your sex?", concept_note: n}
variants:
  full:
    minutes: 2
    parts:
      - {code: one, title: One, questions: [OV, B1, A1, A2, C1, D1, M1, AGE, SEX]}
  short:
    minutes: 1
    parts:
      - {code: one, title: One, questions: [OV, B1, AGE, SEX]}
breakdowns:
  - {code: age2, label: Age, question: AGE, rollup: age2}
  - {code: age4, label: Age in bands, question: AGE}
"""
MINOR = SURVEY.replace("1.0.0", "1.1.0") + "  - {code: sex, label: Sex, question: SEX}\n"
MAJOR = SURVEY.replace("1.0.0", "2.0.0")


@dataclass(frozen=True)
class Person:
    """One answer to put in. `answers` may leave questions out: they were skipped."""

    venue: str = "aaa"
    answers: Mapping[str, Answer] = field(default_factory=dict)
    variant: str = "full"
    version: str = "1.0.0"
    mode: str = "self_phone"
    visit: str | None = None
    day: date = date(2026, 5, 1)
    held: bool = False
    period: Period = PERIOD


@lru_cache
def survey(text: str = SURVEY) -> Survey:
    """A survey from its text; fails when it has faults."""
    found, faults = read_text(text, "crowd.yaml")
    assert found is not None, [str(fault) for fault in faults]
    return found


def make_database(folder: Path, *texts: str, venues: Mapping[str, str] = VENUES) -> Database:
    """A database with some venues and these versions of the survey, published one after the other."""
    database = installation.make_database(folder / "collector.db", date(2026, 1, 1), synthetic=True)
    with database.transaction():
        for number, text in enumerate(texts or (SURVEY,)):
            publish(database, survey(text), [], Act("test", date(2026, 1, 1 + number), f"publish {number}"))
        for venue, area in venues.items():
            add_venue(database, venue, area)
    return database


def add_venue(database: Database, venue: str, area: str) -> None:
    """Add a venue with a code of our choice, inside a transaction."""
    database.execute(
        """INSERT INTO venue (code, name, kind, languages, opened_on)
           VALUES (:venue, :venue, 'barbershop', 'en', '2026-01-01')""",
        {"venue": venue},
    )
    database.execute(
        "INSERT INTO venue_area (venue, area, valid_from) VALUES (:venue, :area, '2000-01-01')",
        {"venue": venue, "area": area},
    )


def day_of(person: Person) -> date:
    """The day of a person: each visit `v7` has a day of its own, as one place on one day is one visit."""
    number = int(person.visit[1:]) if person.visit else 0
    return person.day + timedelta(days=number)


def put_in(database: Database, people: Iterable[Person]) -> None:
    """Store people's answers, each with an id of its own."""
    versions = {p.survey.version: p for p in published(database)}
    start = database.one("SELECT count(*) FROM response")
    assert start is not None
    with database.transaction():
        for number, person in enumerate(people, start[0]):
            database.execute(
                """INSERT INTO response (period, venue, id, survey, version, variant, day, visit, late, held,
                                         mode, help, language, catalogue, card)
                   VALUES (:period, :venue, :id, :survey, :version, :variant, :day, :visit, 0, :held,
                           :mode, 'none', 'en', '', :card)""",
                _row(person, versions[person.version], number),
            )


def _row(person: Person, version: Published, number: int) -> dict[str, object]:
    return {
        "period": person.period.code,
        "venue": person.venue,
        "id": number.to_bytes(16),
        "survey": version.survey.code,
        "version": person.version,
        "variant": person.variant,
        "day": day_of(person).isoformat(),
        "visit": person.visit,
        "held": int(person.held),
        "mode": person.mode,
        "card": version.layout.encode(person.answers, version.survey.codes(person.variant)),
    }
