"""An XLSX workbook written by hand: a few parts of XML in a zip. No formula can be in it, and its bytes never change
with the clock or a library."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from xml.sax.saxutils import escape

from collector.releases.escaping import written

SheetRows = tuple[str, Sequence[str], Iterable[Mapping[str, object]]]
"""Name, columns and rows."""

ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""What spreadsheets read as a character by its number: the underscore is itself written so."""
LONGEST = 32_767
"""Of a cell, in units of UTF-16."""
FROZEN = (
    '<sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
)
"""The header stays in sight."""
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def workbook(sheets: Sequence[SheetRows]) -> bytes:
    """A workbook. Numbers are numbers; everything else is text."""
    parts = {
        "[Content_Types].xml": _types(len(sheets)),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _book([name for name, _, _ in sheets]),
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
        ),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, text in parts.items():
            archive.writestr(_entry(name), text)
        for number, (_, columns, rows) in enumerate(sheets, 1):
            with archive.open(_entry(f"xl/worksheets/sheet{number}.xml"), "w", force_zip64=False) as part:
                for line in _sheet(columns, rows):
                    part.write(line.encode())
    return out.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, LONG_AGO)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _types(sheets: int) -> str:
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{SHEET_TYPE}"/>' for n in range(1, sheets + 1)
    )
    return (
        f'{HEAD}<Types xmlns="{TYPES}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{BOOK_TYPE}"/>{overrides}</Types>'
    )


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    found = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'{HEAD}<Relationships xmlns="{RELATIONS}">{found}</Relationships>'


def _book(names: Sequence[str]) -> str:
    sheets = "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(names, 1))
    views = "<bookViews><workbookView/></bookViews>"
    return f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{views}<sheets>{sheets}</sheets></workbook>'


def _sheet(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """The sheet, row by row, so that memory does not grow with it."""
    known: dict[object, str] = {}
    yield f'{HEAD}<worksheet xmlns="{MAIN}">{FROZEN}<sheetData>'
    yield f"<row>{''.join(_cell(column) for column in columns)}</row>"
    for row in rows:
        cells = []
        for column in columns:
            value = row.get(column)
            text = known.get(value)
            if text is None:
                text = known[value] = _cell(value)
            cells.append(text)
        yield f"<row>{''.join(cells)}</row>"
    yield "</sheetData></worksheet>"


def _cell(value: object) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, int | Fraction):
        return f"<c><v>{float(value):.15g}</v></c>"
    text = escape(_cut(ESCAPED.sub("_x005F_", written(str(value)))))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _cut(words: str) -> str:
    """As much as a cell holds, never half a character."""
    return words.encode("utf-16-le")[: 2 * LONGEST].decode("utf-16-le", errors="ignore")
