"""Checking one row of a file: its columns, what each cell stands for, and the intake that every answer passes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from collector.errors import IntakeError
from collector.responses.against import Setting, World
from collector.responses.columns import SETTING, Columns, Read
from collector.responses.days import read_day
from collector.responses.labels import Labels, plain
from collector.responses.sheets import Line, Sheet
from collector.responses.submission import REASONS, Ready, Submission, prepare
from collector.responses.versions import Published
from collector.survey.answers import Checked, Given, Refusal

EXAMPLE = "example"
"""The key of the template's example row, which is passed over when it was left in."""
MAX_KEY = 200
MOST_SETTINGS, MOST_CELLS = 50_000, 10_000
SHORTENED = re.compile(r"\d([.,]\d+)?[Ee]\+\d+\Z")
WINDOWS = "it looks like Windows-1252, Excel's plain CSV; save the file as `CSV UTF-8 (Comma delimited)`"
ROW_REASONS = {
    "columns": "the row has more or fewer cells than the first line",
    "encoding": "the row is not UTF-8 text",
    "csv": "the row is not valid CSV",
    "key": "the key is blank, longer than 200 or not as it was typed",
    "venue": "the venue is not known",
    "language": "the language is not in the list",
    "used": "this key was imported before with other answers",
    "unreadable_day": "the day is not a date such as 2026-05-31",
    **REASONS,
}


@dataclass(frozen=True)
class Rejected:
    """One bad row: where it starts, its cells and a key of ROW_REASONS with detail."""

    line: int
    cells: list[str]
    reason: str
    detail: str


class Good(NamedTuple):
    """One row that may be stored: where it starts, its cells, its key as written, and what is stored."""

    line: int
    cells: list[str]
    key: str
    ready: Ready


class Example(NamedTuple):
    """The template's example row, left in."""

    line: int


Row = Good | Rejected | Example


def checked(sheet: Sheet, found: Columns, against: World) -> Iterator[Row]:
    """Each row that is not empty, checked."""
    for line in sheet.lines:
        if line[2] or "".join(line[1]).strip():
            yield check_row(line, found, against)


def check_row(line: Line, found: Columns, against: World) -> Row:
    """One row: stored, set aside with a reason, or the example that was left in."""
    start, cells, wrong = line
    if wrong:
        return Rejected(start, cells, "csv", wrong)
    try:
        _check_cells(cells, found)
        key = cells[found.place["key"]].strip()
        if key.casefold() == EXAMPLE:
            return Example(start)
        return Good(start, cells, key, prepare(_submission(key, cells, found, against), against.terms))
    except IntakeError as error:
        return Rejected(start, cells, error.reason, str(error))


def _check_cells(cells: list[str], found: Columns) -> None:
    width = len(cells)
    if width != len(found.names) and not found.least <= width < len(found.names):
        raise IntakeError("columns", f"{width} cells, {len(found.names)} columns")
    if not "".join(cells).isprintable() and any("\udc80" <= c <= "\udcff" for cell in cells for c in cell):
        raise IntakeError("encoding", WINDOWS)
    if found.unnamed and any(cells[i].strip() for i in found.unnamed if i < width):
        raise IntakeError("columns", "a cell is filled in a column without a name")


def _submission(key: str, cells: list[str], found: Columns, against: World) -> Submission:
    written = found.setting(cells)
    setting = against.settings.get(written)
    if setting is None:
        if len(against.settings) >= MOST_SETTINGS:
            against.settings.clear()
        setting = against.settings[written] = _setting(written, found, against)
    _check_key(key)
    return Submission(
        key_of(against.source, key),
        setting.venue,
        _day(cells[found.place["day"]], against),
        setting.language,
        "",
        _checked(cells, setting, against),
        setting.visit,
        setting.mode,
        setting.help,
    )


def _setting(written: tuple[str, ...], found: Columns, against: World) -> Setting:
    survey, version, variant, venue, visit, language, mode = (cell.strip() for cell in written[: len(SETTING)])
    helped = written[len(SETTING)].strip() if len(written) > len(SETTING) else ""
    if not survey or not version:
        raise IntakeError("version", "survey or version is blank")
    published_version = against.versions.get((survey.casefold(), version))
    if published_version is None:
        raise IntakeError("version", f"{survey[:40]!r} {version[:20]!r} is not published")
    code = against.venues.get(plain(venue))
    if code is None:
        raise IntakeError("venue", f"{venue[:40]!r} is not a venue, or the name of several; write its code")
    tag = against.languages.get(plain(language))
    if tag is None:
        raise IntakeError("language", f"{language[:40]!r} is not a language of the list")
    variant = variant.casefold()
    if variant not in published_version.survey.asked_by:
        raise IntakeError("variant", f"{variant[:40]!r} is not a variant of {published_version.survey.code}")
    checker, read = published_version.checker(variant), _reading(found, published_version, variant, tag)
    return Setting(published_version, checker, read, code, visit, tag, _snake(mode), _snake(helped) or "none")


def _reading(found: Columns, version: Published, variant: str, language: str) -> Read:
    """The columns of a variant in a language, which all rows of it share with all that is known of their cells."""
    name = (version.survey.code, version.survey.version, variant, language)
    if name not in found.known:
        found.known[name] = [
            (code, place, None if version.kinds.get(code, "text") == "text" else {}) for code, place in found.questions
        ]
    return found.known[name]


def _snake(text: str) -> str:
    """`Self phone` as the code self_phone."""
    return "_".join(text.casefold().split())


def _check_key(key: str) -> None:
    if not 0 < len(key) <= MAX_KEY or not key.isprintable():
        raise IntakeError("key", "the key is blank, longer than 200, or has characters that nobody sees")
    if SHORTENED.match(key):
        raise IntakeError("key", f"the spreadsheet shortened it to {key}; format the column as text and type it again")


def key_of(source: str, key: str) -> bytes:
    """What a row's key is made one by: its source, and the key as written."""
    return f"import\0{source}\0{key}".encode()


def _day(text: str, against: World) -> date:
    day = against.days.get(text)
    if day is None:
        day = against.days[text] = read_day(text, against.order)
    return day


def _checked(cells: list[str], setting: Setting, against: World) -> Checked:
    """The answers of a row. Blank cells are left out; a cell that many rows have is held against its question once."""
    parts: list[Given] = []
    faults: dict[str, Refusal] = {}
    for code, place, memory in setting.read:
        if cell := cells[place]:
            if memory is not None and (known := memory.get(cell)) is not None:
                parts.append(known)
            elif not cell.isspace():
                try:
                    part = _part(code, cell, setting, memory, against)
                except IntakeError as error:
                    faults[code] = Refusal(error.reason, str(error))
                    continue
                if part is not None:
                    parts.append(part)
    return setting.checker.gather(parts, faults)


def _part(code: str, cell: str, setting: Setting, memory: dict[str, Given] | None, against: World) -> Given | None:
    """A cell as it is kept. Texts keep their spaces. Raises IntakeError."""
    if memory is None:
        return setting.checker.one(code, cell)
    survey = setting.version.survey
    series = (survey.code, survey.version, setting.language)
    labels = against.labels.get(series)
    if labels is None:
        labels = against.labels[series] = Labels(survey, against.words(setting.language))
    part = setting.checker.one(code, labels.read(code, cell))
    if part is not None and len(memory) < MOST_CELLS:
        memory[cell] = part
    return part
