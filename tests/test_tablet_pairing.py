"""A tablet is paired by a code that works once, for 15 minutes, and signed in by what stands on it alone."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.test import Client

from tests.desk import Desk, desk
from tests.tablet import HERE, added, paired
from tests.world import World

__all__ = ["desk"]


def client_of(world: World) -> Client:
    return Client(world.app())


def test_a_code_pairs_once_and_introduces_the_tablet(world: World) -> None:
    client, code = client_of(world), added(world)
    answer = client.post("/t/pair", json={"code": code}, headers=HERE)
    assert answer.get_json() == {
        "name": "Tablet 1", "language": "bn",
        "venues": [{"code": world.venue, "name": "Fade Kings", "languages": ["en", "bn", "ur"]}],
    }  # fmt: skip
    cookie = answer.headers["Set-Cookie"]
    for part in ("tablet=", "HttpOnly", "Path=/t", "SameSite=Strict", "Max-Age=34560000"):
        assert part in cookie
    assert "Secure" not in cookie
    again = client_of(world).post("/t/pair", json={"code": code}, headers=HERE)
    assert (again.status_code, again.get_json()["error"]) == (404, "code")


@pytest.mark.parametrize("typed", ["{0} {1} {2}", "{0}-{1}-{2}", " {0}{1}{2} "])
def test_spaces_and_dashes_in_a_code_do_not_matter(world: World, typed: str) -> None:
    code = added(world)
    said = typed.format(code[:3], code[3:6], code[6:])
    assert client_of(world).post("/t/pair", json={"code": said}, headers=HERE).status_code == 200


def test_a_code_may_be_typed_in_digits_of_any_script(world: World) -> None:
    bengali = added(world).translate({ord("0") + n: ord("০") + n for n in range(10)})
    assert client_of(world).post("/t/pair", json={"code": bengali}, headers=HERE).status_code == 200


def test_a_code_ends_after_a_quarter_of_an_hour(world: World) -> None:
    client, code = client_of(world), added(world)
    world.clock[0] += timedelta(minutes=15)
    assert client.post("/t/pair", json={"code": code}, headers=HERE).status_code == 404


def test_wrong_codes_are_limited_and_what_is_no_code_is_no_guess(world: World) -> None:
    client, code = client_of(world), added(world)
    for _ in range(30):
        assert client.post("/t/pair", json={"code": "12"}, headers=HERE).status_code == 404
    statuses = [client.post("/t/pair", json={"code": f"{n:09}"}, headers=HERE).status_code for n in range(21)]
    assert statuses == [404] * 20 + [429]
    assert client.post("/t/pair", json={"code": code}, headers=HERE).status_code == 429


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"data": {"code": "123456789"}}, 415),
        ({"data": '{"code": "123456789"}', "content_type": "text/plain"}, 415),
        ({"data": "{", "content_type": "application/json"}, 422),
        ({"data": "[" * 40_000, "content_type": "application/json"}, 422),
        ({"json": {"code": 5}}, 422),
        ({"json": {"code": "1", "more": 1}}, 422),
        ({"json": {"code": "x" * 60_000}}, 413),
        ({"json": {"code": "x" * 70_000}}, 413),
    ],
)
def test_what_is_no_json_of_ours_is_refused_in_json(world: World, how: dict[str, object], status: int) -> None:
    answer = client_of(world).post("/t/pair", headers=HERE, **how)
    assert answer.status_code == status
    assert answer.get_json()["error"]


@pytest.mark.parametrize("path", ["/t/pair", "/t/sync"])
@pytest.mark.parametrize(
    "headers", [{"Origin": "null"}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_nothing_comes_in_from_another_website(world: World, path: str, headers: dict[str, str]) -> None:
    answer = client_of(world).post(path, json={"code": added(world)}, headers=headers)
    assert (answer.status_code, answer.get_json()["error"]) == (403, "elsewhere")


def test_a_stopped_tablet_is_told_whom_to_ask_and_one_found_again_may_send(world: World) -> None:
    tablet = paired(world)
    visit = tablet.begin()
    box = tablet.box(visit)
    world.database.execute("UPDATE tablet SET stopped_on = '2026-11-23'")
    answer = tablet.post([box])
    assert answer.status_code == 403
    assert answer.get_json() == {"error": "stopped", "contact": "020 7946 0000"}
    assert world.count("response") == 0
    world.database.execute("UPDATE tablet SET stopped_on = NULL")
    assert tablet.sync([box])["kept"] == [box[0]]


def test_a_tablet_without_its_cookie_is_unknown(world: World) -> None:
    for cookie in ("", "tablet=", "tablet=" + "0" * 64, "tablet=x"):
        answer = Client(world.app(), use_cookies=False).post("/t/sync", json={}, headers={**HERE, "Cookie": cookie})
        assert (answer.status_code, answer.get_json()["error"]) == (403, "unknown")


def test_only_hashes_of_code_and_token_are_kept(world: World) -> None:
    client, code = client_of(world), added(world)
    dump = "\n".join(world.database.tables.conn.iterdump())
    assert code not in dump
    token = re.findall("tablet=(\\w+)", client.post("/t/pair", json={"code": code}, headers=HERE).headers["Set-Cookie"])
    assert token[0] not in "\n".join(world.database.tables.conn.iterdump())


def test_the_commands_add_list_pair_again_and_stop(desk: Desk) -> None:
    code = desk.world.venue
    made = json.loads(desk.ok("tablet", "add", "--name", "Tablet 1", "--venues", code, "--language", "bn", "--json"))
    assert made.keys() == {"name", "code", "address"}
    assert made["address"] == f"http://127.0.0.1:8000/t/pair#{made['code']}"
    assert re.fullmatch(r"\d{9}", made["code"])
    assert "not paired yet" in desk.ok("tablet", "list")
    desk.world.clock[0] = datetime.now(UTC)
    client = client_of(desk.world)
    other = json.loads(desk.ok("tablet", "again", "tablet 1", "--json"))["code"]
    assert client.post("/t/pair", json={"code": made["code"]}, headers=HERE).status_code == 404
    assert client.post("/t/pair", json={"code": other}, headers=HERE).status_code == 200
    assert "last heard of" in desk.ok("tablet", "list")
    desk.ok("tablet", "stop", "Tablet 1", "--yes")
    assert client.post("/t/sync", json={}, headers=HERE).status_code == 403
    assert [verb for verb, _, _ in desk.audited() if verb.startswith("tablet")] == [
        "tablet add", "tablet again", "tablet stop",
    ]  # fmt: skip
    assert "Tablet 1" not in str(desk.audited())


def test_a_tablet_that_cannot_be_is_refused_with_what_to_do(desk: Desk) -> None:
    code = desk.world.venue
    desk.ok("tablet", "add", "--name", "One", "--venues", code)
    for words, says in (
        (("--name", "one", "--venues", code), "`collector tablet again` pairs it again"),
        (("--name", "Two", "--venues", "nowhere"), "'nowhere' is no open place"),
        (("--name", "Two", "--venues", code, "--language", "tlh"), "not a language of the list"),
        (("--name", " ", "--venues", code), "needs a name"),
    ):
        assert says in desk.fails("tablet", "add", *words)
    assert "Tablets need https" in desk.fails(
        "tablet", "add", "--name", "Two", "--venues", code, COLLECTOR_PUBLIC_URL="http://trust.example.org"
    )
    assert "There is no tablet" in desk.fails("tablet", "stop", "Nine", "--yes")
