"""Places from the first poster to the last: what is asked once, what can be undone, and what is refused with a way on."""

from __future__ import annotations

import json
from datetime import date

import pytest

from collector.periods import period_of
from tests.desk import Desk, desk

__all__ = ["desk"]
FADE_KINGS = ("venue", "add", "--kind", "barbershop", "--area", "E09000022", "--name")
URL = {"COLLECTOR_PUBLIC_URL": "https://trust.brixton.example"}
ANSWER = """INSERT INTO response VALUES (:period, :venue, x'01', 'trust-core', '1.0.0', 'full', :day, '', 0, :held,
    'paper', 'none', 'en', '', '')"""


def answered(desk: Desk, held: int = 0) -> None:
    """An answer of today at the desk's place."""
    today = date.today()  # noqa: DTZ011 - any day does
    where = {"period": period_of(today).code, "venue": desk.world.venue, "day": today.isoformat(), "held": held}
    desk.database.execute(ANSWER, where)


@pytest.mark.parametrize("name", ["Fade Kings", "fade  kings", "FADE-KINGS", "Fade Kings."])
def test_the_same_place_is_not_added_twice_unless_it_is_another(desk: Desk, name: str) -> None:
    said = desk.fails(*FADE_KINGS, name)
    assert f"Fade Kings is there already, in E09000022 with the code {desk.world.venue}" in said
    assert "--another" in said
    desk.ok(*FADE_KINGS, name, "--another")
    assert len(json.loads(desk.ok("venue", "list", "--json"))) == 2


def test_a_place_of_the_same_name_elsewhere_is_another(desk: Desk) -> None:
    desk.ok("venue", "add", "--kind", "barbershop", "--area", "E09000030", "--name", "Fade Kings")


def test_a_closed_place_added_again_is_told_how_it_opens_with_its_printed_code(desk: Desk) -> None:
    desk.ok("venue", "close", desk.world.venue, "--yes")
    assert f"`collector venue reopen {desk.world.venue}`" in desk.fails(*FADE_KINGS, "Fade Kings")


def test_a_place_is_closed_when_somebody_says_yes_and_opens_again_with_the_same_code(desk: Desk) -> None:
    code = desk.world.venue
    assert "Nothing was changed" in desk.fails("venue", "close", code)
    assert "Nothing was changed" in desk.fails("venue", "close", code, typed="n\n")
    said = desk.ok("venue", "close", code.upper(), typed="y\n")
    assert f"Close Fade Kings ({code})?" in said
    assert "closed" in desk.ok("venue", "list")
    assert "is closed already" in desk.fails("venue", "close", code)
    assert f"Fade Kings ({code}) is open again." in desk.ok("venue", "reopen", code)
    assert "There is nothing to reopen" in desk.fails("venue", "reopen", code)
    assert [entry[:2] for entry in desk.audited()[-2:]] == [("venue close", code), ("venue reopen", code)]


def test_a_place_gets_another_name_kind_and_languages_and_keeps_its_code(desk: Desk) -> None:
    code = desk.world.venue
    said = desk.ok("venue", "edit", code, "--name", "Fade  Queens", "--kind", "salon", "--languages", "en, so")
    assert said == f"Fade Queens ({code}) is a salon with the languages en,so.\n"
    (listed,) = json.loads(desk.ok("venue", "list", "--json"))
    assert (listed["code"], listed["name"], listed["kind"], listed["languages"]) == (
        code,
        "Fade Queens",
        "salon",
        ["en", "so"],
    )
    assert desk.audited()[-1] == ("venue edit", code, "name kind languages")
    assert "is so already" in desk.fails("venue", "edit", code)
    assert "not a language" in desk.fails("venue", "edit", code, "--languages", "en,xx")
    assert "1 to 80" in desk.fails("venue", "edit", code, "--name", " ")


def test_a_place_moves_at_the_start_of_a_quarter_that_is_open_and_both_areas_are_said(desk: Desk) -> None:
    code, start = desk.world.venue, period_of(date.today()).next.start  # noqa: DTZ011 - any day does
    move = ("venue", "move", code, "--area", "E09000030", "--from")
    assert "start of a quarter" in desk.fails(*move, start.replace(day=2).isoformat())
    said = desk.ok(*move, start.isoformat())
    assert f"Fade Kings ({code}) counts in E09000030 from {start}, the first day of {period_of(start).code}" in said
    assert "until then in E09000022" in said
    (listed,) = json.loads(desk.ok("venue", "list", "--json"))
    assert listed["area"] == "E09000022"
    assert listed["moves_to"] == {"area": "E09000030", "from": start.isoformat()}
    assert f"moves to E09000030 on {start}" in desk.ok("venue", "list")
    assert "already" in desk.fails(*move, start.isoformat())
    assert desk.audited()[-1] == ("venue move", code, f"{start} E09000022 E09000030")
    assert "not an area" in desk.fails("venue", "move", code, "--area", "E1", "--from", start.isoformat())


def test_a_move_planned_by_mistake_is_taken_back_by_moving_back(desk: Desk) -> None:
    code, start = desk.world.venue, period_of(date.today()).next.start  # noqa: DTZ011 - any day does
    desk.ok("venue", "move", code, "--area", "E09000030", "--from", start.isoformat())
    desk.ok("venue", "move", code, "--area", "E09000022", "--from", start.isoformat())
    rows = desk.database.rows(
        "SELECT area, valid_from, valid_to FROM venue_area WHERE venue = :v ORDER BY 2", {"v": code}
    )
    on = [
        area
        for area, begins, ends in rows
        if begins <= start.isoformat() and (ends is None or ends >= start.isoformat())
    ]
    assert on == ["E09000022"]


def test_a_place_does_not_move_in_a_quarter_that_is_frozen(desk: Desk) -> None:
    desk.database.execute("INSERT INTO period VALUES ('2026-27-Q1', '2026-07-21')")
    move = ("venue", "move", desk.world.venue, "--area", "E09000030", "--from")
    assert "Choose 2026-07-01 or a later start" in desk.fails(*move, "2026-04-01")
    desk.ok(*move, "2026-07-01")


def test_a_place_added_by_mistake_is_removed_while_nobody_has_answered(desk: Desk) -> None:
    code = desk.world.venue
    desk.ok("venue", "quota", code, "200")
    assert "Nothing was changed" in desk.fails("venue", "remove", code)
    assert f"Fade Kings ({code}) is removed." in desk.ok("venue", "remove", code, "--yes")
    assert json.loads(desk.ok("venue", "list", "--json")) == []
    assert desk.audited()[-1] == ("venue remove", code, "")
    assert "There is no venue" in desk.fails("venue", "remove", code, "--yes")


def test_a_place_where_somebody_answered_stays(desk: Desk) -> None:
    answered(desk)
    assert f"`collector venue close {desk.world.venue}`" in desk.fails("venue", "remove", desk.world.venue, "--yes")
    assert len(json.loads(desk.ok("venue", "list", "--json"))) == 1


@pytest.mark.parametrize(
    "url", ["", "http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000", "https://trust.example.org"]
)
def test_a_code_that_no_phone_can_open_is_not_drawn_for_print(desk: Desk, url: str) -> None:
    said = desk.fails("venue", "qr", desk.world.venue, "poster.svg", COLLECTOR_PUBLIC_URL=url)
    assert "COLLECTOR_PUBLIC_URL" in said
    assert "https://trust.example.org" in said
    assert "--local" in said
    assert not (desk.folder / "poster.svg").exists()
    desk.ok("venue", "qr", desk.world.venue, "poster.svg", "--local", COLLECTOR_PUBLIC_URL=url)
    assert (desk.folder / "poster.svg").exists()


def test_a_code_for_print_says_its_whole_file_place_and_address(desk: Desk) -> None:
    code = desk.world.venue
    said = desk.ok("venue", "qr", code.upper(), "poster.PNG", **URL)
    assert said == f"{desk.folder / 'poster.PNG'}: Fade Kings ({code}), {URL['COLLECTOR_PUBLIC_URL']}/v/{code}\n"
    assert str(desk.folder / "poster.doc") in desk.fails("venue", "qr", code, "poster.doc", **URL)


def test_an_address_that_opens_on_this_machine_only_says_so(desk: Desk) -> None:
    assert "opens on this machine only" in desk.ok(*FADE_KINGS, "Curl Queens")
    assert "opens on this machine only" not in desk.ok(*FADE_KINGS, "Locks", **URL)


def test_held_answers_count_for_good_only_when_somebody_says_yes(desk: Desk) -> None:
    answered(desk, held=1)
    admit = ("held", "admit", desk.world.venue, date.today().isoformat())  # noqa: DTZ011 - any day does
    assert "Nothing was changed" in desk.fails(*admit)
    said = desk.ok(*admit, typed="y\n")
    assert "Count 1 held answers at Fade Kings" in said
    assert "now count." in said
