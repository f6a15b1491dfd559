"""CSV as commissioners get it: UTF-8 without BOM, CRLF, quotes only where needed, no formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from collector.releases.escaping import disarmed, written

Row = dict[str, object]
"""A row of a file: its columns by name."""
BOM = b"\xef\xbb\xbf"
"""Says UTF-8 to a spreadsheet."""
PIECE = 1 << 16


def csv_bytes(columns: Sequence[str], texts: frozenset[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    """A CSV file. `texts` are the columns with words that somebody wrote: there a spreadsheet must not see a formula.

    A cell that a row lacks, or that is None, is left empty.
    """
    return b"".join(csv_pieces(columns, texts, rows))


def csv_pieces(columns: Sequence[str], texts: frozenset[str], rows: Iterable[Mapping[str, object]]) -> Iterator[bytes]:
    """The same, a piece at a time, so that memory does not grow with the rows."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    words = _Words()
    for row in rows:
        writer.writerow([words[row.get(column)] if column in texts else row.get(column) for column in columns])
        if out.tell() >= PIECE:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


class _Words(dict[object, str]):
    """Words as they stand in a cell: each is looked at once, as most stand in many rows."""

    def __missing__(self, words: object) -> str:
        self[words] = "" if words is None else disarmed(written(str(words)))
        return self[words]
