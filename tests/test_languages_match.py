"""Which language a phone gets: script before region, a neighbour before English, and no header that does harm."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import SettingsError
from collector.languages import registry
from collector.languages.catalogue import Catalogues
from collector.languages.match import best, full, wanted
from collector.languages.registry import Language, Registry
from collector.survey.read import read_file
from tests.world import SHIPPED_SETTINGS

SHIPPED = registry.load(SHIPPED_SETTINGS.translations)
WRITTEN = [language for language in SHIPPED.languages.values() if language.catalogue or language.tag == "en"]
ENTRY = "- {{tag: {tag}, native_name: {tag}, name: {tag}, script: {script}, babel_locale: {locale}}}\n"

PHONES = [
    ("bn-BD,bn;q=0.9,en;q=0.8", "bn"),
    ("pa-PK", "ur"),
    ("pa-Arab", "ur"),
    ("pnb", "ur"),
    ("pa", "pa-Guru"),
    ("pa-IN", "pa-Guru"),
    ("pa-GB", "pa-Guru"),
    ("prs", "fa"),
    ("prs-AF,en;q=0.5", "fa"),
    ("fa-AF", "fa"),
    ("pt-BR", "pt-PT"),
    ("pt", "pt-PT"),
    ("es-419", "es"),
    ("es-MX,es;q=0.9,en;q=0.8", "es"),
    ("mo", "ro"),
    ("ro-MD", "ro"),
    ("syl,en;q=0.9", "bn"),
    ("ctg-BD,en;q=0.9", "bn"),
    ("phr,en;q=0.9", "ur"),
    ("hno", "ur"),
    ("ary-MA,en;q=0.9", "ar"),
    ("ar-EG", "ar"),
    ("rmy,en;q=0.9", "ro"),
    ("kri,bn;q=0.5", "en"),
    ("ta-LK", "ta"),
    ("fr-CD", "fr"),
    ("FR", "fr"),
    ("it-IT,it;q=0.9", "en"),
    ("it-IT,it;q=0.9,tr;q=0.1", "tr"),
    ("en-GB,bn;q=0.9", "en"),
    ("bn;q=0,ur;q=0.1", "ur"),
]


@pytest.mark.parametrize(("header", "tag"), PHONES)
def test_a_phone_gets_the_nearest_language_that_is_offered(header: str, tag: str) -> None:
    assert best(header, WRITTEN, SHIPPED).tag == tag


def test_the_script_counts_before_the_region(tmp_path: Path) -> None:
    chinese = [("en", "Latn", "en_GB"), ("zh-Hans", "Hans", "zh_Hans"), ("zh-Hant", "Hant", "zh_Hant")]
    lines = [ENTRY.format(tag=tag, script=script, locale=locale) for tag, script, locale in chinese]
    (tmp_path / "languages.yaml").write_text("".join(lines))
    known = registry.load(tmp_path)
    offered = list(known.languages.values())
    for tag, got in (
        ("zh-HK", "zh-Hant"),
        ("zh-TW", "zh-Hant"),
        ("zh-MO", "zh-Hant"),
        ("zh", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
    ):
        assert best(f"{tag},en;q=0.9", offered, known).tag == got


def test_a_reader_of_another_script_is_not_given_a_script_they_cannot_read() -> None:
    without_urdu = [language for language in WRITTEN if language.tag != "ur"]
    assert best("pa-PK", without_urdu, SHIPPED).tag == "en"
    assert best("pa-PK,fa;q=0.4", without_urdu, SHIPPED).tag == "fa"


def test_without_a_match_the_venues_own_language_comes_first() -> None:
    assert best("it", WRITTEN, SHIPPED, first=("so", "bn")).tag == "so"
    assert best("", WRITTEN, SHIPPED, first=("xx", "bn")).tag == "bn"
    assert best("", WRITTEN, SHIPPED).tag == "en"


ODD = [
    "*",
    ";;;q=",
    "en;q=nought",
    ",,,",
    "x" * 9_000,
    "bn;q=1.0000",
    "-",
    "a-b-c-d",
    "bn\x00",
    "ур",
    "i-klingon",
    "q=1",
]


@pytest.mark.parametrize("header", ODD)
def test_a_malformed_header_gives_a_language_all_the_same(header: str) -> None:
    assert best(header, WRITTEN, SHIPPED) in WRITTEN


@given(st.text(max_size=60))
def test_no_header_does_harm(header: str) -> None:
    assert best(header, WRITTEN, SHIPPED, first=("ur",)) in WRITTEN
    assert all(isinstance(tag, str) for tag in wanted(header))


def test_what_is_likely_is_filled_in() -> None:
    assert full("pa-PK") == ("pa", "Arab", "PK")
    assert full("prs") == ("fa", "Arab", "AF")
    assert full("zh-HK") == ("zh", "Hant", "HK")
    assert full("xyz") == ("xyz", "", "")


def test_every_language_has_dates_a_direction_and_a_way_to_english() -> None:
    for language in SHIPPED.languages.values():
        assert language.dir == ("rtl" if language.tag in ("ar", "fa", "ur", "phr") else "ltr")
        assert SHIPPED.chain(language.tag)[-1].tag == "en"


def test_a_language_that_cldr_does_not_know_borrows_its_neighbours_dates() -> None:
    catalogues = Catalogues(SHIPPED, SHIPPED_SETTINGS.translations)
    for tag in ("syl", "phr", "kri", "jam"):
        words = catalogues.words(tag)
        assert "2027" in words.date(date(2027, 1, 15))
        assert words.native_name
        assert words.text("nav/next", "Next")
    assert catalogues.words("syl").text("nav/next", "Next") == (
        f'<span class="other" lang="bn" dir="ltr">{catalogues.words("bn").plain("nav/next", "Next")}</span>'
    )


OWN = {"pa-Guru": "pa", "pt-PT": "pt", "phr": "pahari"}


def test_readers_find_their_own_language_first_then_english_and_another_last() -> None:
    survey, _ = read_file(SHIPPED_SETTINGS.forms / "trust-core.yaml")
    assert survey is not None
    offered = {option.code for option in survey.by_code["A_LANG"].options}
    ordered = [language for language in SHIPPED.languages.values() if language.order]
    assert {language.tag for language in ordered} >= {language.tag for language in WRITTEN}
    for language in ordered:
        assert sorted(language.order) == sorted(offered), language.tag
        own = dict.fromkeys([OWN.get(language.tag, language.tag), "en"])
        assert [*own] == [*language.order[: len(own)]], language.tag
        assert language.order[-1] == "other"


@pytest.mark.parametrize(("tag", "written"), [("so", "3 Oktoobar 2026"), ("en", "3 October 2026")])
def test_a_day_is_written_as_its_readers_write_it(tag: str, written: str) -> None:
    words = Catalogues(SHIPPED, SHIPPED_SETTINGS.translations).words(tag)
    assert words.date(date(2026, 10, 3)) == written


WRONG = [
    ("- {tag: en, native_name: English, name: English, script: Latn, babel_locale: xx_XX}", "has no dates"),
    ("- {tag: en, native_name: English, name: English, script: Latn}", "babel_locale"),
    ("- {tag: bn, native_name: b, name: b, script: Beng, babel_locale: bn, fallback: [xx]}", "falls back"),
    ("- {tag: en, native_name: e, name: e, script: Latn, babel_locale: en, colour: red}", "colour"),
    ("- [", "cannot be read"),
    ("\tx", "cannot be read"),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_a_registry_that_is_wrong_is_refused_at_the_start(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "languages.yaml").write_text(text)
    with pytest.raises(SettingsError, match=said):
        registry.load(tmp_path)


@given(st.from_regex(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?", fullmatch=True))
def test_any_tag_at_all_can_stand_in_the_registry(tag: str) -> None:
    language = Language(tag, "x", "x", "Zzzz", "en_GB")
    known = Registry({"en": SHIPPED.languages["en"], tag: language})
    assert best(tag, [language], known) is language
    assert language.dir == "ltr"
