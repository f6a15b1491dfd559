"""Every language in a real browser at 320 pixels: nothing runs over, nothing is clipped, and people can look at it."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from collector.languages import registry, upkeep
from collector.settings import load
from tests.browser.test_walk import WCAG, choose, nothing_runs_over, receipt_on
from tests.world import World

REGISTRY = registry.load(load({}).translations)
TAGS = ["en", *(language.tag for language in upkeep.translated(REGISTRY))]
SHOTS = Path(__file__).parents[2] / "shots"
RULES = {**WCAG, "rules": {"color-contrast": {"enabled": False}}}
"""Colours are the same in every language and slow to look at: test_walk.py looks at them."""

NARROW = {"width": 320, "height": 900}
SHOW_ALL = "document.querySelectorAll('section[hidden]').forEach(part => { part.hidden = false; })"
LINES = """() => [...document.querySelectorAll('body *')]
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && /[\\u0600-\\u06FF]/.test(n.textContent)))
    .filter(e => e.closest('[lang]').lang === 'ur' && getComputedStyle(e).display !== 'none')
    .map(e => { const s = getComputedStyle(e); return [parseFloat(s.lineHeight) / parseFloat(s.fontSize), e.outerHTML.slice(0, 90)]; })"""
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
    looked_at(page, tag, [])
    page.goto(f"{address}/v/{world.venue}/{tag}/short")
    choose(page, "OV1", "mostly")
    page.evaluate("document.getElementById('f').submit()")
    receipt_on(page)
    looked_at(page, tag, shots)
    page.goto(f"{address}/receipt?to={tag}")
    looked_at(page, tag, shots)
    page.goto(f"{address}/words?to={tag}" if tag != "en" else f"{address}/?to=en")
    looked_at(page, tag, shots)
    contact_sheet(browser, tag, shots)


def looked_at(page: Page, tag: str, shots: list[bytes], axe: bool = True) -> None:
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
    shots.append(page.screenshot(full_page=True))


def contact_sheet(browser: Browser, tag: str, shots: list[bytes]) -> None:
    """All pictures of a language side by side, for people to look at."""
    SHOTS.mkdir(exist_ok=True)
    pictures = "".join(f'<img src="data:image/png;base64,{base64.b64encode(s).decode()}">' for s in shots)
    sheet = browser.new_page(viewport={"width": 340 * len(shots), "height": 600})
    sheet.set_content(f"<style>body{{margin:10px;display:flex;gap:20px;align-items:start}}</style>{pictures}")
    sheet.screenshot(path=SHOTS / f"{tag}.png", full_page=True)
    sheet.close()
