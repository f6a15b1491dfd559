"""CSV as commissioners get it: UTF-8 without BOM, CRLF, quotes only where needed, no formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from collector.releases.harmless import disarmed, written

BOM = b"\xef\xbb\xbf"
"""Says UTF-8 to a spreadsheet."""


def csv_bytes(columns: Sequence[str], texts: frozenset[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    """A CSV file. `texts` are the columns with words that somebody wrote: there a spreadsheet must not see a formula.

    A cell that a row lacks, or that is None, is left empty.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column), column in texts) for column in columns])
    return out.getvalue().encode()


def _cell(value: object, words: bool) -> str:
    cell = "" if value is None else str(value)
    return disarmed(written(cell)) if words else cell
