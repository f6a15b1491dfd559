"""The sheets of a place as they are printed: one page, nothing cut off, and a code that reads as the place's address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Browser, Page

from collector.languages.catalogue import Words
from collector.web import fitting, place_words
from tests.conftest import CheckedClient
from tests.world import World, make_world

URL = "https://trust.brixton.example"
TAGS = ("en", "ar", "bn", "es", "fa", "fr", "gu", "pa-Guru", "pl", "pt-PT", "ro", "so", "ta", "tr", "ur")
LONG = {
    "COLLECTOR_PUBLIC_URL": "https://health-survey.north-brixton-community-partnership.example",
    "COLLECTOR_ORGANISATION": "North Brixton Community Partnership for Health and Wellbeing with Friends and Neighbours",
    "COLLECTOR_FUNDER": "Lambeth Council, the South London Integrated Care Board and the Friends of Brixton Library",
    "COLLECTOR_CONTACT": "Ama or Rahima at the front desk, weekdays 10 to 16, 020 7946 0000, ask@north-brixton.example",
}
CUT = """() => [...document.querySelectorAll('.paper, .tongues, .way, .type, .cards section, .words, .foot, section *, .paper p, dl *')]
    .filter(e => !e.closest('svg')).flatMap(e => {
        const paper = document.querySelector('.paper').getBoundingClientRect(), box = e.getBoundingClientRect();
        const room = (e.closest('.words') || e.closest('.tongues') || e.closest('.cards section') ||
            e.closest('.way') || e.closest('.paper')).getBoundingClientRect();
        return box.bottom > room.bottom + 1 || box.top < room.top - 1 || box.left < paper.left - 1 ||
            box.right > paper.right + 1 ? [`${e.className || e.tagName}: ${e.textContent.slice(0, 40)}`] : []; })"""


def worst(world: World, count: int) -> str:
    """The languages that need most room on a poster."""
    catalogues = world.app().site.catalogues
    values = {"questions": 21, "minutes": 6}

    def small(words: Words) -> float:
        return fitting.height(place_words.poster_lines(words, values, many=True), fitting.Room(178, 0, 6), 100)

    return ",".join(sorted(TAGS, key=lambda tag: -small(catalogues.words(tag)))[:count])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("made"), COLLECTOR_PUBLIC_URL=URL)


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A place with long names at a long address, for practice: every mark that a sheet can have."""
    world = make_world(tmp_path_factory.mktemp("long"), synthetic=True, COLLECTOR_EXAMPLE="yes", **LONG)
    place = {"code": "brixtonmarkt", "name": ("The Barbers of Brixton " * 3).strip()}
    world.database.execute("INSERT INTO venue VALUES (:code, :name, 'other', 'en,bn', '2026-11-01', NULL)", place)
    world.venue = "brixtonmarkt"
    return world


@pytest.fixture(scope="module")
def sheet(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1000, "height": 1300})
    yield context.new_page()
    context.close()


def printed(page: Page, world: World, path: str) -> list[str]:
    """What phones read from the picture of a sheet. It is one, and nothing on it is cut off."""
    page.emulate_media(media="print")
    page.set_content(CheckedClient(world.app()).get(f"/v/{world.venue}/{path}").text)
    assert page.evaluate(CUT) == []
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    assert len(document) == 1, path
    assert [round(side * 25.4 / 72) for side in document[0].get_size()] == [210, 297]
    picture: Any = document[0].render(scale=1.6, grayscale=True).to_numpy()
    return [found.text for found in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("tag", TAGS)
def test_a_poster_is_one_sheet_in_every_language_alone(made: World, sheet: Page, tag: str) -> None:
    assert printed(sheet, made, f"poster?to={tag}") == [f"{URL}/v/{made.venue}"]


@pytest.mark.parametrize("count", [2, 3, 4])
def test_a_poster_is_one_sheet_in_the_languages_that_need_most_room(made: World, sheet: Page, count: int) -> None:
    assert printed(sheet, made, f"poster?to={worst(made, count)}") == [f"{URL}/v/{made.venue}"]
    width = sheet.locator(".qr path").nth(1).evaluate("e => e.getBBox().width * e.getScreenCTM().a * 25.4 / 96")
    assert width >= 45, "millimetres of the code without its quiet border"


@pytest.mark.parametrize("tags", ["en", "ur", "en,bn,ur", "worst"])
def test_a_poster_with_long_names_and_every_mark_is_one_sheet_still(long: World, sheet: Page, tags: str) -> None:
    asked = worst(long, 4) if tags == "worst" else tags
    assert printed(sheet, long, f"poster?to={asked}") == [f"{LONG['COLLECTOR_PUBLIC_URL']}/v/{long.venue}"]


@pytest.mark.parametrize("tag", TAGS)
def test_ten_cards_are_one_sheet_in_every_language(made: World, sheet: Page, tag: str) -> None:
    assert printed(sheet, made, f"cards?to={tag}") == [f"{URL}/v/{made.venue}"] * 10
    box = sheet.locator(".cards section").nth(9).bounding_box()
    assert box
    assert [round(box[side] * 25.4 / 96) for side in ("width", "height")] == [85, 55]


def test_cards_with_long_names_are_one_sheet_still(long: World, sheet: Page) -> None:
    assert len(printed(sheet, long, "cards?to=ur,ta,en")) == 10


def test_a_sheet_fits_the_screen_of_a_phone(made: World, phone: Any) -> None:
    page = phone().new_page()
    page.set_content(CheckedClient(made.app()).get(f"/v/{made.venue}/poster").text)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
