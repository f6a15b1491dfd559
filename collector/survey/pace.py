"""How long a survey takes: seconds by type of question, in one place, as a calm reader on a phone needs."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from collector.survey.definition import Question

SECONDS = {"scale": 13, "single": 14, "multi": 25, "text": 30}
"""To read a question with its hint and answer it; for `text` the mean of those who write and those who skip."""
BEGIN_AND_END = 20


def minutes(questions: Iterable[Question]) -> int:
    """Whole minutes, rounded up, that answering some questions takes."""
    return ceil((BEGIN_AND_END + sum(SECONDS[question.type] for question in questions)) / 60)
