"""The only way in: whatever arrives, in any order and however often, gives the same rows."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import IntakeError
from collector.responses import store, withdraw
from collector.responses.intake import REASONS, Since, Submission, check
from collector.responses.keys import Sealer, read_receipt, receipt, receipt_number
from collector.survey.answers import check_text
from tests.world import TODAY, World, make_world, tiny

SEALER = Sealer(b"s" * 32)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("small"), tiny())


def submission(world: World, number: int = 1, **answers: Any) -> Submission:
    key = number.to_bytes(16)
    given = answers or {"Q1": "often", "T1": "words"}
    return Submission(key, world.venue, TODAY, "full", "en", "", given, receipt=receipt_number(key.hex()))


def rows(world: World) -> list[tuple[Any, ...]]:
    """What is stored, without the ids that chance makes."""
    responses = world.database.rows(
        "SELECT period, venue, card, day, held, variant, language FROM response ORDER BY card, held"
    )
    return responses + world.database.rows("SELECT question, words FROM comment ORDER BY words")


def empty(world: World) -> None:
    for statement in (
        "DELETE FROM response", "DELETE FROM comment", "DELETE FROM submission", "DELETE FROM receipt", "DELETE FROM day_count"
    ):  # fmt: skip
        world.database.execute(statement)


def send(world: World, given: list[Submission]) -> list[str]:
    ids = itertools.count()
    outcomes = []
    for one in given:
        ready = check(one, world.published, SEALER, TODAY)
        with world.database.transaction() as database:
            outcomes.append(store.write(database, ready, next(ids).to_bytes(16), 60).outcome)
    return outcomes


people = st.lists(
    st.tuples(st.integers(1, 8), st.sampled_from(["often", "half", "seldom"]), st.sampled_from(["a", "b", ""])),
    min_size=1,
    max_size=8,
    unique_by=lambda person: person[0],
)


@given(people, st.data())
def test_any_order_cut_and_repeated_gives_the_same_rows(small: World, persons: list[Any], data: st.DataObject) -> None:
    given_once = [submission(small, n, Q1=q, T1=t) for n, q, t in persons]
    empty(small)
    assert set(send(small, given_once)) == {"stored"}
    expected = rows(small)
    empty(small)
    extra = data.draw(st.lists(st.sampled_from(given_once), max_size=8))
    send(small, data.draw(st.permutations(given_once + extra)))
    assert rows(small) == expected


BAD: dict[str, dict[str, Any]] = {
    "variant": {"variant": "long"},
    "question": {"answers": {"ZZ": "often"}},
    "answer": {"answers": {"Q1": "perhaps"}},
    "too_many": {"answers": {"M1": ("home", "shop", "yard")}},
    "exclusive": {"answers": {"M1": ("home", "nowhere")}},
    "too_long": {"answers": {"T1": "x" * 41}},
    "under_16": {"answers": {"Q1": "often", "A1": "child"}},
    "mode": {"mode": "telepathy"},
    "visit": {"visit": "a b"},
    "day": {"day": TODAY + timedelta(days=1)},
    "empty": {"answers": {"T1": " \n "}},
}


@pytest.mark.parametrize("reason", sorted(set(REASONS) - {"version", "kept_until"}))
def test_each_reason_for_a_refusal_is_real(small: World, reason: str) -> None:
    with pytest.raises(IntakeError) as caught:
        check(replace(submission(small), **BAD[reason]), small.published, SEALER, TODAY)
    assert caught.value.reason == reason


def test_days_far_back_are_refused(small: World) -> None:
    with pytest.raises(IntakeError):
        check(replace(submission(small), day=date(2019, 12, 31)), small.published, SEALER, TODAY)


def test_a_day_whose_promised_date_has_passed_is_refused(small: World) -> None:
    since = Since(date(2026, 4, 1), date(2026, 10, 1))
    old = replace(submission(small), day=date(2026, 5, 1))
    check(replace(old, answers={"Q1": "often"}), small.published, SEALER, TODAY, since)
    for answers, day in (({"Q1": "often", "T1": "words"}, old.day), ({"Q1": "often"}, date(2026, 3, 31))):
        with pytest.raises(IntakeError) as caught:
            check(replace(old, answers=answers, day=day), small.published, SEALER, TODAY, since)
        assert caught.value.reason == "kept_until"


@given(st.text(max_size=60))
def test_any_text_is_stored_clean_or_refused_as_too_long(small: World, text: str) -> None:
    question = small.survey.by_code["T1"]
    try:
        kept = check_text(question, text)
    except IntakeError:
        assert len(unicodedata.normalize("NFC", text)) > question.max
        return
    assert len(kept) <= question.max
    assert unicodedata.is_normalized("NFC", kept)
    assert not any(unicodedata.category(c) in ("Cc", "Cs") and c != "\n" for c in kept)
    kept.encode()
    assert check_text(question, kept) == kept


def test_a_lone_surrogate_does_not_reach_the_database(small: World) -> None:
    empty(small)
    assert send(small, [submission(small, 1, T1="a\ud800b")]) == ["stored"]
    assert small.database.rows("SELECT words FROM comment") == [("a\ufffdb",)]


def test_letters_that_join_and_marks_of_direction_are_kept(small: World) -> None:
    question = small.survey.by_code["T1"]
    for words in ("می‌خواهم", "ক্‍ষ", "abc\u200fdef"):
        assert check_text(question, words) == words


@given(st.binary(min_size=16, max_size=16))
def test_a_receipt_is_sixteen_digits_that_can_be_typed_back(key: bytes) -> None:
    shown = receipt(key.hex())
    assert len(shown) == 19
    assert read_receipt(shown) == receipt_number(key.hex())
    assert read_receipt(shown.replace(" ", "-")) == receipt_number(key.hex())
    bengali = shown.translate({ord("0") + n: ord("০") + n for n in range(10)})
    assert read_receipt(bengali) == receipt_number(key.hex())


@pytest.mark.parametrize("typed", ["", "1234", "9" * 16, "1234 5678 9012 345x", "12345678901234567", "½" * 16])
def test_what_is_no_receipt_is_none(typed: str) -> None:
    assert read_receipt(typed) is None


def test_only_keyed_hashes_are_kept_of_key_and_receipt(small: World, tmp_path: Path) -> None:
    empty(small)
    one = submission(small, 77)
    send(small, [one])
    dump = "\n".join(small.database.tables.conn.iterdump())
    assert one.key.hex() not in dump.lower()
    assert receipt(one.key.hex()).replace(" ", "") not in dump
    assert one.receipt is not None
    assert withdraw.find(small.database, withdraw.receipt_mac(SEALER, one.receipt)) is not None
    assert withdraw.find(small.database, withdraw.receipt_mac(Sealer(b"t" * 32), one.receipt)) is None


def test_two_keys_with_one_receipt_never_share_it(small: World) -> None:
    empty(small)
    one, other = submission(small, 1), submission(small, 2)
    assert send(small, [one, replace(other, receipt=one.receipt)]) == ["stored", "used"]


@given(st.binary(min_size=32, max_size=100), st.binary(max_size=12), st.binary(max_size=300))
def test_a_keyed_hash_is_the_hmac_that_the_library_makes(secret: bytes, kind: bytes, content: bytes) -> None:
    expected = hmac.digest(secret, kind + b"\0" + content, hashlib.sha256)[:16]
    sealer = Sealer(secret)
    assert sealer.mac(kind, content) == sealer.mac(kind, content) == expected
