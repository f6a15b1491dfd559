"""Codes that are said on air and typed from a poster; and the words that no code may be."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from collector.community.codes import RESERVED, grouped, typed
from collector.community.venues import CODE_LENGTH, CODE_LETTERS
from tests.conftest import CheckedClient
from tests.desk import Desk, desk
from tests.world import World

__all__ = ["desk"]
ON_AIR = ("venue", "add", "--name", "Bangla TV", "--kind", "tv", "--area", "E12000007", "--code")
WRITTEN = [
    "gz8 7dm", "GZ8 7DM", "gz8-7dm", "gz8–7dm", " g z 8 7 d m ", "gz8.7dm.", "“gz87dm”", "gz৮৭dm", "gz۸۷dm", "gz٨٧dm",
    "ｇｚ８７ｄｍ", "gz8\u200f7dm", "gź87dm",
]  # fmt: skip


@pytest.mark.parametrize("written", WRITTEN)
def test_a_code_is_the_same_however_it_is_written(written: str) -> None:
    assert typed(written) == "gz87dm"


def test_a_turkish_keyboard_types_the_same_code() -> None:
    assert typed("MOSİ") == typed("mosı") == typed("mosi") == "mosi"


@given(st.text(max_size=30))
def test_any_text_has_a_code_that_stays_as_it_is(text: str) -> None:
    assert typed(typed(text)) == typed(text)


@given(st.text(alphabet=CODE_LETTERS, min_size=3, max_size=12))
def test_a_printed_code_is_read_as_what_it_was(code: str) -> None:
    assert typed(grouped(code)) == code


def test_a_code_is_printed_in_two_halves() -> None:
    assert [grouped(code) for code in ("bbc", "bdtv", "mosque", "gz87dm")] == ["bbc", "bdtv", "mos que", "gz8 7dm"]


def test_every_word_of_an_address_is_reserved(world: World) -> None:
    rules = [rule.rule for rule in world.app().application.url_map.iter_rules()]
    words = {word for rule in rules for word in rule.split("/") if word and "<" not in word}
    assert words - RESERVED == set()
    promised = (
        "figures releases promises replies questions privacy acknowledgement receipt words better-words healthz t v"
    )
    assert {*promised.split(), "office", "latest", "static"} <= RESERVED


def test_chance_makes_no_reserved_word() -> None:
    assert not [word for word in RESERVED if len(word) == CODE_LENGTH and set(word) <= set(CODE_LETTERS)]


def test_a_chosen_code_is_added_and_leads_to_its_place_from_what_was_said_on_air(desk: Desk) -> None:
    made = json.loads(desk.ok(*ON_AIR, " BD-TV", "--json"))
    assert made["code"] == "bdtv"
    answer = Client(desk.world.app()).get("/BDTV?to=ur")
    assert answer.headers["Location"] == "/v/bdtv?to=ur"
    assert CheckedClient(desk.world.app()).get("/v/bdtv").status_code == 200
    assert "Bangla TV" in desk.fails("venue", "add", "--name", "Other", *ON_AIR[4:], "bdtv")


@pytest.mark.parametrize(
    "code",
    ["ab", "thirteenchars", "999", "বাংলা", "   ", "figures", "Better Words", "pa-Guru", "PAGURU", "healthz", "poster"],
)
def test_a_code_that_is_no_good_is_refused_with_what_is(desk: Desk, code: str) -> None:
    said = desk.fails(*ON_AIR, code)
    assert "Choose" in said
    assert len(json.loads(desk.ok("venue", "list", "--json"))) == 1


@pytest.mark.parametrize("kind", ["tv", "radio", "newspaper", "whatsapp"])
def test_a_programme_a_paper_and_a_group_are_places(desk: Desk, kind: str) -> None:
    desk.ok("venue", "add", "--name", f"The {kind}", "--kind", kind, "--area", "E12000007")


def test_commands_take_a_code_as_it_is_printed(desk: Desk) -> None:
    assert "is closed" in desk.ok("venue", "close", grouped(desk.world.venue).upper(), "--yes")


@pytest.mark.parametrize("path", ["/{CODE}", "/{code}/", "/{grouped}", "//{code}", "/{code}."])
def test_the_address_and_the_code_alone_lead_to_the_place(world: World, path: str) -> None:
    code = world.venue
    asked = path.format(code=code, CODE=code.upper(), grouped=grouped(code))
    answer = Client(world.app()).get("/", environ_overrides={"PATH_INFO": asked})
    assert answer.headers["Location"] == f"/v/{code}"


def test_reserved_addresses_stay_what_they_are_whatever_places_there_are(world: World) -> None:
    world.database.execute("INSERT INTO venue VALUES ('receipt', 'X', 'other', 'en', '2026-11-01', NULL)")
    assert Client(world.app()).get("/receipt").status_code == 200


@pytest.mark.parametrize(
    "written",
    ["{grouped}", "{CODE}", "https://trust.example.org/v/{code}", "trust.example.org/{code}", "/v/{code}/en?x=1"],
)
def test_the_box_on_the_first_page_takes_a_code_as_people_type_it(world: World, written: str) -> None:
    code = world.venue
    asked = {"code": written.format(code=code, CODE=code.upper(), grouped=grouped(code))}
    app = world.app()
    assert Client(app).get("/", query_string=asked).headers["Location"] == f"/v/{code}"
    assert Client(app).get("/", query_string={**asked, "to": "ur"}).headers["Location"] == f"/v/{code}?to=ur"


def test_a_code_that_is_not_known_stays_in_the_box_with_what_to_do(client: CheckedClient) -> None:
    page = client.get("/", query_string={"code": 'no"<such', "to": "bn"})
    assert page.status_code == 404
    assert re.search(
        r'<input id="code"[^>]* value="no&#34;&lt;such" aria-invalid="true" aria-describedby="h-code">', page.text
    )
    assert "পোস্টারের কোডটি আবার দেখুন" in page.text
    assert client.get("/?code=").status_code == 200
