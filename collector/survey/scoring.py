"""Scores of one person, as docs/methods.md describes: question, element, pillar, each 0 to 100 or None.

A person's pillar score depends only on the few characters of the card where the pillar's questions stand,
so `ScoreTable` scores each distinct pattern once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from collector.survey.card import UNMARKED, Layout
from collector.survey.definition import Pillar, Question, Survey

FAVOURABLE_FROM = Fraction(125, 2)
"""62.5: half-way between 'sometimes' and 'most of the time'. Equals the two best answers for one question."""

Score = Fraction | None


def question_score(question: Question, answer: str) -> Score:
    """The option's score, turned round when the question is reversed; None for special answers."""
    option = question.option_set.by_code.get(answer) if question.option_set else None
    if option is None or option.score is None:
        return None
    return Fraction(100 - option.score if question.reversed else option.score)


def mean(scores: Sequence[Score]) -> Score:
    """The mean of those that are there; None when none is."""
    present = [s for s in scores if s is not None]
    return sum(present, Fraction(0)) / len(present) if present else None


def element_score(scores: Sequence[Score]) -> Score:
    """An element's score: the mean of its answered questions."""
    return mean(scores)


def pillar_score(element_scores: Sequence[Score]) -> Score:
    """A pillar's score: the mean of its elements, only if at least half of them (rounded up) are answered."""
    answered = sum(score is not None for score in element_scores)
    return mean(element_scores) if answered * 2 >= len(element_scores) else None


def is_favourable(score: Fraction) -> bool:
    """True from 62.5 on, at question, element and pillar level alike."""
    return score >= FAVOURABLE_FROM


@dataclass(frozen=True)
class ScoreTable:
    """Scores of one pillar or element for each pattern of its questions' characters.

    `code` is the pillar's or element's; `columns` are positions on the card, `groups` the questions by element.
    """

    code: str
    level: str
    columns: tuple[int, ...]
    groups: tuple[tuple[tuple[Question, Mapping[str, str]], ...], ...]
    known: dict[str, Score | str] = field(default_factory=dict)

    def score(self, pattern: str) -> Score | str:
        """The score of a pattern; the string 'not_asked' when any of its questions was not asked."""
        if pattern not in self.known:
            self.known[pattern] = self._score(pattern)
        return self.known[pattern]

    def _score(self, pattern: str) -> Score | str:
        if any(UNMARKED.get(char) == "not_asked" for char in pattern):
            return "not_asked"
        chars = iter(pattern)
        elements = [
            element_score([question_score(question, answers[next(chars)]) for question, answers in group])
            for group in self.groups
        ]
        return pillar_score(elements) if self.level == "pillar" else elements[0]


def score_tables(survey: Survey, layout: Layout) -> list[ScoreTable]:
    """One table a pillar, and one an element of two or more questions (a single one equals its question)."""
    tables: list[ScoreTable] = []
    for pillar in survey.pillars:
        elements = _elements(survey, pillar)
        tables.append(_table(pillar.code, "pillar", list(elements.values()), layout))
        for code, questions in elements.items():
            if len(questions) > 1:
                tables.append(_table(code, "element", [questions], layout))
    return tables


def _elements(survey: Survey, pillar: Pillar) -> dict[str, list[Question]]:
    found: dict[str, list[Question]] = {element.code: [] for element in pillar.elements}
    for question in survey.asked:
        if question.pillar == pillar.code:
            found[question.element].append(question)
    return found


def _table(code: str, level: str, elements: list[list[Question]], layout: Layout) -> ScoreTable:
    groups = tuple(tuple((q, layout.by_code[q.code].to_answer) for q in questions) for questions in elements)
    columns = tuple(layout.by_code[q.code].start for questions in elements for q in questions)
    return ScoreTable(code, level, columns, groups)
