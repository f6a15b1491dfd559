"""The helper's side of a day at the tablet, and all that goes wrong."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from collector.governance import promises
from collector.responses.versions import publish
from collector.survey.read import read_text
from tests.browser.shop import (
    Shop,
    answered,
    ask_build,
    ask_cached,
    ask_kept,
    ask_pointer,
    begun,
    done,
    sent,
    started,
    to_helper,
    until,
    waiting,
)
from tests.browser.test_walk import axe_finds_nothing
from tests.world import World


def test_the_helper_counts_finishes_and_says_how_many_said_no(page: Page, shop: Shop) -> None:
    begun(page, "en", "short")
    answered(page, {"OV1": "never"})
    sent(page)
    done(page)
    to_helper(page)
    expect(page.locator('[data-at="count"]')).to_have_text("1 locked, 1 arrived")
    axe_finds_nothing(page)
    shop.down()
    page.get_by_role("button", name="Finish").click()
    axe_finds_nothing(page)
    page.get_by_role("button", name="A few").click()
    expect(page.get_by_text("You can switch off.")).to_be_visible()
    visit = ask_kept(page, "visits")[0]
    assert (visit["closed"], visit["said_no"]) == (True, "few")
    shop.up()
    page.reload()
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    seen = ()
    for _ in range(60):
        seen = shop.world.database.one("SELECT closed, sealed, said_no FROM visit")
        if seen == (1, 1, "few"):
            break
        page.wait_for_timeout(50)
    assert seen == (1, 1, "few")


def test_a_day_without_signal_ends_with_what_to_do_at_home(page: Page, shop: Shop) -> None:
    shop.down()
    begun(page, "bn", "short")
    answered(page, {"OV1": "never"})
    sent(page)
    done(page)
    to_helper(page)
    page.get_by_role("button", name="Finish").click()
    page.get_by_role("button", name="Nobody").click()
    expect(page.get_by_text("No signal here. Open this at home; it sends by itself.").first).to_be_visible()
    shop.up()
    page.goto(f"{shop.address}/t/")
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    expect(page.locator('[data-at="send"]')).to_be_hidden()
    assert waiting(page) == 0


def test_the_helpers_language_can_be_changed_and_stays(own_page: Page, shop: Shop) -> None:
    page = own_page
    to_helper(page)
    page.locator("#picker summary").click()
    page.locator('#picker button[lang="ur"]').click()
    assert page.locator("html").get_attribute("dir") == "rtl"
    axe_finds_nothing(page)
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "ur")
    page.locator('[data-at="visit"] a').click()
    expect(page.locator("#helper")).to_have_attribute("lang", "ur")
    first = page.locator("#tongues a.near").evaluate_all("all => all.map((one) => one.lang)")
    assert first == ["en", "bn", "ur"], "the place's languages come first"


def test_two_tabs_keep_one_visit_and_one_count_and_send_each_box_once(page: Page, shop: Shop) -> None:
    shop.down()
    other = page.context.new_page()
    other.goto(f"{shop.address}/t/")
    other.locator('[data-at="visit"] a').click()
    for one in (page, other):
        begun(one, "en", "short")
    for one in (page, other):
        answered(one, {"OV1": "never"})
    for one in (other, page):
        sent(one)
        done(one)
    (visit,) = ask_kept(page, "visits")
    assert visit["sealed"] == 2
    shop.up()
    shop.requests.clear()
    for one in (page, other):
        one.evaluate("dispatchEvent(new Event('online'))")
    until(page, lambda: waiting(page) == 0)
    boxes = [box[0] for request in shop.requests for box in request["boxes"]]
    assert len(boxes) == len(set(boxes)) == 2
    assert len(shop.arrived()) == 2


def test_a_stopped_tablet_keeps_its_boxes_and_says_whom_to_ask(own_page: Page, shop: Shop) -> None:
    page = own_page
    begun(page, "en", "short")
    answered(page, {"OV1": "never"})
    shop.stop_tablet()
    sent(page)
    page.locator("#thanks [data-leave]").click()
    expect(page.get_by_role("status").first).to_contain_text("This tablet was stopped.")
    expect(page.get_by_role("status").first).to_contain_text("020 7946 0000")
    assert page.locator('[data-at="start"]').is_hidden()
    assert waiting(page) == 1
    page.get_by_label("Type the nine digits").fill(shop.code())
    page.get_by_role("button", name="Connect this tablet").click()
    expect(page.locator('[data-at="visit"]')).to_be_visible()
    expect(page.locator('[data-at="send"]')).to_be_hidden()
    assert waiting(page) == 0, "found again and paired anew, it sends what it has"


def test_a_full_tablet_says_so_and_keeps_the_form(page: Page) -> None:
    begun(page, "en", "short")
    answered(page, {"OV1": "never", "O1": "still here"})
    page.evaluate(
        "() => { self.real = IDBObjectStore.prototype.add;"
        " IDBObjectStore.prototype.add = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    page.locator("#send").click()
    expect(page.get_by_role("alert").filter(has_text="Your answers are not locked yet")).to_be_visible()
    axe_finds_nothing(page)
    assert page.locator("#number").is_hidden()
    assert page.locator('[name="O1"]').input_value() == "still here"
    assert ask_kept(page, "visits")[0]["sealed"] == 0
    page.evaluate("() => { IDBObjectStore.prototype.add = self.real; }")
    sent(page)


def test_a_server_with_a_full_disk_makes_the_tablet_wait(page: Page, shop: Shop) -> None:
    shop.status = 503
    begun(page, "en", "short")
    answered(page, {"OV1": "never"})
    sent(page)
    done(page)
    assert waiting(page) == 1
    shop.status = 0
    page.evaluate("dispatchEvent(new Event('online'))")
    until(page, lambda: waiting(page) == 0)
    assert waiting(page) == 0


def test_a_new_version_comes_whole_and_is_shown_from_the_next_curtain_on(
    own_page: Page, shop: Shop, day_world: World
) -> None:
    page = own_page
    begun(page, "en", "short")
    old = ask_cached(page)
    page.locator('[name="OV1"][value="never"]').check(force=True)
    publish_next(day_world)
    second = page.context.new_page()
    second.goto(f"{shop.address}/t/")
    until(page, lambda: bool(ask_pointer(page, "next")))
    answered(page, {})
    sent(page)
    assert f"t-{ask_build(page)}" in old
    done(page)
    until(page, lambda: f"t-{ask_build(page)}" not in old)
    expect(page.locator("#tongues a").first).to_be_visible()
    shop.down()
    begun(page, "ur", "short")


@pytest.mark.parametrize("years", [1, -1])
def test_a_clock_a_year_wrong_stops_nothing_once_the_tablet_has_heard_the_servers(
    tablet: BrowserContext, shop: Shop, years: int
) -> None:
    page = tablet.new_page()
    page.clock.install(time=datetime.now(UTC) + timedelta(days=365 * years))
    page.goto(f"{shop.address}/t/pair#{shop.code()}")
    expect(page.locator('[data-at="ready"]')).to_be_visible()
    page.evaluate("sessionStorage.clear()")
    page.goto(f"{shop.address}/t/")
    started(page)
    begun(page, "en", "short")
    answered(page, {"OV1": "never"})
    sent(page)
    done(page)
    said = shop.requests[-1]
    assert said["clock"][:4] == str(datetime.now(UTC).year + years)


def test_pages_past_the_quarters_end_ask_for_one_connection(own_page: Page, shop: Shop, day_world: World) -> None:
    page = own_page
    later = datetime.now(UTC) + timedelta(days=120)
    shop.down()
    page.clock.install(time=later)
    page.goto(f"{shop.address}/t/curtain")
    expect(page.get_by_role("status").first).to_have_text("These pages are too old. Connect once, then start.")
    assert page.locator('[data-at="start"]').is_hidden()
    day_world.clock[0] = later
    shop.up()
    page.goto(f"{shop.address}/t/")
    expect(page.locator('[data-at="start"] button')).to_be_visible()


def test_five_hundred_boxes_wait_without_a_slower_screen_and_are_sent_in_small_letters(page: Page, shop: Shop) -> None:
    shop.down()
    begun(page, "en", "short")
    answered(page, {"OV1": "never"})
    sent(page)
    page.evaluate(
        "() => new Promise((yes) => { indexedDB.open('collector').onsuccess = (e) => {"
        " const act = e.target.result.transaction('boxes', 'readwrite'), store = act.objectStore('boxes');"
        " store.getAll().onsuccess = (all) => { const one = all.target.result[0];"
        "  for (let n = 0; n < 499; n += 1) store.put({ ...one, id: n.toString(16).padStart(32, '0') }); };"
        " act.oncomplete = () => yes(); }; })"
    )
    done(page)
    begin = time.monotonic()
    begun(page, "en", "short")
    answered(page, {"OV1": "never"})
    sent(page)
    assert time.monotonic() - begin < 2
    done(page)
    shop.up()
    page.evaluate("dispatchEvent(new Event('online'))")
    until(page, lambda: waiting(page) == 0)
    assert waiting(page) == 0


def test_a_slow_tablet_shows_the_first_question_and_locks_answers_at_once(
    page: Page, shop: Shop, record_property: Any
) -> None:
    shop.down()
    slow = page.context.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    begin = time.monotonic()
    page.locator('#tongues a[lang="bn"]').click()
    page.locator('[data-go="full"]').click()
    expect(page.locator(".q:visible")).to_have_count(1)
    first = time.monotonic() - begin
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    answered(page, {"OV1": "never"})
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    took = page.evaluate(
        "() => new Promise((yes) => { const from = performance.now(), number = document.getElementById('number');"
        " new MutationObserver(() => yes(performance.now() - from)).observe(number, { childList: true });"
        " document.getElementById('send').click(); })"
    )
    record_property("first question, s", round(first, 2))
    record_property("seal and store, ms", round(took))
    assert first < 2, "1 s on a quiet machine"
    assert took < 400, "100 ms on a quiet machine"


def publish_next(world: World) -> None:
    """A new patch version of the survey, as when a typo was mended."""
    text = (world.settings.forms / "trust-core.yaml").read_text(encoding="utf-8")
    mended, faults = read_text(text.replace("version: 1.1.0", "version: 1.1.1", 1), "trust-core.yaml")
    assert mended is not None, faults
    with world.database.transaction() as database:
        told = promises.as_data(promises.load(world.settings.forms))
        publish(database, mended, told, "test", datetime.now(UTC).date(), "a9")
    time.sleep(1.1)  # the program looks at the database once a second
