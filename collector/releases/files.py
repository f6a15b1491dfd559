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
from collector.releases.codebook import KEY as BOOK_KEY
from collector.releases.codebook import codebook
from collector.releases.codebook import rows as book_rows
from collector.releases.csvfile import BOM, csv_bytes
from collector.releases.described import Table
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
        (_edition(making, code, history), frames[own], shown)
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


def _edition(making: Making, code: str, history: Sequence[Past] = ()) -> Edition:
    """What the rows of a quarter, half-year or year share. A longer one may have areas that are no more."""
    names = {a: (place.type, place.name) for past in history for a, place in past.frozen.places.items()}
    names |= {area: (place.type, place.name) for area, place in making.frozen.places.items()}
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
    name, frames = making.name, list(frames)
    who = f"{named('who-answered', making.synthetic, *name.split('_')[-3:])}.csv"
    counted = {key: surveys[key] for s in making.frozen.tables.series for key in _versions(s)}
    books = {f"{named('codebook', making.synthetic, *key)}.csv": one for key, one in counted.items()}
    title = _title(making)
    pages = [row for one in counted.values() for row in book_rows(one, making.synthetic)]
    edition = _edition(making, making.period.code)
    files = {
        f"{name}.csv": csv_bytes(COLUMNS, TEXTS, rows),
        f"{name}.csv-metadata.json": described.csvw(f"{name}.csv", title),
        f"{name}_excel.csv": BOM + csv_bytes(COLUMNS, TEXTS, spreadsheet_rows(rows)),
        f"{name}.xlsx": workbook([("figures", COLUMNS, spreadsheet_rows(rows)), ("codebook", BOOK_COLUMNS, pages)]),
        who: csv_bytes(answered.COLUMNS, answered.TEXTS, answered.answered(rows, _comparable(frames, surveys))),
        **{file: codebook(one, making.synthetic) for file, one in books.items()},
        "methods.md": methods(edition, frames, making.code_version, why),
        "changes.md": changes(edition, making.reasons, changed),
    }
    tables = (Table(f"{name}.csv", COLUMNS, described.KEY), Table(who, answered.COLUMNS, answered.KEY))
    told = (*tables, *(Table(file, BOOK_COLUMNS, BOOK_KEY) for file in books))
    return {**files, "datapackage.json": described.datapackage(name, title, told, files)}


def _comparable(frames: Iterable[Frame], surveys: Surveys) -> set[tuple[object, object, str]]:
    """Breakdowns whose groups are those of the Census."""
    found: set[tuple[object, object, str]] = set()
    for one in frames:
        survey = surveys[one.survey, one.version]
        for split in one.splits:
            question = survey.by_code.get(split.question)
            if question and question.option_set and question.option_set.scheme == answered.SCHEME:
                found.add((one.survey, one.version, split.code))
    return found


def _title(making: Making) -> str:
    title = f"Trust in health services, {making.frozen.places[making.frozen.top].name}, {making.period.code}"
    return f"{title} (synthetic)" if making.synthetic else title


def _versions(series: Series) -> list[tuple[str, str]]:
    return [(series.survey, version) for version in series.versions]


def checksums(files: Mapping[str, bytes]) -> bytes:
    """SHA-256 of each file, as `sha256sum --check` reads it."""
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()
