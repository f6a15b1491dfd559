"""The longest answers that a form allows come through the largest body that is read."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from collector.survey.answers import check_text
from collector.survey.definition import Question, Survey
from collector.survey.letters import PER_LETTER
from collector.web.body import MAX_BODY
from tests.conftest import CheckedClient
from tests.test_respond import receipt_in
from tests.world import World

HEAVY = "\U00020000" + "\U000e0101" * (PER_LETTER - 1)
"""A letter with as many marks as are kept: four bytes a code point, twelve on the way."""
KEY = "ab" * 16


def longest(survey: Survey, variant: str) -> list[tuple[str, str]]:
    """What a browser sends when every text is as long and heavy as it may be and every question is answered."""
    fields = [("version", survey.version), ("key", KEY)]
    for _, questions in survey.parts(variant):
        for question in questions:
            fields += [(question.code, answer) for answer in answers(question)]
    return [*fields, ("end", "1")]


def answers(question: Question) -> list[str]:
    if question.type == "text":
        return [HEAVY * question.max]
    codes = sorted((o.code for o in question.options if not o.exclusive and not o.stops), key=len)
    return codes[-(question.max or 1) :]


def test_the_longest_letters_that_fit_are_as_heavy_as_letters_get(world: World) -> None:
    question = world.survey.by_code["O1"]
    assert check_text(question, HEAVY * question.max) == HEAVY * question.max
    assert len(HEAVY.encode()) == 4 * PER_LETTER


@pytest.mark.parametrize("variant", ["full", "short"])
def test_the_longest_form_that_is_allowed_is_read_whole_and_kept(
    client: CheckedClient, world: World, variant: str
) -> None:
    body = urlencode(longest(world.survey, variant))
    assert len(body) <= MAX_BODY
    path = f"/v/{world.venue}/en" + ("" if variant == "full" else "/short")
    answer = client.post(path, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (200, 303)
    assert receipt_in(answer.text)
    kept = {len(words) for (words,) in world.database.rows("SELECT words FROM comment")}
    assert kept == {q.max * PER_LETTER for _, part in world.survey.parts(variant) for q in part if q.type == "text"}
