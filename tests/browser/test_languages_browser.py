"""Every language in a real browser at 320 pixels: nothing runs over, nothing is clipped, and people can look at it."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from collector.languages import registry, sound, upkeep
from collector.languages.catalogue import Catalogues
from tests.browser.test_walk import WCAG, choose, nothing_runs_over, receipt_on
from tests.serving import serving
from tests.world import SHIPPED_SETTINGS, World, make_world

REGISTRY = registry.load(SHIPPED_SETTINGS.translations)
TAGS = ["en", *(language.tag for language in upkeep.translated(REGISTRY))]
SHOTS = Path(__file__).parents[2] / "shots"
RULES = {**WCAG, "resultTypes": ["violations"]}

SILENCE = (b"\xff\xfb\x90\x00" + bytes(413)) * 40
"""A second of silence as MP3: forty empty frames."""

NARROW = {"width": 320, "height": 900}
SHOW_ALL = "document.querySelectorAll('section[hidden]').forEach(part => { part.hidden = false; })"
LINES = """() => [...document.querySelectorAll('body *')]
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && /[\\u0600-\\u06FF]/.test(n.textContent)))
    .filter(e => e.closest('[lang]').lang === 'ur' && getComputedStyle(e).display !== 'none')
    .map(e => { const s = getComputedStyle(e); return [parseFloat(s.lineHeight) / parseFloat(s.fontSize), e.outerHTML.slice(0, 90)]; })"""
NUMBER = """() => { const walk = document.createTreeWalker(document.body, 4); let node;
    while ((node = walk.nextNode())) { const at = node.textContent.search(/116\\s123/); if (at < 0) continue;
        const left = from => { const r = document.createRange(); r.setStart(node, from); r.setEnd(node, from + 3);
            return r.getBoundingClientRect(); };
        const one = left(at), two = left(at + 4); return [one.left < two.left, Math.abs(one.top - two.top) < 2]; } }"""
CLIPPED = """() => [...document.querySelectorAll('h1,h2,legend,label,button,a,p,li,summary,.button')]
    .filter(e => e.offsetParent && (e.scrollWidth > e.clientWidth + 1) && getComputedStyle(e).display !== 'inline')
    .filter(e => !e.classList.contains('skip'))
    .map(e => e.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("tag", TAGS)
def test_every_page_fits_a_small_phone_and_is_accessible(
    served: tuple[World, str], phone: Any, browser: Browser, tag: str
) -> None:
    world, address = served
    page = phone(viewport=NARROW).new_page()
    shots: list[bytes] = []
    page.goto(f"{address}/v/{world.venue}?to={tag}")
    looked_at(page, tag, shots)
    page.goto(f"{address}/v/{world.venue}/{tag}")
    page.locator("button[type=button].button:not(.plain)").click()
    looked_at(page, tag, shots, axe=False)
    page.evaluate(SHOW_ALL)
    looked_at(page, tag)
    page.goto(f"{address}/v/{world.venue}/{tag}/short")
    choose(page, "OV1", "mostly")
    page.evaluate("document.getElementById('f').submit()")
    receipt_on(page)
    assert page.evaluate(NUMBER) == [True, True], "116 stands left of 123, on one line"
    looked_at(page, tag, shots)
    page.goto(f"{address}/receipt?to={tag}")
    looked_at(page, tag, shots)
    page.goto(f"{address}/words?to={tag}" if tag != "en" else f"{address}/?to=en")
    looked_at(page, tag, shots)
    contact_sheet(browser, tag, shots)


def looked_at(page: Page, tag: str, shots: list[bytes] | None = None, axe: bool = True) -> None:
    """What must hold for a page in a language, and a picture of it."""
    assert page.locator("html").get_attribute("lang") == tag
    assert page.locator("html").get_attribute("dir") == REGISTRY.languages[tag].dir
    assert page.title() == page.locator("h1").inner_text()
    nothing_runs_over(page)
    assert page.evaluate(CLIPPED) == []
    if tag == "ur":
        assert [line for line in page.evaluate(LINES) if line[0] < 1.9] == []
    if axe:
        found = Axe().run(page, options=RULES).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []
    if shots is not None:
        shots.append(page.screenshot(full_page=True, type="jpeg", quality=70))


def contact_sheet(browser: Browser, tag: str, shots: list[bytes]) -> None:
    """All pictures of a language side by side, for people to look at."""
    SHOTS.mkdir(exist_ok=True)
    pictures = "".join(f'<img src="data:image/jpeg;base64,{base64.b64encode(s).decode()}">' for s in shots)
    sheet = browser.new_page(viewport={"width": 340 * len(shots), "height": 600})
    sheet.set_content(f"<style>body{{margin:10px;display:flex;gap:20px;align-items:start}}</style>{pictures}")
    sheet.screenshot(path=SHOTS / f"{tag}.jpg", full_page=True, quality=70)
    sheet.close()


def test_a_recording_loads_only_when_it_is_pressed(tmp_path: Path, phone: Any) -> None:
    home = tmp_path / "translations"
    shutil.copytree(SHIPPED_SETTINGS.translations, home)
    world = make_world(tmp_path, COLLECTOR_TRANSLATIONS=str(home))
    (tmp_path / "silence.mp3").write_bytes(SILENCE)
    words = Catalogues(REGISTRY, home).words("bn")
    sound.take(home, words, "OV1", sound.wanted(world.survey, [])["OV1"], tmp_path / "silence.mp3", "Rahima")
    with serving(world, COLLECTOR_TRANSLATIONS=str(home)) as running:
        page = phone(viewport=NARROW, java_script_enabled=False).new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{running.address}/v/{world.venue}/bn")
        player = page.locator("audio")
        assert player.count() == 1
        assert player.get_attribute("aria-label").startswith("শুনুন: ")
        nothing_runs_over(page)
        page.wait_for_timeout(300)
        assert [url for url in asked if "/sound/" in url] == []
        with page.expect_response("**/sound/**") as answer:
            player.focus()
            page.keyboard.press("Space")
        assert answer.value.status in (200, 206)
        assert answer.value.headers["content-type"] == "audio/mpeg"
