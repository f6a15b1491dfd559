"""One person at the tablet, from the curtain to the number; and how it looks."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.shop import (
    Shop,
    answered,
    ask_kept,
    begun,
    done,
    paired,
    sent,
    started,
    waiting,
)
from tests.browser.test_walk import axe_finds_nothing, nothing_runs_over

TONGUES = ("en", "bn", "ur", "fa")


@pytest.mark.parametrize("tag", TONGUES)
def test_a_person_goes_from_the_curtain_to_the_number_without_signal(page: Page, shop: Shop, tag: str) -> None:
    shop.down()
    axe_finds_nothing(page)
    page.locator(f'#tongues a[lang="{tag}"]').click()
    expect(page.locator("#first")).to_be_visible()
    assert page.locator("html").get_attribute("dir") == ("rtl" if tag in ("ur", "fa") else "ltr")
    axe_finds_nothing(page)
    page.locator('[data-go="full"]').click()
    for question in range(1, 23):
        if not page.locator(".q:visible").count():
            page.locator("#next").click()
        expect(page.locator(".q:visible")).to_have_count(1)
        nothing_runs_over(page)
        if question in (1, 14, 22):
            axe_finds_nothing(page)
        page.locator("#next").click()
    axe_finds_nothing(page)
    page.locator("#send").click()
    expect(page.locator("#empty")).to_be_visible()
    page.locator("summary:visible").click()
    page.locator("#given button").first.click()
    page.locator('[name="OV1"][value="mostly"]').check(force=True)
    answered(page, {})
    sent(page)
    axe_finds_nothing(page)
    assert page.locator("#f").count() == 0, "nothing of the answers is left on the page"
    done(page)


def test_everything_works_by_keyboard_alone(page: Page) -> None:
    page.locator('#tongues a[lang="en"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator("#first")).to_be_visible()
    page.locator('[data-go="short"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Question 1 of 11")
    expect(page.locator("legend:visible")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.locator('[name="OV1"][value="mostly"]')).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Question 2 of 11")


def test_a_fault_is_told_at_its_question_by_the_servers_own_rules(page: Page) -> None:
    begun(page, "en")
    while not page.locator('[name="CH1"]').first.is_visible():
        page.locator("#next").click()
    for code in ("family", "faith", "barber", "council"):
        page.locator(f'[name="CH1"][value="{code}"]').check(force=True)
    page.locator("#next").click()
    expect(page.locator("#wrong")).to_have_text("Pick no more than 3 here.")
    page.locator('[name="CH1"][value="council"]').uncheck(force=True)
    page.locator('[name="CH1"][value="barber"]').uncheck(force=True)
    page.locator('[name="CH1"][value="pns"]').check(force=True)
    page.locator("#next").click()
    expect(page.locator("#wrong")).to_contain_text("cannot stand with other answers")
    page.locator('[name="CH1"][value="pns"]').uncheck(force=True)
    page.locator("#next").click()
    while not page.locator("textarea:visible").count():
        page.locator("#next").click()
    page.locator("textarea:visible").fill("é" * 501)
    page.locator("#next").click()
    expect(page.locator("#wrong")).to_contain_text("now there are 501")
    page.locator("textarea:visible").fill("e\u0301" * 500)
    page.locator("#next").click()
    assert not page.locator('[name="O1"]').is_visible(), "marks do not count"


def test_somebody_under_16_is_thanked_and_nothing_is_sealed(page: Page) -> None:
    begun(page, "en", "short")
    while not page.locator('[name="A_AGE"]').first.is_visible():
        page.locator("#next").click()
    page.locator('[name="A_AGE"][value="under_16"]').check(force=True)
    page.locator("#next").click()
    expect(page.locator("h1")).to_have_text("Thank you for wanting to help")
    assert page.locator("#f").count() == 0
    axe_finds_nothing(page)
    page.get_by_role("button", name="Done").click()
    expect(page.locator("#tongues")).to_be_visible()
    assert waiting(page) == 0
    assert ask_kept(page, "visits")[0]["sealed"] == 0


def test_three_minutes_without_a_touch_end_at_the_curtain_and_a_touch_goes_on(timed_page: Page) -> None:
    page = timed_page
    begun(page, "en")
    page.locator('[name="OV1"][value="never"]').check(force=True)
    page.clock.run_for(181_000)
    expect(page.get_by_role("alertdialog", name="Are you still there?")).to_be_visible()
    axe_finds_nothing(page)
    page.get_by_role("button", name="Yes, go on").click()
    expect(page.locator('[name="OV1"][value="never"]')).to_be_checked()
    page.clock.run_for(60_000)
    assert page.locator("#still").is_hidden()
    page.clock.run_for(125_000)
    expect(page.locator("#still")).to_be_visible()
    page.clock.run_for(35_000)
    expect(page.locator("#tongues")).to_be_visible()
    assert waiting(page) == 0


def test_a_tablet_that_slept_shows_nothing_of_the_person_before(timed_page: Page) -> None:
    page = timed_page
    begun(page, "en")
    page.locator('[name="OV1"][value="never"]').check(force=True)
    page.clock.fast_forward(3_600_000)
    expect(page.locator("#tongues")).to_be_visible()


def test_the_number_goes_by_itself_after_two_minutes(timed_page: Page) -> None:
    page = timed_page
    begun(page, "en", "short")
    answered(page, {"OV1": "never"})
    sent(page)
    page.clock.run_for(115_000)
    assert page.locator("#number").is_visible()
    page.clock.run_for(8_000)
    expect(page.locator("#tongues")).to_be_visible()


def test_stop_asks_once_and_keeps_nothing(page: Page) -> None:
    begun(page, "en")
    page.locator("#stop").click()
    page.get_by_role("button", name="Yes, go on").click()
    expect(page.locator(".q:visible")).to_have_count(1)
    page.locator("#stop").click()
    page.locator("#still [data-leave]").click()
    expect(page.locator("#tongues")).to_be_visible()
    assert waiting(page) == 0


@pytest.mark.parametrize("width", [320, 768])
def test_nothing_runs_over_in_any_language(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    nothing_runs_over(page)
    tags = page.locator("#tongues a").evaluate_all("all => all.map((one) => one.lang)")
    address = page.url.partition("/t/")[0]
    for tag in tags:
        page.goto(f"{address}/t/{tag}/short")
        expect(page.locator("#first")).to_be_visible()
        nothing_runs_over(page)
    page.goto(f"{address}/t/")
    for tag in tags:
        page.locator("#picker summary").click()
        page.locator(f'#picker button[lang="{tag}"]').click()
        expect(page.locator("html")).to_have_attribute("lang", tag)
        nothing_runs_over(page)


@pytest.mark.parametrize("look", [{"color_scheme": "dark"}, {"forced_colors": "active"}])
def test_it_can_be_read_in_the_dark_and_with_forced_colours(phone: Any, shop: Shop, look: dict[str, Any]) -> None:
    page = phone(viewport={"width": 768, "height": 1024}, **look).new_page()
    paired(page, shop)
    axe_finds_nothing(page)
    started(page)
    axe_finds_nothing(page)
    begun(page, "ur", "short")
    axe_finds_nothing(page)
