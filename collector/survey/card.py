"""The card: all closed answers of one response as one fixed-width ASCII string. Nothing else knows the columns.

A single-choice question takes one character, a multiple-choice question one character an option. Special answers
have characters of their own, the same in every version. See docs/decisions/003-card.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from collector.errors import CardError
from collector.survey.definition import NOT_ASKED, SKIPPED, Answer, Question, Survey

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MARKS = {SKIPPED: ".", NOT_ASKED: "-", "dk": "?", "na": "/", "pns": "!"}
UNMARKED = {mark: answer for answer, mark in MARKS.items()}
OFF, ON = "0", "1"


@dataclass(frozen=True)
class Column:
    """Where one question stands on the card and what its characters mean."""

    code: str
    start: int
    width: int
    chars: tuple[tuple[str, str], ...]
    """(option code, character) of a single choice; (option code, offset) of a multiple choice."""
    multi: bool = False

    @cached_property
    def to_char(self) -> dict[str, str]:
        """Answer to character, for a single-choice column."""
        return {**dict(self.chars), **MARKS}

    @cached_property
    def to_answer(self) -> dict[str, str]:
        """Character to answer, for a single-choice column."""
        return {char: answer for answer, char in self.to_char.items()}

    @cached_property
    def options(self) -> tuple[str, ...]:
        return tuple(code for code, _ in self.chars)


@dataclass(frozen=True)
class Layout:
    """The map from questions to columns of one published version: stored with it, never recomputed."""

    columns: tuple[Column, ...]

    @cached_property
    def width(self) -> int:
        """Characters of a card."""
        return sum(column.width for column in self.columns)

    @cached_property
    def by_code(self) -> dict[str, Column]:
        return {column.code: column for column in self.columns}

    def encode(self, answers: Mapping[str, Answer], asked: frozenset[str]) -> str:
        """The card of one response. Questions not in `asked` are marked so; those without an answer are skipped.

        Raises CardError naming the question whose answer is not one of its options.
        """
        return "".join(
            [
                MARKS[NOT_ASKED] * column.width
                if column.code not in asked
                else encode(column, answers.get(column.code, SKIPPED))
                for column in self.columns
            ]
        )

    def decode(self, card: str) -> dict[str, Answer]:
        """Every question's answer, special ones included. Raises CardError when the card does not fit the layout."""
        if len(card) != self.width:
            raise CardError(f"a card of {len(card)} characters does not fit a layout of {self.width}")
        return {column.code: answer_in(column, card) for column in self.columns}

    def as_data(self) -> list[dict[str, object]]:
        """Plain data to store with the published version."""
        return [
            {"code": c.code, "start": c.start, "width": c.width, "multi": c.multi, "chars": [list(p) for p in c.chars]}
            for c in self.columns
        ]


def layout(survey: Survey) -> Layout:
    """The layout of a survey: its enabled closed questions side by side in the survey's own order."""
    columns: list[Column] = []
    start = 0
    for question in survey.asked:
        if question.closed:
            columns.append(_column(question, start))
            start += columns[-1].width
    return Layout(tuple(columns))


def layout_from_data(data: list[dict[str, object]]) -> Layout:
    """The layout that `as_data` stored."""
    return Layout(
        tuple(
            Column(
                code=str(c["code"]),
                start=int(str(c["start"])),
                width=int(str(c["width"])),
                chars=tuple((str(a), str(b)) for a, b in c["chars"]),  # type: ignore[attr-defined]
                multi=bool(c["multi"]),
            )
            for c in data
        )
    )


def _column(question: Question, start: int) -> Column:
    codes = [option.code for option in question.options if not option.stops]
    if question.type == "multi":
        return Column(question.code, start, len(codes), tuple((c, str(i)) for i, c in enumerate(codes)), multi=True)
    return Column(question.code, start, 1, tuple(zip(codes, ALPHABET, strict=False)))


def encode(column: Column, answer: Answer) -> str:
    """The characters of one question's answer. Raises CardError when it is not one of its options."""
    if not column.multi:
        char = column.to_char.get(answer) if isinstance(answer, str) else None
        if char is None:
            raise CardError(f"{column.code}: {answer!r} is not one of its answers")
        return char
    if isinstance(answer, str):
        if answer not in MARKS:
            raise CardError(f"{column.code}: {answer!r} is not one of its answers")
        return MARKS[answer] * column.width
    chosen = set(answer)
    if not chosen or not chosen.issubset(column.options):
        raise CardError(f"{column.code}: {sorted(chosen)} are not all among its answers")
    return "".join([ON if code in chosen else OFF for code in column.options])


def answer_in(column: Column, card: str) -> Answer:
    """One question's answer. Raises CardError when its characters have no meaning."""
    part = card[column.start : column.start + column.width]
    if not column.multi:
        if part not in column.to_answer:
            raise CardError(f"{column.code}: the character {part!r} has no meaning")
        return column.to_answer[part]
    if part[0] in UNMARKED and part == part[0] * column.width:
        return UNMARKED[part[0]]
    if set(part) - {OFF, ON} or ON not in part:
        raise CardError(f"{column.code}: the characters {part!r} have no meaning")
    return tuple(code for code, char in zip(column.options, part, strict=True) if char == ON)
