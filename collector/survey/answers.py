"""Which answers a question allows: the one place that the page, an import and a tablet all pass.

A `Checker` holds answers against one variant of one version, once. What it makes of them, a `Checked`, is all that can
be taken in, and nothing else makes one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from collector.errors import IntakeError
from collector.survey.card import MARKS, Layout, encode
from collector.survey.definition import NOT_ASKED, SKIPPED, SPECIAL, Answer, Question, Survey
from collector.survey.letters import fits, letters

TEXT = -1
"""In the place of a column: words stand on no card."""
MOST_KNOWN = 5_000
"""Answers to one question that are remembered: any sender may name options in an order of his own."""


class Refusal(NamedTuple):
    """Why answers may not be kept: a key of responses.submission.REASONS, and what is wrong in English."""

    reason: str
    detail: str = ""


class Given(NamedTuple):
    """One answer that its question allows, as it is kept: characters of a card, or words."""

    place: int
    code: str
    kept: str


class Checked(NamedTuple):
    """What somebody answered, held against a variant of a version: what may be kept, and what may not, by question."""

    survey: str
    version: str
    variant: str
    card: str
    texts: tuple[tuple[str, str], ...]
    answered: bool
    faults: Mapping[str, Refusal]


class Checker:
    """Checks the answers to one variant of a version; remembers what each allowed answer became."""

    def __init__(self, survey: Survey, layout: Layout, variant: str) -> None:
        asked = survey.codes(variant)
        self._of = (survey.code, survey.version, variant)
        self._questions = {question.code: question for question in survey.asked if question.code in asked}
        self._columns = layout.by_code
        self._place = {column.code: place for place, column in enumerate(layout.columns)}
        self._blank = [
            MARKS[SKIPPED if column.code in asked else NOT_ASKED] * column.width for column in layout.columns
        ]
        self._known: dict[str, dict[Answer, Given]] = {q.code: {} for q in self._questions.values() if q.closed}

    def one(self, code: str, answer: Answer) -> Given | None:
        """One answer as it is kept; None for words that say nothing. Raises IntakeError."""
        known = self._known.get(code)
        if known is None:
            return self._words(code, answer if isinstance(answer, str) else "")
        part = known.get(answer)
        if part is None:
            chars = encode(self._columns[code], check_closed(self._questions[code], answer))
            part = Given(self._place[code], code, chars)
            if len(known) < MOST_KNOWN:
                known[answer] = part
        return part

    def _words(self, code: str, text: str) -> Given | None:
        question = self._questions.get(code)
        if question is None:
            raise IntakeError("question", f"{code[:40]} is not asked in {self._of[2]}")
        words = check_text(question, text)
        return Given(TEXT, code, words) if words else None

    def gather(self, parts: Iterable[Given], faults: Mapping[str, Refusal]) -> Checked:
        """All parts of one person, and what was wrong with the rest."""
        card, answered = self._blank.copy(), False
        texts: list[tuple[str, str]] = []
        for place, code, kept in parts:
            answered = True
            if place == TEXT:
                texts.append((code, kept))
            else:
                card[place] = kept
        texts.sort()
        return Checked(*self._of, "".join(card), tuple(texts), answered, faults)

    def check(self, answers: Mapping[str, Answer]) -> Checked:
        """All answers of one person, by question code: option codes, special answers and texts."""
        parts: list[Given] = []
        faults: dict[str, Refusal] = {}
        for code, answer in answers.items():
            try:
                part = self.one(code, answer)
            except IntakeError as error:
                faults[code] = Refusal(error.reason, str(error))
            else:
                parts += [part] if part else []
        return self.gather(parts, faults)


def check_closed(question: Question, answer: Answer) -> Answer:
    """An answer that its question allows, in the survey's order. Raises IntakeError."""
    if question.type != "multi":
        if not isinstance(answer, str) or not _allowed(question, answer):
            raise IntakeError("answer", f"{question.code}: not one of its answers")
        if answer not in SPECIAL and question.option_set and question.option_set.by_code[answer].stops:
            raise IntakeError("under_16", "the person is under 16")
        return answer
    return _check_multi(question, (answer,) if isinstance(answer, str) else answer)


def _allowed(question: Question, answer: str) -> bool:
    known = question.option_set is not None and answer in question.option_set.by_code
    return known or answer in question.special


def _check_multi(question: Question, answers: tuple[str, ...]) -> Answer:
    chosen = set(answers)
    if not chosen or not all(_allowed(question, a) for a in chosen):
        raise IntakeError("answer", f"{question.code}: not one of its answers")
    alone = {o.code for o in question.options if o.exclusive} | set(SPECIAL)
    if chosen & alone and len(chosen) > 1:
        raise IntakeError("exclusive", f"{question.code}: {sorted(chosen & alone)[0]} stands alone")
    if len(chosen) > question.max:
        raise IntakeError("too_many", f"{question.code}: at most {question.max}")
    if chosen & set(SPECIAL):
        return next(iter(chosen))
    return tuple(o.code for o in question.options if o.code in chosen)


def check_text(question: Question, text: str) -> str:
    """A written answer as it is kept; blank for none. Raises IntakeError when it is longer than its question allows."""
    text = clean_text(text)
    if not fits(text, question.max):
        raise IntakeError("too_long", f"{question.code}: {letters(text)} letters, at most {question.max}")
    return text


def clean_text(text: str) -> str:
    """Open text: NFC, no control characters but line breaks, no lone surrogates, trimmed."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = "".join(c if c == "\n" or unicodedata.category(c) != "Cc" else " " for c in text)
    return text.strip()
