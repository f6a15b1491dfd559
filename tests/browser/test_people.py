"""What a person meets, walked in five languages and three widths, with script and without: what is seen, and what must not be."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, Route, expect

from collector.languages import registry, upkeep
from collector.web import pages
from tests.browser.test_walk import choose, forward, nothing_runs_over, receipt_on, to_question, to_the_end
from tests.world import SHIPPED_SETTINGS, World

TAGS = ["en", *(language.tag for language in upkeep.translated(registry.load(SHIPPED_SETTINGS.translations)))]
WALKED, WIDTHS = ["en", "bn", "ur", "ar", "ta"], [320, 360, 768]
SECRET = "barber told me"
NEXT_TO = {"en": "bn", "bn": "ur", "ur": "en", "ar": "ta", "ta": "ar"}

Served = tuple[World, str]


def number_of(page: Page) -> int:
    """Which question a heading says it is: the smaller of its two numbers."""
    return min(int(number) for number in re.findall(r"\d+", page.locator("h1").inner_text()))


def back(page: Page) -> None:
    """The browser's Back; tried again when the page is just being changed for another."""
    with suppress(Error):
        page.go_back()
        return
    page.wait_for_load_state()
    page.go_back()


def nothing_of_the_former(page: Page, number: str) -> None:
    assert page.locator("input:checked").count() == 0
    assert number not in page.content()
    assert SECRET not in page.content()
    assert page.locator("textarea").evaluate_all("boxes => boxes.every(box => !box.value)")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("tag", WALKED)
def test_nothing_is_lost_and_nothing_is_left_on_a_walk_with_script(
    served: Served, phone: Any, tag: str, width: int
) -> None:
    world, address = served
    page = phone(viewport={"width": width, "height": 640}).new_page()
    place = f"{address}/v/{world.venue}"
    page.goto(f"{place}?to={tag}")
    page.locator("a.button").first.click()
    choose(page, "OV1", "rarely")
    for number in range(1, 9):
        assert number_of(page) == number
        if width == 360:
            page.reload()
            assert number_of(page) == number, "a reload stays at the question"
        forward(page)
    page.locator(".foot .button").first.click()
    assert number_of(page) == 8
    page.go_forward()
    assert number_of(page) == 9
    page.locator("summary").first.click()
    page.locator(f'details button[lang="{NEXT_TO[tag]}"]').click()
    expect(page.locator("html")).to_have_attribute("lang", NEXT_TO[tag])
    assert page.url == f"{place}/{NEXT_TO[tag]}"
    assert number_of(page) == 9
    expect(page.locator(".q:visible legend")).to_be_focused()
    mend(page)
    page.locator("#send").click()
    number = receipt_on(page)
    page.reload()
    assert receipt_on(page) == number
    page.locator("section.receipt form button").click()
    back(page)
    assert receipt_on(page) == number, "back from the receipt the number is still there"
    page.locator('a[href*="/next"]').click()
    for _ in range(5):
        with suppress(Error):
            back(page)
        nothing_of_the_former(page, number)
        with suppress(Error):
            page.reload()
        nothing_of_the_former(page, number)


def mend(page: Page) -> None:
    """Too many picks, and a story: the error page has only the faulty question; one pick less mends it."""
    to_question(page, "CH1")
    for option in ("faith", "barber", "family", "council"):
        choose(page, "CH1", option)
    to_question(page, "O2")
    page.locator("#t-O2").fill(SECRET)
    to_the_end(page)
    page.locator("#send").click()
    expect(page.locator("#problem")).to_be_focused()
    assert page.locator(".q").count() == 1
    nothing_runs_over(page)
    page.locator('[name="CH1"][value="council"]').uncheck(force=True)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("tag", WALKED)
def test_nothing_is_lost_and_nothing_is_left_on_a_walk_without_script(
    served: Served, phone: Any, tag: str, width: int
) -> None:
    world, address = served
    page = phone(viewport={"width": width, "height": 640}, java_script_enabled=False).new_page()
    page.goto(f"{address}/v/{world.venue}?to={tag}")
    page.locator("a.button").nth(1).click()
    choose(page, "OV1", "rarely")
    page.locator("#t-O1").fill(SECRET)
    page.locator("summary").first.click()
    page.locator(f'details button[lang="{NEXT_TO[tag]}"]').click()
    expect(page.locator("html")).to_have_attribute("lang", NEXT_TO[tag])
    expect(page.locator('[name="OV1"][value="rarely"]')).to_be_checked()
    expect(page.locator("#t-O1")).to_have_value(SECRET)
    page.locator("#send").click()
    number = receipt_on(page)
    page.reload()
    assert receipt_on(page) == number
    page.locator("details.picker summary").click()
    page.locator(f'details.picker a[lang="{tag}"]').click()
    assert receipt_on(page) == number, "the thank-you page in another language has the same number"
    page.locator('a[href*="/next"]').click()
    page.goto(f"{address}/v/{world.venue}/thanks")
    assert number not in page.content()
    page.goto(f"{address}/v/{world.venue}/{NEXT_TO[tag]}/short")
    nothing_of_the_former(page, number)


def test_a_browser_that_keeps_pages_shows_nothing_of_one_person_to_the_next(served: Served, browser: Browser) -> None:
    """Come back to by the browser's own keeping, the survey asks this tab whose sitting it is."""
    world, address = served
    page = browser.new_context().new_page()
    page.goto(f"{address}/v/{world.venue}/en")
    choose(page, "OV1", "rarely")
    again = "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
    page.evaluate(again)
    page.wait_for_timeout(200)
    expect(page.locator('[name="OV1"][value="rarely"]')).to_be_checked()
    page.evaluate(
        "() => { const tab = Object.keys(sessionStorage)[0]; const kept = JSON.parse(sessionStorage[tab]);"
        " sessionStorage[tab] = JSON.stringify({...kept, k: 'ab'.repeat(16), a: []}); }"
    )
    with page.expect_navigation():
        page.evaluate(again)
    assert page.locator("input:checked").count() == 0
    page.context.close()


@pytest.mark.parametrize("page_of", ["no-thanks", "under 16"])
def test_who_says_no_or_is_under_16_leaves_nothing_in_the_tab(served: Served, phone: Any, page_of: str) -> None:
    world, address = served
    page = phone().new_page()
    page.goto(f"{address}/v/{world.venue}/en/short")
    choose(page, "OV1", "rarely")
    if page_of == "no-thanks":
        page.goto(f"{address}/v/{world.venue}/no-thanks?to=en")
    else:
        to_question(page, "A_AGE")
        choose(page, "A_AGE", "under_16")
        to_the_end(page)
        page.locator("#send").click()
        page.wait_for_selector("body.gone")
    assert page.evaluate("sessionStorage.length") == 0


OLD = """
    delete SubmitEvent.prototype.submitter;
    for (const name of ['at', 'flat', 'flatMap', 'findLast']) delete Array.prototype[name];
    for (const name of ['at', 'matchAll', 'replaceAll', 'trimEnd']) delete String.prototype[name];
    for (const name of ['replaceChildren', 'toggleAttribute']) delete Element.prototype[name];
    for (const name of ['fromEntries', 'hasOwn', 'groupBy']) delete Object[name];
    for (const name of ['structuredClone', 'queueMicrotask', 'ResizeObserver', 'AbortSignal']) delete window[name];
    delete Promise.allSettled; delete Navigator.prototype.clipboard; delete HTMLFormElement.prototype.requestSubmit;
    delete Crypto.prototype.randomUUID; delete ARIAMixin; delete Element.prototype.ariaHidden;
    const real = RegExp; window.RegExp = function (source, flags) { if (/p\\{/.test(source)) throw new SyntaxError('old'); return new real(source, flags); };
"""
NEWER_CSS = re.compile(
    r"(?:[\w-]+:[^;{}]*(?:clamp|max|min)\([^;{}]*|inset:[^;{}]*|content:\"[^\"]*\"/\"\"|overflow-wrap:anywhere|accent-color:[^;{}]*"
    r"|text-wrap:[^;{}]*|gap:[^;{}]*|(?:margin|padding|inset|border)-inline[\w-]*:[^;{}]*"
    r"|(?:margin|padding|border)-block[\w-]*:[^;{}]*|color-scheme:[^;{}]*);?"
)
"""What Chrome 60 and Safari 12 pass over in a style sheet."""


def as_in_2017(route: Route) -> None:
    """A page as an old browser takes it: without the declarations and rules that it does not know."""
    answer = route.fetch()
    body = re.sub(
        r"<style>(.*?)</style>", lambda style: f"<style>{old_style(style[1])}</style>", answer.text(), flags=re.S
    )
    headers = {
        k: v
        for k, v in answer.headers.items()
        if k not in ("content-security-policy", "content-encoding", "content-length")
    }
    route.fulfill(status=answer.status, headers=headers, body=body)


def old_style(style: str) -> str:
    without = re.sub(r"[^{}]*:focus-visible[^{}]*\{[^{}]*\}", "", style)
    return NEWER_CSS.sub("", without.replace("prefers-color-scheme", "unknown").replace("forced-colors", "unknown"))


def test_browsers_of_2017_show_one_question_a_screen_and_send(served: Served, phone: Any) -> None:
    world, address = served
    context = phone(viewport={"width": 360, "height": 640})
    context.add_init_script(
        "(() => { " + "".join(f"try {{ {line} }} catch (e) {{}}" for line in OLD.strip().splitlines()) + " })()"
    )
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.route("**/short", lambda route: as_in_2017(route) if route.request.method == "GET" else route.continue_())
    page.goto(f"{address}/v/{world.venue}/en/short")
    foot = page.locator(".foot").bounding_box()
    assert foot is not None
    assert foot["y"] + foot["height"] == pytest.approx(640, abs=1)
    assert foot["x"] >= 0
    assert foot["x"] + foot["width"] <= 360
    assert page.locator(".q:visible input + span").evaluate_all("all => all.every(e => e.offsetHeight >= 48)")
    skip = page.locator(".skip").bounding_box()
    assert skip is not None
    assert skip["y"] + skip["height"] <= 0
    choose(page, "OV1", "rarely")
    tick = "e => getComputedStyle(e, '::after').content"
    assert "✓" in page.locator('[value="rarely"] + span').first.evaluate(tick)
    nothing_runs_over(page)
    page.locator("summary").first.click()
    page.locator('details button[lang="bn"]').click()
    expect(page.locator("html")).to_have_attribute("lang", "bn")
    to_the_end(page)
    page.locator("#send").click()
    receipt_on(page)
    assert wrong == []


def test_the_script_is_written_in_words_that_browsers_of_2017_know() -> None:
    newer = {
        "?.": r"\?\.(?!\d)", "??": r"\?\?", "**": r"\*\*", "catch without a name": r"catch\{", "spread of an object": r"\{\.\.\.",
        "private": r"#\w+\(|this\.#", "a number with _": r"\d_\d", "look behind": r"\(\?<", "import": r"\bimport\b", "await": r"\bawait\b",
    }  # fmt: skip
    for script in (pages.SCRIPT, pages.AFTER):
        code = re.sub(r"'(?:[^'\\\n]|\\.)*'", "''", script)
        assert [name for name, pattern in newer.items() if re.search(pattern, code)] == []


def test_the_first_screen_ends_within_the_phone_and_its_choices_are_as_tall_as_each_other(
    served: Served, phone: Any
) -> None:
    world, address = served
    page = phone(viewport={"width": 360, "height": 640}).new_page()
    found = {}
    for tag in TAGS:
        page.goto(f"{address}/v/{world.venue}?to={tag}")
        found[tag] = page.locator(".start .button").evaluate_all(
            "all => [Math.ceil(all[all.length - 1].getBoundingClientRect().bottom), ...new Set(all.map(e => e.offsetHeight))]"
        )
    late = {tag: bottom for tag, (bottom, *_) in found.items() if bottom > (640 if tag in ("en", "bn") else 700)}
    uneven = {tag: heights for tag, (_, *heights) in found.items() if len(heights) > 1}
    assert (late, uneven) == ({}, {})


LONG = ("CH1", "A_ETH", "A_LANG", "A_AGE")


@pytest.mark.parametrize("tag", ["en", "bn"])
def test_the_full_survey_takes_at_most_46_taps_and_only_long_lists_scroll(served: Served, phone: Any, tag: str) -> None:
    world, address = served
    page = phone(viewport={"width": 360, "height": 640}).new_page()
    page.goto(f"{address}/v/{world.venue}?to={tag}")
    page.locator("a.button").first.click()
    taps, scrolled = 1, []
    while not page.locator("#send").is_visible():
        asks = page.locator(".q:visible")
        code = asks.locator("input, textarea").first.get_attribute("name") if asks.count() else None
        if page.evaluate("document.documentElement.scrollHeight > innerHeight") and code not in LONG:
            scrolled.append((page.title(), page.evaluate("document.documentElement.scrollHeight - innerHeight")))
        if code and not code.startswith("O") or code == "OV1":
            heads = page.locator("button.b:visible")
            if heads.count():
                heads.first.click()
                taps += 1
            page.locator(".q:visible label:visible").nth(1 if code == "A_AGE" else 0).click()  # 16 or over
            taps += 1
        forward(page)
        taps += 1
    page.locator("#send").click()
    receipt_on(page)
    assert taps + 1 <= 46
    assert scrolled == []


@pytest.mark.parametrize("tag", TAGS)
def test_every_page_prints_on_two_sides(served: Served, phone: Any, tag: str) -> None:
    world, address = served
    page = phone(viewport={"width": 794, "height": 1123}).new_page()
    place = f"{address}/v/{world.venue}"
    for path in (f"?to={tag}", f"/{tag}", f"/{tag}/short", f"/no-thanks?to={tag}"):
        page.goto(place + path)
        assert sides(page) <= 2, path
    page.goto(f"{place}/{tag}/short")
    page.evaluate("document.getElementById('f').submit()")
    page.wait_for_selector("#problem")
    assert sides(page) <= 2
    page.goto(f"{place}/{tag}/short")
    choose(page, "OV1", "mostly")
    page.evaluate("document.getElementById('f').submit()")
    receipt_on(page)
    assert sides(page) <= 2


def sides(page: Page) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))


def test_nothing_stands_in_the_way_when_the_page_is_magnified_four_times(served: Served, phone: Any) -> None:
    world, address = served
    page = phone(viewport={"width": 320, "height": 200}).new_page()
    page.goto(f"{address}/v/{world.venue}/en")
    assert page.locator(".foot").evaluate("e => getComputedStyle(e).position") == "static"
    for _ in range(4):
        nothing_runs_over(page)
        forward(page)


def test_with_forced_colours_what_is_chosen_is_seen(served: Served, phone: Any) -> None:
    world, address = served
    page = phone(forced_colors="active").new_page()
    page.goto(f"{address}/v/{world.venue}/en")
    choose(page, "OV1", "mostly")
    outline = "e => getComputedStyle(e).outlineStyle"
    assert page.locator('[value="mostly"] + span').first.evaluate(outline) == "solid"
    assert page.locator('[value="rarely"] + span').first.evaluate(outline) == "none"
