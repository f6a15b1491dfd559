"""The translator's way: a file out, a file in, two people sign, and only then is a language live."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

import click
import openpyxl
import pytest
from click.testing import CliRunner, Result

from collector.cli import collector
from collector.errors import CollectorError, SettingsError
from collector.languages import exchange, po, signing, sound
from collector.languages.catalogue import Catalogues
from collector.languages.po import Entry, PoFile
from collector.languages.registry import load as load_registry
from tests.languages import ROMANIAN, catalogue
from tests.world import SHIPPED_SETTINGS

DAY = date(2026, 11, 23)
SHIPPED = SHIPPED_SETTINGS.translations


class Desk:
    """A translator's desk: a copy of the shipped folder, and the command."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.translations = path / "translations"
        shutil.copytree(SHIPPED, self.translations, symlinks=False)
        self.env = {"COLLECTOR_TRANSLATIONS": str(self.translations), "COLLECTOR_DATA": str(path / "data")}

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(collector, ["languages", *arguments], env=self.env)

    def well(self, *arguments: str) -> str:
        result = self.run(*arguments)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output

    def refused(self, *arguments: str) -> str:
        result = self.run(*arguments)
        assert isinstance(result.exception, CollectorError), result.output
        return str(result.exception)

    def file(self, tag: str = "bn") -> PoFile:
        return po.read(self.translations / tag / "messages.po")

    def change(self, old: str, new: str, tag: str = "bn") -> None:
        path = self.translations / tag / "messages.po"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def text_of(file: PoFile, context: str) -> str:
    return next(entry.text for entry in file.entries if entry.context == context)


def sheet(path: Path) -> tuple[openpyxl.Workbook, dict[str, int]]:
    book = openpyxl.load_workbook(path)
    rows = {row[0].value: row[0].row for row in book.active.iter_rows(min_row=2)}
    return book, rows


def test_the_status_says_how_far_each_language_is(desk: Desk) -> None:
    rows = {row["tag"]: row for row in json.loads(desk.well("status", "--json"))}
    assert rows["en"]["live"] is True
    assert rows["bn"]["percent"] == 100
    assert rows["bn"]["live"] is False
    assert rows["bn"]["why"] == ["signed by 0 of 2 people"]
    assert rows["bn"]["recorded"] == 0
    assert rows["bn"]["to_record"] > 25
    assert rows["syl"]["status"] == "spoken first"
    desk.change('msgstr "আপনার নম্বর"', 'msgstr ""')
    lines = desk.well("status")
    assert re.search(r"bn +Bengali +draft +99% .*thank-you: 1 not translated", lines)


def test_update_and_check_find_nothing_to_do_in_what_is_shipped(desk: Desk) -> None:
    assert desk.well("update") == "Nothing to do: every catalogue is up to date.\n"
    assert desk.well("check", "bn", "ur") == "All is well.\n"
    assert json.loads(desk.well("check", "--json")) == []


def test_check_names_place_and_cure_and_fails(desk: Desk) -> None:
    desk.change("%(minutes)s মিনিট", "%(minute)s মিনিট")
    result = desk.run("check", "bn")
    assert result.exit_code == 1
    assert re.search(r"bn/messages\.po:\d+: first/length: the placeholders are %\(minute\)s", result.output)
    assert desk.well("check", "ur") == "All is well.\n"


@pytest.mark.parametrize("ending", ["xlsx", "po"])
def test_a_file_goes_out_and_comes_back_the_same(desk: Desk, ending: str) -> None:
    target, before = desk.path / f"bengali.{ending}", desk.file()
    desk.well("export", "bn", "--to", str(target))
    assert "0 messages taken in" in desk.well("import", str(target))
    assert desk.file() == before


def test_a_translator_changes_words_in_a_spreadsheet(desk: Desk) -> None:
    target = desk.path / "urdu.xlsx"
    desk.well("export", "ur", "--to", str(target))
    book, rows = sheet(target)
    assert book.active.title == "ur"
    assert "Equal treatment" in book.active.cell(rows["UN_ACC1"], 2).value, "the concept note is there"
    book.active.cell(rows["nav/next"], 5).value = "اگلا"
    book.save(target)
    assert "ur: 1 messages taken in, 0 faults" in desk.well("import", str(target))
    assert text_of(desk.file("ur"), "nav/next") == "اگلا"


def test_a_cell_that_looks_like_a_formula_stays_words(tmp_path: Path) -> None:
    target = tmp_path / "x.xlsx"
    exchange.export(catalogue(ROMANIAN, [Entry("a", "=1+1", "=CMD()")]), ROMANIAN, target)
    cell = openpyxl.load_workbook(target).active["E2"]
    assert (cell.value, cell.data_type) == ("=CMD()", "s")
    assert exchange.read(target) == ("ro", [exchange.Row("a", "=1+1", "=CMD()", True)])


def test_a_file_whose_source_has_moved_on_is_refused_whole(desk: Desk) -> None:
    target = desk.path / "bengali.xlsx"
    desk.well("export", "bn", "--to", str(target))
    book, rows = sheet(target)
    book.active.cell(rows["nav/next"], 3).value = "Go forward"
    book.active.cell(rows["nav/back"], 5).value = "পিছনে"
    book.save(target)
    before = desk.file()
    assert "the English of 1 messages has moved on (nav/next)" in desk.refused("import", str(target))
    assert desk.file() == before


def test_a_file_that_would_break_a_page_is_refused(desk: Desk) -> None:
    target = desk.path / "bn.po"
    desk.well("export", "bn", "--to", str(target))
    target.write_text(
        target.read_text(encoding="utf-8").replace("%(minutes)s মিনিট", "%(minutes) মিনিট"), encoding="utf-8"
    )
    before = desk.file()
    assert "Nothing is taken in." in desk.refused("import", str(target))
    assert desk.file() == before


def test_a_stale_translation_is_confirmed_by_a_yes_and_not_by_silence(tmp_path: Path) -> None:
    target = tmp_path / "ro.xlsx"
    held = catalogue(ROMANIAN, [Entry("a", "New", "Text", "Old"), Entry("b", "New", "Alt", "Old", fuzzy=True)])
    exchange.export(held, ROMANIAN, target)
    assert exchange.apply(held, exchange.read(target)[1]) == (held, [])
    book, rows = sheet(target)
    assert [book.active.cell(rows[c], 6).value for c in "ab"] == ["the English was mended", "the English changed"]
    book.active.cell(rows["a"], 7).value = "Yes "
    book.active.cell(rows["b"], 5).value = "Altceva"
    book.save(target)
    file, changed = exchange.apply(held, exchange.read(target)[1])
    assert changed == ["a", "b"]
    assert [(e.text, e.former, e.fuzzy) for e in file.entries] == [("Text", "", False), ("Altceva", "", False)]


REFUSED = [
    ("x.doc", b"", "only .xlsx and .po"),
    ("x.xlsx", b"no", "not a spreadsheet"),
    ("x.po", b"msgwhat", "cannot be read"),
]


@pytest.mark.parametrize(("name", "content", "said"), REFUSED)
def test_a_file_of_another_kind_is_refused(desk: Desk, name: str, content: bytes, said: str) -> None:
    (desk.path / name).write_bytes(content)
    assert said in desk.refused("import", str(desk.path / name))


def test_other_columns_and_other_languages_are_refused(desk: Desk, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.save(tmp_path / "other.xlsx")
    assert "the first row must be the one we wrote" in desk.refused("import", str(tmp_path / "other.xlsx"))
    assert "'xx' has no catalogue" in desk.refused("export", "xx", "--to", "x.po")
    assert "write one of .xlsx, .po" in desk.refused("export", "bn", "--to", "x.csv")


def test_two_different_people_sign_and_then_the_language_is_live(desk: Desk) -> None:
    known = load_registry(desk.translations)
    assert not Catalogues(known, desk.translations).live(known.languages["bn"])
    assert "One more person must sign" in desk.well("sign", "bn", "--as", "Rahima B.", "--role", "translator")
    assert "has signed these words already" in desk.refused("sign", "bn", "--as", "rahima  b.", "--role", "reader")
    assert "Rahima B. (translator), Jamal (reader)" in desk.well("sign", "bn", "--as", "Jamal", "--role", "reader")
    row = {r["tag"]: r for r in json.loads(desk.well("status", "--json"))}["bn"]
    assert (row["status"], row["live"]) == ("signed", True)
    assert row["signed_by"][0].startswith("Rahima B. (translator, 20")
    catalogues = Catalogues(known, desk.translations)
    assert [language.tag for language in catalogues.offered("none")] == ["en", "bn"]
    assert not catalogues.words("bn").draft
    assert desk.well("check", "bn") == "All is well.\n"


def test_a_changed_word_makes_it_a_draft_again_and_a_mended_note_does_not(desk: Desk) -> None:
    for name in ("Rahima", "Jamal"):
        desk.well("sign", "bn", "--as", name, "--role", "reader")
    desk.change("#. A fair warning, calm.", "#. A fair warning, kind.")
    known = load_registry(desk.translations)
    assert Catalogues(known, desk.translations).live(known.languages["bn"])
    desk.change('msgstr "আপনার নম্বর"', 'msgstr "আপনার নম্বরটি"')
    assert not Catalogues(known, desk.translations).live(known.languages["bn"])
    assert "Rahima, Jamal signed it" in desk.run("check", "bn").output
    desk.well("update")
    assert "X-Signed" not in (desk.translations / "bn" / "messages.po").read_text(encoding="utf-8")
    assert desk.file().header["X-Status"].startswith("draft")


def test_what_is_not_whole_or_has_faults_cannot_be_signed(desk: Desk) -> None:
    desk.change('msgstr "ছোট ফর্ম"', 'msgstr ""')
    assert "not translated are 1 of consent" in desk.refused("sign", "bn", "--as", "Rahima", "--role", "reader")
    desk.change("সব সময়", "সব  সময়", "bn")
    desk.change(
        'msgctxt "first/short"\nmsgid "Short form"\nmsgstr ""',
        'msgctxt "first/short"\nmsgid "Short form"\nmsgstr "ছোট ফর্ম"',
    )
    assert "a space too many" in desk.refused("sign", "bn", "--as", "Rahima", "--role", "reader")


def test_a_signature_needs_a_name_and_a_role() -> None:
    file = catalogue(ROMANIAN, [Entry("a", "A", "unu")])
    for name in ("", " ", "a | b", 'a"b', "x" * 81, "a\nb\x07"):
        with pytest.raises(SettingsError):
            signing.sign(file, name, "reader", DAY)
    with pytest.raises(SettingsError, match="not a role"):
        signing.sign(file, "Ana", "boss", DAY)


def test_a_signature_says_which_words_it_is_for() -> None:
    file = signing.sign(catalogue(ROMANIAN, [Entry("a", "A", "unu")]), "Ana", "reader", DAY)
    assert file.header["X-Signed-1"] == f"Ana | reader | 2026-11-23 | {signing.fingerprint(file)}"
    typo = PoFile(file.header, (Entry("a", "Aa", "unu", "A"), Entry("b", "B")))
    assert signing.valid(typo) == signing.valid(file), "a mended typo and a new message leave the signature"
    assert signing.valid(PoFile(file.header, (Entry("a", "A", "doi"),))) == []


def test_a_recording_is_put_in_its_place_with_the_text_it_speaks(desk: Desk) -> None:
    spoken = desk.path / "take.opus"
    spoken.write_bytes(b"OggS")
    assert "UN_PCC1" in desk.well("sound", "bn")
    desk.well("record", "bn", "UN_PCC1", str(spoken), "--voice", "Rahima")
    assert (desk.translations / "audio" / "bn" / "UN_PCC1.opus").read_bytes() == b"OggS"
    assert re.search(r"UN_PCC1 +fresh +Rahima", desk.well("sound", "bn"))
    desk.change("মন দিয়ে শোনেন", "কান পেতে শোনেন")
    assert re.search(r"UN_PCC1 +old +Rahima", desk.well("sound", "bn"))
    assert "recordings are .opus or .mp3" in desk.refused(
        "record", "bn", "OV1", str(SHIPPED / "terms.csv"), "--voice", "R"
    )
    assert "'NONE' is nothing that can be read out" in desk.refused("record", "bn", "NONE", str(spoken), "--voice", "R")
    assert sound.read(desk.translations / "audio" / "bn")[0].voice == "Rahima"


def test_the_guide_names_only_commands_and_checks_that_there_are() -> None:
    guide = (Path(__file__).parent.parent / "docs" / "translating.md").read_text(encoding="utf-8")
    named = set(re.findall(r"collector languages ([a-z]+)", guide))
    group = collector.commands["languages"]
    assert isinstance(group, click.Group)
    assert named == set(group.commands), "the guide shows every command"
    for path in SHIPPED.glob("NOTES-*.md"):
        assert path.stem.removeprefix("NOTES-") in {p.parent.name for p in SHIPPED.glob("*/messages.po")}
