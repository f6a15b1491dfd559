"""A shop for a tablet: a server that can be stopped, weather between it and the tablet, and people who answer."""

from __future__ import annotations

import io
import json
import logging
import os
import random
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page, Playwright, expect
from werkzeug.serving import make_server

from collector.commands.context import new_id
from collector.responses.keys import load_sealer
from collector.tablets import devices
from collector.web.front import Front
from tests.serving import free_port
from tests.world import World

Environ = dict[str, Any]
ROWS = "SELECT id, language, variant, help, card FROM response ORDER BY id"
expect.set_options(timeout=15_000)  # the machine may be busy with other things
logging.getLogger("werkzeug").setLevel(logging.ERROR)


GONE = ("response", "comment", "receipt", "submission", "box_seen", "aside", "visit", "tablet_day", "day_count")


@dataclass
class Shop:
    """The program at one address. `down()` really stops it: nothing listens there any more."""

    world: World
    application: Front
    port: int = field(default_factory=free_port)
    weather: random.Random | None = None
    status: int = 0
    requests: list[dict[str, Any]] = field(default_factory=list)
    _codes: int = 0
    _server: Any = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def up(self) -> None:
        self._server = make_server("127.0.0.1", self.port, self, threaded=True)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def down(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def code(self) -> str:
        """A new tablet of the place, and the code that pairs it."""
        self._codes += 1
        chance, world = random.Random(self._codes), self.world
        with world.database.transaction() as database:
            one = devices.add(
                database, f"Tablet {self._codes}", (world.venue,), "en", frozenset({"en"}), world.settings.public_url,
                new_id(), "test", datetime.now(UTC).date(), f"tablet {self._codes}",
            )  # fmt: skip
            sealer = load_sealer(world.settings.secret_file)
            return devices.new_code(database, sealer, one, lambda: chance.choice("0123456789"), world.clock[0])

    def stop_tablet(self) -> None:
        """The one that was paired last, as when it is reported stolen."""
        with self.world.database.transaction() as database:
            one = devices.named(database, f"Tablet {self._codes}")
            devices.stop(database, one, "test", datetime.now(UTC).date(), new_id().hex())

    def forget(self) -> None:
        """Nothing has arrived yet; tablets stay paired."""
        with self.world.database.transaction() as database:
            for table in GONE:
                database.execute(f"DELETE FROM {table}")

    def arrived(self) -> list[tuple[str, str, dict[str, Any], str]]:
        """What was stored: language, variant, answers, help."""
        rows, words = (
            self.world.database.rows(ROWS),
            self.world.database.rows("SELECT response, question, words FROM comment"),
        )
        layout = self.world.published.layout
        found = []
        for id, language, variant, help, card in rows:
            answers: dict[str, Any] = {
                c: list(a) if isinstance(a, tuple) else a for c, a in layout.decode(card).items()
            }
            given = {code: answer for code, answer in answers.items() if answer not in ("skipped", "not_asked")}
            found.append((language, variant, {**given, **{q: text for of, q, text in words if of == id}}, help))
        return found

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST":
            return self.application(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if self.status:
            start_response(f"{self.status} Not Now", [("Content-Length", "0")])
            return []
        if environ["PATH_INFO"] == "/t/sync":
            self.requests.append(json.loads(body))
        if self.weather is None:
            return self.application({**environ, "wsgi.input": io.BytesIO(body)}, start_response)
        return self._blown(environ, start_response, self.weather, body)

    def _blown(self, environ: Environ, start_response: Any, chance: random.Random, body: bytes) -> Iterable[bytes]:
        """One request through bad weather: cut before or after the server had it, late, twice, or answered by half."""
        fate = chance.choice(["cut", "cut", "lost", "lost", "half", "half", "late", "twice", "well"])
        if fate == "cut":
            return _hang_up(environ)
        time.sleep(0.05 if fate == "late" else 0)
        status, headers, answer = self._asked(environ, body)
        if fate == "twice":
            status, headers, answer = self._asked(environ, body)
        if fate == "lost":
            return _hang_up(environ)
        start_response(status, headers)
        if fate == "half":
            return _half(environ, answer)
        return [answer]

    def _asked(self, environ: Environ, body: bytes) -> tuple[str, list[tuple[str, str]], bytes]:
        said: list[Any] = []
        again = {**environ, "wsgi.input": io.BytesIO(body)}
        answer = b"".join(self.application(again, lambda status, headers, *_: said.extend((status, headers))))
        return said[0], said[1], answer


def _hang_up(environ: Environ) -> Iterator[bytes]:
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError
    yield b""


def _half(environ: Environ, answer: bytes) -> Iterator[bytes]:
    yield answer[: len(answer) // 2]
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError


@dataclass
class Tablet:
    """A real browser with a profile on the disk, which can be killed as an empty battery does."""

    playwright: Playwright
    profile: Path
    command: tuple[str, ...]
    context: BrowserContext | None = None
    _process: subprocess.Popen[bytes] | None = None

    def on(self) -> Page:
        """Switch it on; a fresh page."""
        port_file = self.profile / "DevToolsActivePort"
        port_file.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [*self.command, f"--user-data-dir={self.profile}", "--remote-debugging-port=0", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        for _ in range(200):
            if port_file.exists() and port_file.read_text().count("\n"):
                break
            time.sleep(0.05)
        port = port_file.read_text().split()[0]
        browser = self.playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        self.context = browser.contexts[0]
        self.context.set_default_timeout(30_000)
        return self.context.new_page()

    def off(self) -> None:
        """As a person closes it: what the browser has in memory, such as cookies, goes to the disk."""
        assert self.context is not None
        assert self.context.browser is not None
        assert self._process is not None
        self.context.browser.new_browser_cdp_session().send("Browser.close")
        self._process.wait(10)
        self._process = None

    def kill(self) -> None:
        """As an empty battery does."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
            self._process = None


@contextmanager
def tablet_on(playwright: Playwright, profile: Path, command: tuple[str, ...]) -> Iterator[Tablet]:
    """A tablet that is switched off at the end, whatever happens."""
    tablet = Tablet(playwright, profile, command)
    try:
        yield tablet
    finally:
        tablet.kill()


def paired(page: Page, shop: Shop) -> None:
    """Pair a tablet, wait until it is ready, close the page and open it again."""
    page.goto(f"{shop.address}/t/pair#{shop.code()}")
    expect(page.locator('[data-at="ready"]')).to_be_visible(timeout=60_000)
    page.evaluate("sessionStorage.clear()")  # as a page that was closed and opened again
    page.goto(f"{shop.address}/t/")


def paired_and_opened_again(tablet: Tablet, shop: Shop) -> Page:
    """Pair a tablet, and close and open its browser as the page asks for."""
    page = tablet.on()
    page.goto(f"{shop.address}/t/pair#{shop.code()}")
    expect(page.locator('[data-at="reopen"]')).to_be_visible(timeout=60_000)
    tablet.off()
    page = tablet.on()
    page.goto(f"{shop.address}/t/")
    return page


def started(page: Page) -> None:
    """Begin a visit; the curtain."""
    page.locator('[data-at="start"] button').first.click()
    expect(page.locator("#tongues a").first).to_be_visible()


ANSWER = """async ([answers, help]) => {
    const press = (one) => one.click(), next = document.getElementById('next');
    const shown = () => [...document.querySelectorAll('.q')].find((q) => !q.hidden);
    for (let turn = 0; turn < 60 && !next.hidden; turn += 1) {
        const q = shown();
        if (q) {
            const field = q.querySelector('input,textarea'), given = answers[field.name] || (field.name === 'help' ? help : null);
            if (given && field.tagName === 'TEXTAREA') { field.value = given; field.dispatchEvent(new Event('input', { bubbles: true })); }
            else [].concat(given || []).forEach((value) => press(q.querySelector('[value="' + value + '"]')));
        }
        press(next);
    }
}"""
"""Answers as a person does, one question at a time, by the buttons that people press; only quicker."""


def begun(page: Page, tag: str, variant: str = "full") -> None:
    """From the curtain to the first question."""
    page.locator(f'#tongues a[lang="{tag}"]').click()
    page.locator(f'[data-go="{variant}"]').click()
    expect(page.locator("#f")).to_be_visible()


def answered(page: Page, answers: dict[str, Any], help: str = "") -> None:
    """Every question up to the button Send."""
    page.evaluate(ANSWER, [answers, help])
    expect(page.locator("#send")).to_be_visible()


def sent(page: Page) -> str:
    """Send; the number."""
    page.locator("#send").click()
    expect(page.locator("#number")).not_to_be_empty()
    return page.locator("#number").inner_text()


def done(page: Page) -> None:
    """Hand the tablet back: the curtain."""
    page.locator("#thanks [data-leave]").click()
    expect(page.locator("#tongues a").first).to_be_visible()


def ask_kept(page: Page, store: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(
        "(store) => new Promise((yes) => { indexedDB.open('collector').onsuccess = (e) => {"
        " e.target.result.transaction(store).objectStore(store).getAll().onsuccess = (c) => yes(c.target.result); }; })",
        store,
    )
    return found


def to_helper(page: Page) -> None:
    page.locator("#helper").click()
    expect(page.locator('[data-at="finish"]')).to_be_visible()


def ask_cached(page: Page) -> list[str]:
    found: list[str] = page.evaluate("async () => (await caches.keys()).filter((name) => name !== 't')")
    return found


def ask_build(page: Page) -> str:
    return ask_pointer(page, "current")


def ask_pointer(page: Page, name: str) -> str:
    found: str = page.evaluate(
        "async (name) => { const found = await (await caches.open('t')).match('/t/' + name); return found ? found.text() : ''; }",
        name,
    )
    return found


def until(page: Page, true: Callable[[], bool]) -> None:
    """Wait until something is so; fails after fifteen seconds."""
    for _ in range(300):
        with suppress(Error):  # the page leads on while it is asked
            if true():
                return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come to be")


def waiting(page: Page) -> int:
    found: int = page.evaluate(
        "() => new Promise((yes) => { indexedDB.open('collector').onsuccess = (e) => {"
        " e.target.result.transaction('boxes').objectStore('boxes').count().onsuccess = (c) => yes(c.target.result); }; })"
    )
    return found
