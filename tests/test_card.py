"""The card and the scores: what is stored of a person's closed answers, and what follows from it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import CardError
from collector.survey.answers import Checker
from collector.survey.card import layout, layout_from_data
from collector.survey.definition import Question, Survey
from collector.survey.read import read_file
from collector.survey.scoring import is_favourable, score_tables
from tests.world import SHIPPED_SETTINGS, TINY, tiny

SURVEY = read_file(SHIPPED_SETTINGS.forms / "trust-core.yaml")[0]
assert SURVEY is not None
LAYOUT = layout(SURVEY)


def allowed(question: Question) -> st.SearchStrategy[Any]:
    """Any answer that a closed question allows, or none."""
    codes = [o.code for o in question.options if not o.stops]
    if question.type != "multi":
        return st.sampled_from([*codes, *question.special, None])
    alone = [o.code for o in question.options if o.exclusive]
    several = [c for c in codes if c not in alone]
    picked = st.lists(st.sampled_from(several), min_size=1, max_size=question.max, unique=True).map(tuple)
    return st.one_of(picked, st.sampled_from([*((c,) for c in alone), *question.special, None]))


def answers_to(survey: Survey, variant: str) -> st.SearchStrategy[dict[str, Any]]:
    asked = survey.codes(variant)
    questions = {q.code: allowed(q) for q in survey.asked if q.closed and q.code in asked}
    return st.fixed_dictionaries(questions).map(lambda d: {k: v for k, v in d.items() if v is not None})


@pytest.mark.parametrize("variant", ["full", "short"])
def test_a_card_gives_back_every_answer(variant: str) -> None:
    checker = Checker(SURVEY, LAYOUT, variant)

    @given(answers_to(SURVEY, variant))
    def round_trip(answers: dict[str, Any]) -> None:
        card = checker.check(answers).card
        assert len(card) == LAYOUT.width
        assert card.isascii()
        decoded = LAYOUT.decode(card)
        order = [o.code for o in SURVEY.by_code["CH1"].options]
        for code, answer in answers.items():
            expected = tuple(sorted(answer, key=order.index)) if isinstance(answer, tuple) else answer
            assert decoded[code] == expected
        rest = {code: given for code, given in decoded.items() if code not in answers}
        assert {given for code, given in rest.items() if code in SURVEY.codes(variant)} <= {"skipped"}
        assert {given for code, given in rest.items() if code not in SURVEY.codes(variant)} <= {"not_asked"}
        assert card == LAYOUT.encode(decoded, SURVEY.codes(variant))

    round_trip()


def test_a_layout_survives_being_stored() -> None:
    assert layout_from_data(LAYOUT.as_data()) == LAYOUT


def test_a_pillars_questions_stand_side_by_side() -> None:
    for pillar in SURVEY.pillars:
        places = sorted(LAYOUT.by_code[q.code].start for q in SURVEY.asked if q.pillar == pillar.code)
        assert places == list(range(places[0], places[0] + len(places)))


@pytest.mark.parametrize("card", ["", "0" * 29, "0" * 31, "z" * 30, "~" * 30])
def test_a_card_that_does_not_fit_is_refused(card: str) -> None:
    with pytest.raises(CardError):
        LAYOUT.decode(card)


@given(st.dictionaries(st.sampled_from([q.code for q in SURVEY.asked if q.closed]), st.text(max_size=12)))
def test_anything_but_an_answer_is_refused_and_never_remembered(answers: dict[str, str]) -> None:
    checker = Checker(SURVEY, LAYOUT, "full")
    fits = all(
        a in SURVEY.by_code[c].special or a in [o.code for o in SURVEY.by_code[c].options] for c, a in answers.items()
    )
    if not fits:
        for _ in range(2):
            assert checker.check(answers).faults


def slow_scores(survey: Survey, answers: dict[str, Any]) -> dict[str, Fraction]:
    """A slow and obvious second way to score one person who was asked everything."""
    items: dict[str, Fraction] = {}
    for question in survey.asked:
        if question.type == "scale":
            for option in question.options:
                if option.code == answers.get(question.code):
                    assert option.score is not None
                    items[question.code] = Fraction(100 - option.score if question.reversed else option.score)
    found: dict[str, Fraction] = {}
    for pillar in survey.pillars:
        elements = []
        for element in pillar.elements:
            own = [items[q.code] for q in survey.asked if q.element == element.code and q.code in items]
            if own:
                elements.append(sum(own) / len(own))
                found[element.code] = sum(own) / len(own)
        if len(elements) >= (len(pillar.elements) + 1) // 2:
            found[pillar.code] = sum(elements) / len(elements)
    return found


@given(answers_to(SURVEY, "full"))
def test_scores_agree_with_a_slow_and_obvious_second_way(answers: dict[str, Any]) -> None:
    card = Checker(SURVEY, LAYOUT, "full").check(answers).card
    expected = slow_scores(SURVEY, answers)
    for table in score_tables(SURVEY, LAYOUT):
        score = table.score("".join(card[i] for i in table.columns))
        assert score == expected.get(table.code)


def test_a_pillar_is_not_scored_for_whom_it_was_not_asked() -> None:
    card = Checker(SURVEY, LAYOUT, "short").check({"UN_PCC1": "always"}).card
    for table in score_tables(SURVEY, LAYOUT):
        assert table.score("".join(card[i] for i in table.columns)) == "not_asked"


def test_half_of_the_elements_rounded_up_are_needed() -> None:
    checker = Checker(SURVEY, LAYOUT, "full")
    tables = {t.code: t for t in score_tables(SURVEY, LAYOUT)}

    def pillar(code: str, **answers: str) -> Any:
        card = checker.check(answers).card
        return tables[code].score("".join(card[i] for i in tables[code].columns))

    assert pillar("UN", UN_PCC1="always") is None
    assert pillar("UN", UN_ACC1="always", UN_ACC2="never") is None
    assert pillar("UN", UN_ACC1="always", UN_ACC2="never", UN_PCC1="always") == 75
    assert pillar("DG", DG_GOV1="never") == 0
    assert pillar("DG", DG_GOV1="dk", DG_STD1="na") is None


def test_a_reversed_question_turns_its_scores_round() -> None:
    survey = tiny(TINY.replace("code: Q1, type: scale,", "code: Q1, type: scale, reversed: true,"))
    card_layout = layout(survey)
    checker = Checker(survey, card_layout, "full")
    [table] = [t for t in score_tables(survey, card_layout) if t.level == "element"]
    scores = [
        table.score("".join(checker.check({"Q1": a}).card[i] for i in table.columns))
        for a in ("often", "half", "seldom")
    ]
    assert scores == [0, 50, 100]


def test_favourable_begins_half_way_between_sometimes_and_mostly() -> None:
    assert [is_favourable(Fraction(n, 2)) for n in (124, 125, 126)] == [False, True, True]
    for option_set in SURVEY.option_sets:
        for option in option_set.options:
            if option.score is not None:
                assert option.favourable == is_favourable(Fraction(option.score))
