"""All files of a release, made from frozen tables and their secrets: the same bytes for the same inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain

from collector.disclosure.figure import beside
from collector.disclosure.publish import publish
from collector.periods import Quarter
from collector.releases import metadata, who_answered
from collector.releases.changes import Reason, changes
from collector.releases.codebook import COLUMNS as BOOK_COLUMNS
from collector.releases.codebook import KEY as BOOK_KEY
from collector.releases.codebook import codebook
from collector.releases.codebook import rows as book_rows
from collector.releases.csvfile import BOM, csv_bytes, csv_pieces
from collector.releases.kept import Content, Figures, Files, long, packed_figures, pieces, sized
from collector.releases.metadata import Table
from collector.releases.methods import methods
from collector.releases.register import Editions, SeriesKey
from collector.releases.tidy import COLUMNS, TEXTS, Edition, Rows, spreadsheet_rows
from collector.releases.workbook import workbook
from collector.summaries.counts import Series
from collector.summaries.frozen import Frozen
from collector.summaries.outline import Outline, outline
from collector.survey.definition import Survey

Surveys = Mapping[tuple[str, str], Survey]
"""Published definitions by code and version."""
SHEETS = ("figures", "year")
"""Names of the sheets of a workbook that hold the quarter and the year."""


@dataclass(frozen=True)
class Making:
    """The inputs of a release beside the surveys: its tables, and with a year's last quarter those of the year; the
    secret of each; the figures of the quarter before and of the former revision. `reasons` are what was told since the
    first publication, in order.
    """

    frozen: Frozen
    secrets: Mapping[str, bytes] = field(repr=False)
    synthetic: bool
    status: str
    published_on: date
    code_version: str
    period: Quarter
    year: Frozen | None = None
    before: Editions = field(default_factory=dict, repr=False)
    former: Editions = field(default_factory=dict, repr=False)
    reasons: tuple[Reason, ...] = ()

    @property
    def name(self) -> str:
        return self.named("trust-summary", self.frozen)

    def named(self, kind: str, frozen: Frozen) -> str:
        return named(kind, self.synthetic, self.frozen.top, frozen.tables.period, f"r{self.frozen.revision}")

    @property
    def parts(self) -> list[Frozen]:
        """What has a file of figures of its own: the quarter, then the year."""
        return [self.frozen, *([self.year] if self.year else [])]


@dataclass(frozen=True)
class Made:
    """A release in memory: its folder's name, its files, its figures by series and period, how many figures changed."""

    name: str
    files: dict[str, Content]
    figures: dict[SeriesKey, dict[str, Figures]]
    changed: int

    @property
    def checksums(self) -> str:
        return b"".join(pieces(self.files["checksums.txt"])).decode()


def named(kind: str, synthetic: bool, *parts: str) -> str:
    """A file name; invented answers are named as such."""
    return "_".join([kind, *(["synthetic"] if synthetic else []), *parts])


def make(surveys: Surveys, making: Making) -> Made:
    """Every file of a release."""
    figures: dict[SeriesKey, dict[str, Figures]] = {}
    outlines: dict[SeriesKey, Outline] = {}
    for frozen in making.parts:
        for series in frozen.tables.series:
            own, period = (series.survey, series.major), frozen.tables.period
            outlines[own] = _outline(series, surveys)
            figures.setdefault(own, {})[period] = _figures(making, frozen, series, outlines[own])
    changed = _changed(figures, making.former)
    files = _files(making, figures, surveys, outlines, changed)
    return Made(making.name, {**files, "checksums.txt": checksums(files)}, figures, changed)


def _figures(making: Making, frozen: Frozen, series: Series, shown: Outline) -> Figures:
    """What may be published of a series. A change is told since the quarter before only."""
    period, parents = frozen.tables.period, {area: place.parent for area, place in frozen.areas.items()}
    editions = making.before.get((series.survey, series.major), {}) if frozen is making.frozen else {}
    before = editions.get(making.period.previous.code, ())
    return packed_figures(
        (series.survey, series.major, period), publish(series, shown, parents, making.secrets[period], before)
    )


def _outline(series: Series, surveys: Surveys) -> Outline:
    """The outline of a series as its counted versions have it, oldest first."""
    counted = [survey for key, survey in surveys.items() if key[0] == series.survey and key[1] in series.versions]
    return outline(counted)


def _edition(making: Making, frozen: Frozen) -> Edition:
    """What the rows of a quarter or year share."""
    names = {area: (place.type, place.name) for area, place in frozen.areas.items()}
    period = making.period.year if frozen is making.year else making.period
    return Edition(period, names, making.published_on, making.synthetic, making.status, making.frozen.revision)


def _changed(figures: Editions, former: Editions) -> int:
    """How many figures differ from the former revision of the period; all of a first publication."""
    if not former:
        return sum(len(found) for editions in figures.values() for found in editions.values())
    return sum(
        figure != was
        for own, editions in figures.items()
        for code, found in editions.items()
        for figure, was in beside(found, former.get(own, {}).get(code, ()))
    )


def _files(
    making: Making, figures: Editions, surveys: Surveys, outlines: Mapping[SeriesKey, Outline], changed: int
) -> dict[str, Content]:
    name, title = making.name, _title(making)
    rows = {frozen.tables.period: _rows(making, frozen, figures, outlines) for frozen in making.parts}
    counted = {key: surveys[key] for s in making.frozen.tables.series for key in _versions(s)}
    books = {f"{named('codebook', making.synthetic, *key)}.csv": one for key, one in counted.items()}
    pages = [row for one in counted.values() for row in book_rows(one, making.synthetic)]
    files, tables = _tidy_files(making, rows, title)
    who = f"{making.named('who-answered', making.frozen)}.csv"
    people = (
        row
        for own in rows.values()
        for row in who_answered.who_answered(own.of_level("participation"), _comparable(outlines.values(), surveys))
    )
    sheets = [(SHEETS[place], COLUMNS, spreadsheet_rows(own)) for place, own in enumerate(rows.values())]
    files |= {
        f"{name}.xlsx": workbook([*sheets, ("codebook", BOOK_COLUMNS, pages)]),
        who: csv_bytes(who_answered.COLUMNS, who_answered.TEXTS, people),
        **{file: codebook(one, making.synthetic) for file, one in books.items()},
        "methods.md": methods(_edition(making, making.frozen), outlines.values(), making.code_version),
        "changes.md": changes(_edition(making, making.frozen), making.reasons, changed),
    }
    tables += [
        Table(who, who_answered.COLUMNS, who_answered.KEY),
        *(Table(file, BOOK_COLUMNS, BOOK_KEY) for file in books),
    ]
    return {**files, "datapackage.json": metadata.datapackage(name, title, tables, files)}


def _rows(making: Making, frozen: Frozen, figures: Editions, outlines: Mapping[SeriesKey, Outline]) -> Rows:
    """The rows of a quarter or year."""
    code = frozen.tables.period
    own = [(outlines[series], editions[code]) for series, editions in figures.items() if code in editions]
    return Rows(_edition(making, frozen), own)


def _tidy_files(making: Making, rows: Mapping[str, Rows], title: str) -> tuple[dict[str, Content], list[Table]]:
    """The figures of the quarter, and of the year, each in a file for machines with its metadata and one for people."""
    files: dict[str, Content] = {}
    tables = []
    for frozen, own in zip(making.parts, rows.values(), strict=True):
        name = making.named("trust-summary", frozen)
        files[f"{name}.csv"] = long(csv_pieces(COLUMNS, TEXTS, own))
        files[f"{name}.csv-metadata.json"] = metadata.csvw(f"{name}.csv", title)
        files[f"{name}_excel.csv"] = long(chain([BOM], csv_pieces(COLUMNS, TEXTS, spreadsheet_rows(own))))
        tables.append(Table(f"{name}.csv", COLUMNS, metadata.KEY))
    return files, tables


def _comparable(outlines: Iterable[Outline], surveys: Surveys) -> set[tuple[object, object, str]]:
    """Breakdowns whose groups are those of the Census."""
    found: set[tuple[object, object, str]] = set()
    for one in outlines:
        survey = surveys[one.survey, one.version]
        for split in one.classifications:
            question = survey.by_code.get(split.question)
            if question and question.option_set and question.option_set.scheme == who_answered.SCHEME:
                found.add((one.survey, one.version, split.code))
    return found


def _title(making: Making) -> str:
    title = f"Trust in health services, {making.frozen.areas[making.frozen.top].name}, {making.period.code}"
    return f"{title} (synthetic)" if making.synthetic else title


def _versions(series: Series) -> list[tuple[str, str]]:
    return [(series.survey, version) for version in series.versions]


def checksums(files: Files) -> bytes:
    """SHA-256 of each file, as `sha256sum --check` reads it."""
    return "".join(f"{sized(files[name])[1]}  {name}\n" for name in sorted(files)).encode()
