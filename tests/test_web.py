"""The web layer as a hostile world sees it: routes, headers, caches, sizes, forms from elsewhere."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from collector.web.body import MAX_BODY
from collector.web.pages import AFTER, FULL_STYLE, SCRIPT, STYLE, policy
from tests.conftest import CheckedClient, check_page
from tests.test_respond import FULL, begin
from tests.world import World, make_world, tiny


def test_every_route_says_who_may_enter(world: World) -> None:
    for rule in world.app().application.url_map.iter_rules():
        view = world.app().application.view_functions[rule.endpoint]
        assert getattr(view, "audience", None) in ("public", "tablet"), rule.rule


def test_the_survey_page_is_the_same_bytes_for_everybody_and_a_key_of_ones_own(world: World) -> None:
    app = world.app()
    address = f"/v/{world.venue}/ur"
    one, two = Client(app).get(address), Client(app).get(address)
    assert one.data == two.data
    assert one.headers["ETag"] == two.headers["ETag"]
    assert one.headers["Set-Cookie"] != two.headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=Strict", f"Path={address}"):
        assert part in one.headers["Set-Cookie"]
    assert "Secure" not in one.headers["Set-Cookie"]
    assert "Fade Kings" not in one.text
    assert one.headers["Cache-Control"] == "private, no-cache"


def test_a_page_that_is_still_good_is_not_sent_again_but_gives_a_new_key(world: World) -> None:
    client = Client(world.app())
    address = f"/v/{world.venue}/bn"
    tag = client.get(address).headers["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.data == b""
    assert "key_full=" in again.headers["Set-Cookie"]


def test_each_encoding_holds_the_same_page(world: World) -> None:
    client = Client(world.app())
    address = f"/v/{world.venue}/en"
    plain = client.get(address).data
    for accepted, encoding, opened in (
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip;q=1.0, br;q=0", "gzip", gzip.decompress),
        ("deflate", None, bytes),
    ):
        answer = client.get(address, headers={"Accept-Encoding": accepted})
        assert answer.headers.get("Content-Encoding") == encoding
        assert opened(answer.data) == plain
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        assert answer.headers["Vary"] == "Accept-Encoding"
    head = client.head(address)
    assert head.data == b""
    assert int(head.headers["Content-Length"]) == len(plain)


def test_a_compressed_page_is_kept_on_disk_by_its_content(world: World) -> None:
    Client(world.app()).get(f"/v/{world.venue}/en")
    kept = sorted(path.suffix for path in (world.settings.data / "pages").iterdir())
    assert kept == [".br", ".gzip"]


@pytest.mark.parametrize("tag", ["en", "bn", "ur"])
@pytest.mark.parametrize("variant", ["", "/short"])
def test_the_survey_page_is_well_made(world: World, tag: str, variant: str) -> None:
    html = Client(world.app()).get(f"/v/{world.venue}/{tag}{variant}").text
    check_page(html)
    for question in world.survey.asked:
        shown = f'name="{question.code}"' in html
        assert shown == (question.code in world.survey.codes("short" if variant else "full"))
    assert re.search(r'<form id="f" method="post" autocomplete="off"', html)


def test_only_https_makes_cookies_secure(tmp_path) -> None:
    world = make_world(tmp_path, tiny(), COLLECTOR_PUBLIC_URL="https://trust.example.org")
    answer = Client(world.app()).get(f"/v/{world.venue}/en")
    assert answer.headers["Set-Cookie"].endswith("; Secure")
    assert "Strict-Transport-Security" in answer.headers


PAGES = ["/v/{venue}", "/v/{venue}/en", "/v/{venue}/no-thanks", "/receipt", "/", "/nowhere", "/v/nosuch"]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_the_security_headers(client: CheckedClient, world: World, page: str) -> None:
    headers = client.get(page.format(venue=world.venue)).headers
    assert headers["Content-Security-Policy"] == (
        policy(STYLE, SCRIPT) if page.endswith("/en") else policy(FULL_STYLE, SCRIPT, AFTER)
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in headers["Cache-Control"] or "no-cache" in headers["Cache-Control"]


def test_the_policy_names_the_style_and_script_that_pages_hold(client: CheckedClient, world: World) -> None:
    page = client.get(f"/v/{world.venue}/en").text
    assert f"<style>{STYLE}</style>" in page
    assert f"<script>{SCRIPT}</script>" in page


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}]
)
def test_a_form_from_another_website_is_refused(client: CheckedClient, world: World, headers: dict[str, str]) -> None:
    address = begin(client, world)
    answer = client.post(address, data=FULL, headers=headers)
    assert answer.status_code == 403
    assert "another website" in answer.text
    assert world.count("response") == 0
    own = client.post(address, data=FULL, headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 200


def test_a_body_over_64_kb_is_refused_plainly_and_in_the_persons_language(client: CheckedClient, world: World) -> None:
    answer = client.post(begin(client, world, "bn"), data={**FULL, "O2": "x" * (MAX_BODY + 1)})
    assert answer.status_code == 413
    assert '<html lang="bn"' in answer.text
    assert world.count("response") == 0


def test_a_form_of_bengali_at_its_longest_is_not_too_large(client: CheckedClient, world: World) -> None:
    words = {"O1": "ক" * 500, "O2": "ক" * 1000, "O3": "ক" * 300}
    assert client.post(begin(client, world), data={**FULL, **words}).status_code == 200


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=30), max_size=6), st.binary(max_size=200))
@settings(max_examples=40)
def test_whatever_is_sent_gets_a_clear_answer(fuzzed: Client, form: dict[str, str], body: bytes) -> None:
    client, address = fuzzed
    for answer in (
        client.post(address, data=form),
        client.post(address, data=body, content_type="application/x-www-form-urlencoded"),
        client.post(address, data=body, content_type="multipart/form-data; boundary=x"),
        client.post("/receipt", data=body, content_type="application/x-www-form-urlencoded"),
    ):
        assert answer.status_code in (200, 400, 409, 413, 422, 429)
        check_page(answer.text)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Client, str]:
    world = make_world(tmp_path_factory.mktemp("fuzz"))
    return Client(world.app()), f"/v/{world.venue}/en"


def test_health_says_whether_it_can_write(client: CheckedClient, world: World) -> None:
    well = client.get("/healthz")
    assert well.status_code == 200
    assert well.json is not None
    assert well.json["writes"] is True
    assert well.json["disk_free_mb"] > 0
    world.database.execute("CREATE TRIGGER no BEFORE UPDATE ON installation BEGIN SELECT RAISE(FAIL, 'no'); END")
    world.clock[0] += timedelta(minutes=1)
    assert client.get("/healthz").status_code == 503


def test_a_fault_inside_shows_a_plain_page_and_logs_no_content(world: World, monkeypatch, caplog) -> None:
    import logging

    from collector.web import respond

    monkeypatch.setattr(logging.getLogger("collector"), "propagate", True)
    monkeypatch.setattr(respond, "check", lambda *_: 1 / 0)
    client = CheckedClient(world.app())
    answer = client.post(begin(client, world), data=FULL)
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "ZeroDivisionError" in caplog.text
    assert "More time." not in caplog.text


def test_a_page_asked_for_is_packed_and_one_with_a_number_is_not(client: CheckedClient, world: World) -> None:
    packed = {"Accept-Encoding": "br, gzip"}
    first = client.get(f"/v/{world.venue}?to=bn", headers=packed)
    assert first.headers["Content-Encoding"] == "br"
    assert first.headers["Vary"] == "Accept-Language, Accept-Encoding"
    head = "".join(f"{name}: {value}\r\n" for name, value in first.headers)
    assert len(head.encode()) + len(first.data) <= 6_500
    assert client.get("/?to=bn", headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"
    for path in (f"/v/{world.venue}/thanks", "/receipt?to=bn"):
        assert "Content-Encoding" not in client.get(path, headers=packed).headers


def test_a_form_sent_through_a_translating_proxy_is_led_to_the_form_itself(client: CheckedClient, world: World) -> None:
    foreign = {"Origin": "https://trust-example-org.translate.goog"}
    answer = client.post(f"/v/{world.venue}/bn", data=FULL, headers=foreign)
    assert answer.status_code == 403
    assert f'/v/{world.venue}?to=bn"' in answer.text
    assert world.count("response") == 0
