"""Letters as a reader counts them: the same cases are read by the test of the page's script."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from collector.survey.answers import clean_text
from collector.survey.letters import PER_LETTER, fits, letters

CASES = json.loads(Path(__file__).with_name("letters.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "text", "count"), CASES, ids=[case[0] for case in CASES])
def test_marks_and_joiners_are_no_letters(name: str, text: str, count: int) -> None:
    assert letters(clean_text(text)) == count, name


def test_a_letter_may_have_marks_but_not_without_end() -> None:
    assert fits("\u0995\u09be" * 10, 10)
    assert not fits("\u0995" + "\u09be" * (10 * PER_LETTER), 10)
