"""The survey as a WTForms form: a field class a type of question, in one table. Templates and views ask the form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from wtforms import Field, Form
from wtforms.meta import DefaultMeta

from collector.errors import IntakeError
from collector.survey.answers import check_closed, check_text
from collector.survey.definition import Answer, Question, Survey


class QuestionField(Field):
    """One question. `typed` is what was sent, `data` what may be kept of it, `errors` a reason when it may not."""

    def __init__(self, question: Question, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.question = question
        self.typed: list[str] = []

    def fresh(self) -> Self:
        """The same field for another form."""
        field = object.__new__(type(self))
        field.__dict__.update(self.__dict__)
        return field

    def process(self, formdata: Any, *_: Any, **__: Any) -> None:
        """Take what was sent; blank values count as nothing."""
        self.data, self.errors = None, []
        self.typed = [value for value in formdata.getlist(self.name) if value]

    def validate(self, *_: Any, **__: Any) -> bool:
        """Check what was sent; True when it may be kept."""
        try:
            self.data = self.answer() if self.typed else None
        except IntakeError as error:
            self.errors = [error.reason]
        return not self.errors

    @property
    def sent(self) -> Any:
        """What a page shows again: the codes that were picked."""
        return self.typed

    def answer(self) -> Answer | None:
        """The answer as it is kept; None for none. Raises IntakeError."""
        raise NotImplementedError


class OneField(QuestionField):
    """One choice."""

    def answer(self) -> Answer | None:
        if len(self.typed) > 1:
            raise IntakeError("twice", f"{self.name}: more than one answer")
        return check_closed(self.question, self.typed[0])


class SeveralField(QuestionField):
    """Several choices."""

    def answer(self) -> Answer | None:
        return check_closed(self.question, tuple(self.typed))


class WordsField(QuestionField):
    """A written answer."""

    @property
    def sent(self) -> Any:
        return self.typed[0]

    def answer(self) -> Answer | None:
        return check_text(self.question, self.typed[0]) or None


FIELDS: dict[str, type[QuestionField]] = {
    "scale": OneField,
    "single": OneField,
    "multi": SeveralField,
    "text": WordsField,
}


class SurveyForm(Form):
    """The form of one variant of a survey: a field a question, in the survey's order."""

    bound: ClassVar[dict[str, QuestionField]]

    class Meta(DefaultMeta):
        """Binds the fields of a form class once: binding one takes many times as long as a copy."""

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            """A field for this form alone; `process` gives it all that it says of a sender."""
            name = options["name"]
            if name not in form.bound:
                form.bound[name] = super().bind_field(form, unbound_field, options)
            return form.bound[name].fresh()

    @property
    def answers(self) -> dict[str, Answer]:
        """What may be kept, by question code; after `validate`."""
        return {name: field.data for name, field in self._fields.items() if field.data is not None}

    @property
    def typed(self) -> dict[str, Any]:
        """What was sent, by question code: the words of a text, else the codes of what was picked."""
        return {
            name: field.sent for name, field in self._fields.items() if isinstance(field, QuestionField) and field.typed
        }

    @property
    def faults(self) -> Mapping[str, str]:
        """A reason for each question whose answer may not be kept; after `validate`."""
        return {name: str(field.errors[0]) for name, field in self._fields.items() if field.errors}


def survey_form(survey: Survey, variant: str) -> type[SurveyForm]:
    """The form class of one variant."""
    questions = [question for _, part in survey.parts(variant) for question in part]
    fields = {question.code: FIELDS[question.type](question=question) for question in questions}
    return type("VariantForm", (SurveyForm,), {**fields, "bound": {}})
