"""The only way in: whatever arrives, in any order and however often, gives the same rows."""

from __future__ import annotations

import ast
import hashlib
import hmac
import itertools
import unicodedata
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import collector
from collector.errors import IntakeError
from collector.responses import withdraw
from collector.responses.intake import BESIDE, Decision, take, within
from collector.responses.keys import Sealer, read_receipt, receipt, receipt_number
from collector.responses.submission import REASONS, Since, Submission, Terms, prepare
from collector.survey.answers import MOST_KNOWN, Checker, check_text
from collector.survey.card import layout
from tests.world import TODAY, World, make_world, submitted, tiny

SEALER = Sealer(b"s" * 32)
PACKAGE = Path(collector.__file__).parent


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("small"), tiny())


def submission(world: World, number: int = 1, **answers: Any) -> Submission:
    key = number.to_bytes(16)
    given = answers or {"Q1": "often", "T1": "words"}
    return submitted(world, key, given, receipt=receipt_number(key.hex()))


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
        with world.database.transaction() as database:
            outcomes.append(take(within(database), one, Terms(SEALER, TODAY), next(ids).to_bytes(16), 60).outcome)
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


WRONG: dict[str, tuple[str, Any]] = {
    "question": ("ZZ", "often"),
    "answer": ("Q1", "perhaps"),
    "too_many": ("M1", ("home", "shop", "yard")),
    "exclusive": ("M1", ("home", "nowhere")),
    "too_long": ("T1", "x" * 41),
    "under_16": ("A1", "child"),
}
ODD: dict[str, dict[str, Any]] = {
    "mode": {"mode": "telepathy"},
    "visit": {"visit": "a b"},
    "day": {"day": TODAY + timedelta(days=1)},
}
BLANK = {"empty": {"T1": " \n "}}
BY_THE_WAY_IN = {"version", "variant", "kept_until"}
"""What is seen before there is a variant to hold answers against; the promised dates have a test of their own."""


def taken(world: World, came: Submission) -> Decision:
    with world.database.transaction() as database:
        return take(within(database), came, Terms(SEALER, TODAY), b"i" * 16, 60)


def test_each_reason_for_a_refusal_is_real_and_stands_by_its_question(small: World) -> None:
    found = {reason: taken(small, submission(small, 1, Q2="often", **{code: a})) for reason, (code, a) in WRONG.items()}
    found |= {reason: taken(small, submission(small)._replace(**odd)) for reason, odd in ODD.items()}
    found |= {reason: taken(small, submission(small, 1, **answers)) for reason, answers in BLANK.items()}
    assert found.keys() == REASONS.keys() - BY_THE_WAY_IN
    for reason, refused in found.items():
        [(place, fault)] = refused.faults.items()
        assert (refused.outcome, refused.period, fault.reason) == ("refused", None, reason)
        assert place == WRONG.get(reason, (BESIDE, ""))[0]


def test_all_that_is_wrong_is_said_at_once_and_nothing_of_it_is_kept(small: World) -> None:
    empty(small)
    refused = taken(small, submission(small, 1, Q1="perhaps", M1=("home", "nowhere"), T1="x" * 41, Q2="often"))
    assert {code: fault.reason for code, fault in refused.faults.items()} == {
        "Q1": "answer", "M1": "exclusive", "T1": "too_long",
    }  # fmt: skip
    assert rows(small) == []


def test_answers_alone_and_answers_of_one_batch_are_the_same_rows(small: World) -> None:
    people = [submission(small, n, Q1="often", T1=f"words {n}") for n in range(5)]
    empty(small)
    send(small, people)
    alone = rows(small)
    empty(small)
    with small.database.transaction() as database:
        for number, one in enumerate(people):
            take(within(database), one, Terms(SEALER, TODAY), number.to_bytes(16), 60)
    assert rows(small) == alone


def test_only_a_checker_makes_what_can_be_taken_in() -> None:
    makers = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) in ("Checked", "Given", "check_closed", "check_text")
    }
    assert makers == {"survey/answers.py"}


def test_no_sender_makes_a_checker_remember_without_end() -> None:
    checker = Checker(tiny(), layout(tiny()), "full")
    for length in range(MOST_KNOWN + 10):
        assert checker.one("M1", ("home",) * (length + 1)) == checker.one("M1", "home")
    assert len(checker._known["M1"]) == MOST_KNOWN


def test_days_far_back_are_refused(small: World) -> None:
    with pytest.raises(IntakeError):
        prepare(submission(small)._replace(day=date(2019, 12, 31)), Terms(SEALER, TODAY))


def test_a_day_whose_promised_date_has_passed_is_refused(small: World) -> None:
    since = Since(date(2026, 4, 1), date(2026, 10, 1))
    old = date(2026, 5, 1)
    prepare(submission(small, Q1="often")._replace(day=old), Terms(SEALER, TODAY, since))
    for answers, day in (({"Q1": "often", "T1": "words"}, old), ({"Q1": "often"}, date(2026, 3, 31))):
        with pytest.raises(IntakeError) as caught:
            prepare(submission(small, **answers)._replace(day=day), Terms(SEALER, TODAY, since))
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
    assert send(small, [one, other._replace(receipt=one.receipt)]) == ["stored", "used"]


@given(st.binary(min_size=32, max_size=100), st.binary(max_size=12), st.binary(max_size=300))
def test_a_keyed_hash_is_the_hmac_that_the_library_makes(secret: bytes, kind: bytes, content: bytes) -> None:
    expected = hmac.digest(secret, kind + b"\0" + content, hashlib.sha256)[:16]
    sealer = Sealer(secret)
    assert sealer.mac(kind, content) == sealer.mac(kind, content) == expected
