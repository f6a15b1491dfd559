"""What comes in: whole or not at all; and nothing that anybody sends makes the program fail."""

from __future__ import annotations

import io
import random
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from collector.web.body import MAX_BODY
from tests.conftest import CheckedClient
from tests.fuzz import fuzz
from tests.test_respond import FULL, begin
from tests.world import World, make_world, tiny

FORM = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}


def send(world: World, body: bytes, **environ: Any) -> int:
    """The status of a POST as the server hands it over."""
    built = EnvironBuilder(f"/v/{world.venue}/en", method="POST").get_environ()
    built |= {
        **FORM,
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "HTTP_COOKIE": f"key_full={7:032x}",
    }
    built |= environ
    _, status, _ = run_wsgi_app(world.app(), built, buffered=True)
    return int(status.split()[0])


BODY = b"version=1.1.0&OV1=always&O1=hello&end=1"


def test_a_body_that_broke_off_is_no_answer(world: World) -> None:
    assert send(world, BODY[:25], CONTENT_LENGTH=str(len(BODY))) == 400
    assert send(world, b"", CONTENT_LENGTH=str(len(BODY))) == 400
    assert world.count("response") == 0
    assert send(world, BODY, CONTENT_LENGTH=str(len(BODY))) == 303
    assert world.count("response") == 1


def test_a_body_in_pieces_without_a_length_is_taken_whole(world: World) -> None:
    assert send(world, BODY, CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked") == 303
    assert world.count("response") == 1


@pytest.mark.parametrize("cut", range(0, len(BODY), 3))
def test_the_beginning_of_a_body_without_a_length_is_no_answer(world: World, cut: int) -> None:
    assert send(world, BODY[:cut], CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked") == 400
    assert world.count("response") == 0


def test_a_body_in_pieces_over_the_limit_is_refused_not_cut(world: World) -> None:
    large = BODY.replace(b"hello", b"x" * (MAX_BODY + 1))
    assert send(world, large, CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked") == 413
    assert world.count("response") == 0


def test_the_survey_form_ends_with_the_field_that_must_be_there(client: CheckedClient, world: World) -> None:
    page = client.get(f"/v/{world.venue}/en").text
    form = page[page.index("<form") : page.index("</form>")]
    assert form.rindex('name="end"') > max(form.rindex("<textarea"), form.rindex('type="radio"'))
    without = {name: value for name, value in FULL.items() if name != "end"}
    assert client.post(begin(client, world), data=without).status_code == 400
    assert world.count("response") == 0


ORIGINS = [
    "http://[",
    "http://]",
    "http://[::1",
    "://",
    "http://\udc80",
    "null\x00",
    "http://a:b:c",
    "[",
    "http://exa[mple",
]


@pytest.mark.parametrize(
    "name", ["Origin", "Host", "X-Forwarded-Host", "Referer", "Cookie", "Accept-Language", "If-None-Match"]
)
@pytest.mark.parametrize("value", ORIGINS)
def test_a_header_that_is_no_address_is_refused_not_a_fault(fuzzed: World, name: str, value: str) -> None:
    key = f"HTTP_{name.upper().replace('-', '_')}"
    assert (
        send(
            fuzzed,
            BODY,
            CONTENT_LENGTH=str(len(BODY)),
            **{key: value.encode("utf-8", "surrogateescape").decode("latin-1")},
        )
        < 500
    )


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(
        tmp_path_factory.mktemp("fuzz"), tiny(), COLLECTOR_TRUSTED_PROXIES="1", COLLECTOR_DRAFT_LANGUAGES="none"
    )


def test_ten_thousand_malformed_requests_find_no_fault(fuzzed: World) -> None:
    assert fuzz(fuzzed, random.Random(20261128), 10_000) == []


def test_a_page_of_the_releases_is_looked_for_by_odd_names_without_a_fault(fuzzed: World) -> None:
    for path in ("/releases/%00/x", "/releases/../x", "/sound/%ff", f"/v/{'a' * 5000}", "/v/%00"):
        built = EnvironBuilder("/").get_environ() | {"PATH_INFO": path}
        _, status, _ = run_wsgi_app(fuzzed.app(), built, buffered=True)
        assert int(status.split()[0]) < 500
