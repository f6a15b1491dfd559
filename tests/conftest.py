"""Fixtures: a world, and a client that checks every page that any test fetches."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from werkzeug.test import Client, TestResponse

from tests.foreign import is_foreign, make_foreign
from tests.world import World, make_world

settings.register_profile("collector", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("collector")


for _name in [name for name in os.environ if name.startswith("COLLECTOR_")]:
    del os.environ[_name]  # before any test module is imported


@pytest.fixture(scope="session")
def foreign_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a `./data` and an `./exports` of somebody else, which no test may read or change."""
    folder = tmp_path_factory.mktemp("foreign")
    make_foreign(folder)
    return folder


@pytest.fixture(autouse=True)
def nothing_from_outside(monkeypatch: pytest.MonkeyPatch, foreign_folder: Path) -> Iterator[None]:
    """Tests see only the settings and folders that they make: each stands among foreign ones, which stay as they are."""
    for name in list(os.environ):
        if name.startswith("COLLECTOR_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(foreign_folder)
    yield
    assert is_foreign(foreign_folder), "a test wrote into the folder that it was started in"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A real installation with the shipped survey and one venue."""
    made = make_world(tmp_path)
    yield made
    made.database.close()


class CheckedClient(Client):
    """A browser without scripts that looks at every page it gets, and goes on where an answer leads (303)."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if response.status_code == 303:
            return self.get(response.headers["Location"])
        page = response.mimetype == "text/html" and not 300 <= response.status_code < 400
        if page and response.data and "Content-Encoding" not in response.headers:
            check_page(response.text)
            assert "Content-Security-Policy" in response.headers
        return response


@pytest.fixture
def client(world: World) -> CheckedClient:
    return CheckedClient(world.app())


def check_page(html: str) -> None:
    """What must hold for every page: language, direction, one h1 that is the title, ids once, no third party."""
    head = re.search(r'<html lang="([\w-]+)" dir="(ltr|rtl)">', html)
    assert head, "a page says its language and direction"
    assert (head[2] == "rtl") == (head[1] in ("ar", "fa", "ur", "phr"))
    headings = re.findall(r"<h1>(.*?)</h1>", html, re.S)
    title = re.search(r"<title>(.*?)</title>", html, re.S)
    assert title
    assert [re.sub(r"<[^>]+>", "", heading) for heading in headings] == [title[1]]
    ids = Counter(re.findall(r'\sid="([^"]+)"', html))
    assert not [name for name, count in ids.items() if count > 1], "an id stands once"
    assert not re.search(r'(src|href|action)="(https?:)?//', html), "a page asks nobody else for anything"
    assert 'style="' not in html
    assert " onclick=" not in html
    for target in re.findall(r'href="#([^"]+)"', html):
        assert target in ids, f"the link to {target} leads somewhere"
