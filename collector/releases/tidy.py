"""The tidy file: one row a figure, sorted, the same bytes for the same figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from heapq import merge
from itertools import groupby
from operator import itemgetter

from collector.disclosure.figure import Figure
from collector.disclosure.rules import MEASURES
from collector.periods import Period
from collector.releases.csvfile import Row, csv_bytes
from collector.summaries.outline import ALL, Outline

COLUMNS = (
    "period_type", "period", "period_start", "period_end", "area_type", "area_code", "area_name",
    "breakdown", "breakdown_code", "breakdown_label", "level", "code", "label", "measure", "value", "unit",
    "value_marker", "bound", "range_low", "range_high", "base_rounded", "visits", "reliability",
    "change_vs_previous", "survey", "survey_version", "variant", "status", "revision", "published_on",
)  # fmt: skip
TEXTS = frozenset({"area_name", "breakdown_label", "label"})
SORTED_BY = (
    "period",
    "area_code",
    "breakdown",
    "breakdown_code",
    "level",
    "code",
    "measure",
    "survey",
    "survey_version",
)
UNITS = {measure.code: measure.unit for measure in MEASURES}


@dataclass(frozen=True)
class Edition:
    """What rows of one period share in a release. `names` is the type and name of each area."""

    period: Period
    names: Mapping[str, tuple[str, str]]
    published_on: date
    synthetic: bool
    status: str = "draft"
    revision: int = 0

    @cached_property
    def head(self) -> Row:
        return {
            "period_type": self.period.kind,
            "period": self.period.code,
            "period_start": self.period.start,
            "period_end": self.period.end,
            "status": self.status,
            "revision": self.revision,
            "published_on": self.published_on,
        }


def tidy_file(edition: Edition, figures: Sequence[tuple[Outline, Iterable[Figure]]]) -> bytes:
    """The file of all figures of one period, those of each survey series with its outline."""
    return csv_bytes(COLUMNS, TEXTS, Rows(edition, figures))


class Rows(Iterable[Row]):
    """All rows of one period in a release, sorted. They are made anew each time they are gone through, area by area, so
    that memory does not grow with them. The figures of a series are sorted by area.
    """

    def __init__(self, edition: Edition, figures: Sequence[tuple[Outline, Iterable[Figure]]]) -> None:
        self._edition = edition
        self._figures = figures

    def __iter__(self) -> Iterator[Row]:
        merged = merge(*(_by_area(outline, own) for outline, own in self._figures), key=itemgetter(0))
        for _, parts in groupby(merged, key=itemgetter(0)):
            rows = [row for _, outline, own in parts for row in _rows(self._edition, outline, own)]
            yield from sorted(rows, key=lambda row: [str(row[column]) for column in SORTED_BY])

    def of_level(self, level: str) -> Rows:
        """The rows of one level alone."""
        return Rows(self._edition, [(outline, _OfLevel(own, level)) for outline, own in self._figures])


@dataclass(frozen=True)
class _OfLevel(Iterable[Figure]):
    figures: Iterable[Figure]
    level: str

    def __iter__(self) -> Iterator[Figure]:
        return (figure for figure in self.figures if figure.place.level == self.level)


def _by_area(outline: Outline, figures: Iterable[Figure]) -> Iterator[tuple[str, Outline, list[Figure]]]:
    for area, own in groupby(figures, lambda figure: figure.place.area):
        yield area, outline, list(own)


def spreadsheet_rows(rows: Iterable[Row]) -> Iterator[Row]:
    """The same rows for people: where there is no value, its marker stands in the cell."""
    for row in rows:
        yield {**row, "value": row["value_marker"] if row["value"] is None else row["value"]}


def _rows(edition: Edition, outline: Outline, figures: Sequence[Figure]) -> Iterator[Row]:
    labels = {(item.level, item.code): item.label for item in outline.items}
    groups = {(split.code, group.code): group.label for split in outline.classifications for group in split.groups}
    groups[ALL.code, ALL.code] = ALL.label
    for figure in figures:
        place = figure.place
        area_type, name = edition.names[place.area]
        yield {
            **edition.head,
            "area_type": area_type,
            "area_code": place.area,
            "area_name": f"{name} (synthetic)" if edition.synthetic else name,
            "breakdown": place.breakdown,
            "breakdown_code": place.group,
            "breakdown_label": groups[place.breakdown, place.group],
            "level": place.level,
            "code": place.code,
            "label": labels[place.level, place.code],
            "measure": place.measure,
            "survey": outline.survey,
            "survey_version": outline.version,
            **_figure(figure),
        }


def _figure(figure: Figure) -> Row:
    return {
        "value": figure.value,
        "unit": UNITS[figure.place.measure],
        "value_marker": figure.marker,
        "bound": figure.bound,
        "range_low": figure.low,
        "range_high": figure.high,
        "base_rounded": figure.base,
        "visits": figure.visits,
        "reliability": figure.reliability,
        "change_vs_previous": figure.change,
        "variant": figure.variant,
    }
