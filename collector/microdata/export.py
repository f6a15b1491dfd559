"""Answers of single people for the host's own analysts: with a reason, written to the audit log, in a private folder."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from collector.audit import log
from collector.audit.act import Act
from collector.db import Database
from collector.errors import ExportError
from collector.microdata import dictionary
from collector.microdata.cells import Guard
from collector.microdata.folder import new_folder, private_file
from collector.microdata.lines import Lines, counted
from collector.releases.csvfile import BOM, csv_bytes
from collector.releases.harmless import disarmed
from collector.responses.periods import Period, parse
from collector.responses.versions import Published, published
from collector.summaries import store

MOST_REASON = 300
NOTES_FILE = "READ_ME_FIRST.txt"


@dataclass(frozen=True)
class Style:
    """A way to write a CSV file: what its name ends in, what it starts with, what happens to the words of a cell."""

    ending: str
    start: str
    guard: Guard
    disarm: frozenset[str] = frozenset()
    """Columns of the dictionary in which formulas are disarmed."""


PLAIN = Style("", "", str)
EXCEL = Style("_excel", BOM.decode(), disarmed, dictionary.TEXTS)


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for. No quarter named is every one with answers."""

    periods: tuple[Period, ...] = ()
    excel: bool = False
    synthetic: bool = False

    @property
    def styles(self) -> tuple[Style, ...]:
        return (PLAIN, EXCEL) if self.excel else (PLAIN,)


@dataclass(frozen=True)
class Exported:
    """What an export holds: lines by quarter, and its files."""

    rows: Mapping[str, int]
    files: tuple[str, ...]


def export(database: Database, to: Path, wanted: Wanted, act: Act) -> Exported:
    """Write counted answers into a new folder. The entry in the audit log is there before the folder is.

    Raises ExportError without a reason, without answers, or when the folder is there.
    """
    act = replace(act, reason=checked_reason(act.reason))
    periods = sorted(set(wanted.periods)) or [parse(code) for code in store.periods(database)]
    rows = dict.fromkeys(periods, 0)
    database.take_little()
    with new_folder(to) as folder:
        for period, lines in _responses(database, folder, wanted, periods):
            rows[period] += lines
        found, total = _found(rows, wanted), sum(rows.values())
        names = " ".join(found)
        with private_file(folder / NOTES_FILE) as out:
            out.write(dictionary.notes(wanted.synthetic, act.reason, act.at.isoformat(), names, total))
        with database.transaction():
            log.write(database, act, "export-responses", names, str(total))
        files = tuple(sorted(path.name for path in folder.iterdir()))
    return Exported(found, files)


def checked_reason(text: str) -> str:
    """A reason on one line. Raises ExportError when it is empty, too long or not plain words."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    if not text or not text.isprintable() or len(text) > MOST_REASON:
        raise ExportError(
            f'Say why the answers are needed, in 1 to {MOST_REASON} characters: --reason "...". It is kept.'
        )
    return text


def _found(rows: Mapping[Period, int], wanted: Wanted) -> dict[str, int]:
    """Lines by quarter. Each quarter that was named must have some."""
    found = {period.code: count for period, count in rows.items() if count}
    missing = [period.code for period in wanted.periods if period.code not in found]
    if missing or not found:
        where = f" in {missing[0]}" if missing else ""
        raise ExportError(f"There are no answers to export{where}. Nothing was written.")
    return found


def _responses(
    database: Database, folder: Path, wanted: Wanted, periods: Sequence[Period]
) -> Iterator[tuple[Period, int]]:
    """Write the files of each survey version that was answered; how many lines were written of which quarter."""
    places = {period: store.area_of(database, period.start) for period in periods}
    for version in published(database):
        with ExitStack() as files:
            outs: list[tuple[Lines, Callable[[str], object]]] = []
            for period in periods:
                for batch in counted(database, version, period):
                    outs = outs or [_begin(files, folder, version, style, wanted) for style in wanted.styles]
                    for lines, write in outs:
                        write(lines.text(period, places[period], batch))
                    yield period, len(batch)


def _begin(
    files: ExitStack, folder: Path, version: Published, style: Style, wanted: Wanted
) -> tuple[Lines, Callable[[str], object]]:
    """Write the dictionary, and open the file of the responses with its first line."""
    book = csv_bytes(dictionary.COLUMNS, style.disarm, dictionary.rows(version)).decode()
    with private_file(folder / _name("dictionary", version, style, wanted)) as out:
        out.write(style.start + book)
    responses = files.enter_context(private_file(folder / _name("responses", version, style, wanted)))
    lines = Lines(version, style.guard)
    responses.write(style.start + lines.first)
    return lines, responses.write


def _name(kind: str, version: Published, style: Style, wanted: Wanted) -> str:
    """A file's name; invented answers are named as such."""
    survey = version.survey
    words = [kind, *(["synthetic"] if wanted.synthetic else []), survey.code, survey.version]
    return "_".join(words) + f"{style.ending}.csv"
