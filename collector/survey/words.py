"""Every word of a survey that a respondent may read, as gettext messages: context, English, note for translators."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.survey.definition import OptionSet, Survey

SPECIAL_LABELS = {"dk": "I don't know", "na": "Doesn't apply to me", "pns": "I'd rather not say"}
Message = tuple[str, str, str]
OFFICIAL = re.compile(r"[EJKLMNSW]\d{8}\Z", re.IGNORECASE)
"""Codes of options that are places (E09000022). Their names stand so on signs and letters, and are not translated."""


def messages(survey: Survey) -> Iterator[Message]:
    """(msgctxt, English, note) of everything that questions show, each context once.

    Also of questions that are off: a host who turns one on finds it translated.
    """
    yield "survey/title", survey.title, "The name of the survey, at the top of each page."
    yield from parts(survey)
    for question in survey.questions:
        yield question.code, question.msgid, question.concept_note
        if question.hint_msgid:
            yield f"{question.code}/hint", question.hint_msgid, f"Hint under: {question.msgid}"
    used = {q.option_set.code for q in survey.questions if q.option_set}
    for option_set in survey.option_sets:
        if option_set.code in used:
            yield from options(option_set)
    for code, label in SPECIAL_LABELS.items():
        yield f"special/{code}", label, "An answer offered under the others, smaller."


def parts(survey: Survey) -> Iterator[Message]:
    """Headings and notes of the parts; a part with one code in both variants has one heading."""
    seen: set[str] = set()
    for variant in survey.variants:
        for part, _ in survey.parts(variant.code):
            if part.code not in seen:
                seen.add(part.code)
                yield f"part/{part.code}", part.title, "Heading of a part of the survey. Short."
                if part.note:
                    yield f"part/{part.code}/note", part.note, "Stands under the heading of the part."


def options(option_set: OptionSet) -> Iterator[Message]:
    """Labels of the options and their block headings."""
    for block in option_set.blocks:
        yield f"{option_set.code}/block/{block.code}", block.label, "Heading of a group of answers."
    for option in (option for option in option_set.options if not OFFICIAL.match(option.code)):
        yield f"{option_set.code}/{option.code}", option.label, f"An answer to choose ({option_set.code})."
