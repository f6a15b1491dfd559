"""The survey as a WTForms form: one field holds all questions, one row of a table each kind of question.

One field instead of one a question, because binding twenty fields costs more than all the rest of taking an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from wtforms import Field, Form

from collector.errors import IntakeError
from collector.responses.intake import clean_text
from collector.survey.answers import check_closed
from collector.survey.definition import Answer, Question, Survey


def _one(question: Question, values: Sequence[str]) -> Answer | None:
    """The answer to a question with one choice; None when nothing is chosen."""
    if len(values) > 1:
        raise IntakeError("twice", f"{question.code}: more than one answer")
    return check_closed(question, values[0]) if values else None


def _several(question: Question, values: Sequence[str]) -> Answer | None:
    """The answer to a question with several choices; None when nothing is chosen."""
    return check_closed(question, tuple(values)) if values else None


def _words(question: Question, values: Sequence[str]) -> Answer | None:
    """A text as it would be kept; None when blank."""
    return clean_text(values[0], question) or None if values else None


KINDS: dict[str, Callable[[Question, Sequence[str]], Answer | None]] = {
    "scale": _one,
    "single": _one,
    "multi": _several,
    "text": _words,
}


class SurveyField(Field):
    """All questions of a variant. `typed` is what was sent, `answers` what may be kept, `faults` a reason a question."""

    def __init__(self, questions: tuple[Question, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.questions = questions
        self.typed: dict[str, Any] = {}
        self.answers: dict[str, Answer] = {}
        self.faults: dict[str, str] = {}

    def process(self, formdata: Any, *_: Any, **__: Any) -> None:
        """Take what was sent for each question; blank values count as nothing."""
        for question in self.questions:
            values = [value for value in formdata.getlist(question.code) if value]
            if values:
                self.typed[question.code] = values[0] if question.type == "text" else values

    def validate(self, *_: Any, **__: Any) -> bool:
        """Check every answer that was sent; True when all may be kept."""
        for question in self.questions:
            typed = self.typed.get(question.code, ())
            try:
                answer = KINDS[question.type](question, (typed,) if isinstance(typed, str) else typed)
            except IntakeError as error:
                self.faults[question.code] = error.reason
                continue
            if answer is not None:
                self.answers[question.code] = answer
        self.errors = list(self.faults.values())
        return not self.faults


class SurveyForm(Form):
    """The form of one variant of a survey."""

    survey: SurveyField


def survey_form(survey: Survey, variant: str) -> type[SurveyForm]:
    """The form class of one variant: its questions in the survey's order."""
    questions = tuple(question for _, part in survey.parts(variant) for question in part)
    return type("VariantForm", (SurveyForm,), {"survey": SurveyField(questions=questions)})
