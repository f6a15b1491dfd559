"""Catalogues: read and written byte for byte, brought up to date without losing a word, stale ones told apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from collector.commands.translations import surveys, wanted
from collector.errors import SettingsError
from collector.installation import Installation
from collector.languages import extract, meaning, merge, po, registry, upkeep
from collector.languages.catalogue import Catalogues
from collector.languages.po import Entry, PoFile
from collector.settings import load
from tests.languages import ROMANIAN, catalogue, folder, template, texts
from tests.world import SHIPPED_SETTINGS, TINY, tiny

SHIPPED = SHIPPED_SETTINGS.translations
TAGS = [language.tag for language in upkeep.translated(registry.load(SHIPPED))]
ONE = tiny()
PATCHED = tiny(TINY.replace("version: 1.0.0", "version: 1.0.1").replace("Do they listen?", "Do they lissten?"))
MINOR = tiny(TINY.replace("version: 1.0.0", "version: 1.1.0").replace("Do they listen?", "Do they hear you?"))
NOTED = [("n", "1.0.0"), ("better", "1.10.0")]
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)


def at_work(tmp_path: Path) -> Installation:
    """The shipped files, without a database."""
    return Installation(load({"COLLECTOR_DATA": str(tmp_path / "none")}))


@pytest.mark.parametrize("tag", TAGS)
def test_every_shipped_catalogue_is_whole_and_written_as_we_write_it(tag: str, tmp_path: Path) -> None:
    path = SHIPPED / tag / "messages.po"
    file = po.read(path)
    assert po.as_text(file) == path.read_text(encoding="utf-8")
    assert all(entry.used and entry.whole and not entry.stale for entry in file.entries)
    assert {(e.context, e.source) for e in file.entries} == {
        (e.context, e.source) for e in wanted(at_work(tmp_path)).entries
    }


def test_the_template_holds_what_is_said_now(tmp_path: Path) -> None:
    ready = at_work(tmp_path)
    assert (SHIPPED / "messages.pot").read_text(encoding="utf-8") == po.as_text(wanted(ready)), (
        "run `collector languages update`"
    )
    contexts = {entry.context for entry in wanted(ready).entries}
    assert {
        "UN_PCC1",
        "UN_PCC1/hint",
        "FREQ5/always",
        "special/dk",
        "promise/no_name",
        "nav/next",
        "error/long",
    } <= contexts
    assert {"A_FAITH", "FAITH/sikh", "A_BORO", "BOROUGHS/outside"} <= contexts, "what is off may be turned on"
    assert not any(context.startswith("BOROUGHS/e0") for context in contexts), "names of boroughs stay as on signs"


GENERIC = ("An answer", "Hint under", "Heading of a part of the survey. Short.", "Heading of a group", "Stands under")


def test_translators_are_told_what_is_meant_by_each_answer_hint_heading_and_promise(tmp_path: Path) -> None:
    entries = wanted(at_work(tmp_path)).entries
    asked = [entry for entry in entries if not entry.context.startswith(tuple(extract.PLACES))]
    assert [entry.context for entry in asked if entry.note.startswith(GENERIC)] == []
    steps = [entry.note for entry in asked if entry.context.startswith("FREQ5/")]
    assert len(set(steps)) == len(steps) == 5
    assert "Not 'rarely'" in steps[3]


def test_a_newer_version_tells_translators_what_is_meant(tmp_path: Path) -> None:
    older, newer = (tiny(TINY.replace("concept_note: n", f"concept_note: {n}").replace("1.0.0", v)) for n, v in NOTED)
    for order in ([older, newer], [newer, older]):
        entry = next(e for e in extract.wanted(tmp_path, order, []).entries if e.context == "A1")
        assert entry.note == "better"


@pytest.mark.parametrize("tag", TAGS)
def test_messages_that_name_a_button_name_it_as_it_is(tag: str) -> None:
    said = {entry.context: entry.text for entry in po.read(SHIPPED / tag / "messages.po").entries}
    for context in ("problem/wrong/text", "problem/changed/text", "problem/full/text"):
        assert said["survey/send"] in said[context], context


entries = st.builds(
    Entry,
    context=st.text("abc/_", min_size=1, max_size=5),
    source=WORDS.filter(bool),
    text=WORDS,
    former=WORDS,
    fuzzy=st.booleans(),
    remarks=st.lists(st.from_regex(r"[a-z]{1,9}( [a-z]{1,9})?", fullmatch=True), max_size=1).map(tuple),
)


@given(st.lists(entries, max_size=6, unique_by=lambda e: (e.context, e.source)))
def test_what_is_written_is_what_is_read(tmp_path_factory: pytest.TempPathFactory, given_entries: list[Entry]) -> None:
    path = tmp_path_factory.mktemp("po") / "messages.po"
    file = catalogue(ROMANIAN, given_entries)
    assert po.write(path, file)
    assert po.read(path) == file
    assert not po.write(path, po.read(path)), "writing again changes nothing"
    with path.open("rb") as lines:
        assert len(read_po(lines, abort_invalid=True)) == len(given_entries), "Babel reads it too"


def test_a_file_that_poedit_wrapped_is_read_with_its_former_source(tmp_path: Path) -> None:
    path = tmp_path / "messages.po"
    path.write_text(
        '# By a person.\nmsgid ""\nmsgstr ""\n"Language: ro\\n"\n"X-Generator: Poedit\\n"\n\n'
        '# a remark\n#. note one\n#. note two\n#, fuzzy\n#| msgctxt "a"\n#| msgid ""\n#| "old \\"words\\" "\n#| "here"\n'
        'msgctxt "a"\nmsgid ""\n"new words "\n"here"\nmsgstr "cuvinte"\n'
    )
    (entry,) = po.read(path).entries
    assert entry == Entry(
        "a", "new words here", "cuvinte", 'old "words" here', True, "note one note two", ("a remark",)
    )
    assert po.read(path).header == {"Language": "ro", "X-Generator": "Poedit"}


def test_a_file_that_is_broken_is_named(tmp_path: Path) -> None:
    (tmp_path / "messages.po").write_text('msgid "a"\nmsgwhat "b"\n')
    with pytest.raises(SettingsError, match=r"messages\.po cannot be read"):
        po.read(tmp_path / "messages.po")


def test_a_typo_mended_in_a_patch_version_keeps_its_translation_and_marks_it_stale() -> None:
    known = meaning.editions([PATCHED])
    held = replace(
        catalogue(ROMANIAN, [Entry("Q1", "Do they listen?", "Ascultă?")]), header={"X-Surveys": "tiny 1.0.0"}
    )
    merged = merge.merge(held, template([("Q1", "Do they lissten?")], "tiny 1.0.1"), known)
    assert texts(merged) == {"Q1": ("Ascultă?", "Do they listen?", False)}
    assert merged.entries[0].used
    assert merged.entries[0].stale
    assert merged.obsolete == ()


def test_a_change_in_a_minor_or_major_version_sets_the_translation_aside() -> None:
    known = meaning.editions([MINOR])
    held = replace(
        catalogue(ROMANIAN, [Entry("Q1", "Do they listen?", "Ascultă?")]), header={"X-Surveys": "tiny 1.0.0"}
    )
    merged = merge.merge(held, template([("Q1", "Do they hear you?")], "tiny 1.1.0"), known)
    assert texts(merged) == {"Q1": ("Ascultă?", "Do they listen?", True)}
    assert not merged.entries[0].used


def test_two_accepted_versions_stand_side_by_side() -> None:
    known = meaning.editions([ONE, PATCHED])
    held = catalogue(ROMANIAN, [Entry("Q1", "Do they listen?", "Ascultă?")])
    both = template([("Q1", "Do they listen?"), ("Q1", "Do they lissten?")], "tiny 1.0.0, tiny 1.0.1")
    merged = merge.merge(held, both, known)
    assert [(e.source, e.text, e.former) for e in merged.entries] == [
        ("Do they listen?", "Ascultă?", ""),
        ("Do they lissten?", "Ascultă?", "Do they listen?"),
    ]


def test_promises_and_consent_never_use_a_stale_translation(tmp_path: Path) -> None:
    known = meaning.editions([PATCHED])
    held = catalogue(ROMANIAN, [Entry("promise/no_name", "Old.", "Vechi."), Entry("first/start", "Go", "Hai")])
    merged = merge.merge(held, template([("promise/no_name", "New."), ("first/start", "Start")]), known)
    assert all(entry.fuzzy for entry in merged.entries)
    unmarked = tuple(replace(entry, fuzzy=False) for entry in merged.entries)
    home = folder(tmp_path, ro=unmarked)
    words = Catalogues(registry.load(home), home).words("ro")
    assert words.find("promise/no_name", "New.")[0] == "New."
    assert words.find("first/start", "Start")[0] == "Start"


def test_no_translation_is_ever_lost_and_it_comes_back() -> None:
    held = catalogue(ROMANIAN, [Entry("a", "A", "unu", remarks=("by hand",)), Entry("b", "B", "doi")])
    gone = merge.merge(held, template([("b", "B")]), {})
    assert [(e.context, e.text) for e in gone.obsolete] == [("a", "unu")]
    assert '#~ msgctxt "a"\n#~ msgid "A"\n#~ msgstr "unu"' in po.as_text(gone)
    back = merge.merge(gone, template([("a", "A"), ("b", "B")]), {})
    assert texts(back) == {"a": ("unu", "", False), "b": ("doi", "", False)}
    assert back.obsolete == ()


def test_a_source_that_changes_back_is_no_longer_stale() -> None:
    held = catalogue(ROMANIAN, [Entry("nav/a", "One", "unu")])
    changed = merge.merge(held, template([("nav/a", "Two")]), {})
    assert changed.entries[0].fuzzy
    again = merge.merge(changed, template([("nav/a", "One")]), {})
    assert texts(again) == {"nav/a": ("unu", "", False)}


messages = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("WXYZ")), max_size=5, unique=True)


@given(messages, st.lists(messages, max_size=4))
def test_however_often_the_source_changes_every_translation_stays_in_the_file(first, changes) -> None:
    file = catalogue(ROMANIAN, [Entry(c, e, f"{c}{e} tradus") for c, e in first])
    for change in changes:
        merged = merge.merge(file, template(change), {})
        assert merge.merge(merged, template(change), {}) == merged, "merging twice changes nothing more"
        assert {e.text for e in (*file.entries, *file.obsolete) if e.text} == {
            e.text for e in (*merged.entries, *merged.obsolete) if e.text
        }
        assert {(e.context, e.source) for e in merged.entries} == set(change)
        file = merged


def test_update_writes_every_catalogue_once(tmp_path: Path) -> None:
    home = folder(tmp_path, ro=[Entry("nav/next", "Next", "Înainte")])
    wanted_now = template([("nav/next", "Next"), ("nav/back", "Back")])
    known = registry.load(home)
    assert upkeep.update(home, known, wanted_now, {}) == {
        "messages.pot": True,
        "ro/messages.po": True,
        "ur/messages.po": True,
    }
    assert not any(upkeep.update(home, known, wanted_now, {}).values())
    assert texts(po.read(home / "ro" / "messages.po")) == {
        "nav/next": ("Înainte", "", False),
        "nav/back": ("", "", False),
    }
    assert "draft, not translated yet" in (home / "ur" / "messages.po").read_text()


def test_a_context_with_two_english_texts_is_refused(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "a.html").write_text("{{ t('nav/a', 'One') }}")
    (tmp_path / "web" / "b.py").write_text("message('nav/a', 'Two')")
    with pytest.raises(SettingsError, match="nav/a has two English texts"):
        extract.wanted(tmp_path, [ONE], [])


def test_every_kind_of_message_has_a_note_for_translators(tmp_path: Path) -> None:
    assert all(entry.note not in ("", "Page text.") for entry in wanted(at_work(tmp_path)).entries)


def test_published_versions_are_translated_as_long_as_answers_to_them_are_taken(tmp_path: Path) -> None:
    from tests.world import make_world

    world = make_world(tmp_path, ONE)
    assert ("tiny", "1.0.0") in {(s.code, s.version) for s in surveys(Installation(world.settings))}


def test_a_catalogue_that_nobody_updated_still_serves_a_mended_typo(tmp_path: Path) -> None:
    home = folder(tmp_path, ro=[Entry("Q1", "Do they listen?", "Ascultă?"), Entry("T1", "Anything else?", "Altceva?")])
    catalogues = Catalogues(registry.load(home), home)
    assert catalogues.words("ro").find("Q1", "Do they lissten?")[0] == "Do they lissten?"
    catalogues.follow(meaning.editions([ONE, PATCHED]))
    assert catalogues.words("ro").find("Q1", "Do they lissten?") == ("Ascultă?", None)
    catalogues.follow(meaning.editions([ONE, MINOR]))
    assert catalogues.words("ro").find("Q1", "Do they hear you?")[0] == "Do they hear you?"
    assert isinstance(catalogues.words("ro").chain[0][1], dict)


def test_a_translation_that_cannot_be_filled_in_is_not_shown(tmp_path: Path) -> None:
    broken = [
        Entry("a", "At %(place)s.", "La %(loc)s."),
        Entry("b", "At %(place)s.", "La %(place)"),
        Entry("c", "At %(place)s.", "100% la %(place)s."),
        Entry("d", "At %(place)s.", "La %(place)s."),
    ]
    words = Catalogues(registry.load(folder(tmp_path, ro=broken)), tmp_path).words("ro")
    for context in "abc":
        assert words.text(context, "At %(place)s.", place="X") == '<span class="other" lang="en" dir="ltr">At X.</span>'
    assert words.text("d", "At %(place)s.", place="X") == "La X."


def test_nothing_is_read_before_a_language_is_asked_for(tmp_path: Path) -> None:
    home = folder(tmp_path, ro=[Entry("a", "A", "unu")], ur=[Entry("a", "A", "ایک")])
    (home / "ur" / "messages.po").write_text("broken")
    catalogues = Catalogues(registry.load(home), home)
    assert [language.tag for language in catalogues.offered("all")] == ["en", "ro", "ur"]
    assert [language.tag for language in catalogues.offered("none")] == ["en"]
    assert catalogues.words("ro").find("a", "A") == ("unu", None)
    with pytest.raises(SettingsError):
        catalogues.words("ur")


def test_an_empty_catalogue_still_says_everything(tmp_path: Path) -> None:
    home = folder(tmp_path, ro=[], ur=[])
    words = Catalogues(registry.load(home), home).words("phr")
    assert words.text("a", "A <b>") == '<span class="other" lang="en" dir="ltr">A &lt;b&gt;</span>'
    assert isinstance(PoFile({}).entries, tuple)


def test_a_telephone_number_is_one_piece(tmp_path: Path) -> None:
    home = folder(tmp_path, ur=[Entry("a", "Call 116 123", "فون: 116 123 پر")])
    words = Catalogues(registry.load(home), home).words("ur")
    assert words.text("a", "Call 116 123") == "فون: 116\u00a0123 پر"


def test_a_language_without_its_file_is_not_offered_and_stops_nothing(tmp_path: Path) -> None:
    home = folder(tmp_path, ro=[])
    catalogues = Catalogues(registry.load(home), home)
    assert [language.tag for language in catalogues.offered("all")] == ["en", "ro"]
    assert catalogues.words("phr").draft
    assert catalogues.words("ur").plain("a", "A") == "A"
