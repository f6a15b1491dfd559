"""A real server, a real browser. Everything is bound to 127.0.0.1 and bounded in time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.browser.shop import Shop, paired, started
from tests.serving import serving
from tests.world import World, make_world

CHROMIUM = "/usr/bin/chromium"
ARGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP plain.test 127.0.0.1",
)  # fmt: skip
MISSING = shutil.which(CHROMIUM) is None and os.environ.get("CI") != "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here is a browser test; without Chromium they are left out, but never in CI."""
    for item in items:
        if "browser" in Path(str(item.fspath)).parts:
            item.add_marker("browser")
            item.add_marker(
                pytest.mark.skipif(MISSING, reason="needs Chromium: apt-get install chromium fonts-noto-core")
            )


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGS))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, str]]:
    """An installation, and the address at which the real server serves it."""
    world = make_world(tmp_path_factory.mktemp("served"))
    with serving(world) as running:
        yield world, running.address


@pytest.fixture
def now_world(tmp_path: Path) -> Iterator[World]:
    """An installation of this very day: a tablet has a clock of its own."""
    made = make_world(tmp_path / "world", today=datetime.now(UTC).date())
    made.clock[0] = datetime.now(UTC)
    yield made
    made.database.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Any]:
    """Makes browser contexts of phone size; all are closed at the end."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(
            **{"viewport": {"width": 360, "height": 740}, "has_touch": True, "reduced_motion": "reduce", **options}
        )
        context.set_default_timeout(10_000)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture(scope="session")
def day_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = make_world(tmp_path_factory.mktemp("shop"), today=datetime.now(UTC).date())
    made.clock[0] = datetime.now(UTC)
    yield made
    made.database.close()


@pytest.fixture(scope="session")
def open_shop(day_world: World) -> Iterator[Shop]:
    made = Shop(day_world, day_world.app())
    made.up()
    yield made
    made.down()


@pytest.fixture
def shop(open_shop: Shop, day_world: World) -> Iterator[Shop]:
    """The shop of this module, open and in good weather, whatever a test did to it."""
    yield open_shop
    if open_shop._server is None:
        open_shop.up()
    open_shop.status, open_shop.weather = 0, None
    open_shop.requests.clear()
    open_shop.forget()
    day_world.clock[0] = datetime.now(UTC)


@pytest.fixture
def tablet(phone: Any) -> BrowserContext:
    context: BrowserContext = phone(viewport={"width": 1024, "height": 768})
    context.set_default_timeout(30_000)
    return context


def at_the_curtain(tablet: BrowserContext, shop: Shop) -> Page:
    page = tablet.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    paired(page, shop)
    started(page)
    return page


@pytest.fixture
def own_page(tablet: BrowserContext, shop: Shop) -> Page:
    """A tablet of this test alone, at the curtain: for whatever changes its clock, its pages or its rights."""
    return at_the_curtain(tablet, shop)


@pytest.fixture
def timed_page(tablet: BrowserContext, shop: Shop) -> Page:
    """The same with a clock that the test turns."""
    tablet.clock.install()
    return at_the_curtain(tablet, shop)


@pytest.fixture(scope="session")
def shared(browser: Browser, open_shop: Shop) -> Iterator[BrowserContext]:
    """A tablet that is paired once for all tests: getting its pages takes longer than most tests."""
    context = browser.new_context(viewport={"width": 1024, "height": 768}, has_touch=True, reduced_motion="reduce")
    page = context.new_page()
    paired(page, open_shop)
    page.close()
    yield context
    context.close()


CLEAN = """() => new Promise((yes) => { indexedDB.open('collector').onsuccess = (e) => {
    const act = e.target.result.transaction(['boxes', 'visits', 'own'], 'readwrite');
    act.objectStore('boxes').clear(); act.objectStore('visits').clear(); act.objectStore('own').put(0, 'late');
    act.oncomplete = () => yes(); }; })"""


@pytest.fixture
def page(shared: BrowserContext, shop: Shop) -> Iterator[Page]:
    """The shared tablet at the curtain of a new visit; faults of its script fail the test."""
    page = shared.new_page()
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(f"{shop.address}/t/manifest.json")
    page.evaluate(CLEAN)
    page.goto(f"{shop.address}/t/")
    started(page)
    yield page
    for one in shared.pages:
        one.close()
