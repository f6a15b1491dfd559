"""A small real installation for tests: data folder, database, published survey, one venue, and a clock to turn."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from collector.app import create_app
from collector.audit.act import Act
from collector.community import areas, venues
from collector.db import Database, connect
from collector.governance import clock, promises
from collector.installation import Installation, make
from collector.responses.submission import Submission
from collector.responses.versions import Published, current, publish
from collector.settings import Settings, load
from collector.survey.definition import Answer, Survey
from collector.survey.read import read_file, read_text
from collector.timetable import LONDON
from collector.web.front import Front

TODAY = date(2026, 11, 23)
SETTINGS = {
    "COLLECTOR_ORGANISATION": "Brixton Health Project",
    "COLLECTOR_FUNDER": "Lambeth Council",
    "COLLECTOR_CONTROLLER": "Brixton Health Project, 1 Example Lane",
    "COLLECTOR_CONTACT": "020 7946 0000",
    "COLLECTOR_LAWFUL_BASIS": "You choose to take part",
    "COLLECTOR_DRAFT_LANGUAGES": "all",
}
SHIPPED_SETTINGS = load({"COLLECTOR_DATA": "/no-such-folder"})
"""The defaults: forms, translations and areas that come with the program. No folder is read."""

TINY = """
survey: tiny
version: 1.0.0
title: Tiny survey
pillars:
  - code: UN
    name: Understanding
    definition: Being understood.
    elements:
      - {code: UN_A, name: Listening, definition: Being heard.}
option_sets:
  YES3:
    special: [dk, pns]
    options:
      - {code: often, label: Often, score: 100, favourable: true}
      - {code: half, label: Half, score: 50, favourable: false}
      - {code: seldom, label: Seldom, score: 0, favourable: false}
  PLACES:
    special: [pns]
    options:
      - {code: home, label: Home}
      - {code: shop, label: Shop}
      - {code: yard, label: Yard}
      - {code: nowhere, label: Nowhere, exclusive: true}
  AGE:
    special: [pns]
    options:
      - {code: child, label: Under 16, stops: true}
      - {code: grown, label: 16 or over}
questions:
  - {code: Q1, type: scale, pillar: UN, element: UN_A, option_set: YES3, msgid: "Do they listen?", concept_note: n}
  - {code: Q2, type: scale, pillar: UN, element: UN_A, option_set: YES3, na_allowed: true, msgid: "Do they act?", concept_note: n}
  - {code: M1, type: multi, max: 2, option_set: PLACES, msgid: "Where?", concept_note: n}
  - {code: T1, type: text, max: 40, msgid: "Anything else?", concept_note: n}
  - {code: A1, type: single, option_set: AGE, msgid: "How old are you?", concept_note: n}
variants:
  full:
    minutes: 2
    parts:
      - {code: one, title: One, questions: [Q1, Q2, M1]}
      - {code: two, title: Two, questions: [T1, A1]}
  short:
    minutes: 1
    parts:
      - {code: one, title: One, questions: [Q1]}
      - {code: two, title: Two, questions: [A1]}
"""


@dataclass
class World:
    """One installation. `day` can be set; the program's clock follows it."""

    settings: Settings
    database: Database
    venue: str
    published: Published
    clock: list[datetime]

    @property
    def survey(self) -> Survey:
        return self.published.survey

    @property
    def here(self) -> Installation:
        """It, as a command or a job opens it."""
        return Installation(self.settings, lambda: self.clock[0])

    def turn_to(self, day: date) -> None:
        self.clock[0] = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)

    def confirm(self, now: datetime) -> None:
        """Say that the clock is right, as somebody does after a month in which the machine was off."""
        clock.confirm(self.database, now, Act("test", now.astimezone(LONDON).date(), f"confirm {now}"))

    def app(self) -> Front:
        chance = random.Random(7)
        return create_app(self.settings, now=lambda: self.clock[0], random_bytes=chance.randbytes)

    def count(self, table: str) -> int:
        statements = {
            "response": "SELECT count(*) FROM response",
            "comment": "SELECT count(*) FROM comment",
            "submission": "SELECT count(*) FROM submission",
            "receipt": "SELECT count(*) FROM receipt",
            "audit": "SELECT count(*) FROM audit",
        }
        row = self.database.one(statements[table])
        assert row is not None
        return int(row[0])


def submitted(
    world: World, key: bytes, answers: Mapping[str, Answer], variant: str = "full", **more: Any
) -> Submission:
    """Answers to the published survey, as they come in from its place today."""
    checked = world.published.checker(variant).check(answers)
    return Submission(
        **{"venue": world.venue, "day": TODAY, "language": "en", "catalogue": "", **more}, key=key, checked=checked
    )


def tiny(text: str = TINY) -> Survey:
    """The tiny survey, or a changed one; fails when it has faults."""
    survey, faults = read_text(text, "tiny.yaml")
    assert survey is not None, [str(fault) for fault in faults]
    return survey


def make_world(
    folder: Path, survey: Survey | None = None, synthetic: bool = False, today: date = TODAY, **settings: str
) -> World:
    """Make an installation in a folder; the shipped survey unless another is given."""
    env = {**SETTINGS, "COLLECTOR_DATA": str(folder / "data"), "COLLECTOR_EXPORTS": str(folder / "exports"), **settings}
    loaded = load(env)
    loaded.data.mkdir(mode=0o700, parents=True)
    loaded.secret_file.write_text("5a" * 32)
    loaded.secret_file.chmod(0o600)
    make(loaded, today, synthetic=synthetic)
    database = connect(loaded.database)
    former = None
    if survey is None:
        former, _ = read_file(loaded.forms / "trust-core-1.0.0.yaml")
        survey, _ = read_file(loaded.forms / "trust-core.yaml")
        assert survey is not None
    with database.transaction():
        for number, one in enumerate(filter(None, (former, survey)), 1):  # as `init` does
            publish(database, one, promises.as_data(promises.load(loaded.forms)), Act("test", today, f"a{number}"))
    venue = add_venue(database, loaded, "Fade Kings", today=today)
    clock = [datetime(today.year, today.month, today.day, 12, tzinfo=UTC)]
    return World(loaded, database, venue, current(database), clock)


def add_venue(
    database: Database, settings: Settings, name: str, area: str = "E09000022", today: date = TODAY, entry: str = ""
) -> str:
    """Add a venue; its code."""
    chance = random.Random(name)
    registered = areas.load(settings.areas)
    with database.transaction():
        venue = venues.add(
            database, name, "barbershop", area, ("en", "bn", "ur"), registered, frozenset({"en", "bn", "ur"}),
            Act("test", today, entry or f"venue {name}"), chance.choice,
        )  # fmt: skip
    return venue.code
