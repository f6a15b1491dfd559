"""Labels that somebody wrote to do harm come out harmless, in every kind of file."""

from __future__ import annotations

import csv
import io

import pytest
from openpyxl import load_workbook

from collector.disclosure.figure import Figure, Place
from collector.releases.csvfile import csv_bytes
from collector.releases.escaping import disarmed, is_formula, written
from collector.releases.metadata import csvw
from collector.releases.tidy import Edition, tidy_file
from collector.releases.workbook import LONGEST, workbook
from collector.summaries.outline import outline
from tests.crowd import PERIOD, survey
from tests.golden.world import TODAY

HOSTILE = [
    "=cmd|'/C calc'!A0", "+1", "-1", "@SUM(1)", "\tx", "\rx", "\n=1", "＝1", " =1", "\ufeff=1", "\u202e=1", "a,b", 'say "so"',
    "two\nlines", "\u202eright", "\u2066within\u2069", "x" * 10_000, "nul\x00", "bell\x07", "half \ud800", "|a|`b`<b>",
]  # fmt: skip


@pytest.mark.parametrize("label", HOSTILE)
def test_a_hostile_label_is_harmless_in_the_tidy_file(label: str) -> None:
    edition = Edition(PERIOD, {"X": ("borough", label)}, TODAY, synthetic=False)
    figure = Figure(Place("X", "all", "all", "participation", "respondents", "respondents"), "all", 10)
    text = tidy_file(edition, [(outline([survey()]), [figure])]).decode()
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["area_name"] == disarmed(written(label))
    assert not is_formula(row["area_name"])
    assert (row["value"], row["published_on"]) == ("10", "2026-07-21")


@pytest.mark.parametrize("label", HOSTILE)
def test_a_hostile_label_is_plain_text_in_the_workbook(label: str) -> None:
    sheet = load_workbook(io.BytesIO(workbook([("a", ["n"], [{"n": label}, {"n": 5}])])))["a"]
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].value.split() == written(label).split()
    assert sheet["A3"].value == 5


@pytest.mark.parametrize("label", HOSTILE)
def test_a_hostile_label_is_one_string_in_the_metadata(label: str) -> None:
    assert csvw("a.csv", label).decode("utf-8")


def test_a_cell_of_the_workbook_is_cut_where_spreadsheets_end_and_never_within_a_character() -> None:
    sheet = load_workbook(io.BytesIO(workbook([("a", ["n"], [{"n": "x" + "😀" * LONGEST}])])))["a"]
    assert sheet["A2"].value == "x" + "😀" * (LONGEST // 2)


def test_codes_are_never_touched_by_the_guard() -> None:
    assert csv_bytes(["n"], frozenset(), [{"n": "-5"}]) == b"n\r\n-5\r\n"
