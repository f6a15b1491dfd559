"""The three kinds of a tablet's pages as HTML: the helper's, the curtain, and a survey in one language and variant."""

from __future__ import annotations

import json
from datetime import date

from markupsafe import Markup

from collector.languages.catalogue import Words
from collector.responses.versions import Published
from collector.survey.definition import SPECIAL, Question, Survey
from collector.survey.letters import PER_LETTER
from collector.web.pages import render
from collector.web.respond import form_length, promises_in
from collector.web.site import Site
from collector.web.tablet.words import WORDS

HELPS = ("none", "read", "typed", "interpreted")


def helper(site: Site, languages: list[Words], style: Markup, until: date) -> str:
    """The page of whoever hands the tablet over: all its languages in one, as the tablet itself knows which it speaks."""
    return render(
        site, site.catalogues.words("en"), "helper.html", style, tongues=languages, w=WORDS, until=until, count_marks=MARKS
    )  # fmt: skip


def curtain(site: Site, languages: list[Words], style: Markup) -> str:
    """What stands between two people: languages by their own names, and nothing of anybody."""
    return render(site, site.catalogues.words("en"), "curtain.html", style, tongues=languages, w=WORDS)


def questions(site: Site, words: Words, version: Published, variant: str, style: Markup) -> str:
    """One person's survey as one document: promises, each question, the number."""
    survey, settings = version.survey, site.settings
    parts = list(survey.parts(variant))
    return render(
        site,
        words,
        "person.html",
        style,
        w=WORDS,
        helps=HELPS,
        survey=survey,
        variant=variant,
        parts=parts,
        count=sum(len(asked) for _, asked in parts) + 1,
        rules=json.dumps(_rules(survey, variant), separators=(",", ":")),
        per_letter=PER_LETTER,
        errors={},
        answers={},
        host=settings.organisation,
        funder=settings.funder,
        controller=settings.controller,
        basis=settings.lawful_basis,
        last_change=settings.last_change,
        example_settings=settings.example,
        promises=promises_in(site, words),
        forms=[form_length(survey, one.code) for one in survey.variants],
        receipt=f"{settings.public_url}/receipt".partition("://")[2] or "/receipt",
    )


MARKS = {"number": "#1", "all": "#2", "sealed": "#1", "arrived": "#2", "max": "#1", "now": "#2", "option": "#1"}
"""What the script fills in, wherever a language puts it."""


def _rules(survey: Survey, variant: str) -> dict[str, dict[str, object]]:
    """What the script must know of questions, to say at once what the server would refuse."""
    asked = (question for _, part in survey.parts(variant) for question in part)
    return {question.code: rule for question in asked if (rule := _rule(question))}


def _rule(question: Question) -> dict[str, object]:
    rule: dict[str, object] = {}
    if question.type in ("multi", "text"):
        rule["max"] = question.max
    if question.type == "multi":
        rule["alone"] = [option.code for option in question.options if option.exclusive] + list(SPECIAL)
    if stops := [option.code for option in question.options if option.stops]:
        rule["stops"] = stops
    return rule
