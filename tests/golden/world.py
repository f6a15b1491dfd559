"""The made-up answers behind the kept release, few enough to be counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from collector.audit.act import Act
from collector.db import Database
from collector.releases.build import build_correction, build_release
from collector.releases.freeze import freeze
from collector.releases.secret import seeded
from tests.crowd import AREAS as REGISTER
from tests.crowd import PERIOD, Person, make_database, put_in

KEPT = Path(__file__).parent
TODAY = date(2026, 7, 21)
NAME = "trust-summary_synthetic_E12000007_2026-27-Q1_r0"
CORRECTED = NAME.replace("_r0", "_r1")
REASON = "missed"
LONDON = "E12000007"
AREAS = type(REGISTER)(tuple(replace(one, parent=one.parent and LONDON) for one in REGISTER.rows if one.type != "icb"))
"""Boroughs and London, without the health boards between: fewer rows to keep."""
USUAL = {"B1": "mostly", "A1": "seldom", "A2": "never", "C1": "often", "D1": "dk", "M1": ("home",), "AGE": "age_16"}
PROGRAM = "0.1.0"
"""The version that stands in the files."""


def people() -> list[Person]:
    """140 in Lambeth (100 and 40), 60 in Tower Hamlets, 20 in London itself; ten visits a venue.

    Half of those at each venue trust ("often"), the others "seldom"; every fourth is 50 or over.
    """
    return [
        one for venue, count in (("aaa", 100), ("bbb", 40), ("ccc", 60), ("ddd", 20)) for one in crowd(venue, count)
    ]


def crowd(venue: str, count: int) -> list[Person]:
    return [
        Person(
            venue,
            {**USUAL, "OV": "often" if number % 2 else "seldom", "AGE": "age_16" if number % 4 else "age_50"},
            visit=f"v{number % 10}",
            variant="full" if number % 3 else "short",
        )
        for number in range(count)
    ]


def write(folder: Path) -> tuple[Database, Path]:
    """Publish them, and correct what was published; the database and the exports."""
    folder.mkdir(parents=True, exist_ok=True)
    database, exports = make_database(folder), folder / "exports"
    put_in(database, people())
    freeze(database, PERIOD, AREAS, Act("test", TODAY, "freeze"), draw=seeded)
    build_release(
        database, PERIOD, exports, act("release"), synthetic=True, published_on=PERIOD.appears, code_version=PROGRAM
    )
    return database, exports


def correct(database: Database, exports: Path) -> Path:
    """Forty answers more, and the correction that they call for."""
    put_in(database, crowd("bbb", 40))
    return build_correction(
        database,
        PERIOD,
        AREAS,
        exports,
        act("correction", REASON),
        synthetic=True,
        published_on=TODAY,
        code_version=PROGRAM,
    )


def act(entry: str, reason: str = "") -> Act:
    return Act("test", TODAY, entry, reason)
