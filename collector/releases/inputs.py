"""Everything that a release is made from, gathered from the database: frozen tables, secrets, and what was out before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from collector.db import Database
from collector.periods import Period, Quarter
from collector.releases import register, secret
from collector.releases.changes import Reason
from collector.releases.heading import Heading
from collector.releases.register import Editions
from collector.responses.versions import published
from collector.summaries.frozen import Frozen, frozen_tables
from collector.summaries.years import add_up
from collector.survey.definition import Surveys


@dataclass(frozen=True)
class ReleaseInputs:
    """The tables of the quarter, and with a year's last quarter those of the year; the secret of each by its code; the
    figures of the quarter before and of the former revision.
    """

    heading: Heading
    frozen: Frozen
    year: Frozen | None
    secrets: Mapping[str, bytes] = field(repr=False)
    surveys: Surveys = field(repr=False)
    before: Editions = field(default_factory=dict, repr=False)
    former: Editions = field(default_factory=dict, repr=False)

    @property
    def tables(self) -> list[tuple[Period, Frozen]]:
        """What has figures of its own: the quarter, then the year."""
        period = self.heading.period
        return [(period, self.frozen), *([(period.year, self.year)] if self.year else [])]


def gather(
    database: Database, frozen: Frozen, period: Quarter, published_on: date, code_version: str, synthetic: bool,
    status: str, reason: Reason | None = None, before: int = register.NEWEST,
) -> ReleaseInputs:  # fmt: skip
    """The inputs of a release, given what was out before it. Raises ReleaseError when a secret is lost."""
    out = register.in_force(database, before)
    year = _year(database, frozen, period, out)
    made_from = [period.code, *([period.year.code] if year else [])]
    heading = Heading(
        period, frozen.top, frozen.areas[frozen.top].name, frozen.revision, synthetic, status, published_on,
        code_version, (*reasons(database, period.code), *([reason] if reason else [])),
    )  # fmt: skip
    return ReleaseInputs(
        heading, frozen, year, {code: secret.kept(database, code) for code in made_from}, _surveys(database),
        _figures_of(database, out, period.previous.code), _figures_of(database, out, period.code),
    )  # fmt: skip


def _year(database: Database, frozen: Frozen, period: Quarter, out: Mapping[str, register.Record]) -> Frozen | None:
    """The year, when this is its last quarter and the others are out: as they were last published."""
    codes = [part.code for part in period.year.parts if part != period]
    if not period.ends_year or any(code not in out for code in codes):
        return None
    quarters = [frozen_tables(database, code, out[code].revision) for code in codes]
    year = add_up(period.year.code, [*(one for one in quarters if one), frozen])
    return year if year.tables.series else None


def _figures_of(database: Database, out: Mapping[str, register.Record], period: str) -> Editions:
    return register.figures_of(database, out[period].number) if period in out else {}


def _surveys(database: Database) -> Surveys:
    return {(p.survey.code, p.survey.version): p.survey for p in published(database)}


def reasons(database: Database, period: str, most: int = 1 << 30) -> tuple[Reason, ...]:
    """What was told of a period since it was first published, in order."""
    found = [one for one in register.records(database) if one.period == period and 0 < one.revision <= most]
    return tuple(Reason.read(one.reason) for one in found)
