"""What spreadsheet programs save: read where it is certain; else the message names the cause and the cure."""

from __future__ import annotations

import csv
import io
import zipfile
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from collector.errors import CollectorError, IntakeError
from collector.responses.days import read_day
from collector.responses.importing import REQUIRED, ROW_REASONS, Result
from tests.paper import QUESTIONS, bring_in, case, rejected, row, write
from tests.world import TINY, World, make_world, tiny

COLUMNS = (*REQUIRED, *QUESTIONS)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("shared"), tiny())


@pytest.fixture
def small(tmp_path: Path) -> World:
    return make_world(tmp_path, tiny())


def text_of(rows: list[dict[str, str]], separator: str = ",", columns: tuple[str, ...] = COLUMNS) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def save(folder: Path, content: str | bytes) -> Path:
    (folder / "in.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    return folder / "in.csv"


CERTAIN = ("empty_columns.csv", "head_capital_and_space.csv", "semicolons.csv", "unicode_text.txt", "empty_rows.csv")


@pytest.mark.parametrize("name", CERTAIN)
def test_what_a_spreadsheet_program_saves_is_read_whole(world: World, tmp_path: Path, name: str) -> None:
    assert bring_in(world, case(world, tmp_path, name)) == Result(stored=1)


ODD = {
    "the separator said": lambda text: "sep=,\r\n" + text,
    "the separator said in quotes": lambda text: '"sep=,"\r\n' + text,
    "blank rows above": lambda text: ",,,\r\n\r\n" + text,
    "blank rows between and below": lambda text: text.replace("\r\n", "\r\n , ,\r\n") + "\r\n\r\n",
    "ends of lines of a Mac": lambda text: text.replace("\r\n", "\r"),
    "ends of lines of Unix": lambda text: text.replace("\r\n", "\n"),
    "hard spaces and capitals in the head": lambda text: text.replace("venue", "\xa0VENUE ", 1),
    "two marks at the start": lambda text: "\ufeff\ufeff" + text,
}


@pytest.mark.parametrize("change", ODD)
def test_what_cannot_be_meant_otherwise_is_passed_over(small: World, tmp_path: Path, change: str) -> None:
    file = save(tmp_path, ODD[change](text_of([row(small, "k1"), row(small, "k2")])))
    assert bring_in(small, file) == Result(stored=2)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_separators_and_encodings_are_told_by_the_head(small, tmp_path, separator, encoding) -> None:
    text = text_of([row(small, T1="ঢাকা, £5; “yes”")], separator)
    assert bring_in(small, save(tmp_path, text.encode(encoding))) == Result(stored=1)
    assert small.database.one("SELECT words FROM comment") == ("ঢাকা, £5; “yes”",)


def test_a_filled_cell_without_a_column_is_set_aside(small: World, tmp_path: Path) -> None:
    text = text_of([row(small)]).replace("\r\n", ",,\r\n").replace("grown,,", "grown,,why?")
    file = save(tmp_path, text)
    assert bring_in(small, file) == Result(rejected=1)
    assert "without a name" in rejected(file)[1][1]


def test_a_row_cut_short_is_never_read_as_blank_answers(small: World, tmp_path: Path) -> None:
    file = save(tmp_path, text_of([row(small)]).removesuffix(",grown\r\n"))
    assert bring_in(small, file) == Result(rejected=1)


def test_a_row_of_totals_is_set_aside_with_a_reason(small: World, tmp_path: Path) -> None:
    file = save(tmp_path, text_of([row(small), {"key": "Total", "Q1": "1"}]))
    assert bring_in(small, file) == Result(stored=1, rejected=1)


def test_bytes_of_windows_are_named_with_what_to_save_instead(world: World, tmp_path: Path) -> None:
    file = case(world, tmp_path, "bad_row_windows_1252.csv")
    assert bring_in(world, file) == Result(stored=1, rejected=1)
    assert "Windows-1252" in rejected(file)[1][1]
    assert "CSV UTF-8" in rejected(file)[1][1]


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in names:
            packed.writestr(name, "")
    return out.getvalue()


OTHER = {
    "an old Excel workbook": b"\xd0\xcf\x11\xe0" + bytes(600),
    "LibreOffice": zipped("mimetype", "content.xml"),
    "Numbers": zipped("Index/Document.iwa"),
    "an archive": zipped("paper.csv"),
    "damaged Excel workbook": zipped("xl/workbook.xml"),
    "PDF": b"%PDF-1.7\n",
    "web page": b"\xef\xbb\xbf<html><table></table></html>",
    "UTF-32": "key,survey".encode("utf-32"),
    "empty or not CSV": b"\r\n,,,\r\n",
    "does not name the columns": b"Paper of July\r\nkey,survey\r\n",
}


@pytest.mark.parametrize("words", OTHER)
def test_another_sort_of_file_is_named_with_its_cure(small: World, tmp_path: Path, words: str) -> None:
    with pytest.raises(IntakeError, match=words):
        bring_in(small, save(tmp_path, OTHER[words]))
    assert list(tmp_path.glob("*.rejected.csv")) == []


def workbook(path: Path, rows: list[list[object]], *more: list[list[object]]) -> Path:
    book = Workbook()
    for number, lines in enumerate((rows, *more)):
        sheet = book.active if number == 0 else book.create_sheet()
        for line in lines:
            sheet.append(line)
    book.save(path)
    return path


def test_a_workbook_is_read_as_it_was_typed(small: World, tmp_path: Path) -> None:
    typed = {**row(small, "7", T1="00"), "key": 7, "day": datetime(2026, 11, 2)}  # noqa: DTZ001 - a cell has no zone
    other = {**row(small, "8", T1=""), "day": date(2026, 11, 3), "A1": None, "key": 8.0}
    head: list[object] = list(COLUMNS)
    sheet = [head, [typed[name] for name in COLUMNS], [], [other[name] for name in COLUMNS]]
    file = workbook(tmp_path / "paper.xlsx", [["notes"]], sheet)
    assert bring_in(small, file) == Result(stored=2)
    assert small.database.rows("SELECT day FROM response ORDER BY day") == [("2026-11-02",), ("2026-11-03",)]
    again = write(tmp_path / "again.csv", [row(small, "7", T1="00")])
    assert bring_in(small, again) == Result(repeated=1)


def test_two_sheets_that_could_be_meant_are_refused(small: World, tmp_path: Path) -> None:
    sheet: list[list[object]] = [list(COLUMNS)]
    with pytest.raises(IntakeError, match="several sheets"):
        bring_in(small, workbook(tmp_path / "two.xlsx", sheet, sheet))


ALWAYS = {
    "2026-11-02": date(2026, 11, 2),
    "2026-11-02 00:00:00": date(2026, 11, 2),
    "2026-11-02T09:30": date(2026, 11, 2),
    "2026/11/2": date(2026, 11, 2),
    "2 Nov 2026": date(2026, 11, 2),
    "2-November-2026": date(2026, 11, 2),
}


@pytest.mark.parametrize("text", ALWAYS)
def test_a_day_that_can_be_read_in_one_way_only_is_read(text: str) -> None:
    assert {read_day(text, order) for order in ("", "dmy", "mdy")} == {ALWAYS[text]}


BY_ORDER = {
    "02/11/2026": (date(2026, 11, 2), date(2026, 2, 11)),
    "2.11.26": (date(2026, 11, 2), date(2026, 2, 11)),
    "02/11/2026 00:00:00": (date(2026, 11, 2), date(2026, 2, 11)),
    "25-12-2026": (date(2026, 12, 25), None),
    "12/25/2026": (None, date(2026, 12, 25)),
    "02-Nov-26": (date(2026, 11, 2), None),
}


@pytest.mark.parametrize("text", BY_ORDER)
def test_a_day_that_can_be_read_in_two_ways_is_never_guessed(text: str) -> None:
    with pytest.raises(IntakeError, match="--days dmy"):
        read_day(text)
    for order, day in zip(("dmy", "mdy"), BY_ORDER[text], strict=True):
        if day is None:
            with pytest.raises(IntakeError):
                read_day(text, order)
        else:
            assert read_day(text, order) == day


@pytest.mark.parametrize("text", ["", "46328", "31/02/2026", "2 Nox 2026", "02/11-2026", "2026-13-01", "tomorrow"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(IntakeError):
        read_day(text, "dmy")


def test_british_dates_are_read_when_somebody_says_so(world: World, tmp_path: Path) -> None:
    file = case(world, tmp_path, "uk_dates.csv")
    assert bring_in(world, file) == Result(rejected=1)
    assert "--days dmy" in rejected(file)[1][1]
    assert bring_in(world, file, order="dmy") == Result(stored=1)
    assert world.database.one("SELECT day FROM response") == ("2026-11-02",)


def test_a_report_can_be_brought_in_as_it_is_when_mended(small: World, tmp_path: Path) -> None:
    file = write(tmp_path / "in.csv", [row(small, "k1", Q1="bad"), row(small, "k2", Q1="worse")])
    bring_in(small, file)
    report = tmp_path / "in.csv.rejected.csv"
    report.write_text(report.read_text().replace(",bad,", ",half,"))
    assert bring_in(small, report) == Result(stored=1, rejected=1)
    assert rejected(report)[0] == rejected(file)[0]


def test_a_report_says_that_it_is_utf_8_when_its_file_did(small: World, tmp_path: Path) -> None:
    for mark in ("utf-8", "utf-8-sig"):
        file = save(tmp_path, text_of([row(small, Q1="bad")]).encode(mark))
        bring_in(small, file)
        report = (tmp_path / "in.csv.rejected.csv").read_bytes()
        assert report.startswith(b"\xef\xbb\xbf") == (mark == "utf-8-sig")


@pytest.mark.parametrize("key", ["1.23457E+15", "1,2E+05", "a\0b"])
def test_a_key_that_a_spreadsheet_spoiled_is_set_aside(small: World, tmp_path: Path, key: str) -> None:
    file = write(tmp_path / "in.csv", [row(small, key)])
    assert bring_in(small, file) == Result(rejected=1)
    assert rejected(file)[1][1].startswith(ROW_REASONS["key"])


WORDS = {
    "labels": {"Q1": "Often", "M1": "Home; Shop", "Q2": "Doesn’t apply to me", "A1": "16 or over."},
    "labels with commas between": {"M1": "home, Shop"},
    "codes in capitals": {"Q1": "OFTEN", "Q2": "NA", "M1": "HOME | shop"},
    "names of place and language, spaces around": {"venue": " fade KINGS ", "language": "English", "mode": "Paper "},
    "a code in capitals": {"venue": "UPPER"},
}


@pytest.mark.parametrize("words", WORDS)
def test_words_stand_for_codes_where_only_one_can_be_meant(small: World, tmp_path: Path, words: str) -> None:
    bring_in(small, write(tmp_path / "codes.csv", [row(small)]))
    written = {k: small.venue.upper() if v == "UPPER" else v for k, v in WORDS[words].items()}
    assert bring_in(small, write(tmp_path / "words.csv", [row(small, **written)])) == Result(repeated=1)


def test_labels_of_the_rows_language_are_read(world: World, tmp_path: Path) -> None:
    columns = (*REQUIRED, "OV1")
    given = {**row(world), "survey": "trust-core", "language": "fr", "OV1": "mostly"}
    bring_in(world, write(tmp_path / "a.csv", [given], columns))
    given["OV1"] = labels_of(world, "fr")["mostly"]
    assert given["OV1"] != "mostly"
    assert bring_in(world, write(tmp_path / "b.csv", [given], columns)) == Result(repeated=1)


def labels_of(world: World, tag: str) -> dict[str, str]:
    from collector.languages import registry
    from collector.languages.catalogue import Catalogues

    words = Catalogues(registry.load(world.settings.translations), world.settings.translations).words(tag)
    options = world.survey.by_code["OV1"].option_set
    assert options is not None
    return {option.code: words.plain(f"{options.code}/{option.code}", option.label) for option in options.options}


def test_words_that_stand_for_two_answers_are_set_aside(tmp_path: Path) -> None:
    small = make_world(tmp_path, tiny(TINY.replace("label: Half", "label: Often")))
    file = write(tmp_path / "in.csv", [row(small, Q1="Often.")])
    assert bring_in(small, file) == Result(rejected=1)
    assert rejected(file)[1][1].startswith(ROW_REASONS["answer"])


def test_a_name_of_two_places_stands_for_neither(small: World, tmp_path: Path) -> None:
    small.database.execute("INSERT INTO venue SELECT 'zzzzzz', name, kind, languages, opened_on, closed_on FROM venue")
    file = write(tmp_path / "in.csv", [row(small, venue="Fade Kings")])
    assert bring_in(small, file) == Result(rejected=1)
    assert "several" in rejected(file)[1][1]


def as_workbook(world: World) -> bytes:
    out = io.BytesIO()
    book = Workbook()
    book.active.append(list(COLUMNS))
    book.active.append([row(world)[name] for name in COLUMNS])
    book.save(out)
    return out.getvalue()


@given(st.sampled_from(["csv", "utf-16", "xlsx"]), st.floats(0, 1), st.floats(0, 1), st.binary(max_size=8))
@settings(max_examples=40)
def test_a_spoiled_file_is_told_of_in_words_and_never_crashes(shared, kind, cut, at, noise) -> None:
    text = text_of([row(shared), row(shared, "k2")])
    content = as_workbook(shared) if kind == "xlsx" else text.encode("utf-8" if kind == "csv" else kind)
    place = round(at * len(content))
    spoiled = content[:place] + noise + content[place + len(noise) : round(cut * len(content))]
    file = save(shared.settings.data.parent, spoiled)
    with suppress(CollectorError):
        result = bring_in(shared, file)
        assert result.stored + result.repeated + result.rejected <= 4
