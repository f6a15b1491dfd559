"""Whatever a tablet sends gets a clear answer, in JSON; nothing of it stands in a log, and what cannot be kept now waits."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.tablets import sync
from collector.tablets.sync import REASONS
from tests.tablet import HERE, Tablet, only, shop, small, tablet
from tests.world import World

__all__ = ["shop", "small", "tablet"]


@pytest.mark.parametrize(
    "change",
    [
        {"clock": "yesterday"}, {"clock": "2026-11-23T12:00:00"}, {"clock": 5}, {"visits": {}}, {"boxes": 5}, {"more": 1},
        {"visits": [{"id": "1"}]}, {"boxes": [["ab" * 16, "cd" * 16]]}, {"boxes": [["ab" * 15, "cd" * 16, "AA"]]},
        {"boxes": [["AB" * 16, "cd" * 16, "AA"]]}, {"boxes": [["ab" * 16, "cd" * 17, "AA"]]}, {"boxes": [["ab" * 16, "cd" * 16, 5]]},
        {"clock": "0001-01-01T00:00:00+14:00"},
    ],
    ids=str,
)  # fmt: skip
def test_a_request_of_another_form_is_refused_whole(tablet: Tablet, change: dict[str, Any]) -> None:
    body = {"clock": "2026-11-23T12:00:00Z", "visits": [], "boxes": [], **change}
    answer = tablet.client.post("/t/sync", json=body, headers=HERE)
    assert (answer.status_code, answer.get_json()["error"]) == (422, "form")


@pytest.mark.parametrize(
    "change",
    [
        {"id": "ab"}, {"venue": "a b"}, {"venue": ""}, {"day": "2026-13-01"}, {"day": "20261123"}, {"closed": 1},
        {"sealed": -1}, {"sealed": True}, {"sealed": 1.5}, {"sealed": 10_001}, {"said_no": "five"}, {"more": 1},
        {"said_no": ["none"]},
    ],
    ids=str,
)  # fmt: skip
def test_a_visit_of_another_form_is_refused(small: World, tablet: Tablet, change: dict[str, Any]) -> None:
    tablet.visits[tablet.begin()] |= change
    assert tablet.post([]).status_code == 422
    assert only(small, "SELECT count(*) FROM visit") == 0


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9),
    st.sampled_from(["ab" * 16, "2026-11-23", "2026-11-23T12:00:00Z", "9999-12-31T23:59:59-14:00", "gz87dm", "few", "AAAA"]),
)  # fmt: skip
NAMES = st.sampled_from(["clock", "visits", "boxes", "id", "venue", "day", "closed", "sealed", "said_no", "code"])
THINGS = st.recursive(
    SCALARS, lambda one: st.lists(one, max_size=4) | st.dictionaries(NAMES, one, max_size=6), max_leaves=12
)
REQUESTS = st.fixed_dictionaries(
    {"clock": SCALARS | st.just("2026-11-23T12:00:00Z"), "visits": st.lists(THINGS, max_size=2), "boxes": THINGS}
)


@settings(max_examples=150)
@given(REQUESTS | THINGS | st.binary(max_size=60))
def test_whatever_a_paired_tablet_sends_gets_a_clear_answer(shop: Tablet, sent: Any) -> None:
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    for path in ("/t/sync", "/t/pair"):
        answer = shop.client.post(path, data=body, content_type="application/json", headers=HERE)
        assert answer.status_code in (200, 404, 422, 429)
        assert answer.is_json


CODES = st.sampled_from(["Q1", "Q2", "M1", "T1", "A1", "ZZ", ""])
WORDS = st.sampled_from(["often", "home", "nowhere", "dk", "pns", "grown", ""]) | st.text(max_size=50)
GIVEN = st.dictionaries(CODES, WORDS | st.lists(WORDS, max_size=5), max_size=6)


@settings(max_examples=100)
@given(GIVEN, st.sampled_from(["full", "short", "long"]))
def test_whatever_is_sealed_in_a_box_it_is_kept_or_aside_and_blocks_nothing(
    shop: Tablet, answers: dict[str, Any], variant: str
) -> None:
    visit = shop.begin()
    boxes = [shop.box(visit, answers, variant=variant), shop.box(visit)]
    shop.visits = {visit: shop.visits[visit]}
    said = shop.sync(boxes)
    assert boxes[1][0] in said["kept"]
    assert boxes[0][0] in {*said["kept"], *(id for id, reason in said["aside"] if reason in REASONS)}


def test_a_box_that_is_no_base64_is_aside_and_blocks_nothing(small: World, tablet: Tablet) -> None:
    visit = tablet.begin()
    odd = [[n * 2 + "0" * 30, visit, box] for n, box in zip("abc", ("A", "a b", "শব্দ"), strict=True)]
    good = tablet.box(visit)
    said = tablet.sync([*odd, good])
    assert (said["kept"], [reason for _, reason in said["aside"]]) == ([good[0]], ["box"] * 3)


def test_sizes_and_types_are_told_by_their_status(tablet: Tablet) -> None:
    visit = tablet.begin()
    assert tablet.post([["ab" * 16, visit, "A" * 48_000]]).status_code == 413
    body = json.dumps({"clock": "2026-11-23T12:00:00Z", "visits": [], "boxes": []})
    assert tablet.client.post("/t/sync", data=body, headers=HERE, content_type="text/plain").status_code == 415
    assert tablet.client.get("/t/sync").status_code in (404, 405)


def test_a_full_disk_makes_the_tablet_wait(small: World, tablet: Tablet, monkeypatch: pytest.MonkeyPatch) -> None:
    visit = tablet.begin()
    box = tablet.box(visit)

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(sync, "take", full)
        answer = tablet.post([box])
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert tablet.sync([box])["kept"] == [box[0]]


def test_without_its_key_the_server_takes_nothing_and_the_tablet_waits(small: World, tablet: Tablet) -> None:
    visit = tablet.begin()
    box = tablet.box(visit)
    content = small.settings.queue_file.read_bytes()
    small.settings.queue_file.unlink()
    cookies, tablet.client.application = tablet.client._cookies, small.app()
    assert cookies
    assert tablet.post([box]).status_code == 503
    small.settings.queue_file.write_bytes(content)
    assert tablet.sync([box])["kept"] == [box[0]]


def test_nothing_of_what_was_sent_stands_in_a_log(
    small: World, tablet: Tablet, caplog: pytest.LogCaptureFixture
) -> None:
    visit = tablet.begin()
    tablet.sync([tablet.box(visit), tablet.box(visit, version="9.9.9")])
    tablet.post([[1]])  # type: ignore[list-item]
    assert visit not in caplog.text
    assert caplog.records == []


def test_syncing_and_visits_leave_no_audit_entry(small: World, tablet: Tablet) -> None:
    before = small.count("audit")
    tablet.sync([tablet.box(tablet.begin())])
    assert small.count("audit") == before


def test_the_moment_is_told_in_utc(small: World, tablet: Tablet) -> None:
    small.clock[0] = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    said = tablet.sync([])
    assert (said["now"], said["until"]) == ("2026-12-31T23:30:00+00:00", "2026-12-31")
