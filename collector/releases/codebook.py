"""The codebook: what every code of a release means, item by item, with the options and their scores."""

from __future__ import annotations

from collections.abc import Iterator

from collector.disclosure.rules import BOUNDS, CHANGES, MARKERS, MEASURES, RELIABILITY
from collector.releases.csvfile import Row, csv_bytes
from collector.summaries.outline import Outline, outline
from collector.survey.definition import Question, Survey
from collector.survey.scoring import is_favourable, question_score
from collector.survey.words import SPECIAL_LABELS

COLUMNS = (
    "data", "survey", "survey_version", "kind", "code", "label", "hint", "pillar", "element", "variant",
    "score", "favourable", "definition",
)  # fmt: skip
KEY = ("survey", "survey_version", "kind", "code")
TEXTS = frozenset({"label", "hint", "definition"})
WORDS = {
    "marker": MARKERS,
    "bound": BOUNDS,
    "reliability": RELIABILITY,
    "change": CHANGES,
    "measure": {measure.code: measure.meaning for measure in MEASURES},
}


def codebook(survey: Survey, synthetic: bool) -> bytes:
    """The codebook of one survey version, in the survey's own order."""
    return csv_bytes(COLUMNS, TEXTS, rows(survey, synthetic))


def rows(survey: Survey, synthetic: bool) -> list[Row]:
    """The rows of a codebook."""
    head = {
        "data": "synthetic: invented answers, about nobody" if synthetic else "collected",
        "survey": survey.code,
        "survey_version": survey.version,
    }
    seen = outline([survey])
    found = [*_pillars(survey), *_items(survey, seen), *_groups(survey, seen), *_words()]
    return [{**head, **row} for row in found]


def _pillars(survey: Survey) -> Iterator[Row]:
    for pillar in survey.pillars:
        yield {"kind": "pillar", "code": pillar.code, "label": pillar.name, "definition": pillar.definition}
        for element in pillar.elements:
            yield {
                "kind": "element",
                "code": element.code,
                "label": element.name,
                "pillar": pillar.code,
                "definition": element.definition,
            }


def _items(survey: Survey, seen: Outline) -> Iterator[Row]:
    """Each question with figures, then its options."""
    for item in seen.items:
        if item.level in ("overall", "question"):
            yield _question(survey.by_code[item.code], item.level, item.variant)
    for item in seen.items:
        if item.level in ("option", "channel"):
            question = survey.by_code[item.question]
            score = question_score(question, item.option)
            yield {
                "kind": item.level,
                "code": item.code,
                "label": item.label,
                "hint": question.msgid if item.level == "channel" else None,
                "pillar": question.pillar,
                "element": question.element,
                "variant": item.variant,
                "score": score,
                "favourable": None if score is None else ("yes" if is_favourable(score) else "no"),
            }


def _question(question: Question, kind: str, variant: str) -> Row:
    return {
        "kind": kind,
        "code": question.code,
        "label": question.msgid,
        "hint": question.hint_msgid,
        "pillar": question.pillar,
        "element": question.element,
        "variant": variant,
        "definition": "Also offered: " + "; ".join(SPECIAL_LABELS[special] for special in question.special),
    }


def _groups(survey: Survey, seen: Outline) -> Iterator[Row]:
    """Each breakdown with the question behind it, then its groups."""
    for split in seen.classifications:
        asked = f"Asked: {survey.by_code[split.question].msgid}" if split.question in survey.by_code else None
        yield {"kind": "breakdown", "code": split.code, "label": split.label, "definition": asked}
        for group in split.groups:
            yield {"kind": "group", "code": f"{split.code}.{group.code}", "label": group.label}


def _words() -> Iterator[Row]:
    """What the words and marks in the other columns mean."""
    for kind, meanings in WORDS.items():
        for code, meaning in meanings.items():
            yield {"kind": kind, "code": code, "definition": meaning}
