"""Which answers a question allows: the one place that the page, an import and a tablet all pass."""

from __future__ import annotations

import unicodedata

from collector.errors import IntakeError
from collector.survey.definition import SPECIAL, Answer, Question
from collector.survey.letters import fits, letters


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
