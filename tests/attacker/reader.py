"""What one written number can mean: the rules as the attacker knows them, written down a second time."""

from __future__ import annotations

import csv
import io
from collections.abc import Container
from dataclasses import dataclass

MOVED = 2  # R3: a count is changed by so much at most
STEP, FINE_STEP, FINE_BASE = 5, 1, 200  # R4: percentages, and those of all respondents from this base on
LEAST = 10  # R1: true people below whom nothing is shown

Row = tuple[str, str, str]
"""Area, breakdown, group."""


@dataclass(frozen=True)
class Written:
    """A percentage or number as it stands in a file; `value` is None where it is hidden."""

    value: int | None
    bound: str
    base: int

    def changed_base(self) -> tuple[float, float]:
        """R4: the changed counts that are written so; 10 stands for fewer, too."""
        return (0 if self.base == LEAST else self.base), self.base + 4

    def share(self, row: Row, level: str) -> tuple[float | None, float | None]:
        """R4, R5: the shares that are written so, in percent; None where the value is a bound."""
        fine = row[1] == "all" and self.base >= FINE_BASE and level != "option"
        half = (FINE_STEP if fine else STEP) / 2
        assert self.value is not None
        return (None if self.bound == "lte" else self.value - half), (
            None if self.bound == "gte" else self.value + half
        )


def read(content: bytes, breakdowns: Container[str] = ()) -> dict[Row, dict[tuple[str, str], Written]]:
    """The figures of a file by row, code and measure, of some breakdowns or of all."""
    found: dict[Row, dict[tuple[str, str], Written]] = {}
    for line in csv.DictReader(io.StringIO(content.decode(), newline="")):
        if not breakdowns or line["breakdown"] in breakdowns:
            row = line["area_code"], line["breakdown"], line["breakdown_code"]
            value = int(line["value"]) if line["value"] else None
            written = Written(value, line["bound"], int(line["base_rounded"] or 0))
            found.setdefault(row, {})[line["code"], line["measure"]] = written
    return found
