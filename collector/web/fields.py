"""The survey as a WTForms form: one small field class a kind of question, from one table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import Field, Form
from wtforms.validators import StopValidation

from collector.errors import IntakeError
from collector.responses.intake import clean_text
from collector.survey.answers import check_closed
from collector.survey.definition import Answer, Question, Survey


class ClosedField(Field):
    """A question with options. Nothing chosen is allowed; `answer` is what goes on the card, None when skipped."""

    def __init__(self, question: Question, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.question = question
        self.answer: Answer | None = None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = tuple(value for value in valuelist if value)

    def pre_validate(self, form: Any) -> None:
        if not self.data:
            return
        if self.question.type != "multi" and len(self.data) > 1:
            raise StopValidation("twice")
        try:
            self.answer = check_closed(self.question, self.data if self.question.type == "multi" else self.data[0])
        except IntakeError as error:
            raise StopValidation(error.reason) from error


class WordsField(Field):
    """An open question. `answer` is the text as it would be kept, None when blank."""

    def __init__(self, question: Question, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.question = question
        self.answer: str | None = None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = valuelist[0] if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        try:
            self.answer = clean_text(self.data or "", self.question) or None
        except IntakeError as error:
            raise StopValidation(error.reason) from error


FIELDS: dict[str, type[ClosedField | WordsField]] = {
    "scale": ClosedField,
    "single": ClosedField,
    "multi": ClosedField,
    "text": WordsField,
}


def survey_form(survey: Survey, variant: str) -> type[Form]:
    """The form class of one variant of a survey: a field a question, named by its code."""
    questions = [question for _, part in survey.parts(variant) for question in part]
    return type("SurveyForm", (Form,), {q.code: FIELDS[q.type](question=q) for q in questions})


def answers(form: Form) -> dict[str, Answer]:
    """The answers of a valid form by question code, skipped ones left out."""
    found = ((field.name, field.answer) for field in form if isinstance(field, ClosedField | WordsField))
    return {name: answer for name, answer in found if answer is not None}


def typed(form: Form) -> dict[str, Any]:
    """What was filled in, right or wrong, so that a page can show it again."""
    return {field.name: field.data for field in form if field.data}


def faults(form: Form) -> dict[str, str]:
    """The reason of each field that is wrong."""
    return {field.name: str(field.errors[0]) for field in form if field.errors}
