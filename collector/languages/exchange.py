"""Files for translators and back: a spreadsheet or a .po file, with context, note and the English as it is now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from collector.errors import SettingsError
from collector.languages import po
from collector.languages.merge import confirmed
from collector.languages.po import Entry, PoFile
from collector.languages.registry import Language

COLUMNS = ("context", "note", "English", "former English", "translation", "state", "still right? write yes")
WIDTHS = (18, 40, 50, 30, 60, 22, 14)
STATES = {"new": "to translate", "stale": "the English was mended", "aside": "the English changed", "": ""}
KINDS = (".xlsx", ".po")


@dataclass(frozen=True, slots=True)
class Row:
    """One message as it comes back from a translator. `sure` says that the words fit the English as it is now."""

    context: str
    english: str
    text: str
    sure: bool


def state(entry: Entry) -> str:
    """What a translator has to do about an entry: a key of STATES."""
    if not entry.text:
        return "new"
    return "aside" if entry.fuzzy else "stale" if entry.former else ""


def export(file: PoFile, language: Language, target: Path) -> None:
    """Write a file for a translator. Raises SettingsError for a kind of file that we do not know."""
    if target.suffix == ".po":
        target.write_text(po.as_text(replace(file, obsolete=())), encoding="utf-8")
    elif target.suffix == ".xlsx":
        _write_sheet(file, language, target)
    else:
        raise SettingsError(f"{target.name}: write one of {', '.join(KINDS)}.")


def _write_sheet(file: PoFile, language: Language, target: Path) -> None:
    openpyxl = _openpyxl()
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = language.tag
    sheet.freeze_panes = "A2"
    sheet.append(COLUMNS)
    for number, entry in enumerate(file.entries, 2):
        cells = (entry.context, entry.note, entry.source, entry.former, entry.text, STATES[state(entry)], "")
        for column, text in enumerate(cells, 1):
            cell = sheet.cell(number, column, text or None)
            cell.alignment = openpyxl.styles.Alignment(
                wrap_text=True, vertical="top", readingOrder=2 if column == 5 and language.dir == "rtl" else 0
            )
            if text:
                cell.data_type = "s"
    for column, wide in enumerate(WIDTHS, 1):
        sheet.column_dimensions[openpyxl.utils.get_column_letter(column)].width = wide
    book.save(target)


def _openpyxl() -> Any:
    import openpyxl  # slow to load, and only spreadsheets need it
    import openpyxl.styles
    import openpyxl.utils

    return openpyxl


def read(source: Path) -> tuple[str, list[Row]]:
    """The language and rows of a translator's file. Raises SettingsError when it is not one of ours."""
    if source.suffix == ".po":
        file = po.read(source)
        rows = [Row(e.context, e.source, e.text, not e.former and not e.fuzzy) for e in file.entries]
        return file.header.get("Language", "").replace("_", "-"), rows
    if source.suffix == ".xlsx":
        return _read_sheet(source)
    raise SettingsError(f"{source.name}: only {' and '.join(KINDS)} files can be taken in.")


def _read_sheet(source: Path) -> tuple[str, list[Row]]:
    openpyxl = _openpyxl()
    try:
        book = openpyxl.load_workbook(source, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        lines = [tuple(_cell(value) for value in line) for line in sheet.iter_rows(values_only=True)]
        title = str(sheet.title)
        book.close()
    except Exception as error:  # whatever a broken spreadsheet makes the reader raise
        raise SettingsError(f"{source.name} is not a spreadsheet that can be read. Save it as .xlsx again.") from error
    if not lines or lines[0][: len(COLUMNS)] != COLUMNS:
        raise SettingsError(f"{source.name}: the first row must be the one we wrote: {', '.join(COLUMNS)}.")
    return title, list(_rows(lines[1:]))


def _rows(lines: Sequence[tuple[str, ...]]) -> Iterator[Row]:
    for line in lines:
        context, _, english, former, text, was, sure = (*line, *[""] * len(COLUMNS))[: len(COLUMNS)]
        if context:
            waiting = former or was in (STATES["stale"], STATES["aside"])
            yield Row(context, english, text, not waiting or sure.strip().casefold() == "yes")


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def apply(file: PoFile, rows: Sequence[Row]) -> tuple[PoFile, list[str]]:
    """The catalogue with a translator's rows, and the contexts that changed.

    Raises SettingsError, and takes nothing, when a row's English is not what is said now.
    """
    held = {(entry.context, entry.source): entry for entry in file.entries}
    moved = [row.context for row in rows if (row.context, row.english) not in held]
    if moved:
        shown = ", ".join(moved[:5]) + (" …" if len(moved) > 5 else "")
        raise SettingsError(
            f"Nothing is taken in: the English of {len(moved)} messages has moved on ({shown}). "
            "Export the language again and copy the translations over."
        )
    changed: dict[tuple[str, str], Entry] = {}
    for row in rows:
        entry = held[row.context, row.english]
        text = row.text.strip()
        if text and (text != entry.text or (entry.stale and row.sure)):
            changed[row.context, row.english] = confirmed(entry, text)
    entries = tuple(changed.get((entry.context, entry.source), entry) for entry in file.entries)
    return replace(file, entries=entries), list(dict.fromkeys(context for context, _ in changed))
