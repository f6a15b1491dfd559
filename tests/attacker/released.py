"""What was released: every tidy file of an exports folder, figure by figure."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


class Cell(NamedTuple):
    """An area in a period, and one group of one breakdown in it. `period` ends in @ and the revision."""

    period: str
    area: str
    breakdown: str
    group: str


class Span(NamedTuple):
    """A period of one revision: what it covers, and when it was published."""

    code: str
    kind: str
    start: str
    end: str
    revision: int
    published_on: str

    @property
    def key(self) -> str:
        return f"{self.code}@{self.revision}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a tidy file."""

    cell: Cell
    level: str
    code: str
    measure: str
    variant: str
    value: int | None
    marker: str
    bound: str
    base: int | None
    visits: int | None
    ends: tuple[str, str, str, str]
    """Both ends of the range, reliability and word of change, as written."""

    @property
    def hidden(self) -> bool:
        return self.marker == "[c]"

    @property
    def said(self) -> tuple[object, ...]:
        """All that the line says beyond its place."""
        return (self.value, self.marker, self.bound, self.base, self.visits)


@dataclass(frozen=True)
class Release:
    """All lines of one period and revision."""

    span: Span
    figures: tuple[Figure, ...]


def read(exports: Path) -> list[Release]:
    """Every released tidy file under a folder, in order of period and revision."""
    found: dict[Span, list[Figure]] = {}
    for path in sorted(exports.rglob("trust-summary*.csv")):
        if not path.stem.endswith("_excel"):
            with path.open(encoding="utf-8", newline="") as lines:
                for row in csv.DictReader(lines):
                    span = _span(row)
                    found.setdefault(span, []).append(_figure(row, span))
    return [Release(span, tuple(_once(found[span]))) for span in sorted(found)]


def _once(figures: list[Figure]) -> Iterator[Figure]:
    """A draft and its release may hold the same line twice."""
    yield from dict.fromkeys(figures)


def _span(row: dict[str, str]) -> Span:
    return Span(
        row["period"], row["period_type"], row["period_start"], row["period_end"], int(row["revision"]),
        row["published_on"],
    )  # fmt: skip


def _figure(row: dict[str, str], span: Span) -> Figure:
    return Figure(
        Cell(span.key, row["area_code"], row["breakdown"], row["breakdown_code"]),
        row["level"], row["code"], row["measure"], row["variant"], _whole(row["value"]), row["value_marker"],
        row["bound"], _whole(row["base_rounded"]), _whole(row["visits"]),
        (row["range_low"], row["range_high"], row["reliability"], row["change_vs_previous"]),
    )  # fmt: skip


def _whole(text: str) -> int | None:
    return int(float(text)) if text else None
