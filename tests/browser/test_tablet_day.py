"""A day in a basement: twenty people, no signal, an empty battery, then bad weather on the way home."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.conftest import ARGS, CHROMIUM
from tests.browser.shop import (
    Shop,
    Tablet,
    answered,
    begun,
    done,
    paired_and_opened_again,
    sent,
    started,
    tablet_on,
    waiting,
)
from tests.world import World

SEEDS = int(os.environ.get("TABLET_SEEDS", "5"))
TONGUES = ("en", "bn", "ur", "fa")
HELPS = ("", "none", "read", "typed", "interpreted")
SENTENCES = {
    "en": "Nobody rang back. £20 for a taxi, twice!\nSecond line",
    "bn": "ডাক্তার আপা ভালো, কিন্তু ক্ষমতা নেই।",
    "ur": "نرس نے میری بات سنی ہی نہیں۔",
    "fa": "هیچ‌کس به فارسی حرف نمی‌زد.",
}
COMMAND = (CHROMIUM, "--headless=new", "--no-default-browser-check", *ARGS)


def person(number: int) -> tuple[str, str, dict[str, Any], str]:
    """(language, variant, answers, help) of somebody who is the same in each run."""
    chance, tag = random.Random(number), TONGUES[number % 4]
    answers: dict[str, Any] = {
        "OV1": chance.choice(["always", "mostly", "sometimes", "rarely", "never", "dk"]),
        "UN_PCC1": chance.choice(["always", "never", "pns"]),
        "A_AGE": chance.choice(["age_16_24", "age_25_34"]),
        "O1": f"{SENTENCES[tag]} {number}",
    }
    if number % 3:
        answers["CH1"] = chance.sample(["faith", "barber", "family"], 2)
    return tag, "full" if number % 3 else "short", answers, HELPS[number % 5]


def typed(number: int) -> tuple[str, str, dict[str, Any], str]:
    """What must arrive of somebody, and nothing else."""
    tag, variant, answers, help = person(number)
    order = {"CH1": ["family", "faith", "barber"]}
    kept = {c: [one for one in order[c] if one in a] if isinstance(a, list) else a for c, a in answers.items()}
    return tag, variant, kept, help or "none"


@pytest.fixture
def shop(now_world: World) -> Iterator[Shop]:
    made = Shop(now_world, now_world.app())
    made.up()
    yield made
    made.down()


def serve(page: Page, number: int) -> str:
    tag, variant, answers, help = person(number)
    begun(page, tag, variant)
    answered(page, answers, help)
    digits = sent(page)
    done(page)
    return digits


def until_all_is_sent(page: Page) -> int:
    """Press the button until nothing waits any more; how often."""
    for press in range(1, 200):
        page.locator('[data-at="send"]').click()
        expect(page.locator('[data-at="send"]')).to_be_enabled()
        if not page.locator('[data-at="send"]').is_visible():
            return press
    raise AssertionError("boxes are left")


KEPT = """() => new Promise((yes) => { indexedDB.open('collector').onsuccess = (e) => {
    const act = e.target.result.transaction(['boxes', 'visits']), found = {};
    for (const name of ['boxes', 'visits']) act.objectStore(name).getAll().onsuccess = (r) => { found[name] = r.target.result; };
    act.oncomplete = () => yes(found); }; })"""
AGAIN = """(kept) => new Promise((yes) => { indexedDB.open('collector').onsuccess = (e) => {
    const act = e.target.result.transaction(['boxes', 'visits'], 'readwrite');
    for (const name of ['boxes', 'visits']) kept[name].forEach((one) => act.objectStore(name).put(one));
    act.oncomplete = () => yes(); }; })"""


def test_twenty_people_a_killed_browser_and_bad_weather_give_twenty_rows_as_typed(
    playwright: Playwright, tmp_path: Path, shop: Shop
) -> None:
    with tablet_on(playwright, tmp_path / "profile", COMMAND) as tablet:
        page = paired_and_opened_again(tablet, shop)
        started(page)
        shop.down()
        numbers = [serve(page, number) for number in range(9)]
        begun(page, "ur")
        page.locator('[name="OV1"][value="never"]').check(force=True)
        page = _switched_off_and_on(tablet, shop)
        numbers += [serve(page, number) for number in range(9, 20)]
        assert len(set(numbers)) == 20
        assert waiting(page) == 20
        page.locator("#helper").click()
        kept = page.evaluate(KEPT)
        shop.up()
        for seed in range(SEEDS):
            shop.forget()
            page.evaluate(AGAIN, kept)
            shop.weather = random.Random(seed)
            page.reload()
            until_all_is_sent(page)
            assert sorted(shop.arrived(), key=str) == sorted(map(typed, range(20)), key=str)
            shop.weather = None


def _switched_off_and_on(tablet: Tablet, shop: Shop) -> Page:
    """Killed in the middle of somebody's form, without signal: the visit goes on, and only that form is gone."""
    tablet.kill()
    page = tablet.on()
    page.goto(f"{shop.address}/t/")
    page.locator('[data-at="visit"] a').click()
    expect(page.locator("#tongues a").first).to_be_visible()
    assert waiting(page) == 9
    assert page.locator("input:checked").count() == 0
    return page
