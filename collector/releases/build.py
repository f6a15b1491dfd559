"""Building a release: from a period's frozen count tables, through disclosure control, to a folder of files.

exports/trust-summary_<top area>_<period>_r<revision>/      published: never changes
exports/draft/…                                             for one's own eyes, before the period is frozen
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from collector.audit import log
from collector.community.areas import Areas
from collector.db import Database
from collector.disclosure.revisions import people_changed
from collector.disclosure.rules import LIMIT, REASONS, RULES_VERSION
from collector.errors import ReleaseError
from collector.periods import Quarter, parse
from collector.releases import register, secret
from collector.releases.changes import Reason
from collector.releases.contents import render_files
from collector.releases.folder import put, refuse_other
from collector.releases.freeze import recount
from collector.releases.inputs import ReleaseInputs, gather, reasons
from collector.releases.kept import Content, pieces
from collector.releases.publishable import publishable
from collector.releases.refusals import refusal
from collector.releases.register import Editions
from collector.releases.secret import Draw
from collector.summaries import rows
from collector.summaries.frozen import Frozen, frozen_tables, keep
from collector.summaries.geography import frozen_areas


@dataclass(frozen=True)
class Act:
    """Who releases, when, with which program; `reason` is for corrections and notices: one of REASONS."""

    by: str
    today: date
    entry_id: str
    code_version: str
    reason: str = ""


@dataclass(frozen=True)
class ReleaseFiles:
    """A release in memory: its folder's name, its files, and its figures by series and period."""

    name: str
    files: Mapping[str, Content]
    figures: Editions

    @property
    def checksums(self) -> str:
        return b"".join(pieces(self.files["checksums.txt"])).decode()


def build_release(
    database: Database, period: Quarter, exports: Path, act: Act, *, synthetic: bool, published_on: date
) -> Path:
    """Publish a frozen period as its revision 0; the folder. What is out already is left alone or put back.

    Raises ReleaseError when the period is not frozen, nobody answered, or its secret is lost.
    """
    published_before = _of_period(database, period.code)
    if published_before:
        return [_put_back(database, exports, done, synthetic) for done in published_before][0]
    frozen = frozen_tables(database, period.code, 0)
    if frozen is None:
        raise ReleaseError(refusal("not_frozen", period=period.code, closes=period.closes))
    if not frozen.tables.responses:
        raise ReleaseError(refusal("nobody_answered", period=period.code))
    inputs = gather(database, frozen, period, published_on, act.code_version, synthetic, "final")
    return _publish(database, exports, act, inputs)


def build_correction(
    database: Database, period: Quarter, areas: Areas, exports: Path, act: Act, *, synthetic: bool, published_on: date
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
        raise ReleaseError(refusal("answers_deleted", period=period.code, reason=act.reason))
    there = frozen_areas(tables, areas, period.end)
    known = {code: area.parent for code, area in {**former.areas, **there}.items()}
    if people_changed(former.tables.series, tables.series, known) < LIMIT["changed_people"]:
        raise ReleaseError(refusal("too_few_changed", period=period.code, reason=act.reason))
    frozen = Frozen(tables, there, former.revision + 1)
    inputs = gather(database, frozen, period, published_on, act.code_version, synthetic, "corrected", reason)
    return _publish(database, exports, replace(act, reason=str(reason)), inputs)


def build_notice(
    database: Database, period: Quarter, exports: Path, act: Act, *, synthetic: bool, published_on: date
) -> Path:
    """R10: tell of an error in words, in a further revision with the same figures; its folder.

    Raises ReleaseError when nothing is out yet.
    """
    former, out = _published_so_far(database, period)
    if not (exports / out[-1].name).exists():
        return _put_back(database, exports, out[-1], synthetic)
    reason = _reason(act, "notice")
    frozen = replace(former, revision=former.revision + 1)
    inputs = gather(database, frozen, period, published_on, act.code_version, synthetic, out[-1].status, reason)
    return _publish(database, exports, replace(act, reason=str(reason)), inputs)


def _published_so_far(database: Database, period: Quarter) -> tuple[Frozen, list[register.Record]]:
    """The latest tables of a period, and what is out of it."""
    former, out = frozen_tables(database, period.code), _of_period(database, period.code)
    if former is None or not out:
        raise ReleaseError(refusal("not_released", period=period.code))
    return former, out


def _reason(act: Act, kind: str) -> Reason:
    """Why, as one of the list: words of one's own could tell of a person."""
    if act.reason not in REASONS:
        known = "; ".join(f"{code} ({words[:-1].lower()})" for code, words in REASONS.items())
        raise ReleaseError(refusal("no_reason", known=known))
    return Reason(kind, act.reason)


def build_draft(
    database: Database, period: Quarter, areas: Areas, exports: Path, *, synthetic: bool, code_version: str, draw: Draw
) -> Path:
    """Write a draft of a period as it was last rolled up; its folder, in `draft/`. It is not for publication.

    Raises ReleaseError when there is nothing to make it from.
    """
    tables = rows.load(database, period.code)
    if tables is None:
        raise ReleaseError(refusal("no_roll_up", period=period.code))
    if not tables.responses:
        raise ReleaseError(refusal("nobody_answered", period=period.code))
    with database.transaction():
        secret.keep(database, [period.code, period.year.code], draw)
    frozen = Frozen(tables, frozen_areas(tables, areas, period.end))
    made = make(gather(database, frozen, period, period.appears, code_version, synthetic, "draft"))
    put(exports / "draft" / made.name, made.files)
    return exports / "draft" / made.name


def rebuild(database: Database, done: register.Record, synthetic: bool) -> ReleaseFiles:
    """The files of a release again, from its frozen tables and what was out before it."""
    frozen = frozen_tables(database, done.period, done.revision)
    if frozen is None:
        raise ReleaseError(refusal("tables_missing", name=done.name))
    inputs = gather(
        database, frozen, parse(done.period), done.published_on, done.code_version, synthetic, done.status,
        before=done.number,
    )  # fmt: skip
    told = reasons(database, done.period, done.revision)
    return make(replace(inputs, heading=replace(inputs.heading, reasons=told)))


def make(inputs: ReleaseInputs) -> ReleaseFiles:
    """The promise: from the tables the figures that may be shown, and from these alone the files."""
    shown = publishable(inputs)
    files = render_files(inputs.heading, shown, inputs.surveys)
    return ReleaseFiles(inputs.heading.name, files, shown.figures)


def _publish(database: Database, exports: Path, act: Act, inputs: ReleaseInputs) -> Path:
    """Write the record, then put the folder in its place.

    The record decides: after a crash between the two, the next run makes the folder from the frozen tables, the same
    to the byte, on whatever day it comes.
    """
    made = make(inputs)
    refuse_other(exports / made.name, made.files)
    with database.transaction():
        if _done(database, inputs.heading.period.code, inputs.frozen.revision) is None:
            _write_down(database, act, inputs, made)
    put(exports / made.name, made.files, final=True)
    return exports / made.name


def _write_down(database: Database, act: Act, inputs: ReleaseInputs, made: ReleaseFiles) -> None:
    if inputs.frozen.revision:
        keep(database, inputs.frozen, act.today)
    register.add(database, _record(made, inputs, act))
    log.write(database, act.entry_id, act.today, act.by, "release", inputs.frozen.tables.period, made.name)


def _record(made: ReleaseFiles, inputs: ReleaseInputs, act: Act) -> register.Record:
    frozen = inputs.frozen
    return register.Record(
        frozen.tables.period, frozen.revision, made.name, inputs.heading.status, inputs.heading.published_on, act.today, act.by,
        act.reason, frozen.tables.digest, act.code_version, RULES_VERSION,
        made.checksums, figures=made.figures,
    )  # fmt: skip


def _done(database: Database, period: str, revision: int) -> register.Record | None:
    found = [one for one in register.records(database) if (one.period, one.revision) == (period, revision)]
    return found[0] if found else None


def _put_back(database: Database, exports: Path, done: register.Record, synthetic: bool) -> Path:
    """The folder of a recorded release; made again when it is not there."""
    folder = exports / done.name
    if not folder.exists():
        made = rebuild(database, done, synthetic)
        if made.checksums != done.checksums:
            raise ReleaseError(refusal("other_program", name=done.name, made_by=done.code_version))
        put(folder, made.files, final=True)
    return folder


def _of_period(database: Database, period: str) -> list[register.Record]:
    """What is out of a period, oldest revision first."""
    return [one for one in register.records(database) if one.period == period]
