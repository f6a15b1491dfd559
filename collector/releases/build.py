"""Building a release: from a period's frozen count tables, through disclosure control, to a folder of files.

exports/trust-summary_<top area>_<period>_r<revision>/      published: never changes
exports/draft/…                                             for one's own eyes, before the period is frozen
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from collector import __version__
from collector.audit import log
from collector.audit.act import Act
from collector.community.areas import Areas
from collector.db import Database
from collector.disclosure.revisions import people_changed
from collector.disclosure.rules import LIMIT, REASONS, RULES_VERSION
from collector.errors import ReleaseError
from collector.releases import record, secret
from collector.releases.changes import Reason
from collector.releases.files import Made, Making, Surveys, make
from collector.releases.folder import put, refuse_other
from collector.releases.freeze import places_of, recount
from collector.releases.secret import Draw
from collector.responses.periods import Period
from collector.responses.versions import published
from collector.summaries import store
from collector.summaries.frozen import Frozen, frozen_tables, keep
from collector.summaries.years import add_up


def build_release(
    database: Database,
    period: Period,
    exports: Path,
    act: Act,
    *,
    synthetic: bool,
    published_on: date,
    code_version: str = __version__,
) -> Path:
    """Publish a frozen period as its revision 0; the folder. What is out already is left alone or put back.

    Raises ReleaseError when the period is not frozen, nobody answered, or its secret is lost.
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
    making = _making(database, frozen, period, published_on, code_version, synthetic, "final")
    return _publish(database, exports, act, making)


def build_correction(
    database: Database,
    period: Period,
    areas: Areas,
    exports: Path,
    act: Act,
    *,
    synthetic: bool,
    published_on: date,
    code_version: str = __version__,
) -> Path:
    """R10: publish a further revision beside the former, from the answers as they are counted now; its folder.

    Raises ReleaseError when nothing is out yet, the answers are deleted, or fewer than ten people changed in all.
    """
    former, out = _published_so_far(database, period)
    if not (exports / out[-1].name).exists():
        return _put_back(database, exports, out[-1], synthetic)
    reason = _reason(act, "correction")
    tables = recount(database, period, areas, former.tables)
    if not tables.responses:
        raise ReleaseError(
            f"The answers of {period.code} are deleted, so they cannot be counted again. "
            f"Tell of the error in words: `collector release --period {period.code} --notice {act.reason}`."
        )
    places = places_of(tables, areas, period)
    known = {area: place.parent for area, place in {**former.places, **places}.items()}
    if people_changed(former.tables.series, tables.series, known) < LIMIT["changed_people"]:
        raise ReleaseError(
            f"Fewer than ten people changed in {period.code}, so its figures stay as they are (R10). "
            f"Tell of the error in words: `collector release --period {period.code} --notice {act.reason}`."
        )
    frozen = Frozen(tables, places, former.revision + 1)
    making = _making(database, frozen, period, published_on, code_version, synthetic, "corrected", reason)
    return _publish(database, exports, replace(act, reason=str(reason)), making)


def build_notice(
    database: Database,
    period: Period,
    exports: Path,
    act: Act,
    *,
    synthetic: bool,
    published_on: date,
    code_version: str = __version__,
) -> Path:
    """R10: tell of an error in words, in a further revision with the same figures; its folder.

    Raises ReleaseError when nothing is out yet.
    """
    former, out = _published_so_far(database, period)
    if not (exports / out[-1].name).exists():
        return _put_back(database, exports, out[-1], synthetic)
    reason = _reason(act, "notice")
    frozen = replace(former, revision=former.revision + 1)
    making = _making(database, frozen, period, published_on, code_version, synthetic, out[-1].status, reason)
    return _publish(database, exports, replace(act, reason=str(reason)), making)


def _published_so_far(database: Database, period: Period) -> tuple[Frozen, list[record.Record]]:
    """The latest tables of a period, and what is out of it."""
    former, out = frozen_tables(database, period.code), _of_period(database, period.code)
    if former is None or not out:
        raise ReleaseError(
            f"{period.code} is not released, so there is nothing to correct. "
            "Publish it first, without --correct or --notice."
        )
    return former, out


def _reason(act: Act, kind: str) -> Reason:
    """Why, as one of the list: words of one's own could tell of a person."""
    if act.reason not in REASONS:
        known = "; ".join(f"{code} ({words[:-1].lower()})" for code, words in REASONS.items())
        raise ReleaseError(f"Say what was wrong in one of these words: {known}.")
    return Reason(kind, act.reason)


def build_draft(
    database: Database, period: Period, areas: Areas, exports: Path, *, synthetic: bool, code_version: str, draw: Draw
) -> Path:
    """Write a draft of a period as it was last rolled up; its folder, in `draft/`. It is not for publication.

    Raises ReleaseError when there is nothing to make it from.
    """
    tables = store.load(database, period.code)
    if tables is None:
        raise ReleaseError(f"{period.code} has no roll-up. Run `collector rollup --period {period.code}` first.")
    if not tables.responses:
        raise ReleaseError(f"Nobody answered in {period.code}, so there is nothing to release. Choose another quarter.")
    with database.transaction():
        secret.keep(database, [period.code, period.financial_year], draw)
    frozen = Frozen(tables, places_of(tables, areas, period))
    made = make(surveys(database), _making(database, frozen, period, period.appears, code_version, synthetic, "draft"))
    put(exports / "draft" / made.name, made.files)
    return exports / "draft" / made.name


def rebuild(database: Database, done: record.Record, synthetic: bool) -> Made:
    """The files of a release again, from its frozen tables and what was out before it."""
    frozen = frozen_tables(database, done.period, done.revision)
    if frozen is None:
        raise ReleaseError(f"The count tables of {done.name} are missing. Restore a backup with `collector restore`.")
    making = _making(
        database, frozen, period_of(done), done.published_on, done.code_version, synthetic, done.status,
        before=done.number,
    )  # fmt: skip
    reasons = _reasons(database, done.period, done.revision)
    return make(surveys(database), replace(making, reasons=reasons))


def _making(
    database: Database, frozen: Frozen, period: Period, published_on: date, code_version: str, synthetic: bool,
    status: str, reason: Reason | None = None, before: int = record.NEWEST,
) -> Making:  # fmt: skip
    """Everything that a release is made from, given what was out before it."""
    out = record.in_force(database, before)
    year = _year(database, frozen, period, out)
    made_from = [period.code, *([period.financial_year] if year else [])]
    return Making(
        frozen, {code: secret.kept(database, code) for code in made_from}, synthetic, status, published_on,
        code_version, period, year, _figures_of(database, out, period.previous.code),
        _figures_of(database, out, period.code),
        (*_reasons(database, period.code), *([reason] if reason else [])),
    )  # fmt: skip


def _year(database: Database, frozen: Frozen, period: Period, out: Mapping[str, record.Record]) -> Frozen | None:
    """The year, when this is its last quarter and the others are out: as they were last published."""
    codes = [Period(period.year, number).code for number in (1, 2, 3)]
    if period.quarter != 4 or any(code not in out for code in codes):
        return None
    quarters = [frozen_tables(database, code, out[code].revision) for code in codes]
    year = add_up(period.financial_year, [*(one for one in quarters if one), frozen])
    return year if year.tables.series else None


def _figures_of(database: Database, out: Mapping[str, record.Record], period: str) -> record.Editions:
    return record.figures_of(database, out[period].number) if period in out else {}


def period_of(done: record.Record) -> Period:
    """The quarter of a release."""
    return Period(int(done.period[:4]), int(done.period[-1]))


def surveys(database: Database) -> Surveys:
    """Published definitions by code and version."""
    return {(p.survey.code, p.survey.version): p.survey for p in published(database)}


def _publish(database: Database, exports: Path, act: Act, making: Making) -> Path:
    """Write the record, then put the folder in its place.

    The record decides: after a crash between the two, the next run makes the folder from the frozen tables, the same
    to the byte, on whatever day it comes.
    """
    made = make(surveys(database), making)
    refuse_other(exports / made.name, made.files)
    with database.transaction():
        if _done(database, making.period.code, making.frozen.revision) is None:
            _write_down(database, act, making, made)
    put(exports / made.name, made.files, final=True)
    return exports / made.name


def _write_down(database: Database, act: Act, making: Making, made: Made) -> None:
    if making.frozen.revision:
        keep(database, making.frozen, act.at)
    record.add(database, _record(made, making, act))
    told = replace(act, reason="")  # why stands in the record
    log.write(database, told, "release", making.frozen.tables.period, made.name)


def _record(made: Made, making: Making, act: Act) -> record.Record:
    frozen = making.frozen
    return record.Record(
        frozen.tables.period, frozen.revision, made.name, making.status, making.published_on, act.at, act.by,
        act.reason, frozen.tables.digest, making.code_version, RULES_VERSION,
        made.checksums, figures=made.figures,
    )  # fmt: skip


def _done(database: Database, period: str, revision: int) -> record.Record | None:
    found = [one for one in record.records(database) if (one.period, one.revision) == (period, revision)]
    return found[0] if found else None


def _put_back(database: Database, exports: Path, done: record.Record, synthetic: bool) -> Path:
    """The folder of a recorded release; made again when it is not there."""
    folder = exports / done.name
    if not folder.exists():
        made = rebuild(database, done, synthetic)
        if made.checksums != done.checksums:
            raise ReleaseError(
                f"{done.name} cannot be put back: Collector {done.code_version} made it, and this one would write other "
                "bytes. Copy the folder from a backup of the exports, or run that version."
            )
        put(folder, made.files, final=True)
    return folder


def _of_period(database: Database, period: str) -> list[record.Record]:
    """What is out of a period, oldest revision first."""
    return [one for one in record.records(database) if one.period == period]


def _reasons(database: Database, period: str, most: int = 1 << 30) -> tuple[Reason, ...]:
    """What was told of a period since it was first published, in order."""
    found = [one for one in record.records(database) if one.period == period and 0 < one.revision <= most]
    return tuple(Reason.read(one.reason) for one in found)
