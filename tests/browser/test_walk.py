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
from collector.releases.build import Act, build_release
from collector.releases.freeze import freeze
from collector.releases.secret import seeded
from collector.responses.keys import read_receipt
from collector.responses.periods import period_of
from tests.world import World

LONDON = ZoneInfo("Europe/London")
LANGUAGES = ["en", "bn", "ur"]
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def axe_finds_nothing(page: Page) -> None:
    found = Axe().run(page, options=WCAG).response["violations"]
    assert not found, json.dumps([(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found], indent=1)


def nothing_runs_over(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def choose(page: Page, question: str, option: str) -> None:
    page.locator(f'#{question} input[value="{option}"]').check(force=True)


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
    page.locator("#O1 textarea").fill("বাংলা اردو English")
    choose(page, "A_ETH", "bangladeshi")
    page.locator("#send").click()
    receipt_on(page)
    assert world.count("response") == before + 1
    assert world.database.rows("SELECT words FROM comment WHERE language = :tag", {"tag": tag})[-1:] == [
        ("বাংলা اردو English",)
    ]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_person_walks_through_one_part_at_a_time(served: tuple[World, str], phone: Any, tag: str) -> None:
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
    expect(page.locator("section:visible")).to_have_count(1)
    next_button = page.locator("button[type=button].button:not(.plain)")
    for part in range(1, 8):
        assert re.search(rf"\b{part}\b", page.locator("form > p").inner_text())
        nothing_runs_over(page)
        if part in (1, 6, 7):
            axe_finds_nothing(page)
        next_button.click()
    choose(page, "A_AGE", "age_65_79")
    page.locator("#send").click()
    receipt_on(page)
    axe_finds_nothing(page)
    assert requests == [f"{address}/v/{world.venue}/{tag}"] * 2, "no other request is needed"
    assert errors == []


def test_going_back_in_the_phone_goes_back_one_part_and_keeps_the_answers(served, phone) -> None:
    world, address = served
    page = phone().new_page()
    page.goto(f"{address}/v/{world.venue}/en")
    choose(page, "OV1", "never")
    page.get_by_role("button", name="Next").click()
    expect(page.locator("#UN_PCC1")).to_be_visible()
    page.go_back()
    expect(page.locator("#OV1")).to_be_visible()
    expect(page.locator('#OV1 input[value="never"]')).to_be_checked()


def test_faults_are_told_in_a_focused_summary_that_leads_to_the_question(served, phone) -> None:
    world, address = served
    page = phone().new_page()
    page.goto(f"{address}/v/{world.venue}/en")
    choose(page, "OV1", "never")
    for _ in range(5):
        page.get_by_role("button", name="Next").click()
    for option in ("faith", "barber", "family", "council"):
        choose(page, "CH1", option)
    for _ in range(2):
        page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Send my answers").click()
    expect(page.locator("#problem")).to_be_focused()
    axe_finds_nothing(page)
    page.locator("#problem a").first.click()
    expect(page.locator("#CH1")).to_be_in_viewport()
    expect(page.locator('#OV1 input[value="never"]')).to_be_checked()
    page.locator('#CH1 input[value="council"]').uncheck(force=True)
    page.get_by_role("button", name="Send my answers").click()
    receipt_on(page)


def test_the_whole_survey_can_be_filled_in_with_the_keyboard(served, phone) -> None:
    world, address = served
    page = phone(viewport={"width": 1024, "height": 740}).new_page()
    page.goto(f"{address}/v/{world.venue}/en/short")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.locator('#OV1 input[value="mostly"]')).to_be_checked()
    ring = page.evaluate("getComputedStyle(document.activeElement.nextElementSibling).outlineStyle")
    assert ring == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#O1")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Next").press("Enter")
    page.get_by_role("button", name="Send my answers").press("Enter")
    receipt_on(page)


def test_the_language_changes_in_the_middle_and_the_answers_stay(served, phone) -> None:
    world, address = served
    page = phone().new_page()
    page.goto(f"{address}/v/{world.venue}/en")
    choose(page, "OV1", "rarely")
    page.locator("summary").click()
    page.locator('details button[value="ur"]').click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator('#OV1 input[value="rarely"]')).to_be_checked()


def test_answers_are_taken_back_with_the_number(served, phone) -> None:
    world, address = served
    page = phone(java_script_enabled=False).new_page()
    page.goto(f"{address}/v/{world.venue}/en/short")
    choose(page, "OV1", "never")
    page.locator("#send").click()
    number = receipt_on(page)
    before = world.count("response")
    page.locator(".receipt a").click()
    page.locator("#number").fill(number.replace(" ", ""))
    page.locator("button.button").click()
    assert number in page.locator(".digits").inner_text()
    page.locator("button.button").click()
    assert "deleted" in page.locator("h1").inner_text()
    assert world.count("response") == before - 1


def test_the_next_person_sees_nothing_of_the_last_one(served, phone) -> None:
    world, address = served
    page = phone().new_page()
    page.goto(f"{address}/v/{world.venue}/en/short")
    choose(page, "OV1", "never")
    for _ in range(2):
        page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Send my answers").click()
    receipt_on(page)
    page.locator("a.plain").click()
    page.goto(f"{address}/v/{world.venue}/en/short")
    assert page.locator("input:checked").count() == 0
    for _ in range(5):
        with suppress(Error):  # the thank-you page is not kept: the browser asks before it sends again
            page.go_back()
        assert page.locator("input:checked").count() == 0
        assert page.locator(".digits").count() == 0


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
