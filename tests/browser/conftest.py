"""A real server, a real browser. Everything is bound to 127.0.0.1 and bounded in time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

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
