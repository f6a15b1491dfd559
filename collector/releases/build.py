"""Building a release: from a period's frozen count tables, through disclosure control, to a folder of files.

exports/trust-summary_<top area>_<period>_r<revision>/      published: never changes
exports/draft/…                                             for one's own eyes, before the period is frozen
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from collector.audit import log
from collector.community.areas import Areas
from collector.db import Database
from collector.errors import ReleaseError
from collector.releases import record
from collector.releases.files import Made, Making, Surveys, make
from collector.releases.folder import put, refuse_other
from collector.releases.freeze import places_of, recount
from collector.releases.harmless import one_line
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
    published_before = _of_period(database, period.code)
    if published_before:
        return [_put_back(database, exports, done, synthetic) for done in published_before][0]
    frozen = frozen_tables(database, period.code, 0)
    if frozen is None:
        raise ReleaseError(
            f"{period.code} is not frozen: late answers count until {period.closes}. "
            "Wait for its day, or use --draft for a look of your own."
        )
    if not frozen.tables.responses:
        raise ReleaseError(f"Nobody answered in {period.code}, so there is nothing to release. Choose another quarter.")
    making = Making(frozen, synthetic, "final", published_on, act.code_version, period)
    return _publish(database, exports, act, making, record.history(database), new=False)


def build_correction(
    database: Database, period: Period, areas: Areas, exports: Path, act: Act, *, synthetic: bool, published_on: date
) -> Path:
    """R10: publish a further revision beside the former, from the answers as they are counted now; its folder.

    Raises ReleaseError when nothing is out yet, the answers are deleted, or no row changed by ten people.
    """
    former, out = frozen_tables(database, period.code), _of_period(database, period.code)
    if former is None or not out:
        raise ReleaseError(
            f"{period.code} is not released, so there is nothing to correct. Publish it first, without --correct."
        )
    if not (exports / out[-1].name).exists():
        return _put_back(database, exports, out[-1], synthetic)
    act = replace(act, reason=one_line(act.reason))
    if not act.reason:
        raise ReleaseError(
            "Say with --reason what was wrong, why, and who noticed: it is published with the correction."
        )
    tables = recount(database, period, areas, former.tables)
    if not tables.responses:
        raise ReleaseError(
            f"The answers of {period.code} are deleted, so they cannot be counted again. "
            "Tell the error in words wherever you share the release."
        )
    frozen = Frozen(tables, places_of(tables, areas, period), former.revision + 1)
    history = record.history(database)
    reasons = (*_reasons(database, period.code), act.reason)
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
    """Write the record, then put the folder in its place.

    The record decides: after a crash between the two, the next run makes the folder from the frozen tables, the same
    to the byte, on whatever day it comes.
    """
    made = make(surveys(database), making, history)
    if new and not made.changed:
        raise ReleaseError(
            "Fewer than ten people changed in every row, so nothing is corrected (R10). "
            "Tell the error in words wherever you share the release."
        )
    refuse_other(exports / made.name, made.files)
    with database.transaction():
        if _done(database, making.period.code, making.frozen.revision) is None:
            _write_down(database, act, making, made, new)
    put(exports / made.name, made.files, final=True)
    return exports / made.name


def _write_down(database: Database, act: Act, making: Making, made: Made, new: bool) -> None:
    if new:
        keep(database, making.frozen, act.today)
    record.add(database, _record(made, making, act))
    log.write(database, act.entry_id, act.today, act.by, "release", making.frozen.tables.period, made.name)


def _record(made: Made, making: Making, act: Act) -> record.Record:
    frozen = making.frozen
    return record.Record(
        frozen.tables.period, frozen.revision, made.name, making.status, making.published_on, act.today, act.by,
        act.reason, frozen.tables.digest, act.code_version, RULES_VERSION,
        made.files["checksums.txt"].decode(), figures=made.figures,
    )  # fmt: skip


def _done(database: Database, period: str, revision: int) -> record.Record | None:
    found = [one for one in record.records(database) if (one.period, one.revision) == (period, revision)]
    return found[0] if found else None


def _put_back(database: Database, exports: Path, done: record.Record, synthetic: bool) -> Path:
    """The folder of a recorded release; made again when it is not there."""
    folder = exports / done.name
    if not folder.exists():
        files = rebuild(database, done, synthetic).files
        if files["checksums.txt"].decode() != done.checksums:
            raise ReleaseError(
                f"{done.name} cannot be put back: Collector {done.code_version} made it, and this one would write other "
                "bytes. Copy the folder from a backup of the exports, or run that version."
            )
        put(folder, files, final=True)
    return folder


def _of_period(database: Database, period: str) -> list[record.Record]:
    """What is out of a period, oldest revision first."""
    return [one for one in record.records(database) if one.period == period]


def _reasons(database: Database, period: str, most: int = 1 << 30) -> tuple[str, ...]:
    """Why each correction of a period was made, in order."""
    found = [one for one in record.records(database) if one.period == period and 0 < one.revision <= most]
    return tuple(one.reason for one in found)
