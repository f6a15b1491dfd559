"""What people said, question by question: pillars with their elements, spreads of answers, trusted channels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from collector.web.published import Cells
from collector.web.reading import Reading
from collector.web.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Spread:
    """How answers to a question were spread: (side, reading) in the survey's order."""

    question: Reading
    options: tuple[tuple[str, Reading], ...]

    @property
    def shown(self) -> bool:
        return any(option.value is not None for _, option in self.options)


@dataclass(frozen=True, slots=True)
class Topic:
    """One row of a pillar: a question, or the questions of an element together."""

    element: str
    figure: Reading
    unsure: Reading


@dataclass(frozen=True, slots=True)
class Pillar:
    """A pillar with its questions."""

    name: str
    definition: str
    figure: Reading
    topics: tuple[Topic, ...]


def pillars(sheet: Sheet) -> list[Pillar]:
    """Each pillar with a row for each of its questions, in the survey's order."""
    return [
        Pillar(row["label"], row["definition"], sheet.at(row["code"], row["label"]), tuple(_topics(sheet, row["code"])))
        for row in sheet.kind("pillar")
    ]


def _topics(sheet: Sheet, pillar: str) -> Iterator[Topic]:
    for element in sheet.kind("element"):
        if element["pillar"] != pillar:
            continue
        questions = [row for row in sheet.kind("question") if row["element"] == element["code"]]
        if len(questions) > 1:
            yield _topic(sheet, "", element["code"], f"{element['label']}: its questions together")
        for row in questions:
            yield _topic(sheet, element["label"], row["code"], row["label"])


def _topic(sheet: Sheet, element: str, code: str, label: str) -> Topic:
    return Topic(element, sheet.at(code, label), sheet.at(code, label, "pct_dk"))


def spreads(sheet: Sheet) -> list[Spread]:
    """The answers to each question: unfavourable ones left, favourable ones right, half-way ones between."""
    return [_spread(sheet, row) for row in sheet.kind("overall", "question")]


def _spread(sheet: Sheet, question: Cells) -> Spread:
    own = [row for row in sheet.kind("option") if row["code"].partition(".")[0] == question["code"]]
    sides = [(_side(row), sheet.at(row["code"], row["label"], "pct_option")) for row in own]
    return Spread(sheet.at(question["code"], question["label"]), tuple(sides))


def _side(option: Cells) -> str:
    if option["favourable"] == "yes":
        return "right"
    return "middle" if option["score"] in ("50", "50.0") else "left"


def channels(sheet: Sheet) -> tuple[str, list[Reading]]:
    """The question about trusted channels, and how many picked each."""
    rows = sheet.kind("channel")
    return (rows[0]["hint"] if rows else ""), [sheet.at(row["code"], row["label"], "pct_selected") for row in rows]
