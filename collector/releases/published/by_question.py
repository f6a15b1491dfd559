"""What people said, question by question: pillars with their elements, spreads of answers, trusted channels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from collector.releases.published.area_figures import AreaFigures
from collector.releases.published.folder import Cells
from collector.releases.published.phrasing import Reading


@dataclass(frozen=True, slots=True)
class Spread:
    """How answers to a question were spread: (side, reading) in the survey's order."""

    question: Reading
    options: tuple[tuple[str, Reading], ...]

    @property
    def shown(self) -> bool:
        return any(option.value is not None for _, option in self.options)


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One row of a pillar: a question, or the questions of an element together."""

    element: str
    figure: Reading
    unsure: Reading


@dataclass(frozen=True, slots=True)
class PillarRows:
    """A pillar with its questions."""

    name: str
    definition: str
    figure: Reading
    topics: tuple[QuestionRow, ...]


def pillars(area: AreaFigures) -> list[PillarRows]:
    """Each pillar with a row for each of its questions, in the survey's order."""
    return [
        PillarRows(row["label"], row["definition"], area.at(row["code"], row["label"]), tuple(_rows(area, row["code"])))
        for row in area.kind("pillar")
    ]


def _rows(area: AreaFigures, pillar: str) -> Iterator[QuestionRow]:
    for element in area.kind("element"):
        if element["pillar"] != pillar:
            continue
        questions = [row for row in area.kind("question") if row["element"] == element["code"]]
        if len(questions) > 1:
            yield _row(area, "", element["code"], f"{element['label']}: its questions together")
        for row in questions:
            yield _row(area, element["label"], row["code"], row["label"])


def _row(area: AreaFigures, element: str, code: str, label: str) -> QuestionRow:
    return QuestionRow(element, area.at(code, label), area.at(code, label, "pct_dk"))


def spreads(area: AreaFigures) -> list[Spread]:
    """The answers to each question: unfavourable ones left, favourable ones right, half-way ones between."""
    return [_spread(area, row) for row in area.kind("overall", "question")]


def _spread(area: AreaFigures, question: Cells) -> Spread:
    own = [row for row in area.kind("option") if row["code"].partition(".")[0] == question["code"]]
    sides = [(_side(row), area.at(row["code"], row["label"], "pct_option")) for row in own]
    return Spread(area.at(question["code"], question["label"]), tuple(sides))


def _side(option: Cells) -> str:
    if option["favourable"] == "yes":
        return "right"
    return "middle" if option["score"] in ("50", "50.0") else "left"


def channels(area: AreaFigures) -> tuple[str, list[Reading]]:
    """The question about trusted channels, and how many picked each."""
    rows = area.kind("channel")
    return (rows[0]["hint"] if rows else ""), [area.at(row["code"], row["label"], "pct_selected") for row in rows]
