"""What a tablet gets: the same bytes for everybody, good to the quarter's last day, small, and shut to every form."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import brotli
import pytest

from collector.languages import po
from collector.web.tablet import pages
from collector.web.tablet.words import WORDS
from tests.conftest import CheckedClient
from tests.test_languages_sound import heard
from tests.world import SHIPPED_SETTINGS, World, make_world

SHIPPED = SHIPPED_SETTINGS.translations
MOST_CODE, MOST_ALL = 12_000, 350_000
__all__ = ["heard"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = make_world(tmp_path_factory.mktemp("tablet"), COLLECTOR_PUBLIC_URL="https://trust.example.org")
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def client(world: World) -> CheckedClient:
    return CheckedClient(world.app())


@pytest.fixture(scope="module")
def listed(client: CheckedClient) -> dict[str, object]:
    found: dict[str, object] = json.loads(client.get("/t/pages.json").data)
    return found


def test_all_that_is_listed_is_there_and_is_what_was_meant(client, listed) -> None:
    assert {"/t/", "/t/pair", "/t/curtain", "/t/app.js", "/t/bn", "/t/ur/short"} <= set(listed["files"])
    for path, digest in listed["files"].items():
        answer = client.get(path, headers={"Accept-Encoding": "identity"})
        assert answer.status_code == 200
        assert hashlib.sha256(answer.data).hexdigest().startswith(digest)


def test_everybody_gets_the_same_bytes_and_no_cookie(client, world, listed) -> None:
    other = CheckedClient(world.app())
    for path in ("/t/", "/t/pair", "/t/curtain", "/t/bn", "/t/pages.json"):
        client.set_cookie("tablet", "x" * 32, path="/t")
        answers = [client.get(path), other.get(path, headers={"Accept-Language": "ur", "User-Agent": "Tablet"})]
        assert answers[0].data == answers[1].data
        assert not any("Set-Cookie" in answer.headers for answer in answers)


def test_no_page_can_send_a_form_and_each_loads_only_its_own(client, listed) -> None:
    wanted = (
        "default-src 'none';script-src 'self';style-src HASH;connect-src 'self';img-src 'self';media-src 'self';"
        "manifest-src 'self';worker-src 'self';form-action 'none';base-uri 'none';frame-ancestors 'none'"
    )
    for path in listed["files"]:
        answer = client.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert re.sub(r"'sha256-[\w+/=]+'", "HASH", policy) == wanted
        if answer.mimetype == "text/html":
            assert answer.headers["Cache-Control"] == "no-store"
            style = re.search(r"<style>(.*?)</style>", answer.text, re.S)
            assert style is not None
            assert style[1] == pages.STYLE
            assert not re.search(r"<form[^>]*(action|method)=", answer.text)
            assert answer.text.count("<script") == 1


def test_fields_refuse_to_be_filled_in_corrected_spelt_or_translated(client) -> None:
    page = client.get("/t/en").text
    assert '<body translate="no"' in page
    form = re.search(r'<form id="f"[^>]*>', page)
    assert form is not None
    for said in ('autocomplete="off"', 'autocorrect="off"', 'autocapitalize="off"', 'spellcheck="false"'):
        assert said in form[0]


def test_pages_are_good_to_the_quarters_last_day_and_are_others_in_the_next(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    client = CheckedClient(world.app())
    first = json.loads(client.get("/t/pages.json").data)
    world.turn_to(date(2026, 12, 31))
    assert json.loads(client.get("/t/pages.json").data) == first
    assert first["until"] == "2026-12-31"
    world.turn_to(date(2027, 1, 1))
    second = json.loads(client.get("/t/pages.json").data)
    assert second["until"] == "2027-03-31"
    assert second["build"] != first["build"]
    changed = {path for path in first["files"] if first["files"][path] != second["files"][path]}
    assert "/t/en" in changed, "promises name other days"
    assert "/t/app.js" not in changed


def test_scripts_and_styles_are_light(client) -> None:
    def packed(path: str) -> int:
        return len(client.get(path, headers={"Accept-Encoding": "br"}).data)

    style = len(brotli.compress(str(pages.STYLE).encode(), quality=11))
    assert packed("/t/app.js") + packed("/t/sw.js") + style <= MOST_CODE


def test_fifteen_languages_are_light(client, listed) -> None:
    sizes = [len(client.get(path, headers={"Accept-Encoding": "br"}).data) for path in listed["files"]]
    assert len([path for path in listed["files"] if path.count("/") == 2 and "." not in path]) == 15 + 3
    assert sum(sizes) <= MOST_ALL


def test_a_page_that_has_not_changed_is_not_sent_again(client) -> None:
    tag = client.get("/t/pages.json").headers["ETag"]
    answer = client.get("/t/pages.json", headers={"If-None-Match": tag})
    assert answer.status_code == 304
    assert answer.data == b""


def test_the_address_without_a_slash_leads_to_the_one_that_the_worker_keeps(client) -> None:
    answer = client.get("/t")
    assert answer.status_code == 308
    assert answer.headers["Location"].endswith("/t/")


@pytest.mark.parametrize("path", ["/t/xx", "/t/en/tiny", "/t/icon-1.png", "/t/store.js", "/t/en/full"])
def test_what_is_not_on_the_shelf_is_not_there(client, path) -> None:
    assert client.get(path).status_code == 404


def test_a_language_that_lacks_a_word_of_the_tablet_stays_on_phones_alone(tmp_path: Path) -> None:
    home = tmp_path / "translations"
    shutil.copytree(SHIPPED, home)
    file = po.read(home / "so" / "messages.po")
    gone = WORDS["locked"].context
    po.write(home / "so" / "messages.po", replace(file, entries=tuple(e for e in file.entries if e.context != gone)))
    world = make_world(tmp_path, COLLECTOR_TRANSLATIONS=str(home))
    client = CheckedClient(world.app())
    assert client.get(f"/v/{world.venue}/so").status_code == 200
    assert client.get("/t/so").status_code == 404
    assert client.get("/t/ur").status_code == 200
    assert 'lang="so"' not in client.get("/t/curtain").text


def test_every_language_says_all_of_the_tablet_in_its_own_words(client) -> None:
    for tag in ("ar", "bn", "es", "fa", "fr", "gu", "pa-Guru", "pl", "pt-PT", "ro", "so", "ta", "tr", "ur"):
        page = unescape(client.get(f"/t/{tag}").text)
        for message in WORDS.values():
            assert message.english == "Done" or f">{message.english}<" not in page
    curtain = client.get("/t/curtain").text
    assert len(re.findall(r'<a href="/t/[\w-]+" lang=', curtain)) == 15


def test_a_recording_is_kept_by_its_own_hash(heard: World) -> None:
    listed = json.loads(CheckedClient(heard.app()).get("/t/pages.json").data)
    sounds = {path: digest for path, digest in listed["files"].items() if path.startswith("/sound/bn/")}
    assert sounds
    assert all(path.split("/")[3] == digest for path, digest in sounds.items())
