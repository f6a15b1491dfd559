"""All files of a release, made from frozen tables and what was published before: the same bytes for the same inputs."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from collector.releases import answered, described
from collector.releases.changes import changes
from collector.releases.codebook import COLUMNS as BOOK_COLUMNS
from collector.releases.codebook import codebook
from collector.releases.codebook import rows as book_rows
from collector.releases.csvfile import BOM, csv_bytes
from collector.releases.methods import methods
from collector.releases.tidy import COLUMNS, TEXTS, Edition, Row, Span, spreadsheet_rows, tidy_rows
from collector.releases.workbook import workbook
from collector.responses.periods import Period
from collector.summaries.counts import Series
from collector.summaries.disclosure import Figure
from collector.summaries.frame import Frame, frame
from collector.summaries.frozen import Frozen
from collector.summaries.publishing import Past, SeriesKey, publish
from collector.survey.definition import Survey

Surveys = Mapping[tuple[str, str], Survey]
"""Published definitions by code and version."""


@dataclass(frozen=True)
class Making:
    """The inputs of a release beside the surveys and what is out. `reasons` are those of its corrections, in order."""

    frozen: Frozen
    synthetic: bool
    status: str
    published_on: date
    code_version: str
    period: Period
    reasons: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return named("trust-summary", self.synthetic, self.frozen.top, self.period.code, f"r{self.frozen.revision}")


@dataclass(frozen=True)
class Made:
    """A release in memory: its folder's name, its files, its figures by series and edition, how many rows changed."""

    name: str
    files: dict[str, bytes]
    figures: dict[SeriesKey, dict[str, list[Figure]]]
    changed: int


def named(kind: str, synthetic: bool, *parts: str) -> str:
    """A file name; invented answers are named as such."""
    return "_".join([kind, *(["synthetic"] if synthetic else []), *parts])


def make(surveys: Surveys, making: Making, history: Sequence[Past]) -> Made:
    """Every file of a release. Raises ReleaseError when a hidden figure cannot be protected."""
    figures: dict[SeriesKey, dict[str, list[Figure]]] = {}
    frames: dict[SeriesKey, Frame] = {}
    why: Counter[str] = Counter()
    for series in making.frozen.tables.series:
        own = (series.survey, series.major)
        frames[own] = _frame(series, surveys)
        found = publish(making.frozen, series, frames[own], history)
        figures[own] = found.editions
        why.update(found.why)
    rows = tidy_rows(
        (_edition(making, code), frames[own], shown)
        for own, editions in figures.items()
        for code, shown in editions.items()
    )
    changed = _changed(figures, history, making.period.code)
    files = _files(making, rows, surveys, frames.values(), why, changed)
    return Made(making.name, {**files, "checksums.txt": checksums(files)}, figures, changed)


def _frame(series: Series, surveys: Surveys) -> Frame:
    """The frame of a series as its counted versions have it, oldest first."""
    counted = [survey for key, survey in surveys.items() if key[0] == series.survey and key[1] in series.versions]
    return frame(counted)


def _edition(making: Making, code: str) -> Edition:
    """What the rows of a quarter, half-year or year share."""
    names = {area: (place.type, place.name) for area, place in making.frozen.places.items()}
    quarter, kind = making.period, "quarter"
    span: Period | Span = quarter
    if code != quarter.code:
        kind = "half-year" if "-H" in code else "year"
        first = Period(quarter.year, quarter.quarter - 1 if "-H" in code else 1)
        span = Span(code, first.start, quarter.end)
    return Edition(span, names, making.published_on, making.synthetic, making.status, making.frozen.revision, kind)


def _changed(figures: Mapping[SeriesKey, Mapping[str, Sequence[Figure]]], history: Sequence[Past], period: str) -> int:
    """How many figures differ from the former revision of the period."""
    former = next((past.figures for past in history if past.period == period), {})
    old = {(own, code, f.place): f for own, e in former.items() for code, found in e.items() for f in found}
    now = {(own, code, f.place): f for own, e in figures.items() for code, found in e.items() for f in found}
    return sum(old.get(place) != figure for place, figure in now.items())


def _files(
    making: Making, rows: Sequence[Row], surveys: Surveys, frames: Iterable[Frame], why: Counter[str], changed: int
) -> dict[str, bytes]:
    name, own = making.name, making.period.code
    people = list(answered.answered(rows))
    who = f"{named('who-answered', making.synthetic, *name.split('_')[-3:])}.csv"
    books = {key: surveys[key] for s in making.frozen.tables.series for key in _versions(s)}
    codebooks = {
        f"{named('codebook', making.synthetic, *key)}.csv": codebook(one, making.synthetic)
        for key, one in books.items()
    }
    title = f"Trust in health services, {making.frozen.places[making.frozen.top].name}, {own}"
    tables = [(f"{name}.csv", COLUMNS), (who, answered.COLUMNS), *((book, BOOK_COLUMNS) for book in codebooks)]
    book = [row for one in books.values() for row in book_rows(one, making.synthetic)]
    edition = _edition(making, own)
    return {
        f"{name}.csv": csv_bytes(COLUMNS, TEXTS, rows),
        f"{name}.csv-metadata.json": described.csvw(f"{name}.csv", _title(title, making)),
        f"{name}_excel.csv": BOM + csv_bytes(COLUMNS, TEXTS, spreadsheet_rows(rows)),
        f"{name}.xlsx": workbook([("figures", COLUMNS, spreadsheet_rows(rows)), ("codebook", BOOK_COLUMNS, book)]),
        who: csv_bytes(answered.COLUMNS, answered.TEXTS, people),
        **codebooks,
        "methods.md": methods(edition, frames, making.code_version, why),
        "changes.md": changes(edition, making.reasons, changed),
        "datapackage.json": described.datapackage(name, _title(title, making), tables),
    }


def _title(title: str, making: Making) -> str:
    return f"{title} (synthetic)" if making.synthetic else title


def _versions(series: Series) -> list[tuple[str, str]]:
    return [(series.survey, version) for version in series.versions]


def checksums(files: Mapping[str, bytes]) -> bytes:
    """SHA-256 of each file, as `sha256sum --check` reads it."""
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()
