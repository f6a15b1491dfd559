"""Sentences that count: extracted with both English forms, kept in each language's own, shown in the right one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from collector.languages import check, exchange, extract, merge, po, registry
from collector.languages.catalogue import Catalogues
from collector.languages.check import Rules
from collector.languages.po import Entry, PoFile
from collector.languages.registry import Language
from tests.languages import folder
from tests.world import tiny

ENGLISH = "%(n)s question\n%(n)s questions"
ROMANIAN = "%(n)s întrebare\n%(n)s întrebări\n%(n)s de întrebări"
FORMS = "nplurals=3; plural=(n==1 ? 0 : (n==0 || (n%100 > 0 && n%100 < 20)) ? 1 : 2);"


def counting(text: str = ROMANIAN) -> PoFile:
    """A Romanian catalogue with one sentence that counts."""
    known = Language("ro", "română", "Romanian", "Latn", "ro", "ro")
    return replace(merge.new(known, FORMS), entries=(Entry("first/size", ENGLISH, text),))


def test_a_sentence_that_counts_is_extracted_with_both_forms(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "a.html").write_text("{{ tn('first/size', '%(n)s question', '%(n)s questions', 3) }}")
    found = extract.wanted(tmp_path, [tiny()], [])
    assert [entry.source for entry in found.entries if entry.context == "first/size"] == [ENGLISH]
    assert 'msgid "%(n)s question"\nmsgid_plural "%(n)s questions"\nmsgstr[0] ""' in po.as_text(found)


def test_the_forms_of_a_language_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "messages.po"
    file = counting()
    po.write(path, file)
    assert po.read(path) == file
    with path.open("rb") as lines:
        (message,) = [m for m in read_po(lines, abort_invalid=True) if m.context]
    assert message.string == tuple(ROMANIAN.split("\n")), "Babel and Poedit read them too"
    stale = replace(file, entries=(replace(file.entries[0], former=ENGLISH, source="%(n)s item\n%(n)s items"),))
    po.write(path, stale)
    assert po.read(path) == stale


@pytest.mark.parametrize(("number", "said"), [(1, "1 întrebare"), (3, "3 întrebări"), (21, "21 de întrebări")])
def test_a_number_takes_the_form_that_the_language_has_for_it(tmp_path: Path, number: int, said: str) -> None:
    home = folder(tmp_path)
    po.write(home / "ro" / "messages.po", counting())
    words = Catalogues(registry.load(home), home).words("ro")
    assert words.counted("first/size", *ENGLISH.split("\n"), number) == said
    english = Catalogues(registry.load(home), home).words("en")
    assert english.counted("first/size", *ENGLISH.split("\n"), number) == f"{number} question{'s' * (number > 1)}"


def test_a_sentence_that_falls_back_counts_as_english_does_and_says_so(tmp_path: Path) -> None:
    home = folder(tmp_path)
    po.write(home / "ro" / "messages.po", counting(""))
    words = Catalogues(registry.load(home), home).words("ro")
    assert words.counted("first/size", *ENGLISH.split("\n"), 1) == (
        '<span class="other" lang="en" dir="ltr">1 question</span>'
    )


def test_too_few_forms_and_a_form_without_its_number_are_faults() -> None:
    known = Language("ro", "română", "Romanian", "Latn", "ro", "ro")

    def kinds(text: str) -> list[str]:
        return [fault.kind for fault in check.messages(counting(text), "x.po", known, Rules())]

    assert kinds(ROMANIAN) == []
    assert kinds("%(n)s întrebare\n%(n)s întrebări") == ["forms"]
    assert kinds(ROMANIAN.replace("%(n)s de", "multe")) == ["placeholder"]


def test_a_spreadsheet_holds_a_form_a_line(tmp_path: Path) -> None:
    known = Language("ro", "română", "Romanian", "Latn", "ro", "ro")
    exchange.export(counting(), known, tmp_path / "ro.xlsx")
    _, rows = exchange.read(tmp_path / "ro.xlsx")
    assert [row.text for row in rows] == [ROMANIAN]
    assert exchange.apply(counting(""), rows)[0] == counting()
