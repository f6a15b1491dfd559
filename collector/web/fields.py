"""The survey as a WTForms form: a field class a type of question, in one table. Templates and views ask the form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self, cast

from wtforms import Field, Form
from wtforms.meta import DefaultMeta

from collector.errors import IntakeError
from collector.survey.answers import Checked, Checker, Given, Refusal
from collector.survey.definition import Answer, Question, Survey


class QuestionField(Field):
    """One question. `typed` is what was sent, `data` what may be kept of it, `refusal` why not, when it may not."""

    def __init__(self, question: Question, checker: Checker, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.question = question
        self.checker = checker
        self.typed: list[str] = []
        self.data: Given | None = None
        self.refusal: Refusal | None = None

    def fresh(self) -> Self:
        """The same field for another form."""
        field = object.__new__(type(self))
        field.__dict__.update(self.__dict__)
        return field

    def process(self, formdata: Any, *_: Any, **__: Any) -> None:
        """Take what was sent; blank values count as nothing."""
        self.data, self.refusal, self.errors = None, None, []
        self.typed = list(filter(None, formdata.getlist(self.name)))

    def validate(self, *_: Any, **__: Any) -> bool:
        """Check what was sent; True when it may be kept."""
        if not self.typed:
            return True
        try:
            self.data = self.checker.one(self.name, self.answer())
        except IntakeError as error:
            self.refusal, self.errors = Refusal(error.reason, str(error)), [error.reason]
            return False
        return True

    @property
    def sent(self) -> Any:
        """What a page shows again: the codes that were picked."""
        return self.typed

    def answer(self) -> Answer:
        """What was sent, as an answer of its type. Raises IntakeError."""
        raise NotImplementedError


class OneField(QuestionField):
    """One choice."""

    def answer(self) -> Answer:
        if len(self.typed) > 1:
            raise IntakeError("twice", f"{self.name}: more than one answer")
        return self.typed[0]


class SeveralField(QuestionField):
    """Several choices."""

    def answer(self) -> Answer:
        return tuple(self.typed)


class WordsField(QuestionField):
    """A written answer."""

    @property
    def sent(self) -> Any:
        return self.typed[0]

    def answer(self) -> Answer:
        return self.typed[0]


FIELDS: dict[str, type[QuestionField]] = {
    "scale": OneField,
    "single": OneField,
    "multi": SeveralField,
    "text": WordsField,
}


class SurveyForm(Form):
    """The form of one variant of a survey: a field a question, in the survey's order."""

    checker: ClassVar[Checker]
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
    def questions(self) -> dict[str, QuestionField]:
        """The fields by question code."""
        return cast(dict[str, QuestionField], self._fields)

    def process(self, formdata: Any = None, *_: Any, **__: Any) -> None:
        """Give each field what was sent. Questions have no defaults and no filters, for which WTForms would look."""
        for field in self.questions.values():
            field.process(formdata)

    def validate(self, *_: Any, **__: Any) -> bool:
        """Check each field; True when all may be kept. What a question allows stands in the survey, not in methods."""
        right = [field.validate() for field in self.questions.values()]
        return all(right)

    @property
    def checked(self) -> Checked:
        """All answers, for the intake; after `validate`."""
        parts = [field.data for field in self.questions.values() if field.data is not None]
        return self.checker.gather(parts, self.faults)

    @property
    def typed(self) -> dict[str, Any]:
        """What was sent, by question code: the words of a text, else the codes of what was picked."""
        return {name: field.sent for name, field in self.questions.items() if field.typed}

    @property
    def faults(self) -> Mapping[str, Refusal]:
        """Why answers may not be kept, by question; after `validate`."""
        return {name: field.refusal for name, field in self.questions.items() if field.refusal is not None}


def survey_form(survey: Survey, variant: str, checker: Checker) -> type[SurveyForm]:
    """The form class of one variant."""
    questions = [question for _, part in survey.parts(variant) for question in part]
    fields = {question.code: FIELDS[question.type](question=question, checker=checker) for question in questions}
    return type("VariantForm", (SurveyForm,), {**fields, "checker": checker, "bound": {}})
