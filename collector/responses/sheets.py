"""Opening what a spreadsheet program saved: which encoding, which separator, and where the names of the columns stand.

What can be read for certain is read. Anything else is refused with its cause and what to save it as.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from collector.errors import IntakeError
from collector.responses import workbooks

SEPARATORS = (",", ";", "\t", "|")
SEPARATOR_LINE = re.compile(r'"?sep=[,;\t|]"?[,;\t|"]*\Z', re.IGNORECASE)
"""What Excel reads as "the separator is …"; it says nothing that the names of the columns do not show."""
BLANK = ' ,;\t|"\r\n\ufeff\u200b\xa0'
SAMPLE, LEAST_SAMPLE = 4096, 4
LOST = "\udcff"
"""Stands for a byte that is no text, so that its row is refused and not the file."""

CSV_UTF8 = "In Excel choose File, Save As, `CSV UTF-8 (Comma delimited)`."
OTHER_FILES = (
    (b"\xd0\xcf\x11\xe0", f"an old Excel workbook (.xls), or one with a password. {CSV_UTF8}"),
    (b"%PDF", "a PDF. Give the spreadsheet that it was printed from, saved as CSV UTF-8."),
    (b"{\\rtf", "a text document. Give a spreadsheet saved as CSV UTF-8."),
    (b"<", f"a web page or XML, not CSV. Open it in a spreadsheet program. {CSV_UTF8}"),
    (b"\xff\xfe\0\0", f"text in UTF-32. {CSV_UTF8}"),
    (b"\0\0\xfe\xff", f"text in UTF-32. {CSV_UTF8}"),
)
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
KNOWN_MARKS = tuple(mark for mark, _ in MARKS)

Line = tuple[int, list[str], str]
"""Where a row starts, its cells, and what is wrong with it as CSV."""


@dataclass
class Sheet:
    """An open file: the names of its columns, then its rows, one after another."""

    head: list[str]
    lines: Iterator[Line]
    raw: IO[bytes]
    marked: bool = False
    """True when the file says that it is UTF-8 or UTF-16, as spreadsheet programs do; a report of it says so too."""
    padded: bool = False
    """True where cells stand in fixed places, so that a short row lacks only blank cells."""

    @property
    def done(self) -> int:
        """Bytes read so far."""
        return 0 if self.padded else self.raw.tell()


def fold(name: str) -> str:
    """A name as it is compared: without case, outer space and marks that nobody sees."""
    return " ".join(name.replace("\ufeff", "").replace("\u200b", "").split()).casefold()


def _lost(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return LOST, error.end


codecs.register_error("collector.lost", _lost)


@contextmanager
def opened(path: Path, wanted: frozenset[str]) -> Iterator[Sheet]:
    """The sheet in a file. `wanted` are folded names of columns, by which the head is known. Raises IntakeError."""
    with path.open("rb") as raw:
        sample = raw.read(SAMPLE)
        raw.seek(0)
        if zipfile.is_zipfile(path) and sample.startswith(b"PK"):
            with workbooks.opened(path, raw, wanted, fold) as rows:
                yield _from_workbook(rows, raw)
            return
        refuse_other(path, sample)
        encoding, errors = _encoding(sample)
        with io.TextIOWrapper(raw, encoding, errors, newline="") as lines:
            yield _from_text(path, lines, raw, wanted, marked=sample.startswith(KNOWN_MARKS))


def refuse_other(path: Path, sample: bytes) -> None:
    """Raise IntakeError, naming the cure, when a file begins as something that is not CSV."""
    start = sample.lstrip(b" \t\r\n") if not sample.startswith(b"\xff\xfe") else sample
    for beginning, words in OTHER_FILES:
        if start.removeprefix(codecs.BOM_UTF8).startswith(beginning):
            raise IntakeError("columns", f"{path.name} is {words}")


def _encoding(sample: bytes) -> tuple[str, str]:
    for mark, encoding in MARKS:
        if sample.startswith(mark):
            return encoding, "surrogateescape" if encoding == "utf-8-sig" else "collector.lost"
    odd, even = sample[1:200:2], sample[0:200:2]
    if len(sample) >= LEAST_SAMPLE and not odd.strip(b"\0"):
        return "utf-16-le", "collector.lost"
    if len(sample) >= LEAST_SAMPLE and not even.strip(b"\0"):
        return "utf-16-be", "collector.lost"
    return "utf-8", "surrogateescape"


def _from_text(path: Path, lines: IO[str], raw: IO[bytes], wanted: frozenset[str], *, marked: bool) -> Sheet:
    number, line = 0, ""
    while not line.strip(BLANK) or SEPARATOR_LINE.match(line.strip("\ufeff\r\n")):
        line = lines.readline(1_000_000)
        number += 1
        if not line:
            raise IntakeError("columns", f"{path.name} is empty or not CSV. Its first line must name the columns.")
    heads = [_cells(line, separator) for separator in SEPARATORS]
    found = [sum(fold(name) in wanted for name in head) for head in heads]
    best = found.index(max(found))
    return Sheet(heads[best], _lines(lines, SEPARATORS[best], number), raw, marked)


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator))
    except csv.Error:
        return [line]


def _lines(lines: Iterable[str], separator: str, end: int) -> Iterator[Line]:
    reader = csv.reader(lines, delimiter=separator)
    before = end
    while True:
        start, cells = end + 1, []
        try:
            cells = next(reader)
            end = before + reader.line_num
            yield start, cells, ""
        except StopIteration:
            return
        except csv.Error as error:
            end = before + reader.line_num
            yield start, cells, str(error)


def _from_workbook(rows: Iterator[workbooks.Row], raw: IO[bytes]) -> Sheet:
    _, head = next(rows)
    width = len(head)
    lines = ((start, [*cells, *[""] * (width - len(cells))], "") for start, cells in rows)
    return Sheet(head, lines, raw, marked=True, padded=True)
