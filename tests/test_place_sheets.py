"""The poster and the cards of a place: what stands on them, for whom they are made, and what is said when they are not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from collector.languages import po
from collector.languages.coverage import PLACES
from collector.printed import note_printed, printed
from collector.web import fitting, place_words
from collector.web.pages import SHEET_STYLE, policy
from tests.conftest import CheckedClient
from tests.desk import Desk, desk
from tests.world import SHIPPED_SETTINGS, TODAY, World, make_world

__all__ = ["desk"]
URL = "https://trust.brixton.example"
SECTION = re.compile(r'<section(?: class="k\d+")? lang="([\w-]+)" dir="(\w+)">(.*?)</section>', re.S)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    """An installation that says where people open it. Its place has English, Bengali and Urdu."""
    return make_world(tmp_path_factory.mktemp("made"), COLLECTOR_PUBLIC_URL=URL)


@pytest.fixture(scope="module")
def reader(made: World) -> CheckedClient:
    return CheckedClient(made.app())


def sections(page: str) -> list[tuple[str, str]]:
    return [(tag, direction) for tag, direction, _ in SECTION.findall(page)]


def test_a_poster_says_the_same_in_each_language_of_the_place_and_the_rest_once(
    made: World, reader: CheckedClient
) -> None:
    page = reader.get(f"/v/{made.venue}/poster").text
    assert sections(page) == [("en", "ltr"), ("bn", "ltr"), ("ur", "rtl")]
    english, bengali, urdu = [body for _, _, body in SECTION.findall(page)]
    for words in (
        "Do you trust health services?", "21 questions, about 6 minutes", "You choose.", "We do not ask your name.",
        "groups of 10 or more", "16 or over", "Scan this with your phone, or type the address.",
    ):  # fmt: skip
        assert words in english
    assert "আপনি কি স্বাস্থ্যসেবার ওপর ভরসা করেন?" in bengali
    assert "یہ ترجمہ ابھی پکا نہیں۔" in urdu, "a draft says so on paper too"
    half = f"{made.venue[:3]} {made.venue[3:]}"
    for once in (
        ">Fade Kings<", ">Brixton Health Project<", ">Lambeth Council<", ">020 7946 0000<", f">{half}<", 'class="qr"><svg',
        "Printed on 23 November 2026",
    ):  # fmt: skip
        assert page.count(once) == 1, once
    assert f"trust<wbr>.brixton<wbr>.example<wbr>/{made.venue}" in page


@pytest.mark.parametrize(
    ("to", "shown"),
    [
        ("ur", ["ur"]), ("BN,ur , en", ["bn", "ur", "en"]), ("pa-guru ta", ["pa-Guru", "ta"]), ("so,so", ["so"]),
        ("bn,ur,en,ta,so", ["bn", "ur", "en", "ta"]), ("", ["en", "bn", "ur"]),
    ],
)  # fmt: skip
def test_the_address_chooses_up_to_four_languages(
    made: World, reader: CheckedClient, to: str, shown: list[str]
) -> None:
    page = reader.get(f"/v/{made.venue}/poster", query_string={"to": to}).text
    assert [tag for tag, _ in sections(page)] == shown
    assert page.startswith(f'<!doctype html>\n<html lang="{shown[0]}"')
    assert ("Four languages find room." in page) == (to.count(",") == 4)


def test_ten_cards_are_in_the_languages_in_turn(made: World, reader: CheckedClient) -> None:
    assert sections(reader.get(f"/v/{made.venue}/cards?to=ur").text) == [("ur", "rtl")] * 10
    page = reader.get(f"/v/{made.venue}/cards").text
    assert [tag for tag, _ in sections(page)] == ["en", "bn", "ur"] * 3 + ["en"]
    assert page.count('href="#q"') == 9


@pytest.mark.parametrize("sheet", ["poster", "cards"])
def test_a_sheet_is_there_only_for_an_open_place_in_languages_that_are_offered(
    world: World, client: CheckedClient, sheet: str
) -> None:
    assert client.get(f"/v/{world.venue}/{sheet}").status_code == 200
    for to in ("zz", "bn,zz", "syl"):
        page = client.get(f"/v/{world.venue}/{sheet}?to={to}")
        assert page.status_code == 404
        assert 'href="?to=bn"' in page.text
    assert client.get(f"/v/nosuch/{sheet}").status_code == 404
    assert client.get(f"/V/{world.venue.upper()}/{sheet.title()}").headers["Location"] == f"/v/{world.venue}/{sheet}"
    world.database.execute("UPDATE venue SET closed_on = '2026-11-01'")
    assert CheckedClient(world.app()).get(f"/v/{world.venue}/{sheet}").status_code == 410


def test_without_an_address_there_is_no_code_to_scan_and_the_screen_says_what_to_set(
    world: World, client: CheckedClient
) -> None:
    for sheet in ("poster", "cards"):
        page = client.get(f"/v/{world.venue}/{sheet}").text
        assert 'class="qr"' not in page
        assert "Scan" not in page
        assert '<p class="missing">COLLECTOR_PUBLIC_URL is not set.' in page
    assert printed(world.settings.data) == {}


def test_an_address_of_this_machine_only_is_drawn_and_warned_of(tmp_path: Path) -> None:
    here = make_world(tmp_path, COLLECTOR_PUBLIC_URL="http://127.0.0.1:8000")
    page = CheckedClient(here.app()).get(f"/v/{here.venue}/poster").text
    assert 'class="qr"><svg' in page
    assert '<p class="missing">COLLECTOR_PUBLIC_URL leads to this machine only.' in page


def test_a_language_that_nobody_has_signed_gives_way_to_english(tmp_path: Path) -> None:
    signed = make_world(tmp_path, COLLECTOR_DRAFT_LANGUAGES="none")
    client = CheckedClient(signed.app())
    assert sections(client.get(f"/v/{signed.venue}/poster").text) == [("en", "ltr")]
    assert client.get(f"/v/{signed.venue}/poster?to=bn").status_code == 404


def test_a_place_whose_language_is_only_spoken_has_the_one_that_its_readers_read(world: World) -> None:
    world.database.execute("UPDATE venue SET languages = 'syl,en,xx'")
    page = CheckedClient(world.app()).get(f"/v/{world.venue}/poster").text
    assert [tag for tag, _ in sections(page)] == ["bn", "en"]


def test_a_language_without_the_words_of_the_poster_is_not_offered_there_and_stays_elsewhere(world: World) -> None:
    app = world.app()
    catalogues = app.site.catalogues
    language = catalogues.registry.languages["so"]
    assert catalogues.says(language, "poster")
    loaded = catalogues._load(language)
    fewer = {context: have for context, have in loaded.messages.items() if context != "poster/scan"}
    catalogues._loaded["so"] = replace(loaded, messages=fewer)
    client = CheckedClient(app)
    assert client.get(f"/v/{world.venue}/poster?to=so").status_code == 404
    assert client.get(f"/v/{world.venue}?to=so").status_code == 200


def test_a_promise_on_paper_is_the_promise_of_the_first_screen() -> None:
    said = {(one.context, one.source) for one in po.read(SHIPPED_SETTINGS.translations / "messages.pot").entries}
    assert {tuple(message) for message in place_words.FROM_FIRST} <= said
    assert all(context.startswith((*PLACES["poster"], "mark/")) for context, _ in place_words.FROM_FIRST)


def test_every_size_that_is_worked_out_stands_in_the_style() -> None:
    sizes = {int(size): float(points) for size, points in re.findall(r"\.k(\d+)\{font-size:([\d.]+)pt", SHEET_STYLE)}
    assert {**sizes, 100: 10.0} == {size: size / 10 for size in fitting.SCALES}


def test_a_poster_is_light_and_says_what_it_may_load(made: World, reader: CheckedClient) -> None:
    answer = reader.get(f"/v/{made.venue}/poster?to=bn,ta,ur,gu")
    assert len(answer.data) <= 20_000
    assert answer.headers["Content-Security-Policy"] == policy(SHEET_STYLE)
    assert "script" not in answer.text


def test_what_was_printed_is_written_down_once_a_day_for_each_address(tmp_path: Path) -> None:
    for address, day in (("https://a.org", TODAY), ("https://b.org", TODAY), ("https://a.org", TODAY + timedelta(1))):
        note_printed(tmp_path, address, day)
    note_printed(tmp_path, "", TODAY)
    assert printed(tmp_path) == {"https://a.org": TODAY + timedelta(1), "https://b.org": TODAY}
    note_printed(tmp_path / "no folder", "https://a.org", TODAY)
    (tmp_path / "printed").write_text("nonsense\n")
    assert printed(tmp_path) == {}


def test_a_sheet_and_a_picture_for_print_are_noted_and_practice_is_not(desk: Desk) -> None:
    code, data = desk.world.venue, desk.world.settings.data
    desk.ok("venue", "qr", code, "practice.svg", "--local", COLLECTOR_PUBLIC_URL="http://127.0.0.1:8000")
    assert printed(data) == {}
    desk.ok("venue", "qr", code, "poster.svg", COLLECTOR_PUBLIC_URL=URL)
    assert list(printed(data)) == [URL]


def test_opening_a_poster_notes_its_address(made: World, reader: CheckedClient) -> None:
    reader.get(f"/v/{made.venue}/poster")
    assert printed(made.settings.data) == {URL: TODAY}
