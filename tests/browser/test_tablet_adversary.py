"""Whoever holds the tablet next, and looks everywhere, finds nothing of the person before."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.shop import Shop, answered, begun, done, paired_and_opened_again, sent, started, tablet_on
from tests.browser.test_tablet_day import COMMAND
from tests.world import World

SENTENCE = "Zimtstern: the midwife on Tuesday never came back"
UNSENT = "Quittenbrot: they laughed at my mother"
FORM_STATE = b"Blink serialized form state"
"""How the browser begins what it keeps of a form for a reload."""


@pytest.fixture
def shop(now_world: World) -> Iterator[Shop]:
    made = Shop(now_world, now_world.app())
    made.up()
    yield made
    made.down()


EVERYTHING = """async () => {
    const found = [document.documentElement.outerHTML, JSON.stringify(localStorage), JSON.stringify(sessionStorage),
        JSON.stringify(history.state), document.cookie, location.href, name];
    document.querySelectorAll('input,textarea,select').forEach((f) => found.push(f.checked ? f.name + '=' + f.value : f.type === 'radio' || f.type === 'checkbox' ? '' : f.value));
    for (const base of await indexedDB.databases()) {
        const opened = await new Promise((yes) => { indexedDB.open(base.name).onsuccess = (e) => yes(e.target.result); });
        for (const name of opened.objectStoreNames) {
            found.push(await new Promise((yes) => { opened.transaction(name).objectStore(name).getAll().onsuccess = (e) => yes(JSON.stringify(e.target.result)); }));
        }
        opened.close();
    }
    return found.join('\\n');
}"""


def nothing_is_seen(page: Page) -> None:
    found = page.evaluate(EVERYTHING)
    for trace in (SENTENCE, UNSENT, "Zimtstern", "Quittenbrot", "CH1=faith", '"faith"', "OV1=never"):
        assert trace not in found, trace
    assert page.locator("input:checked").count() == 0


def test_the_next_person_finds_nothing_in_the_browser_and_nothing_on_the_disk(
    playwright: Playwright, tmp_path: Path, shop: Shop
) -> None:
    with tablet_on(playwright, tmp_path / "profile", COMMAND) as tablet:
        page = paired_and_opened_again(tablet, shop)
        started(page)
        shop.down()
        before = page.evaluate("history.length")
        number = _somebody(page)
        done(page)
        assert page.evaluate("history.length") == before, "no entry was added"
        _look_everywhere(page, number)
        begun(page, "en")
        answered(page, {"OV1": "never", "O1": UNSENT})  # and goes away without a word
        page.goto("about:blank")
        page.go_back(wait_until="commit")
        page.wait_for_load_state()
        page.wait_for_timeout(300)  # a form that the browser kept is emptied, and leads to the curtain
        if not page.url.endswith("/t/curtain"):
            assert page.locator("input:checked").count() == 0
            page.goto(f"{shop.address}/t/curtain")
        expect(page.locator("#tongues a").first).to_be_visible()
        _look_everywhere(page, number)
        begun(page, "en")
        answered(page, {"OV1": "never", "CH1": ["faith"], "O1": UNSENT})
        page.wait_for_timeout(1500)  # so that a browser that keeps forms has had its time
        tablet.kill()
    nothing_on_the_disk(tmp_path / "profile", number)


def _somebody(page: Page) -> str:
    """A person who types as people do, so that whatever listens to keys may learn."""
    begun(page, "en")
    page.locator('[name="OV1"][value="never"]').check(force=True)
    answered(page, {"CH1": ["faith"], "A_AGE": "age_25_34"})
    page.locator("summary").last.click()
    page.locator("#given li button").nth(14).click()
    page.locator("textarea:visible").press_sequentially(SENTENCE)
    answered(page, {})
    return sent(page)


def _look_everywhere(page: Page, number: str) -> None:
    nothing_is_seen(page)
    assert number not in page.evaluate(EVERYTHING)
    for way in (page.go_back, page.go_forward, page.reload):
        way(wait_until="commit")  # a page that the browser kept is not loaded again
        page.wait_for_timeout(100)
        if page.url.startswith("http"):
            nothing_is_seen(page)
            assert number not in page.evaluate(EVERYTHING)
    if not page.url.endswith("/t/curtain"):
        page.goto(page.url.partition("/t/")[0] + "/t/curtain" if page.url.startswith("http") else "about:blank")
    expect(page.locator("#tongues a").first).to_be_visible()


def nothing_on_the_disk(profile: Path, number: str) -> None:
    """Every file of the browser's profile, as bytes: in UTF-8 and in UTF-16."""
    traces = [
        SENTENCE,
        UNSENT,
        "Zimtstern",
        "Quittenbrot",
        '"CH1":["faith"]',
        '"OV1":"never"',
        number,
        number.replace(" ", ""),
    ]
    wanted = {text.encode(code) for text in traces for code in ("utf-8", "utf-16-le", "utf-16-be")} | {FORM_STATE}
    looked = 0
    for path in profile.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content, looked = path.read_bytes(), looked + 1
            assert not [trace for trace in wanted if trace in content], path
    assert looked > 50
    shutil.rmtree(profile, ignore_errors=True)
