"""The pages of published figures in a real browser: phone and desk, light, dark, print, by keyboard, without script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.test_walk import axe_finds_nothing, nothing_runs_over
from tests.released import HIDDEN, SPRING, Row, put_release
from tests.serving import serving
from tests.world import make_world

PLACE = "/figures?period=2026-27-Q2&area=E09000005"
ONE_PAGE = PLACE.replace("/figures", "/figures/one-page")
PAGES = [PLACE, f"{PLACE}&by=ethnic6", ONE_PAGE, "/releases"]
WHY = b"# Changes\n\n## Revision 1\n\nAnswers of one visit were entered twice. The host noticed it in November.\n"
LONG = "A borough with a very long name: Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"


def mixed(row: Row) -> Row:
    """Some of everything: hidden ones, bounds, few people, changes."""
    code = row["code"] if row["breakdown"] == "all" else row["breakdown_code"]
    if code in ("IN", "asian", "ur", "UN_ACC1", "OV1.never"):
        return {**row, **HIDDEN}
    if code in ("UN", "black", "DG_GOV1") and row["unit"] == "percent":
        return {**row, "value": 95, "bound": "gte", "range_low": 88, "range_high": 100, "change_vs_previous": "up"}
    if code in ("CO", "mixed", "CO_LIT1"):
        few = {"reliability": "low", "value_marker": "[u]", "base_rounded": 10, "range_low": "", "range_high": ""}
        return {**row, **few}
    return row


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with five released quarters, a new survey series and a correction among them."""
    world = make_world(tmp_path_factory.mktemp("shown"))
    areas = (("E12000007", "region", "London"), ("E09000005", "borough", LONG))
    new = replace(world.survey, version="2.0.0")
    put_release(world.settings.exports, new, areas=areas)
    put_release(world.settings.exports, new, mixed, areas=areas, revision=1, more={"changes.md": WHY})
    put_release(world.settings.exports, new, areas=areas, period=SPRING)
    for back in (SPRING.previous, SPRING.previous.previous, SPRING.previous.previous.previous):
        put_release(world.settings.exports, world.survey, mixed, areas=areas, period=back)
    with serving(world) as running:
        yield running.address
    world.database.close()


@pytest.fixture
def sheet(browser: Browser) -> Iterator[Any]:
    """Opens a page at a width, with what else a context takes."""
    made = []

    def open_page(address: str, width: int, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        made.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield open_page
    for context in made:
        context.close()


@pytest.mark.parametrize("width", [320, 360, 1024])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_figures_is_accessible_and_fits(shown: str, sheet: Any, path: str, scheme: str, width: int) -> None:
    page = sheet(shown + path, width, color_scheme=scheme)
    nothing_runs_over(page)
    if width != 320:
        axe_finds_nothing(page)


@pytest.mark.parametrize("width", [320, 1024, 1280])
@pytest.mark.parametrize("path", PAGES[:3])
def test_no_letter_of_a_chart_is_small_cut_off_or_on_another(shown: str, sheet: Any, path: str, width: int) -> None:
    page = sheet(shown + path, width)
    found = page.evaluate("""() => [...document.querySelectorAll('svg[role=img]')].flatMap(svg => {
        const boxes = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
        const out = boxes.filter(([, b]) => b.left < 0 || b.right > innerWidth).map(([t]) => 'cut off: ' + t);
        const small = boxes.filter(([, b]) => b.height < 15).map(([t]) => 'small: ' + t);
        const over = boxes.flatMap(([t, a], i) => boxes.slice(i + 1).filter(([, b]) =>
            Math.min(a.right, b.right) - Math.max(a.left, b.left) > 3 &&
            Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 9).map(([u]) => `${t} on ${u}`));
        return [...out, ...small, ...over].map(fault => svg.querySelector('title').textContent + ' -- ' + fault);
    })""")
    assert found == []


def test_figures_are_chosen_by_keyboard_and_without_script(shown: str, sheet: Any) -> None:
    page = sheet(f"{shown}/figures", 1024, java_script_enabled=False)
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the figures"
    page.locator("#period").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("A borough")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**period=2026-27-Q1&area=E09000005")
    assert "April to June 2026" in page.locator("h1").inner_text()


def test_every_target_is_large_enough_and_shows_its_focus(shown: str, sheet: Any) -> None:
    page = sheet(shown + PLACE, 360)
    for target in page.locator("nav a, select, button").all():
        box = target.bounding_box()
        assert box
        assert box["height"] >= 48, target.inner_text()
        target.focus()
        assert target.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"


def test_a_wide_table_scrolls_by_keyboard_inside_its_own_frame(shown: str, sheet: Any) -> None:
    page = sheet(shown + PLACE, 320)
    frame = page.locator(".wide").nth(2)
    frame.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.activeElement.scrollLeft > 0")


def test_numbers_are_to_the_right_and_heads_stay_in_sight(shown: str, sheet: Any) -> None:
    page = sheet(shown + PLACE, 1280)
    assert page.locator("#t-glance ~ tbody td").first.evaluate("e => getComputedStyle(e).textAlign") == "end"
    assert "tabular-nums" in page.locator("table").first.evaluate("e => getComputedStyle(e).fontVariantNumeric")
    head = page.locator("#t-who-language ~ thead th").first
    page.locator("#t-who-language ~ tbody tr").nth(8).evaluate("e => e.scrollIntoView({block: 'start'})")
    assert abs(head.evaluate("e => e.getBoundingClientRect().top")) <= 1


def test_two_columns_on_a_desk_and_one_on_a_phone(shown: str, sheet: Any) -> None:
    for width, columns in ((360, 1), (1000, 1), (1024, 2), (1600, 2)):
        page = sheet(shown + PLACE, width)
        lefts = page.evaluate("[...document.querySelectorAll('.packed .card')].map(e => e.offsetLeft)")
        assert len(set(lefts)) == columns


def test_print_is_black_on_white_whole_and_needs_no_colour(shown: str, sheet: Any, tmp_path: Path) -> None:
    page = sheet(shown + PLACE, 800, color_scheme="dark")
    page.emulate_media(media="print")
    assert page.locator("main").evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)"
    assert not page.locator(".pick, .jump").first.is_visible()
    looks = page.evaluate("[...document.querySelectorAll('.part')].map(e => getComputedStyle(e).fill)")
    assert {'url("#lines")', 'url("#dots")', 'url("#hatch")'} <= set(looks)
    page.pdf(path=str(tmp_path / "figures.pdf"), format="A4")
    assert (tmp_path / "figures.pdf").stat().st_size > 20_000


@pytest.mark.parametrize("area", ["E12000007", "E09000005"])
def test_one_page_is_one_sheet_of_a4_even_with_a_long_name_and_a_correction(
    shown: str, sheet: Any, tmp_path: Path, area: str
) -> None:
    page = sheet(f"{shown}{ONE_PAGE[: -len(area)]}{area}", 800)
    page.pdf(path=str(tmp_path / "one.pdf"), prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "one.pdf").read_bytes())) == 1


def test_a_page_asks_the_server_for_nothing_else(shown: str, sheet: Any) -> None:
    page = sheet("about:blank", 1024)
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(shown + PLACE)
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.endswith("/favicon.ico")] == [shown + PLACE]
    assert [text for text in complaints if "favicon" not in text] == []
