"""What tablets send becomes rows once, in any order and however often; and what cannot is put aside and blocks nothing."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from collector.responses import store
from collector.responses.keys import receipt
from collector.tablets.sync import REASONS
from collector.tablets.visits import moved
from tests.tablet import Tablet, only, paired, shop, small, tablet, wired
from tests.world import TODAY, World, add_venue, make_world, tiny

__all__ = ["shop", "small", "tablet"]


def rows(world: World) -> list[Any]:
    """All that is stored, without the ids that chance makes."""
    return [
        world.database.rows("SELECT period, venue, day, visit, mode, help, language, card, held FROM response ORDER BY 3, 4, 8"),
        world.database.rows("SELECT question, language, words FROM comment ORDER BY words"),
        world.database.rows("SELECT key_mac, content_mac, held FROM submission ORDER BY key_mac"),
        world.database.rows("SELECT mac, key_mac FROM receipt ORDER BY mac"),
        world.database.rows("SELECT id, visit, reason, box FROM aside ORDER BY id"),
        world.database.rows("SELECT id, visit FROM box_seen ORDER BY id"),
        world.database.rows("SELECT id, venue, day, closed, sealed, arrived, aside, said_no, struck FROM visit ORDER BY id"),
        world.database.rows("SELECT day, stored, held FROM tablet_day ORDER BY day"),
    ]  # fmt: skip


def test_an_answer_sealed_on_a_tablet_becomes_a_row(small: World, tablet: Tablet) -> None:
    visit = tablet.begin()
    box = tablet.box(visit, {"Q1": "often", "M1": ["home", "shop"], "T1": "words"}, help="read")
    said = tablet.sync([box])
    assert said == {
        "kept": [box[0]], "aside": [], "visits": {visit: [1, 0]}, "now": "2026-11-23T12:00:00+00:00",
        "until": "2026-12-31",
    }  # fmt: skip
    assert small.database.rows("SELECT venue, day, visit, mode, help, language, held FROM response") == [
        (small.venue, "2026-11-23", visit, "assisted", "read", "bn", 0)
    ]
    assert small.database.rows("SELECT words FROM comment") == [("words",)]
    assert tablet.sync([box])["visits"] == {visit: [1, 0]}
    assert small.count("response") == 1
    assert only(small, "SELECT count(*) FROM day_count") == 0


def test_who_answers_alone_is_told_from_who_is_helped(small: World, tablet: Tablet) -> None:
    visit = tablet.begin()
    helps = ("none", "read", "typed", "interpreted")
    tablet.sync([tablet.box(visit, help=help) for help in helps])
    found = small.database.rows("SELECT help, mode FROM response")
    assert dict(found) == {h: "self_tablet" if h == "none" else "assisted" for h in helps}


def test_the_cookie_begins_anew_at_each_sync(tablet: Tablet) -> None:
    answer = tablet.post([])
    assert "Max-Age=34560000" in answer.headers["Set-Cookie"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json() == {
        "kept": [],
        "aside": [],
        "visits": {},
        "now": answer.get_json()["now"],
        "until": "2026-12-31",
    }


# In any order

DAYS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["often", "half", "seldom", "child", "wrong", "garbled"])), min_size=1,
    max_size=7,
)  # fmt: skip


def empty(world: World) -> None:
    for statement in (
        "DELETE FROM aside", "DELETE FROM box_seen", "DELETE FROM visit", "DELETE FROM tablet_day", "DELETE FROM response",
        "DELETE FROM comment", "DELETE FROM submission", "DELETE FROM receipt",
    ):  # fmt: skip
        world.database.execute(statement)


def sealed(tablet: Tablet, people: list[tuple[int, str]]) -> list[list[str]]:
    """A day with three visits; its boxes."""
    tablet.visits.clear()
    tablet.chance.seed(1)
    visits = [tablet.begin() for _ in range(3)]
    boxes = []
    for number, (visit, what) in enumerate(people):
        answers = {"A1": "child"} if what == "child" else {"Q1": what, "T1": f"Person {number}"}
        box = tablet.box(visits[visit], answers if what != "garbled" else None)
        boxes.append(box if what != "garbled" else [*box[:2], wired(b"\x01" + bytes(600))])
    tablet.visits[visits[0]] |= {"closed": True, "said_no": "few"}
    return boxes


@settings(max_examples=40)
@given(DAYS, st.data())
def test_any_order_cut_and_repetition_of_syncs_gives_the_same_rows(
    shop: Tablet, people: list[tuple[int, str]], data: st.DataObject
) -> None:
    boxes = sealed(shop, people)
    empty(shop.world)
    shop.sync(boxes)
    expected = rows(shop.world)
    empty(shop.world)
    waiting = data.draw(st.permutations(boxes + data.draw(st.lists(st.sampled_from(boxes), max_size=5))))
    while waiting:
        size = data.draw(st.integers(1, len(waiting)))
        told = data.draw(st.lists(st.sampled_from(sorted(shop.visits)), unique=True))
        said = shop.sync(waiting[:size], told)
        gone = {*said["kept"], *(id for id, _ in said["aside"])}
        lost = data.draw(st.booleans())  # the answer did not arrive: the tablet sends all of it again, once
        waiting = waiting[size:] + [box for box in waiting[:size] if box[0] not in gone]
        if lost:
            again = shop.sync(boxes, told)
            assert again["visits"].keys() >= said["visits"].keys()
        if not gone:
            shop.sync([])
    shop.sync([])
    assert rows(shop.world) == expected
    assert only(shop.world, "SELECT sum(arrived) FROM visit") == len(boxes)


def test_boxes_of_a_visit_that_nobody_told_of_wait(small: World, tablet: Tablet) -> None:
    visit = tablet.begin()
    box = tablet.box(visit)
    said = tablet.sync([box], visits=[])
    assert (said["kept"], said["aside"], said["visits"]) == ([], [], {})
    assert tablet.sync([box])["kept"] == [box[0]]


def test_what_is_told_of_a_visit_only_grows(small: World, tablet: Tablet) -> None:
    visit = tablet.begin()
    told = tablet.visits[visit]
    tablet.sync([])
    for closed, locked, said_no in ((True, 9, "many"), (False, 4, None), (True, 5, "few")):
        told |= {"closed": closed, "sealed": locked, "said_no": said_no, "venue": "other"}
        tablet.sync([])
    found = small.database.rows("SELECT venue, closed, sealed, said_no FROM visit")
    assert found == [(small.venue, 1, 9, "many")]


def test_a_visit_belongs_to_the_tablet_that_told_of_it_whoever_carries_its_boxes(small: World, tablet: Tablet) -> None:
    other = paired(small, "Tablet 2", Client(tablet.client.application))
    visit = tablet.begin()
    box = tablet.box(visit)
    tablet.sync([])
    other.visits = tablet.visits
    assert other.sync([box])["visits"] == {visit: [1, 0]}
    owner = only(small, "SELECT tablet.name FROM visit JOIN tablet ON tablet.id = visit.tablet")
    counted = only(small, "SELECT tablet.name FROM tablet_day JOIN tablet ON tablet.id = tablet_day.tablet")
    assert (owner, counted) == ("Tablet 1", "Tablet 1")


# What may not count


def kept_aside(world: World) -> list[tuple[str, bool]]:
    """(reason, whether the box itself is there)."""
    return [(reason, bool(box)) for reason, box in world.database.rows("SELECT reason, box FROM aside")]


def test_what_is_wrong_is_aside_with_its_reason_and_blocks_nothing(small: World) -> None:
    closed, here = (add_venue(small.database, small.settings, name) for name in ("Gone", "Another"))
    small.database.execute("UPDATE venue SET closed_on = '2026-11-22' WHERE code = :code", {"code": closed})
    tablet = paired(small)
    with small.database.transaction() as database:
        database.execute("UPDATE tablet SET venues = venues || ',' || :code || ',nowhere'", {"code": closed})
    visit, twin = tablet.begin(), "12" * 16
    wrong = {
        "box": [*tablet.box(visit)[:2], wired(b"nothing")],
        "version": tablet.box(visit, version="9.9.9"),
        "language": tablet.box(visit, language="tlh"),
        "variant": tablet.box(visit, variant="long"),
        "question": tablet.box(visit, {"ZZ": "often"}),
        "answer": tablet.box(visit, {"Q1": ["often", "half"]}),
        "too_many": tablet.box(visit, {"M1": ["home", "shop", "yard"]}),
        "exclusive": tablet.box(visit, {"M1": ["home", "nowhere"]}),
        "too_long": tablet.box(visit, {"T1": "x" * 41}),
        "empty": tablet.box(visit, {}),
        "place": tablet.box(tablet.begin(venue=here)),
        "closed": tablet.box(tablet.begin(venue=closed)),
    }
    good = tablet.box(visit, key=twin)
    wrong["used"] = tablet.box(visit, {"Q1": "seldom"}, key=twin)
    unknown = tablet.box(tablet.begin(venue="nowhere"))
    said = tablet.sync([good, *wrong.values(), unknown])
    assert dict(said["aside"]) == {box[0]: reason for reason, box in wrong.items()} | {unknown[0]: "place"}
    assert said["kept"] == [good[0]]
    assert said["visits"][visit] == [12, 11]
    assert dict(tablet.sync([*wrong.values()])["aside"]).keys() == {box[0] for box in wrong.values()}
    assert small.count("response") == 1
    assert sorted(kept_aside(small)) == sorted([*((reason, True) for reason in wrong), ("place", True)])


def test_the_reasons_are_known(small: World) -> None:
    assert set(REASONS) >= {"box", "place", "closed", "version", "age", "used", "too_long", "kept_until"}
    assert all(REASONS.values())


@pytest.mark.parametrize(
    "inside",
    [
        {},
        {"version": "9.9.9"},
        {"language": "tlh"},
        {"variant": "long"},
        {"day": "2026-01-01"},
    ],
    ids=str,
)
def test_under_16_counts_as_kept_and_leaves_nothing_whatever_else_is_wrong(
    small: World, tablet: Tablet, inside: dict[str, str]
) -> None:
    visit = tablet.begin(venue=small.venue)
    box = tablet.box(visit, {"Q1": "often", "T1": "words", "ZZ": "x", "A1": "child"}, **inside)
    said = tablet.sync([box])
    assert (said["kept"], said["visits"]) == ([box[0]], {visit: [1, 0]})
    for table in ("response", "comment", "submission", "receipt"):
        assert small.count(table) == 0
    assert kept_aside(small) == []


def test_what_was_taken_back_before_it_came_is_kept_and_leaves_nothing(small: World, tablet: Tablet) -> None:
    visit, keys = tablet.begin(), ["12" * 16, "34" * 16]
    boxes = [tablet.box(visit, key=keys[0]), tablet.box(visit, version="9.9.9", key=keys[1])]
    for key in keys:
        form = {"number": receipt(key), "later": "yes"}
        assert tablet.client.post("/receipt?to=en", data=form).status_code == 200
    assert set(tablet.sync(boxes)["kept"]) == {box[0] for box in boxes}
    assert small.count("response") == 0
    assert kept_aside(small) == []


def test_the_number_takes_back_what_is_stored_and_what_is_aside(small: World, tablet: Tablet) -> None:
    visit, keys = tablet.begin(), ["12" * 16, "34" * 16]
    boxes = [tablet.box(visit, key=keys[0]), tablet.box(visit, version="9.9.9", key=keys[1])]
    tablet.sync(boxes)
    for key in keys:
        assert 'name="sure"' in tablet.client.post("/receipt?to=en", data={"number": receipt(key)}).text
        tablet.client.post("/receipt?to=en", data={"number": receipt(key), "sure": "yes"})
        assert 'name="sure"' not in tablet.client.post("/receipt?to=en", data={"number": receipt(key)}).text
    assert small.count("response") == 0
    assert kept_aside(small) == []
    assert tablet.sync(boxes)["visits"] == {visit: [2, 1]}
    assert small.count("response") == 0
    assert kept_aside(small) == []
    assert only(small, "SELECT stored FROM tablet_day") == 0


# Days


def test_a_clock_that_is_a_year_wrong_is_put_right(small: World, tablet: Tablet) -> None:
    for wrong in (timedelta(days=365), timedelta(days=-365)):
        tablet.clock = small.clock[0] + wrong
        visit = tablet.begin(day=tablet.clock.date())
        tablet.sync([tablet.box(visit)])
        found = small.database.rows("SELECT day FROM response UNION ALL SELECT day FROM visit")
        assert set(found) == {(TODAY.isoformat(),)}


def test_days_stay_between_pairing_and_today_and_a_boxs_after_its_visits(small: World, tablet: Tablet) -> None:
    small.turn_to(TODAY + timedelta(days=5))
    early, late = tablet.begin(day=TODAY - timedelta(days=9)), tablet.begin(day=TODAY + timedelta(days=9))
    middle = tablet.begin(day=TODAY + timedelta(days=2))
    boxes = [
        tablet.box(early),
        tablet.box(late),
        tablet.box(middle, day="2026-11-23"),
        tablet.box(middle, day="2027-01-01"),
    ]
    tablet.sync(boxes)
    assert dict(small.database.rows("SELECT id, day FROM visit")) == {
        early: "2026-11-23", late: "2026-11-28", middle: "2026-11-25",
    }  # fmt: skip
    assert sorted(small.database.rows("SELECT day FROM response")) == [
        ("2026-11-23",), ("2026-11-25",), ("2026-11-28",), ("2026-11-28",),
    ]  # fmt: skip


@given(st.dates(), st.timedeltas(), st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 4000))
def test_whatever_a_clock_says_a_day_stays_where_it_can_be(day: date, shift: timedelta, first: date, days: int) -> None:
    last = first + timedelta(days=days)
    assert first <= moved(day, shift, first, last) <= last


def test_what_waited_for_more_than_90_days_is_held_for_a_coordinator(small: World, tablet: Tablet) -> None:
    visit = tablet.begin()
    old, young = tablet.box(visit), tablet.box(visit, day=(TODAY + timedelta(days=1)).isoformat())
    small.turn_to(TODAY + timedelta(days=91))
    said = tablet.sync([old, young])
    assert (said["aside"], said["kept"]) == ([[old[0], "age"]], [young[0]])
    assert store.held_counts(small.database) == [(small.venue, TODAY.isoformat(), 1)]
    assert tablet.sync([old])["aside"] == [[old[0], "age"]]
    assert kept_aside(small) == [("age", False)]
    with small.database.transaction():
        assert store.admit(small.database, small.venue, TODAY, "test", TODAY, "e1") == 1
    assert small.count("response") == 2


def test_a_version_is_taken_for_90_days_after_the_next_by_the_day_of_the_answer(small: World, tablet: Tablet) -> None:
    visit = tablet.begin()
    boxes = [tablet.box(visit), tablet.box(visit, day="2026-11-25")]
    small.database.execute("UPDATE survey_version SET superseded_on = '2026-08-25'")
    small.database.execute(
        """INSERT INTO survey_version SELECT survey, '1.0.1', 1, replace(definition, '1.0.0', '1.0.1'), 'h', layout, promises,
           published_on, NULL FROM survey_version"""
    )
    small.turn_to(TODAY + timedelta(days=7))
    said = paired(small, "Tablet 2", day=TODAY)
    said.visits = tablet.visits
    assert said.sync(boxes)["aside"] == [[boxes[1][0], "version"]]


def test_answers_past_their_promised_day_are_not_kept_at_all(small: World, tablet: Tablet) -> None:
    visit = tablet.begin()
    box = tablet.box(visit, {"Q1": "often", "T1": "words"})
    small.turn_to(date(2027, 12, 1))
    assert tablet.sync([box])["aside"] == [[box[0], "kept_until"]]
    assert kept_aside(small) == [("kept_until", False)]
    assert small.count("response") == 0


# Quota, strikes


def test_a_tablets_day_has_a_quota_of_its_own(tmp_path: Path) -> None:
    world = make_world(tmp_path, tiny(), COLLECTOR_TABLET_QUOTA="3", COLLECTOR_DAILY_QUOTA="1")
    tablet, other = paired(world), paired(world, "Tablet 2")
    visits = [tablet.begin(), tablet.begin()]
    tablet.sync([tablet.box(visits[n % 2]) for n in range(5)])
    other.sync([other.box(other.begin())])
    assert world.database.rows("SELECT stored, held FROM tablet_day ORDER BY stored") == [(1, 0), (5, 2)]
    assert only(world, "SELECT count(*) FROM response WHERE held = 1") == 2
    assert only(world, "SELECT count(*) FROM day_count") == 0


def test_boxes_of_a_struck_visit_are_kept_and_nothing_is_stored(small: World, tablet: Tablet) -> None:
    visit = tablet.begin()
    boxes = [tablet.box(visit), tablet.box(visit, version="9.9.9")]
    late = tablet.box(visit)
    tablet.sync(boxes)
    file = small.settings.withdrawn_file
    assert store.strike(small.database, file, small.venue, TODAY, "a joke", "test", TODAY, "e1") == 1
    said = tablet.sync([*boxes, late])
    assert said["kept"] == [box[0] for box in (*boxes, late)]
    assert said["visits"] == {visit: [3, 1]}
    assert small.count("response") == 0
    assert kept_aside(small) == []
