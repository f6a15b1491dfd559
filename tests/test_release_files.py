"""Other people's programs read the files of a release, and find the figures that were written down."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pandas
import pytest
from csvw import Table
from frictionless import Package, validate
from openpyxl import load_workbook

from collector.db import Database
from collector.disclosure.figure import Figure
from collector.releases import register
from collector.releases.tidy import COLUMNS
from tests.golden.world import NAME, write

KEY = ["area_code", "breakdown", "breakdown_code", "level", "code", "measure"]
NUMBERS = {"value": "value", "range_low": "low", "range_high": "high", "base_rounded": "base", "visits": "visits"}
Figures = dict[tuple[str, ...], Figure]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, Path]]:
    database, exports = write(tmp_path_factory.mktemp("world"))
    yield database, exports / NAME
    database.close()


@pytest.fixture(scope="module")
def figures(world: tuple[Database, Path]) -> Figures:
    [one] = register.records(world[0])
    written = register.figures_of(world[0], one.number)
    return {tuple(f.place): f for editions in written.values() for own in editions.values() for f in own}


def same(found: object, written: int | None) -> bool:
    return pandas.isna(found) if written is None else found == written


def test_pandas_reads_the_right_numbers_without_being_told_anything(world, figures: Figures) -> None:
    table = pandas.read_csv(world[1] / f"{NAME}.csv")
    assert list(table.columns) == list(COLUMNS)
    assert len(table) == len(figures)
    assert all(table[name].dtype.kind in "if" for name in NUMBERS), "no words in number columns"
    for row in table.to_dict("records"):
        figure = figures[tuple(str(row[name]) for name in KEY)]
        assert all(same(row[name], getattr(figure, own)) for name, own in NUMBERS.items()), row
    shown = table[table.value.notna() & (table.measure == "respondents") & (table.breakdown == "all")]
    assert dict(zip(shown.area_code, shown.value, strict=True))["E12000007"] in (215, 220)


def test_csvw_finds_the_table_valid_and_typed_by_its_metadata(world, figures: Figures) -> None:
    metadata = world[1] / f"{NAME}.csv-metadata.json"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = Table.from_file(metadata)
        assert table.check_primary_key()
        rows = list(table.iterdicts(strict=True))
    assert len(rows) == len(figures)
    for row in rows:
        figure = figures[tuple(row[name] for name in KEY)]
        assert [row[name] for name in NUMBERS] == [getattr(figure, own) for own in NUMBERS.values()]
        assert row["published_on"].date().isoformat() == "2026-07-21"


def test_frictionless_finds_the_package_valid_with_sizes_and_hashes(world) -> None:
    report = validate(str(world[1] / "datapackage.json"), type="package")
    assert report.valid, report.flatten(["fieldName", "rowNumber", "message"])[:5]
    package = Package(str(world[1] / "datapackage.json"))
    listed = {resource.path for resource in package.resources}
    assert listed == {path.name for path in world[1].iterdir()} - {"datapackage.json", "checksums.txt"}


def test_frictionless_reads_the_right_numbers(world, figures: Figures) -> None:
    tidy = Package(str(world[1] / "datapackage.json")).get_resource(f"{NAME}.csv".lower())
    rows = tidy.read_rows()
    assert len(rows) == len(figures)
    for row in rows:
        figure = figures[tuple(row[name] for name in KEY)]
        assert [row[name] for name in NUMBERS] == [getattr(figure, own) for own in NUMBERS.values()]


def test_openpyxl_reads_the_right_numbers_marks_and_codebook(world, figures: Figures) -> None:
    book = load_workbook(world[1] / f"{NAME}.xlsx")
    assert book.sheetnames == ["figures", "codebook"]
    assert book["figures"].freeze_panes == "A2"
    header, *rows = book["figures"].iter_rows(values_only=True)
    assert header == COLUMNS
    assert len(rows) == len(figures)
    for cells in rows:
        row = dict(zip(header, cells, strict=True))
        figure = figures[tuple(row[name] for name in KEY)]
        assert row["value"] == (figure.marker if figure.value is None else figure.value)
        assert [row[name] for name in list(NUMBERS)[1:]] == [getattr(figure, own) for own in list(NUMBERS.values())[1:]]
    head, *told = book["codebook"].iter_rows(values_only=True)
    often = next(row for row in (dict(zip(head, one, strict=True)) for one in told) if row["code"] == "OV.often")
    assert (often["score"], often["favourable"]) == (100, "yes")
    assert not any(cell.data_type == "f" for sheet in book for row in sheet for cell in row)


def test_the_file_for_excel_has_the_same_rows_with_marks_in_the_cells(world) -> None:
    content = (world[1] / f"{NAME}_excel.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    plain = pandas.read_csv(world[1] / f"{NAME}.csv", dtype=str, keep_default_na=False)
    people = pandas.read_csv(world[1] / f"{NAME}_excel.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert (people.value == plain.value.where(plain.value != "", plain.value_marker)).all()
    assert (people.drop(columns="value") == plain.drop(columns="value")).all().all()
