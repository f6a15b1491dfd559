"""The only place that reads whole responses for output: for the host's own analysts, never for commissioners.

It reads neither venue's name nor visit, day, key or id into a file, and no written answer. Why: docs/decisions/008-record-level.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import repeat
from typing import Any

from collector.db import Database
from collector.microdata.cells import Cells, Guard, Remembered, csv_text, headings
from collector.responses.periods import Period
from collector.responses.versions import Published

COLUMNS = ("period", "area_code", "mode", "help", "variant", "survey_version", "language", "late")
"""What stands before the answers."""

BATCH = 500
END = "\r\n"
# The order is drawn anew each time: the table's own would tell which answers came from one venue.
COUNTED = """
    SELECT venue, mode, help, variant, language, late > 0, card FROM response
    WHERE period = :period AND survey = :survey AND version = :version AND held = 0
    ORDER BY random()"""

Rows = Sequence[tuple[Any, ...]]
"""Venue, mode, help, variant, language, late, card."""


def counted(database: Database, version: Published, period: Period) -> Iterator[Rows]:
    """The counted responses of a survey version and quarter, some at a time and in no order; none that is held."""
    survey = version.survey
    where = {"period": period.code, "survey": survey.code, "version": survey.version}
    found = database.execute(COUNTED, where)
    while rows := found.fetchmany(BATCH):
        yield rows


class Lines:
    """Turns responses of one survey version into lines of CSV."""

    def __init__(self, version: Published, guard: Guard) -> None:
        self._version, self._guard = version, guard
        self._cells = Cells(version.layout, guard)
        self._heads = Remembered(partial(csv_text, guard=guard))

    @property
    def first(self) -> str:
        """The line of column names."""
        return csv_text([*COLUMNS, *headings(self._version.layout)], self._guard) + END

    def text(self, period: Period, area_of: Mapping[str, str], rows: Rows) -> str:
        """The lines of some responses of a quarter. A venue that lies in no area has a blank one."""
        venues, modes, helps, variants, languages, late, cards = zip(*rows, strict=True)
        heads = zip(
            repeat(period.code), (area_of.get(venue, "") for venue in venues), modes, helps, variants,
            repeat(self._version.survey.version), languages, map(str, late),
        )  # fmt: skip
        cells = zip(map(self._heads.__getitem__, heads), *self._cells.texts(cards), strict=True)
        return END.join(map(",".join, cells)) + END
