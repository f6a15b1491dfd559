"""`collector languages check`: a catalogue with each fault, and each fault is found, placed and given a cure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from collector.languages import check, merge, po, registry, signing, terms
from collector.languages.check import CHECKS, Rules
from collector.languages.faults import FAULTS
from collector.languages.po import Entry, PoFile
from collector.languages.registry import Language
from collector.languages.terms import Forbidden, Term
from tests.languages import ROMANIAN, catalogue, folder, template
from tests.world import SHIPPED_SETTINGS

DAY = date(2026, 11, 23)
SHIPPED = SHIPPED_SETTINGS.translations
URDU = Language("ur", "اردو", "Urdu", "Arab", "ur", "ur")
FRENCH = Language("fr", "français", "French", "Latn", "fr", "fr")
POLISH = Language("pl", "polski", "Polish", "Latn", "pl", "pl")
BENGALI = Language("bn", "বাংলা", "Bengali", "Beng", "bn", "bn")
RULES = Rules(
    terms=(Term(("trust", "trusted"), "note", {"ro": ("încredere", "încreder")}),),
    forbidden=(Forbidden("ro", "anonim", "we do not promise that"),),
)

FAULTY = [
    ("placeholder", ROMANIAN, Entry("a", "At %(place)s.", "La %(loc)s.")),
    ("placeholder", ROMANIAN, Entry("a", "At %(place)s.", "La %(place).")),
    ("placeholder", ROMANIAN, Entry("a", "At %(place)s.", "La locul.")),
    ("tag", ROMANIAN, Entry("a", "Go on", "<b>Mergi</b>")),
    ("tag", ROMANIAN, Entry("a", "Go on", "Mergi&nbsp;mai")),
    ("direction", URDU, Entry("a", "Call 111", "‏111 پر فون کریں")),
    ("direction", URDU, Entry("a", "Call", "\u2067فون\u2069")),
    ("invisible", ROMANIAN, Entry("a", "Go on", "Mer\u200bgi")),
    ("invisible", ROMANIAN, Entry("a", "Go on", "Mer\u200cgi")),
    ("script", URDU, Entry("a", "the hospital", "hospital میں")),
    ("script", ROMANIAN, Entry("a", "Go on", "Мergi")),
    ("letter", ROMANIAN, Entry("a", "age", "vârşta")),
    ("letter", URDU, Entry("a", "one", "ايك")),
    ("letter", URDU, Entry("a", "also", "بهی")),
    ("normal", ROMANIAN, Entry("a", "words", "cuvi\u0302nt")),
    ("digits", BENGALI, Entry("a", "Call 111", "১১১ নম্বরে ফোন করুন")),
    ("numbers", ROMANIAN, Entry("a", "Call 116 123.", "Sunați la 116 132.")),
    ("numbers", ROMANIAN, Entry("a", "Aged 16 or over", "Mai mari")),
    ("spaces", ROMANIAN, Entry("a", "Go on", "Mergi  mai")),
    ("spaces", ROMANIAN, Entry("a", "Go on", " Mergi")),
    ("spaces", ROMANIAN, Entry("a", "Where?", "Unde ?")),
    ("spaces", FRENCH, Entry("a", "Where?", "Où?")),
    ("spaces", FRENCH, Entry("a", "“Send”", "«Envoyer»")),
    ("ending", ROMANIAN, Entry("a", "Where?", "Unde.")),
    ("ending", ROMANIAN, Entry("a", "Say where.", "Unde?")),
    ("length", ROMANIAN, Entry("Q1", "words", "electroencefalografiștilor")),
    ("long", ROMANIAN, Entry("nav/next", "Next", "Mergeți mai departe la partea care urmează")),
    ("same", ROMANIAN, Entry("a", "Go on", "go on")),
    ("forbidden", ROMANIAN, Entry("a", "We ask no name.", "Totul este anonim.")),
    ("term", ROMANIAN, Entry("a", "Do you trust them", "Vă bizuiți pe ei")),
]


def found_in(language: Language, *entries: Entry, rules: Rules = RULES) -> list[str]:
    return [fault.kind for fault in check.messages(catalogue(language, entries), "x.po", language, rules)]


@pytest.mark.parametrize(("kind", "language", "entry"), FAULTY)
def test_each_fault_is_found_and_no_other(kind: str, language: Language, entry: Entry) -> None:
    assert set(found_in(language, entry)) == {kind}


def test_every_check_has_a_fault_that_shows_it_works() -> None:
    assert {kind for kind, _, _ in FAULTY} == set(CHECKS)


WELL = [
    (ROMANIAN, Entry("a", "Do you trust the NHS?", "Aveți încredere în NHS?")),
    (URDU, Entry("a", "NHS website or 111", "NHS کی ویب سائٹ یا 111")),
    (URDU, Entry("a", "“%(option)s” alone", "”%(option)s“ اکیلا")),
    (FRENCH, Entry("a", "“Send”?", "«\u00a0Envoyer\u00a0»\u00a0?")),
    (BENGALI, Entry("a", "big", "বড়")),
    (ROMANIAN, Entry("a", "Roma", "Roma", remarks=("keep same: the word is the same",))),
    (POLISH, Entry("A_AGE", "How old are you?", "Proszę zaznaczyć wiek.", remarks=("keep ending: a polite request",))),
    (ROMANIAN, Entry("a", "Not translated", "")),
]


@pytest.mark.parametrize(("language", "entry"), WELL)
def test_what_is_right_is_left_alone(language: Language, entry: Entry) -> None:
    assert found_in(language, entry) == []


def test_no_remark_excuses_what_would_break_a_page() -> None:
    entry = Entry("a", "At %(place)s.", "La %(loc)s.", remarks=("keep placeholder: I like it",))
    assert found_in(ROMANIAN, entry) == ["placeholder"]


def broken_folder(path: Path) -> Path:
    """A folder in which each file as a whole has a fault."""
    home = folder(path, ro=[Entry("nav/next", "Next", "Înainte")])
    file = signing.sign(po.read(home / "ro" / "messages.po"), "Ana", "reader", DAY)
    changed = tuple(replace(entry, text="Mai departe") for entry in file.entries)
    header = {**file.header, "Language": "pl", "Content-Type": "text/plain; charset=iso-8859-2"}
    po.write(home / "ro" / "messages.po", PoFile(header, changed))
    return home


def test_faults_of_a_whole_file_are_found(tmp_path: Path) -> None:
    home = broken_folder(tmp_path)
    fresh = template([("nav/next", "Next"), ("nav/back", "Back")])
    faults = check.everything(home, registry.load(home), fresh, Rules())
    assert [(fault.file, fault.kind) for fault in faults] == [
        ("messages.pot", "pot_old"),
        ("ro/messages.po", "not_merged"),
        ("ro/messages.po", "not_utf8"),
        ("ro/messages.po", "unsigned"),
        ("ro/messages.po", "wrong_language"),
        ("ur/messages.po", "missing"),
    ]
    (home / "ro" / "messages.po").write_text("nonsense")
    assert [f.kind for f in check.catalogue(home, ROMANIAN, fresh, Rules())] == ["unread"]


def test_a_signed_language_that_misses_a_promise_is_told_of(tmp_path: Path) -> None:

    file = catalogue(ROMANIAN, [Entry("nav/next", "Next", "Înainte"), Entry("promise/a", "We keep it.")])
    for name in ("Ana", "Ion"):
        file = signing.sign(file, name, "reader", DAY)
    fresh = template([("nav/next", "Next"), ("promise/a", "We keep it.")])
    (fault,) = check.whole(file, "ro/messages.po", ROMANIAN, fresh)
    assert fault.kind == "not_live"
    assert "promises: 1 not translated" in str(fault)


def test_every_fault_says_where_what_and_what_to_do(tmp_path: Path) -> None:
    path = folder(tmp_path, ro=[Entry("nav/next", "Next", "Înainte"), Entry("nav/back", "Back", "Înapoi  ")])
    faults = check.catalogue(path, ROMANIAN, template([("nav/next", "Next"), ("nav/back", "Back")]), Rules())
    assert str(faults[0]) == (
        "ro/messages.po:16: nav/back: there is a space too many or too few: `Înapoi  `. Mend the space."
    )
    assert (path / "ro" / "messages.po").read_text(encoding="utf-8").splitlines()[15] == 'msgid "Back"'
    kinds = {kind for kind, _, _ in FAULTY} | {
        "forms", "unread", "missing", "not_utf8", "wrong_language", "not_merged", "unsigned", "pot_old", "not_live",
    }  # fmt: skip
    assert kinds == set(FAULTS), "every fault in the table is shown by a test"


def test_the_shipped_translations_have_no_fault(tmp_path: Path) -> None:
    rules = Rules(terms.load(SHIPPED), terms.forbidden(SHIPPED))
    fresh = po.read(SHIPPED / "messages.pot")
    faults = check.everything(SHIPPED, registry.load(SHIPPED), fresh, rules)
    assert [str(fault) for fault in faults if fault.kind != "pot_old"] == []


def test_the_agreed_words_cover_every_language_and_are_really_used() -> None:
    agreed = terms.load(SHIPPED)
    tags = {language.tag for language in registry.load(SHIPPED).languages.values() if language.catalogue}
    assert len(agreed) >= 25
    for term in agreed:
        assert set(term.agreed) == tags, term.english
        assert any(term.asked_in(entry.source) for entry in po.read(SHIPPED / "messages.pot").entries), term.english
    assert {rule.tag for rule in terms.forbidden(SHIPPED)} <= tags


def test_a_new_language_starts_with_an_empty_file_that_can_be_checked(tmp_path: Path) -> None:
    fresh = template([("nav/next", "Next")])
    home = folder(tmp_path)
    empty = merge.merge(merge.new(ROMANIAN, "nplurals=1; plural=0;"), fresh, {})
    po.write(home / "ro" / "messages.po", empty)
    assert check.catalogue(home, ROMANIAN, fresh, Rules()) == []


def test_what_is_filled_in_is_not_a_word_that_translators_must_keep() -> None:
    term = Term(("number",), "note", {})
    assert term.asked_in("Your number")
    assert not term.asked_in("Question %(number)s of %(all)s")
