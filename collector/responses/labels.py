"""Answers written as people read them: a label in English or in the row's language stands for its code."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator

from collector.errors import IntakeError
from collector.languages.catalogue import Words
from collector.survey.definition import Answer, Question, Survey
from collector.survey.words import SPECIAL_LABELS

APART = (re.compile(r"[;|\n]"), re.compile(r"[;|\n,،、]"))
"""What stands between several labels; a comma may also stand inside one, so it comes last."""
QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u201c": '"', "\u201d": '"'})


def plain(text: str) -> str:
    """Words as they are compared: without case, outer space, kinds of quotes and a full stop at the end."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(QUOTES).split()).casefold().rstrip(".")


class Labels:
    """Reads the cells of one survey version and one language; remembers what each became."""

    def __init__(self, survey: Survey, words: Words | None) -> None:
        self._questions = survey.by_code
        self._words = words
        self._tables: dict[str, dict[str, frozenset[str]]] = {}

    def read(self, code: str, cell: str) -> Answer:
        """The answer in a cell of a closed question: codes as they are, else labels. Raises IntakeError.

        What is neither comes back as it was written, for the intake to refuse.
        """
        question = self._questions[code]
        written = cell.strip()
        if question.type != "multi":
            return self._one(question, written) or written
        pieces = tuple(written.split())
        codes = self._codes(question)
        if all(piece in codes for piece in pieces):
            return pieces
        return self._several(question, written) or pieces

    def _several(self, question: Question, written: str) -> tuple[str, ...]:
        whole = self._one(question, written)
        if whole:
            return (whole,)
        for apart in APART:
            found = [self._one(question, piece) for piece in apart.split(written) if piece.strip()]
            if found and all(found):
                return tuple(dict.fromkeys(found))
        return ()

    def _one(self, question: Question, written: str) -> str:
        """The code that words stand for; empty when they stand for none. Raises IntakeError when for several."""
        written = written.strip()
        if written in self._codes(question):
            return written
        table = self._tables.get(question.code)
        if table is None:
            table = self._tables[question.code] = self._table(question)
        codes = table.get(plain(written), frozenset())
        if len(codes) > 1:
            raise IntakeError("answer", f"{question.code}: these words stand for {len(codes)} answers; write a code")
        return next(iter(codes), "")

    @staticmethod
    def _codes(question: Question) -> frozenset[str]:
        return frozenset(option.code for option in question.options) | frozenset(question.special)

    def _table(self, question: Question) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for code, label in self._labels(question):
            found[plain(label)].add(code)
        return {label: frozenset(codes) for label, codes in found.items()}

    def _labels(self, question: Question) -> Iterator[tuple[str, str]]:
        """(code, words): the code itself in other case, the English label, and the language's own."""
        named = question.option_set.code if question.option_set else ""
        messages = [(option.code, f"{named}/{option.code}", option.label) for option in question.options]
        messages += [(code, f"special/{code}", SPECIAL_LABELS[code]) for code in question.special]
        for code, context, english in messages:
            yield code, code
            yield code, english
            if self._words is not None:
                yield code, self._words.plain(context, english)
