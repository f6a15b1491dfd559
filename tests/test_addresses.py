"""Addresses of places, typed and printed in many ways; and a way on wherever somebody arrives."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from tests.conftest import CheckedClient
from tests.test_respond import begin
from tests.world import World

ODD = [
    ("/V/{CODE}", "/v/{code}"),
    ("/v/{CODE}", "/v/{code}"),
    ("/v/{CODE}/en", "/v/{code}/en"),
    ("/v/{code}/en/", "/v/{code}/en"),
    ("/v/{code}/EN", "/v/{code}/en"),
    ("/v/{code}/PA-guru/Short/", "/v/{code}/pa-Guru/short"),
    ("/v/{code}.", "/v/{code}"),
    ("/v/{code},", "/v/{code}"),
    ("/v/{code})", "/v/{code}"),
    ("/v/({code}).", "/v/{code}"),
    ("/v/{code}”", "/v/{code}"),
    ("/v/{code}/en.", "/v/{code}/en"),
    ("/v/{CODE}/No-Thanks", "/v/{code}/no-thanks"),
    ("//v//{code}", "/v/{code}"),
    ("/v/{code}/", "/v/{code}"),
]


@pytest.mark.parametrize(("typed", "meant"), ODD)
def test_an_address_typed_in_another_way_leads_to_the_place(world: World, typed: str, meant: str) -> None:
    code = world.venue
    path = typed.format(code=code, CODE=code.upper())
    answer = Client(world.app()).get("/", environ_overrides={"PATH_INFO": path.encode().decode("latin-1")})
    assert answer.status_code == 302
    assert answer.headers["Location"] == meant.format(code=code)


def test_the_query_stays_on_the_way(client: CheckedClient, world: World) -> None:
    answer = client.get(f"/V/{world.venue.upper()}?to=ur")
    assert answer.headers["Location"] == f"/v/{world.venue}?to=ur"
    assert '<html lang="ur"' in client.get(answer.headers["Location"]).text


def test_a_code_that_is_not_known_leads_nowhere_else(client: CheckedClient) -> None:
    assert client.get("/V/NOSUCH").status_code == 404


def test_an_unknown_language_gives_the_languages_to_pick_from(client: CheckedClient, world: World) -> None:
    page = client.get(f"/v/{world.venue}/zz")
    assert page.status_code == 404
    assert f'href="/v/{world.venue}?to=ur"' in page.text


@pytest.mark.parametrize("path", ["/nowhere", "/v/nosuch", "/v/{code}/no-thanks", "/v/{code}/en/other"])
def test_pages_that_end_a_way_are_there_in_every_language(client: CheckedClient, world: World, path: str) -> None:
    address = path.format(code=world.venue)
    page = client.get(address)
    assert 'href="?to=bn"' in page.text
    assert '<html lang="bn"' in client.get(f"{address}?to=bn").text


def test_a_closed_place_and_somebody_too_young_find_the_picker(client: CheckedClient, world: World) -> None:
    young = client.post(begin(client, world), data={"version": "1.1.0", "A_AGE": "under_16", "end": "1"})
    assert f'href="/v/{world.venue}?to=bn"' in young.text
    world.database.execute("UPDATE venue SET closed_on = '2026-11-01'")
    closed = CheckedClient(world.app()).get(f"/v/{world.venue}")
    assert closed.status_code == 410
    assert 'href="?to=bn"' in closed.text


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("br;q=0.0", None), ("br;q=0.000, gzip", "gzip"), ("BR", "br"), ("*", "br"), ("*;q=0", None), ("br;q=0, *", "gzip"),
        ("gzip ; q=0.5 , br ; q=1", "br"), ("", None), ("br;q=nonsense", None),
    ],
)  # fmt: skip
def test_the_encoding_is_one_that_the_browser_takes(world: World, accepted: str, encoding: str | None) -> None:
    answer = Client(world.app()).get(f"/v/{world.venue}/en", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == encoding
