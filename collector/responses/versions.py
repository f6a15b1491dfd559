"""Published survey versions: frozen definitions that answers may be given to, and their card layouts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache

from collector.audit import log
from collector.audit.act import Act
from collector.db import Database
from collector.errors import SurveyError
from collector.survey.answers import Checker
from collector.survey.canonical import canonical, fingerprint
from collector.survey.card import Layout, layout, layout_from_data
from collector.survey.definition import Survey
from collector.survey.read import build

ACCEPTED_AFTER = timedelta(days=90)
"""How long a version is still accepted after its successor was published: pages and tablets may be open that long."""


@dataclass(frozen=True)
class Published:
    """One published version, ready for use. `position` counts versions of a survey from 0."""

    survey: Survey
    layout: Layout
    hash: str
    position: int
    published_on: date
    superseded_on: date | None
    checkers: dict[str, Checker] = field(compare=False, repr=False)

    def checker(self, variant: str) -> Checker:
        """What checks answers to a variant, made once. KeyError when the survey has no such variant."""
        return self.checkers[variant]

    @cached_property
    def kinds(self) -> dict[str, str]:
        """The type of each question asked, by code."""
        return {question.code: question.type for question in self.survey.asked}

    def accepted_on(self, day: date) -> bool:
        """True while answers may still come in by page or tablet; an import may use any version."""
        return self.superseded_on is None or day <= self.superseded_on + ACCEPTED_AFTER


def publish(database: Database, survey: Survey, promises: list[dict[str, str]], act: Act) -> bool:
    """Freeze a version, inside a transaction; False when it is published already and the same.

    Raises SurveyError when the version is published with other content, or is not newer than the last one.
    """
    text = canonical(survey)
    known = database.rows(
        "SELECT version, hash FROM survey_version WHERE survey = :survey ORDER BY position", {"survey": survey.code}
    )
    hashes: dict[str, str] = dict(known)
    if survey.version in hashes:
        if hashes[survey.version] != fingerprint(text):
            raise SurveyError(f"{survey.code} {survey.version} is published with other content. Give it a new version.")
        return False
    if known and number(survey.version) <= number(known[-1][0]):
        raise SurveyError(f"{survey.code} {survey.version} is not newer than {known[-1][0]}. Give it a higher version.")
    _supersede(database, survey.code, act.at)
    database.execute(
        """INSERT INTO survey_version (survey, version, position, definition, hash, layout, promises, published_on)
           VALUES (:survey, :version, :position, :definition, :hash, :layout, :promises, :today)""",
        {
            "survey": survey.code,
            "version": survey.version,
            "position": len(known),
            "definition": text,
            "hash": fingerprint(text),
            "layout": json.dumps(layout(survey).as_data()),
            "promises": json.dumps(promises, ensure_ascii=False),
            "today": act.at.isoformat(),
        },
    )
    log.write(database, act, "publish", f"{survey.code} {survey.version}")
    return True


def asked_now(database: Database) -> list[str]:
    """Codes of the surveys that are not superseded: one, once something is published."""
    rows = database.rows("SELECT DISTINCT survey FROM survey_version WHERE superseded_on IS NULL ORDER BY survey")
    return [row[0] for row in rows]


def ask_only(database: Database, survey: str, act: Act) -> list[str]:
    """Ask the newest version of a survey and no other survey, inside a transaction; which ones were asked until now."""
    former = [code for code in asked_now(database) if code != survey]
    for code in former:
        _supersede(database, code, act.at)
    database.execute(
        """UPDATE survey_version SET superseded_on = NULL WHERE survey = :survey
           AND position = (SELECT max(position) FROM survey_version WHERE survey = :survey)""",
        {"survey": survey},
    )
    if former:
        log.write(database, act, "publish instead", survey, " ".join(former))
    return former


def _supersede(database: Database, survey: str, today: date) -> None:
    database.execute(
        "UPDATE survey_version SET superseded_on = :today WHERE survey = :survey AND superseded_on IS NULL",
        {"survey": survey, "today": today.isoformat()},
    )


def number(version: str) -> tuple[int, ...]:
    """A version as numbers, by which versions are put in order."""
    return tuple(int(part) for part in version.split("."))


def published(database: Database) -> list[Published]:
    """All published versions, oldest first within each survey."""
    rows = database.rows(
        """SELECT definition, layout, hash, position, published_on, superseded_on
           FROM survey_version ORDER BY survey, position"""
    )
    return [_published(*row) for row in rows]


def current(database: Database) -> Published:
    """The version that new pages show. Raises SurveyError when nothing is published."""
    versions = [p for p in published(database) if p.superseded_on is None]
    if not versions:
        raise SurveyError("No survey is published. Run `collector publish`.")
    return versions[0]


def _published(
    definition: str, layout_data: str, digest: str, position: int, published_on: str, superseded_on: str | None
) -> Published:
    survey, card, checkers = _parsed(definition, layout_data)
    ended = date.fromisoformat(superseded_on) if superseded_on else None
    return Published(survey, card, digest, position, date.fromisoformat(published_on), ended, checkers)


@lru_cache(maxsize=32)
def _parsed(definition: str, layout_data: str) -> tuple[Survey, Layout, dict[str, Checker]]:
    survey, card = build(json.loads(definition)), layout_from_data(json.loads(layout_data))
    return survey, card, {variant: Checker(survey, card, variant) for variant in survey.asked_by}
