"""`collector status`: how the survey stands, without a number that tells of one person."""

from __future__ import annotations

import json
from datetime import date, timedelta

from collector.periods import period_of
from collector.responses.standing import floored
from tests.desk import Desk, desk

__all__ = ["desk"]
TODAY = date.today()  # noqa: DTZ011 - the commands go by the real clock
QUARTER = period_of(TODAY)
ANSWER = """INSERT INTO response VALUES (:period, :venue, :id, 'trust-core', '1.0.0', 'full', :day, '', 0, :held,
    'paper', 'none', 'en', '', '')"""


def answers(desk: Desk, count: int, day: date, held: int = 0) -> None:
    for number in range(count):
        where = {"period": QUARTER.code, "venue": desk.world.venue, "day": day.isoformat(), "held": held}
        desk.database.execute(ANSWER, {**where, "id": f"{day}{held}{number}".encode()})


def test_answers_are_rounded_down_to_five_and_held_ones_are_apart(desk: Desk) -> None:
    answers(desk, 13, TODAY)
    answers(desk, 2, TODAY, held=1)
    said = json.loads(desk.ok("status", "--json"))
    assert said["quarters"][-1] == {
        "quarter": QUARTER.code, "answers": 10, "ends": str(QUARTER.end), "last_late_day": str(QUARTER.closes),
        "release_day": str(QUARTER.appears),
    }  # fmt: skip
    assert said["held"] == 2
    spoken = desk.ok("status")
    assert f"{QUARTER.code}: 10 answers or a few more" in spoken
    assert f"late answers count until {QUARTER.closes}, appears {QUARTER.appears}" in spoken
    assert "13" not in spoken.replace(str(QUARTER.closes), "").replace(str(TODAY), "")
    assert "`collector held list`" in spoken


def test_one_answer_is_not_told_from_none(desk: Desk) -> None:
    none = desk.ok("status").splitlines()[0]
    answers(desk, 4, TODAY)
    assert desk.ok("status").splitlines()[0] == none == f"{QUARTER.code}: fewer than five answers"
    assert [floored(count) for count in (0, 4, 5, 9, 10)] == [0, 0, 5, 5, 10]


def test_places_are_in_use_for_fourteen_days(desk: Desk) -> None:
    code = desk.world.venue
    assert json.loads(desk.ok("status", "--json"))["places_not_used"] == [code]
    answers(desk, 1, TODAY - timedelta(days=14))
    assert json.loads(desk.ok("status", "--json"))["places_used_in_14_days"] == []
    answers(desk, 1, TODAY - timedelta(days=13))
    assert json.loads(desk.ok("status", "--json"))["places_used_in_14_days"] == [code]
    assert f"Places used in the last 14 days: Fade Kings ({code})" in desk.ok("status")


def test_a_quarter_that_waits_for_its_release_is_shown_beside_this_one(desk: Desk) -> None:
    answers(desk, 5, TODAY)
    desk.database.execute("UPDATE response SET period = :before", {"before": QUARTER.previous.code})
    assert [row["quarter"] for row in json.loads(desk.ok("status", "--json"))["quarters"]] == [
        QUARTER.previous.code, QUARTER.code,
    ]  # fmt: skip
