"""Then files: all that lie in a release's folder, made from publishable figures alone. The same bytes for the same ones."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from collector.releases import metadata, who_answered
from collector.releases.changes import changes
from collector.releases.codebook import COLUMNS as BOOK_COLUMNS
from collector.releases.codebook import KEY as BOOK_KEY
from collector.releases.codebook import codebook
from collector.releases.codebook import rows as book_rows
from collector.releases.csvfile import BOM, csv_bytes, csv_pieces
from collector.releases.heading import Heading, named
from collector.releases.kept import Content, Files, long, sized
from collector.releases.metadata import Table
from collector.releases.methods import methods
from collector.releases.publishable import PeriodPart, Publishable
from collector.releases.tidy import COLUMNS, TEXTS, Edition, Rows, spreadsheet_rows
from collector.releases.workbook import workbook
from collector.summaries.outline import Outline
from collector.survey.definition import Surveys

SHEETS = ("figures", "year")
"""Names of the sheets of a workbook that hold the quarter and the year."""


def render_files(heading: Heading, shown: Publishable, surveys: Surveys) -> dict[str, Content]:
    """Every file of a release, by its name."""
    rows = [_rows(heading, shown, part) for part in shown.parts]
    counted = {key: surveys[key] for key in shown.versions}
    books = {f"{named('codebook', heading.synthetic, *key)}.csv": one for key, one in counted.items()}
    files, tables = _tidy_files(heading, shown, rows)
    who = f"{heading.named('who-answered', heading.period)}.csv"
    edition = _edition(heading, shown.parts[0])
    files |= {
        f"{heading.name}.xlsx": workbook(
            [
                *((SHEETS[place], COLUMNS, spreadsheet_rows(own)) for place, own in enumerate(rows)),
                (
                    "codebook",
                    BOOK_COLUMNS,
                    [row for one in counted.values() for row in book_rows(one, heading.synthetic)],
                ),
            ]
        ),
        who: _who_answered(rows, _comparable(shown.outlines.values(), surveys)),
        **{file: codebook(one, heading.synthetic) for file, one in books.items()},
        "methods.md": methods(edition, shown.outlines.values(), heading.code_version),
        "changes.md": changes(edition, heading.reasons, shown.changed),
    }
    tables += [
        Table(who, who_answered.COLUMNS, who_answered.KEY),
        *(Table(file, BOOK_COLUMNS, BOOK_KEY) for file in books),
    ]
    files["datapackage.json"] = metadata.datapackage(heading.name, heading.title, tables, files)
    return {**files, "checksums.txt": checksums(files)}


def _edition(heading: Heading, part: PeriodPart) -> Edition:
    """What the rows of a quarter or year share."""
    return Edition(part.period, part.areas, heading.published_on, heading.synthetic, heading.status, heading.revision)


def _rows(heading: Heading, shown: Publishable, part: PeriodPart) -> Rows:
    """The rows of a quarter or year."""
    code = part.period.code
    own = [(shown.outlines[series], editions[code]) for series, editions in shown.figures.items() if code in editions]
    return Rows(_edition(heading, part), own)


def _tidy_files(heading: Heading, shown: Publishable, rows: Iterable[Rows]) -> tuple[dict[str, Content], list[Table]]:
    """The figures of the quarter, and of the year, each in a file for machines with its metadata and one for people."""
    files: dict[str, Content] = {}
    tables = []
    for part, own in zip(shown.parts, rows, strict=True):
        name = heading.named("trust-summary", part.period)
        files[f"{name}.csv"] = long(csv_pieces(COLUMNS, TEXTS, own))
        files[f"{name}.csv-metadata.json"] = metadata.csvw(f"{name}.csv", heading.title)
        files[f"{name}_excel.csv"] = long(chain([BOM], csv_pieces(COLUMNS, TEXTS, spreadsheet_rows(own))))
        tables.append(Table(f"{name}.csv", COLUMNS, metadata.KEY))
    return files, tables


def _who_answered(rows: Iterable[Rows], comparable: set[tuple[object, object, str]]) -> bytes:
    people = (row for own in rows for row in who_answered.who_answered(own.of_level("participation"), comparable))
    return csv_bytes(who_answered.COLUMNS, who_answered.TEXTS, people)


def _comparable(outlines: Iterable[Outline], surveys: Surveys) -> set[tuple[object, object, str]]:
    """Breakdowns whose groups are those of the Census."""
    found: set[tuple[object, object, str]] = set()
    for one in outlines:
        survey = surveys[one.survey, one.version]
        for shown in one.classifications:
            question = survey.by_code.get(shown.question)
            if question and question.option_set and question.option_set.scheme == who_answered.SCHEME:
                found.add((one.survey, one.version, shown.code))
    return found


def checksums(files: Files) -> bytes:
    """SHA-256 of each file, as `sha256sum --check` reads it."""
    return "".join(f"{sized(files[name])[1]}  {name}\n" for name in sorted(files)).encode()
