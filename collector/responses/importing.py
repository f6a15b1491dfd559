"""Bringing in answers from paper or other tools: a CSV file through the same intake, streaming.

Columns: key, survey, version, variant, venue, visit, day, language, mode, optionally help; then one column a
question by its code. Good rows are kept; bad ones go to a file beside, with line and reason.
"""

from __future__ import annotations

import csv
import gc
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO, Any

from collector.audit import log
from collector.db import Database
from collector.errors import IntakeError
from collector.responses import store
from collector.responses.intake import REASONS, Ready, Submission, check
from collector.responses.keys import Sealer
from collector.responses.versions import Published, published
from collector.survey.definition import Answer

REQUIRED = ("key", "survey", "version", "variant", "venue", "visit", "day", "language", "mode")
OPTIONAL = ("help",)
BATCH = 5_000
MAX_KEY = 200
ROW_REASONS = {
    "columns": "the row has more or fewer cells than the first line",
    "encoding": "the row is not UTF-8 text",
    "csv": "the row is not valid CSV",
    "key": "the key is blank or longer than 200",
    "venue": "the venue is not known",
    "language": "the language is not in the list",
    "used": "this key was imported before with other answers",
    "unreadable_day": "the day is not a date such as 2026-05-31",
    **REASONS,
}


@dataclass
class Result:
    """How many rows were stored, were there already, and were rejected."""

    stored: int = 0
    repeated: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class World:
    """What a row is checked against: fixed while a file is read."""

    source: str
    today: date
    sealer: Sealer
    versions: dict[tuple[str, str], Published]
    venues: frozenset[str]
    languages: frozenset[str]
    days: dict[str, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Columns:
    """Positions of the columns of one file, and of its questions."""

    names: tuple[str, ...]
    place: dict[str, int]
    questions: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Rejected:
    """One bad row: where it starts, its cells and a key of ROW_REASONS with detail."""

    line: int
    cells: list[str]
    reason: str
    detail: str


def world(database: Database, source: str, today: date, sealer: Sealer, languages: frozenset[str]) -> World:
    """What there is to check against, read once."""
    versions = {(p.survey.code, p.survey.version): p for p in published(database)}
    venues = frozenset(row[0] for row in database.rows("SELECT code FROM venue"))
    return World(source, today, sealer, versions, venues, languages)


def import_file(
    database: Database,
    path: Path,
    checked_against: World,
    new_id: Callable[[], bytes],
    by: str,
    entry_id: str,
    progress: Callable[[int], None] = lambda _: None,
) -> Result:
    """Bring in a file; rejected rows are written to `FILE.rejected.csv`. Raises IntakeError when its head is wrong."""
    database.make_room()
    result = Result()
    rejects = path.with_name(path.name + ".rejected.csv")
    rejects.unlink(missing_ok=True)
    with (
        _uncollected(),
        path.open("rb") as raw,
        io.TextIOWrapper(raw, "utf-8-sig", "surrogateescape", newline="") as lines,
    ):
        columns = _columns(lines, checked_against)
        rows = _rows(lines, columns, checked_against)
        while batch := list(islice(rows, BATCH)):
            bad = _write(database, batch, new_id, result)
            _keep_rejected(rejects, columns, bad)
            progress(raw.tell())
    with database.transaction():
        detail = f"{result.stored} stored, {result.repeated} repeated, {result.rejected} rejected"
        log.write(database, entry_id, checked_against.today, by, "import", checked_against.source, detail)
    return result


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


def _columns(lines: IO[str], checked_against: World) -> Columns:
    try:
        names = tuple(next(csv.reader(lines)))
    except (StopIteration, csv.Error) as error:
        raise IntakeError("columns", "The file is empty or not CSV. Its first line must name the columns.") from error
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise IntakeError("columns", f"The file has no column `{missing[0]}`. It needs {', '.join(REQUIRED)}.")
    known = {q.code for p in checked_against.versions.values() for q in p.survey.asked}
    for name in names:
        if names.count(name) > 1:
            raise IntakeError("columns", f"The column `{name[:40]}` stands twice. Keep one.")
        if name not in known and name not in REQUIRED + OPTIONAL:
            raise IntakeError(
                "columns", f"The column `{name[:40]}` is not a question code. Remove it or mend its name."
            )
    place = {name: i for i, name in enumerate(names)}
    return Columns(names, place, tuple((name, i) for name, i in place.items() if name in known))


def _rows(
    lines: IO[str], columns: Columns, checked_against: World
) -> Iterator[tuple[int, list[str], Ready | Rejected]]:
    reader = csv.reader(lines)
    end = 1
    while True:
        start, cells = end + 1, []
        try:
            cells = next(reader)
            end = reader.line_num + 1
            if cells:
                yield start, cells, _row(start, cells, columns, checked_against)
        except StopIteration:
            return
        except csv.Error as error:
            end = reader.line_num + 1
            yield start, cells, Rejected(start, cells, "csv", str(error))


def _row(line: int, cells: list[str], columns: Columns, checked_against: World) -> Ready | Rejected:
    try:
        submission, version = _submission(cells, columns, checked_against)
        return check(submission, version, checked_against.sealer, checked_against.today)
    except IntakeError as error:
        return Rejected(line, cells, error.reason, str(error))


def _submission(cells: list[str], columns: Columns, checked_against: World) -> tuple[Submission, Published]:
    if len(cells) != len(columns.names):
        raise IntakeError("columns", f"{len(cells)} cells, {len(columns.names)} columns")
    if not "".join(cells).isprintable():
        _refuse_bytes(cells)
    head = {name: cells[columns.place[name]].strip() for name in REQUIRED}
    version = checked_against.versions.get((head["survey"], head["version"]))
    if version is None:
        raise IntakeError("version", f"{head['survey'][:40]} {head['version'][:20]} is not published")
    if head["venue"] not in checked_against.venues:
        raise IntakeError("venue", f"{head['venue'][:40]!r} is not a venue")
    if head["language"] not in checked_against.languages:
        raise IntakeError("language", f"{head['language'][:40]!r} is not a language of the list")
    if not 0 < len(head["key"]) <= MAX_KEY:
        raise IntakeError("key", "the key is blank or longer than 200")
    submission = Submission(
        key=f"import\0{checked_against.source}\0{head['key']}".encode(),
        venue=head["venue"],
        day=_day(head["day"], checked_against),
        variant=head["variant"],
        language=head["language"],
        catalogue="",
        answers=_answers(cells, columns, version),
        visit=head["visit"],
        mode=head["mode"],
        help=cells[columns.place["help"]].strip() or "none" if "help" in columns.place else "none",
    )
    return submission, version


def _refuse_bytes(cells: list[str]) -> None:
    if any("\udc80" <= c <= "\udcff" for cell in cells for c in cell):
        raise IntakeError("encoding", "a byte that is not UTF-8")


def _day(text: str, checked_against: World) -> date:
    day = checked_against.days.get(text)
    if day is None:
        try:
            day = checked_against.days[text] = date.fromisoformat(text)
        except ValueError as error:
            raise IntakeError("unreadable_day", f"{text[:20]!r} is not a date such as 2026-05-31") from error
    return day


def _answers(cells: list[str], columns: Columns, version: Published) -> dict[str, Answer]:
    """Answers by question code; blank cells are left out. Codes lose stray spaces, texts keep theirs."""
    answers: dict[str, Answer] = {}
    kinds = version.kinds
    for code, place in columns.questions:
        cell = cells[place]
        if cell:
            kind = kinds.get(code)
            if kind == "multi":
                answers[code] = tuple(cell.split())
            elif not cell.isspace():
                answers[code] = cell if kind == "text" else cell.strip()
    return answers


def _write(
    database: Database,
    batch: list[tuple[int, list[str], Ready | Rejected]],
    new_id: Callable[[], bytes],
    result: Result,
) -> list[Rejected]:
    good = [(line, cells, ready) for line, cells, ready in batch if isinstance(ready, Ready)]
    bad = [entry for _, _, entry in batch if isinstance(entry, Rejected)]
    with database.transaction():
        outcomes = store.write_many(database, [ready for _, _, ready in good], new_id)
    for (line, cells, _), outcome in zip(good, outcomes, strict=True):
        if outcome == "used":
            bad.append(Rejected(line, cells, "used", "same key, other answers"))
        elif outcome == "repeated":
            result.repeated += 1
        else:
            result.stored += 1
    result.rejected += len(bad)
    return sorted(bad, key=lambda entry: entry.line)


def _keep_rejected(path: Path, columns: Columns, bad: list[Rejected]) -> None:
    if not bad:
        return
    new = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)  # it holds answers
    with open(descriptor, "a", encoding="utf-8", errors="surrogateescape", newline="") as out:
        writer: Any = csv.writer(out)
        if new:
            writer.writerow(["line", "reason", *columns.names])
        for entry in bad:
            writer.writerow([entry.line, f"{ROW_REASONS[entry.reason]} ({entry.detail})", *entry.cells])
