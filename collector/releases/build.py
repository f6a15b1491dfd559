"""Building a release: from a period's frozen count tables, through disclosure control, to a folder of files.

exports/trust-summary_<top area>_<period>_r<revision>/      published: never changes
exports/draft/…                                             for one's own eyes, before the period is frozen
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from collector.audit import log
from collector.community.areas import Areas
from collector.db import Database
from collector.errors import ReleaseError
from collector.releases import record
from collector.releases.files import Made, Making, Surveys, make
from collector.releases.folder import put
from collector.releases.freeze import places_of, recount
from collector.responses.periods import Period
from collector.responses.versions import published
from collector.summaries import store
from collector.summaries.frozen import Frozen, frozen_tables, keep
from collector.summaries.publishing import Past
from collector.summaries.rules import RULES_VERSION


@dataclass(frozen=True)
class Act:
    """Who releases, when, with which program; `reason` is for corrections: what, why, who noticed."""

    by: str
    today: date
    entry_id: str
    code_version: str
    reason: str = ""


def build_release(
    database: Database, period: Period, exports: Path, act: Act, *, synthetic: bool, published_on: date
) -> Path:
    """Publish a frozen period as its revision 0; the folder. What is out already is left alone or put back.

    Raises ReleaseError when the period is not frozen, nobody answered, or nothing can protect a hidden figure.
    """
    frozen = frozen_tables(database, period.code, 0)
    if frozen is None:
        raise ReleaseError(
            f"{period.code} is not frozen: late answers count until {period.closes}. "
            "Wait for its day, or use --draft for a look of your own."
        )
    if not frozen.tables.responses:
        raise ReleaseError(f"Nobody answered in {period.code}, so there is nothing to release. Choose another quarter.")
    done = _done(database, period.code, 0)
    if done is not None:
        return _put_back(database, exports, done, synthetic)
    making = Making(frozen, synthetic, "final", published_on, act.code_version, period)
    return _publish(database, exports, act, making, record.history(database), new=False)


def build_correction(
    database: Database, period: Period, areas: Areas, exports: Path, act: Act, *, synthetic: bool, published_on: date
) -> Path:
    """R10: publish a further revision beside the former, from the answers as they are counted now; its folder.

    Raises ReleaseError when nothing is out yet, the answers are deleted, or no row changed by ten people.
    """
    former = frozen_tables(database, period.code)
    if former is None or _done(database, period.code, former.revision) is None:
        raise ReleaseError(f"{period.code} is not released, so there is nothing to correct.")
    if not act.reason.strip():
        raise ReleaseError(
            "Say with --reason what was wrong, why, and who noticed: it is published with the correction."
        )
    tables = recount(database, period, areas, former.tables)
    if not tables.responses:
        raise ReleaseError(f"The answers of {period.code} are deleted, so they cannot be counted again.")
    frozen = Frozen(tables, places_of(tables, areas, period), former.revision + 1)
    history = record.history(database)
    reasons = (*_reasons(database, period.code), act.reason.strip())
    making = Making(frozen, synthetic, "corrected", published_on, act.code_version, period, reasons)
    return _publish(database, exports, act, making, history, new=True)


def build_draft(
    database: Database, period: Period, areas: Areas, exports: Path, *, synthetic: bool, code_version: str
) -> Path:
    """Write a draft of a period as it was last rolled up; its folder, in `draft/`. It is not for publication.

    Raises ReleaseError when there is nothing to make it from.
    """
    tables = store.load(database, period.code)
    if tables is None:
        raise ReleaseError(f"{period.code} has no roll-up. Run `collector rollup --period {period.code}` first.")
    if not tables.responses:
        raise ReleaseError(f"Nobody answered in {period.code}, so there is nothing to release. Choose another quarter.")
    frozen = Frozen(tables, places_of(tables, areas, period))
    making = Making(frozen, synthetic, "draft", period.appears, code_version, period)
    made = make(surveys(database), making, record.history(database))
    put(exports / "draft" / made.name, made.files)
    return exports / "draft" / made.name


def rebuild(database: Database, done: record.Record, synthetic: bool) -> Made:
    """The files of a release again, from its frozen tables and what was out before it."""
    frozen = frozen_tables(database, done.period, done.revision)
    if frozen is None:
        raise ReleaseError(f"The count tables of {done.name} are missing. Restore a backup with `collector restore`.")
    history = record.history(database, done.number)
    reasons = _reasons(database, done.period, done.revision)
    making = Making(frozen, synthetic, done.status, done.published_on, done.code_version, period_of(done), reasons)
    return make(surveys(database), making, history)


def period_of(done: record.Record) -> Period:
    """The quarter of a release."""
    return Period(int(done.period[:4]), int(done.period[-1]))


def surveys(database: Database) -> Surveys:
    """Published definitions by code and version."""
    return {(p.survey.code, p.survey.version): p.survey for p in published(database)}


def _publish(database: Database, exports: Path, act: Act, making: Making, history: list[Past], new: bool) -> Path:
    """Put the folder in its place and write the record. A crash between leaves a whole folder, recorded by the next run."""
    made = make(surveys(database), making, history)
    if new and not made.changed:
        raise ReleaseError("Fewer than ten people changed in every row, so nothing is corrected. Tell it in words.")
    frozen = making.frozen
    with database.transaction():
        if new:
            keep(database, frozen, act.today)
        record.add(database, _record(made, making, act))
        log.write(database, act.entry_id, act.today, act.by, "release", frozen.tables.period, made.name)
        put(exports / made.name, made.files, final=True)
    return exports / made.name


def _record(made: Made, making: Making, act: Act) -> record.Record:
    frozen = making.frozen
    return record.Record(
        frozen.tables.period, frozen.revision, made.name, making.status, making.published_on, act.today, act.by,
        act.reason.strip(), frozen.tables.digest, act.code_version, RULES_VERSION,
        made.files["checksums.txt"].decode(), figures=made.figures,
    )  # fmt: skip


def _done(database: Database, period: str, revision: int) -> record.Record | None:
    found = [one for one in record.records(database) if (one.period, one.revision) == (period, revision)]
    return found[0] if found else None


def _put_back(database: Database, exports: Path, done: record.Record, synthetic: bool) -> Path:
    """The folder of a recorded release; made again when it is not there."""
    if not (exports / done.name).exists():
        put(exports / done.name, rebuild(database, done, synthetic).files, final=True)
    return exports / done.name


def _reasons(database: Database, period: str, most: int = 1 << 30) -> tuple[str, ...]:
    """Why each correction of a period was made, in order."""
    found = [one for one in record.records(database) if one.period == period and 0 < one.revision <= most]
    return tuple(one.reason for one in found)
