"""Bringing in answers from paper or other tools: a file through the same intake, streaming, as one act with a number.

Columns: key, survey, version, variant, venue, visit, day, language, mode, optionally help; then one column a
question by its code. Good rows are kept; bad ones go to a file beside, with line and reason.
"""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path

from collector.audit import log
from collector.audit.act import Act
from collector.db import Database
from collector.errors import CollectorError, ImportRefusedError, StoreError
from collector.responses import bulk, imports, intake, rejects, rows, sheets
from collector.responses.against import World, world
from collector.responses.columns import REQUIRED, columns, wanted
from collector.responses.rows import ROW_REASONS, Good, Rejected, Row
from collector.responses.store import Outcome

__all__ = ["BATCH", "REQUIRED", "ROW_REASONS", "Result", "World", "import_file", "world"]

BATCH = 5_000
FIRST = 500
LEAST_ALIKE = 20
"""Rows by which a file is known again: so many of the first ones, and more than half of those that are new."""
LONGEST_KEY = 12
"""Digits up to which a number is tried with noughts before it."""


@dataclass(frozen=True)
class Result:
    """How many rows were stored, were there already, were rejected, or had been taken back before."""

    stored: int = 0
    repeated: int = 0
    rejected: int = 0
    gone: int = 0
    examples: int = 0
    number: int = field(default=0, compare=False)
    report: str = field(default="", compare=False)
    """The whole path of the file of rejected rows; blank when there are none."""

    def __str__(self) -> str:
        counts = f"{self.stored} stored, {self.repeated} repeated, {self.rejected} rejected"
        return counts + (f", {self.gone} taken back before" if self.gone else "")


def import_file(
    database: Database,
    path: Path,
    checked_against: World,
    new_id: Callable[[], bytes],
    act: Act,
    progress: Callable[[int], None] = lambda _: None,
    *,
    again: bool = False,
    rejected: Path | None = None,
) -> Result:
    """Bring in a file; rejected rows are written to `FILE.rejected.csv` or to `rejected`.

    With nothing stored, raises IntakeError when its head is wrong, ImportRefusedError when it came before under other
    keys (unless `again`) or when the report cannot be written. Raises StoreError when it stopped half-way.
    """
    database.make_room()
    versions = checked_against.versions.values()
    with _uncollected(), sheets.opened(path, frozenset(wanted(versions))) as sheet:
        found = columns(sheet.head, versions)
        read = rows.checked(sheet, found, checked_against)
        first = list(islice(read, FIRST))
        outcomes = bulk.outcomes_of(database, (row.ready for row in first if isinstance(row, Good)))
        if not again:
            _refuse_known(database, first, outcomes, checked_against)
        report = rejects.Report(rejected or rejects.path_for(path), path, found.names, marked=sheet.marked)
        running = _Running(database, checked_against, new_id, report, all_new=set(outcomes) <= {"stored"})
        try:
            running.begin(act)
            everything = chain(first, read)
            while batch := list(islice(everything, BATCH)):
                running.write(batch)
                progress(sheet.done)
            return running.finish(act)
        except (OSError, sqlite3.Error, CollectorError, KeyboardInterrupt) as error:
            raise running.stopped(error) from error
        finally:
            report.close()


class _Running:
    """One import while it runs: its number, what was counted, and whether keys were new so far."""

    def __init__(
        self, database: Database, against: World, new_id: Callable[[], bytes], report: rejects.Report, *, all_new: bool
    ) -> None:
        self._database, self._against, self._new_id, self._report = database, against, new_id, report
        self._result = Result()
        self._part = 0
        self._all_new = all_new

    def begin(self, act: Act) -> None:
        with self._database.transaction():
            number = imports.begin(self._database, self._against.source, act)
        self._result = Result(number=number)

    def write(self, batch: list[Row]) -> None:
        """Store a batch with its counts; its bad rows are in the report before it is durable."""
        good = [row for row in batch if isinstance(row, Good)]
        bad = [row for row in batch if isinstance(row, Rejected)]
        self._part += 1
        if self._all_new:
            try:
                self._store(good, bad, len(batch))
                return
            except bulk.SomeKnownError:
                self._all_new = False
        self._store(good, bad, len(batch))

    def _store(self, good: list[Good], bad: list[Rejected], size: int) -> None:
        before = self._result
        with self._database.transaction():
            outcomes = intake.take_rows(
                self._database, before.number, self._part, [row.ready for row in good], self._new_id,
                all_new=self._all_new,
            )  # fmt: skip
            used = [
                Rejected(row.line, row.cells, "used", "same key, other answers")
                for row, outcome in zip(good, outcomes, strict=True)
                if outcome == "used"
            ]
            after = Result(
                stored=before.stored + outcomes.count("stored"),
                repeated=before.repeated + outcomes.count("repeated"),
                rejected=before.rejected + len(bad) + len(used),
                gone=before.gone + outcomes.count("gone"),
                examples=before.examples + size - len(good) - len(bad),
                number=before.number,
            )
            imports.count(self._database, after.number, after.stored, after.repeated, after.rejected)
            self._report.add(sorted([*bad, *used], key=lambda row: row.line))
        self._all_new = len(good) == outcomes.count("stored")
        self._result = after

    def finish(self, act: Act) -> Result:
        result = self._result
        with self._database.transaction():
            imports.finish(self._database, result.number)
            log.write(self._database, act.part("end"), "import", self._against.source, str(result))
        return replace(result, report=str(self._report.path) if result.rejected else "")

    def stopped(self, error: BaseException) -> CollectorError:
        """What is told of an import that stopped half-way."""
        number, stored = self._result.number, self._result.stored
        cause = str(error) or "it was interrupted"
        if not number:
            return StoreError(f"Nothing was stored: {cause}")
        return StoreError(
            f"Import {number} stopped after {stored} rows were stored: {cause.rstrip('.')}. Give the same file again "
            f"to bring in the rest, or take back what was stored: collector imports take-back {number}."
        )


def _refuse_known(database: Database, first: list[Row], outcomes: list[Outcome], against: World) -> None:
    """Raise ImportRefusedError when most of the first rows came from a file before, under other keys."""
    good = [row for row in first if isinstance(row, Good)]
    new = [row for row, outcome in zip(good, outcomes, strict=True) if outcome == "stored"]
    if sum(_noughts_lost(database, row, against) for row in new) * 2 > len(new):
        raise _came_before("only the noughts before their keys are other ones (0001 became 1)")
    known, alike = imports.most_alike(database, [bulk.short(row.ready.content_mac) for row in new])
    if known is not None and alike >= LEAST_ALIKE and alike * 2 > len(new):
        raise _came_before(f"the answers of {alike} of {len(new)} rows are those of import {known.number} or others")


def _came_before(seen: str) -> ImportRefusedError:
    return ImportRefusedError(
        f"Most of this file came in before: {seen}. Nothing was stored. Give the file as it was then, with the same "
        "--source. If these are other people's answers, add --again.",
    )


def _noughts_lost(database: Database, row: Good, against: World) -> bool:
    """Whether the same answers are there under the same number with more or fewer noughts before it."""
    if not (row.key.isascii() and row.key.isdigit()):
        return False
    bare = row.key.lstrip("0") or "0"
    others = {bare.zfill(width) for width in range(len(bare), LONGEST_KEY + 1)} - {row.key}
    for key in others:
        mac = against.terms.sealer.mac(b"key", rows.key_of(against.source, key))
        known = database.one("SELECT content_mac FROM submission WHERE key_mac = :key_mac", {"key_mac": mac})
        if known is not None and known[0] == row.ready.content_mac:
            return True
    return False


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for cycles: rows make none, and looking for them takes a sixth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
