"""Reading an Excel workbook (.xlsx) as rows of text, as far as it can be read for certain."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any

from collector.errors import IntakeError

PARTS = (
    ("xl/workbook.xml", ""),
    ("xl/workbook.bin", "a binary Excel workbook (.xlsb). In Excel choose File, Save As, `Excel Workbook (.xlsx)`."),
    ("content.xml", "a LibreOffice file. Choose File, Save As, `Text CSV`, character set UTF-8, separator comma."),
    ("Index/Document.iwa", "a Numbers file. Choose File, Export To, CSV, and UTF-8 under Advanced."),
    ("index.zip", "a Numbers file. Choose File, Export To, CSV, and UTF-8 under Advanced."),
)
DAMAGED = (KeyError, ValueError, TypeError, SyntaxError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What is raised by a file that is not what its parts say."""

Row = tuple[int, list[str]]


@contextmanager
def opened(path: Path, raw: IO[bytes], wanted: frozenset[str], fold: Callable[[str], str]) -> Iterator[Iterator[Row]]:
    """The rows of the one sheet that has the columns, its head first. Raises IntakeError."""
    with _or_damaged(path):
        _refuse_other(path)
    try:
        from openpyxl import load_workbook  # needed only for this sort of file
    except ImportError as error:
        raise IntakeError(
            "columns",
            f"{path.name} is an Excel workbook. In Excel choose File, Save As, `CSV UTF-8 (Comma delimited)`.",
        ) from error
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="openpyxl")  # of styles and rules, which are not read
        with _or_damaged(path):
            book = load_workbook(raw, read_only=True, data_only=True)
            chosen = _chosen(path, book.worksheets, wanted, fold)
        try:
            yield _read(path, _rows(chosen))
        finally:
            book.close()


@contextmanager
def _or_damaged(path: Path) -> Iterator[None]:
    try:
        yield
    except DAMAGED as error:
        raise IntakeError("columns", f"{path.name} is a damaged Excel workbook. Save it again in Excel.") from error


def _read(path: Path, rows: Iterator[Row]) -> Iterator[Row]:
    while True:
        with _or_damaged(path):
            row = next(rows, None)
        if row is None:
            return
        yield row


def _chosen(path: Path, sheets: list[Any], wanted: frozenset[str], fold: Callable[[str], str]) -> Any:
    """The sheet whose first row names the columns."""
    heads = [next(_rows(sheet), (0, []))[1] for sheet in sheets]
    known = [sum(fold(cell) in wanted for cell in head) for head in heads]
    most = max(known, default=0)
    if not any(heads):
        raise IntakeError("columns", f"{path.name} is empty. Its first line must name the columns.")
    if most and known.count(most) > 1:
        raise IntakeError("columns", f"{path.name} has several sheets with these columns. Save each as its own file.")
    return sheets[known.index(most)]


def _refuse_other(path: Path) -> None:
    with zipfile.ZipFile(path) as packed:
        names = frozenset(packed.namelist())
    words = next((words for part, words in PARTS if part in names), "an archive. Unpack it and give the CSV in it.")
    if words:
        raise IntakeError("columns", f"{path.name} is {words}")


def _rows(sheet: Any) -> Iterator[Row]:
    """Rows that are not blank, with their numbers, without the blank cells at their ends."""
    for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
        cells = [text(value) for value in values]
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            yield number, cells


def text(value: object) -> str:
    """A cell as somebody would have typed it: whole numbers without a point, days as 2026-11-02."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
