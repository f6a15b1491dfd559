"""From the QR's address to the thank-you page and the released CSV, as a person walks it."""

from __future__ import annotations

import csv
import json
import re
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, Page, expect

from collector import __version__
from collector.community import areas
from collector.periods import period_of
from collector.releases.build import Act, build_release
from collector.releases.freeze import freeze
from collector.releases.secret import seeded
from collector.responses.keys import read_receipt
from tests.world import World

LONDON = ZoneInfo("Europe/London")
LANGUAGES = ["en", "bn", "ur"]
LETTERS = json.loads((Path(__file__).parents[1] / "letters.json").read_text(encoding="utf-8"))
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def axe_finds_nothing(page: Page) -> None:
    found = Axe().run(page, options=WCAG).response["violations"]
    assert not found, json.dumps([(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found], indent=1)


def nothing_runs_over(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def choose(page: Page, question: str, option: str) -> None:
    page.locator(f'[name="{question}"][value="{option}"]').check(force=True)


def receipt_on(page: Page) -> str:
    digits = page.locator(".digits").inner_text()
    assert read_receipt(digits) is not None
    return digits


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_person_walks_through_without_javascript(served: tuple[World, str], phone: Any, tag: str) -> None:
    world, address = served
    page = phone(java_script_enabled=False).new_page()
    before = world.count("response")
    page.goto(f"{address}/v/{world.venue}")
    page.locator(f'nav a[lang="{tag}"]').click()
    page.locator(f'a.button[href="/v/{world.venue}/{tag}"]').click()
    assert page.locator("section:visible").count() == 8
    choose(page, "OV1", "mostly")
    choose(page, "CH1", "faith")
    page.locator("#t-O1").fill("বাংলা اردو English")
    choose(page, "A_ETH", "bangladeshi")
    page.locator("#send").click()
    receipt_on(page)
    assert world.count("response") == before + 1
    written = world.database.rows("SELECT words FROM comment WHERE language = :tag", {"tag": tag})
    assert ("বাংলা اردو English",) in written


def forward(page: Page) -> None:
    """Go on: the button says Next once something is chosen, Skip this one until then."""
    page.locator(".foot .button").nth(1).click()


def to_question(page: Page, code: str) -> None:
    while page.locator(f'[name="{code}"]').first.evaluate("e => e.closest('.q').hidden"):
        forward(page)


def to_the_end(page: Page) -> None:
    while not page.locator("#send").is_visible():
        forward(page)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_person_walks_through_one_question_at_a_time(served: tuple[World, str], phone: Any, tag: str) -> None:
    world, address = served
    page = phone(java_script_enabled=True).new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    requests: list[str] = []
    page.goto(f"{address}/v/{world.venue}?to={tag}")
    axe_finds_nothing(page)
    page.on("request", lambda request: requests.append(request.url))
    page.locator("a.button").first.click()
    for question in range(1, 22):
        if not page.locator(".q:visible").count():
            forward(page)  # what there is to say before one's own words, and about you
        expect(page.locator(".q:visible")).to_have_count(1)
        assert re.search(rf"\b{question}\b.*\b21\b|\b21\b.*\b{question}\b", page.locator("h1").inner_text())
        assert page.title() == page.locator("h1").inner_text()
        nothing_runs_over(page)
        if question in (1, 14, 15, 19):
            axe_finds_nothing(page)
        forward(page)
    axe_finds_nothing(page)
    page.locator("summary").last.click()
    page.locator("#end li button").first.click()
    choose(page, "OV1", "mostly")
    to_the_end(page)
    page.locator("#send").click()
    receipt_on(page)
    axe_finds_nothing(page)
    survey = f"{address}/v/{world.venue}/{tag}"
    assert requests == [survey, survey, f"{address}/v/{world.venue}/thanks?to={tag}"], "no other request is needed"
    assert errors == []


def test_going_back_in_the_phone_goes_back_one_question_and_keeps_the_answers(served, phone) -> None:
    world, address = served
    page = phone().new_page()
    page.goto(f"{address}/v/{world.venue}/en")
    choose(page, "OV1", "never")
    page.get_by_role("button", name="Next").click()
    expect(page.locator("h1")).to_have_text("Question 2 of 21")
    page.reload()
    expect(page.locator("h1")).to_have_text("Question 2 of 21")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Question 1 of 21")
    expect(page.locator('[name="OV1"][value="never"]')).to_be_checked()


def test_a_reload_at_any_question_loses_nothing(served, phone) -> None:
    world, address = served
    page = phone().new_page()
    page.goto(f"{address}/v/{world.venue}/en/short")
    for number, option in enumerate(("always", "mostly", "sometimes", "rarely", "never"), 1):
        page.locator(f'.q:visible [value="{option}"]').check(force=True)
        page.reload()
        expect(page.locator("h1")).to_have_text(f"Question {number} of 10")
        expect(page.locator(f'.q:visible [value="{option}"]')).to_be_checked()
        forward(page)
    forward(page)
    page.locator("textarea:visible").fill("কথা\nmore")
    page.reload()
    expect(page.locator("textarea:visible")).to_have_value("কথা\nmore")
    to_the_end(page)
    page.locator("#send").click()
    receipt_on(page)
    card = world.database.rows("SELECT words FROM comment WHERE language = 'en' ORDER BY words")
    assert ("কথা\nmore",) in card


def test_a_tab_put_away_in_the_middle_begins_where_it_was(served, phone) -> None:
    world, address = served
    page = phone().new_page()
    page.goto(f"{address}/v/{world.venue}/en")
    for _ in range(3):
        forward(page)
    kept = page.evaluate("JSON.stringify(sessionStorage)")
    again = page.context.new_page()
    again.goto(f"{address}/v/{world.venue}")
    again.evaluate("kept => Object.assign(sessionStorage, JSON.parse(kept))", kept)
    again.goto(f"{address}/v/{world.venue}/en")
    expect(again.locator("h1")).to_have_text("Question 4 of 21")
    again.get_by_role("button", name="Back").click()
    expect(again.locator("h1")).to_have_text("Question 3 of 21")


def test_answers_older_than_twenty_minutes_are_forgotten_by_the_tab(served, phone) -> None:
    world, address = served
    page = phone().new_page()
    page.goto(f"{address}/v/{world.venue}/en")
    choose(page, "OV1", "never")
    page.evaluate(
        "() => { for (const n in sessionStorage) { const s = JSON.parse(sessionStorage.getItem(n) || '{}');"
        " if (s.t) { s.t -= 21 * 60e3; sessionStorage[n] = JSON.stringify(s); } } }"
    )
    page.reload()
    assert page.locator("input:checked").count() == 0


def test_the_answer_is_once_only_when_the_thanks_are_lost(served, phone) -> None:
    world, address = served
    page = phone().new_page()
    page.goto(f"{address}/v/{world.venue}/en/short")
    choose(page, "OV1", "never")
    to_the_end(page)
    before = world.count("response")

    def lose(route: Any) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    page.route("**/short", lambda route: lose(route) if route.request.method == "POST" else route.continue_())
    with suppress(Error):
        page.locator("#send").click()
        page.wait_for_timeout(300)
    page.unroute("**/short")
    assert world.count("response") == before + 1
    page.goto(f"{address}/v/{world.venue}/en/short")
    to_the_end(page)
    page.locator("#send").click()
    receipt_on(page)
    assert world.count("response") == before + 1


@pytest.mark.parametrize("way", ["back", "reload", "back and reload", "address"])
def test_nothing_of_one_person_is_seen_by_the_next_on_any_way_back(served, phone, way: str) -> None:
    world, address = served
    page = phone().new_page()
    page.goto(f"{address}/v/{world.venue}")
    page.locator("a.button").nth(1).click()
    choose(page, "OV1", "never")
    to_the_end(page)
    page.locator("#send").click()
    number = receipt_on(page)
    page.reload()
    assert receipt_on(page) == number, "the same number for the same person"
    page.locator('a[href*="/next"]').click()
    for _ in range(6):
        with suppress(Error):
            page.goto(f"{address}/v/{world.venue}/thanks") if way == "address" else None
            page.go_back() if "back" in way else None
            page.reload() if "reload" in way else None
        assert page.locator("input:checked").count() == 0
        assert number not in page.content()
    assert page.evaluate("Object.values({...sessionStorage}).every(v => !JSON.parse(v).a.length)")


def test_an_old_browser_without_submitter_changes_language_and_sends(served, phone) -> None:
    world, address = served
    context = phone()
    context.add_init_script("delete SubmitEvent.prototype.submitter; delete Array.prototype.at;")
    page = context.new_page()
    page.goto(f"{address}/v/{world.venue}/en/short")
    choose(page, "OV1", "rarely")
    page.locator("summary").first.click()
    page.locator('details button[lang="bn"]').click()
    expect(page.locator("html")).to_have_attribute("lang", "bn")
    to_the_end(page)
    page.locator("#send").click()
    receipt_on(page)


def test_too_many_picks_are_told_beside_the_question_at_once(served, phone) -> None:
    world, address = served
    page = phone().new_page()
    page.goto(f"{address}/v/{world.venue}/en")
    to_question(page, "CH1")
    for option in ("faith", "barber", "family"):
        choose(page, "CH1", option)
    assert page.locator(".wrong").count() == 0
    choose(page, "CH1", "council")
    assert "no more than 3" in page.locator(".wrong").text_content()


def test_groups_open_one_at_a_time_and_a_choice_stays_seen(served, phone) -> None:
    world, address = served
    page = phone().new_page()
    page.goto(f"{address}/v/{world.venue}/en")
    to_question(page, "A_ETH")
    heads = page.locator("button.b:visible")
    assert heads.count() == 5
    assert page.locator(".q:visible label:visible").count() == 1, "only I'd rather not say"
    heads.nth(1).click()
    choose(page, "A_ETH", "african")
    heads.nth(0).click()
    expect(page.locator('[name="A_ETH"][value="african"]')).to_be_checked()
    assert page.locator('[name="A_ETH"][value="african"] + span').is_visible()


def test_the_survey_prints_whole_with_the_script_on(served, phone) -> None:
    world, address = served
    page = phone().new_page()
    page.goto(f"{address}/v/{world.venue}/en")
    page.emulate_media(media="print")
    assert page.locator(".q:visible").count() == 21
    faded = page.evaluate(
        "[...document.querySelectorAll('.q')].filter(q => getComputedStyle(q).opacity !== '1').length"
    )
    assert faded == 0
    assert not page.locator("header").is_visible(), "no question's number and no empty button on paper"


def test_all_promises_stand_on_paper_though_they_are_folded_on_the_screen(served, phone) -> None:
    world, address = served
    page = phone().new_page()
    page.goto(f"{address}/v/{world.venue}")
    seen = "[...document.querySelectorAll('.promises li')].filter(e => e.checkVisibility()).length"
    assert page.evaluate(seen) == 0
    page.emulate_media(media="print")
    page.screenshot()  # what is folded opens with the next picture that the browser makes
    assert page.evaluate(seen) == 9
    assert not page.locator(".chips").is_visible()


@pytest.mark.parametrize(("width", "text"), [(320, 150), (360, 200)])
@pytest.mark.parametrize("tag", ["ta", "tr", "so", "pl", "ro", "fr", "pt-PT", "en", "ur", "bn"])
def test_large_text_never_scrolls_sideways(served, phone, tag: str, width: int, text: int) -> None:
    world, address = served
    page = phone(viewport={"width": width, "height": 640}).new_page()
    for path in (f"?to={tag}", f"/{tag}"):
        page.goto(f"{address}/v/{world.venue}{path}")
        page.evaluate(f"document.documentElement.style.fontSize = '{text}%'")
        nothing_runs_over(page)
    for _ in range(23):
        forward(page)
        nothing_runs_over(page)


def test_faults_are_told_in_a_focused_summary_that_leads_to_the_question(served, phone) -> None:
    world, address = served
    page = phone().new_page()
    page.goto(f"{address}/v/{world.venue}/en")
    choose(page, "OV1", "never")
    to_question(page, "CH1")
    for option in ("faith", "barber", "family", "council"):
        choose(page, "CH1", option)
    to_the_end(page)
    page.get_by_role("button", name="Send my answers").click()
    expect(page.locator("#problem")).to_be_focused()
    assert page.title() == "Error: Please look at this again"
    axe_finds_nothing(page)
    page.locator("#problem a").first.click()
    expect(page.locator('[name="CH1"]').first).to_be_in_viewport()
    assert page.locator(".q").count() == 1
    page.locator('[name="CH1"][value="council"]').uncheck(force=True)
    page.get_by_role("button", name="Send my answers").click()
    receipt_on(page)


def test_the_whole_survey_can_be_filled_in_with_the_keyboard(served, phone) -> None:
    world, address = served
    page = phone(viewport={"width": 1024, "height": 740}).new_page()
    page.goto(f"{address}/v/{world.venue}/en/short")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("summary").first).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.locator('[name="OV1"][value="mostly"]')).to_be_checked()
    ring = page.evaluate("getComputedStyle(document.activeElement.nextElementSibling).outlineStyle")
    assert ring == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Question 2 of 10")
    while not page.locator("#send").is_visible():
        page.locator(".foot .button").nth(1).press("Enter")
    page.get_by_role("button", name="Send my answers").press("Enter")
    receipt_on(page)


def test_the_language_changes_in_the_middle_and_question_answers_and_address_stay(served, phone) -> None:
    world, address = served
    page = phone().new_page()
    page.goto(f"{address}/v/{world.venue}/en")
    choose(page, "OV1", "rarely")
    for _ in range(8):
        forward(page)
    page.locator("summary").first.click()
    page.locator('details button[lang="ur"]').click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert page.url == f"{address}/v/{world.venue}/ur"
    assert "9" in page.locator("h1").inner_text()
    expect(page.locator(".q:visible legend")).to_be_focused()
    expect(page.locator('[name="OV1"][value="rarely"]')).to_be_checked()


def test_the_language_changes_without_javascript_with_all_answers(served, phone) -> None:
    world, address = served
    page = phone(java_script_enabled=False).new_page()
    page.goto(f"{address}/v/{world.venue}/en/short")
    choose(page, "OV1", "rarely")
    page.locator("summary").first.click()
    page.locator('details button[lang="ur"]').click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator('[name="OV1"][value="rarely"]')).to_be_checked()
    page.locator("#send").click()
    receipt_on(page)


def test_answers_are_taken_back_with_the_number(served, phone) -> None:
    world, address = served
    page = phone(java_script_enabled=False).new_page()
    page.goto(f"{address}/v/{world.venue}/en/short")
    choose(page, "OV1", "never")
    page.locator("#send").click()
    number = receipt_on(page)
    before = world.count("response")
    page.get_by_role("button", name="Delete my answers now").click()
    assert number in page.locator(".digits").inner_text()
    page.locator("button.button").click()
    assert "deleted" in page.locator("h1").inner_text()
    assert world.count("response") == before - 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_page_fits_320_pixels_and_is_accessible(served, phone, tag: str, scheme: str) -> None:
    world, address = served
    page = phone(viewport={"width": 320, "height": 640}, color_scheme=scheme, reduced_motion="reduce").new_page()
    for path in (
        f"/v/{world.venue}?to={tag}",
        f"/v/{world.venue}/{tag}/short",
        f"/receipt?to={tag}",
        f"/?to={tag}",
        f"/v/none?to={tag}",
    ):
        page.goto(address + path)
        nothing_runs_over(page)
        axe_finds_nothing(page)


def test_targets_are_big_enough_for_a_thumb(served, phone) -> None:
    world, address = served
    page = phone().new_page()
    page.goto(f"{address}/v/{world.venue}/en")
    small = page.evaluate(
        """[...document.querySelectorAll('a.button, button, summary, .q label span')]
           .filter(e => e.offsetParent).map(e => [e.innerText, e.getBoundingClientRect().height])
           .filter(([, height]) => height < 48)"""
    )
    assert small == []


def test_what_people_answer_becomes_a_released_csv(served: tuple[World, str], phone: Any) -> None:
    world, address = served
    page = phone(java_script_enabled=False).new_page()
    for _ in range(12):
        page.goto(f"{address}/v/{world.venue}/ur/short")
        choose(page, "OV1", "always")
        page.locator("#send").click()
        receipt_on(page)
    registered = areas.load(world.settings.areas)
    period = period_of(datetime.now(LONDON).date())
    stored = world.database.one("SELECT count(*) FROM response WHERE held = 0")
    freeze(world.database, period, registered, period.appears, by="test", entry_id="freeze", draw=seeded)
    act = Act("test", period.appears, "release", __version__)
    folder = build_release(
        world.database, period, world.settings.exports, act, synthetic=False, published_on=period.appears
    )
    [tidy] = Path(folder).glob("trust-summary_E12000007_*_r0.csv")
    with tidy.open(encoding="utf-8", newline="") as lines:
        rows = [r for r in csv.DictReader(lines) if r["area_code"] == "E09000022" and r["breakdown"] == "all"]
    respondents = next(r for r in rows if r["measure"] == "respondents")
    assert stored is not None
    assert int(respondents["value"]) in {(stored[0] + moved) // 5 * 5 for moved in range(-2, 3)}
    assert respondents["status"] == "final"


def test_letters_are_counted_in_the_page_as_on_the_server(served: tuple[World, str], phone: Any) -> None:
    world, address = served
    page = phone().new_page()
    page.goto(f"{address}/v/{world.venue}/en")
    to_question(page, "O2")
    box = page.locator('[name="O2"]')
    filler = "x" * (int(page.locator(".q:visible").get_attribute("data-max") or 0) * 9 // 10)
    for name, text, count in LETTERS:
        box.evaluate(
            "(e, v) => { e.value = v; e.dispatchEvent(new Event('input', {bubbles: true})); }", f"{filler}{text}y"
        )
        assert str(count + len(filler) + 1) in page.locator(".q:visible output").inner_text().split(), name


def test_numbers_that_help_can_be_called(served: tuple[World, str], phone: Any) -> None:
    world, address = served
    page = phone(java_script_enabled=False).new_page()
    page.goto(f"{address}/v/{world.venue}/ur")
    assert page.locator('.note a[href="tel:116123"]').inner_text().split() == ["116", "123"]
    page.goto(f"{address}/v/{world.venue}/no-thanks?to=ur")
    assert page.locator('a[href^="tel:"]').count() == 3
