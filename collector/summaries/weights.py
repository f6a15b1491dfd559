"""How the cards of one survey version are counted: which column says what, and the worth of each character in it.

A card is counted with one more character behind it for the mode, and one for each pillar and each element of two or
more questions: a person's score there depends on a few characters only, so each distinct pattern is scored once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from collector.summaries.counts import Topic
from collector.summaries.outline import MODE, MODES, Classification, Item, outline
from collector.survey.card import ALPHABET, MARKS, OFF, ON, Column, Layout
from collector.survey.definition import NOT_ASKED, SKIPPED, Question, Survey
from collector.survey.scoring import ScoreTable, is_favourable, question_score, score_tables

BITS = 48
"""Bits of one field of a weight: people of one period always fit."""

FIELDS = ("asked", "answered", "favourable", "dk", "na", "unsaid")

Weight = int
"""What one person adds to a count: every field of FIELDS, and above them the score in units, in one whole number.

So a column is counted by a few multiplications, and counts are added by adding numbers. Nothing is above the score.
"""


def pack(
    asked: int = 0, answered: int = 0, favourable: int = 0, dk: int = 0, na: int = 0, unsaid: int = 0, score: int = 0
) -> Weight:
    """The weight with these fields."""
    packed = score
    for number in (unsaid, na, dk, favourable, answered, asked):
        packed = packed << BITS | number
    return packed


def unpack(weight: Weight) -> tuple[dict[str, int], int]:
    """The fields of a weight or of a sum of weights, and its score in units."""
    fields = {}
    for name in FIELDS:
        fields[name] = weight & (1 << BITS) - 1
        weight >>= BITS
    return fields, weight


NOTHING = pack()
ASKED = pack(asked=1)
ANSWERED = pack(asked=1, answered=1)
CHOSEN = pack(asked=1, answered=1, favourable=1)
SPECIAL: Mapping[str, Weight] = {
    MARKS[SKIPPED]: pack(asked=1, unsaid=1),
    MARKS["pns"]: pack(asked=1, unsaid=1),
    MARKS["dk"]: pack(asked=1, dk=1),
    MARKS["na"]: pack(asked=1, na=1),
    MARKS[NOT_ASKED]: NOTHING,
}
MODE_CHARS = {mode.code: char for mode, char in zip(MODES, ALPHABET, strict=False)}
FIRST_CLASS = ord("0")


@dataclass(frozen=True, slots=True)
class ColumnWeights:
    """One thing to count: the column it stands in and the worth of each character there."""

    topic: Topic
    place: int
    weights: Mapping[str, Weight]


@dataclass(frozen=True, slots=True)
class Grouping:
    """A column by which people are split, its characters, and the group of each character in each breakdown."""

    place: int
    chars: str
    groups: tuple[tuple[str, Mapping[str, str]], ...]


class ScoreClasses(dict[tuple[str, ...], str]):
    """One character for each distinct score of a pillar or element, looked up by its questions' characters."""

    def __init__(self, table: ScoreTable, unit: int) -> None:
        super().__init__()
        self.table = table
        self.unit = unit
        self.weights: dict[str, Weight] = {}
        self._known: dict[Fraction | str | None, str] = {}

    def __missing__(self, pattern: tuple[str, ...]) -> str:
        score = self.table.score("".join(pattern))
        if score not in self._known:
            self._known[score] = chr(FIRST_CLASS + len(self._known))
            self.weights[self._known[score]] = _class_weight(score, self.unit)
        self[pattern] = self._known[score]
        return self[pattern]


@dataclass(frozen=True)
class Weighting:
    """All of it. `columns` are counted in every group, `details` (options, channels) for all respondents only.

    `absent` are breakdowns that other versions of the series have: there, everybody of this version is unsaid, so that
    the groups of a breakdown always add up to all respondents.
    """

    width: int
    classes: tuple[ScoreClasses, ...]
    columns: tuple[ColumnWeights, ...]
    details: tuple[ColumnWeights, ...]
    groupings: tuple[Grouping, ...]
    absent: tuple[str, ...]


def unit(series: Sequence[Survey]) -> int:
    """A number that turns every score in a series into a whole one."""
    return lcm(*(_unit(survey) for survey in series))


def _unit(survey: Survey) -> int:
    """Means are over at most as many things as an element has questions and a pillar elements."""
    questions = [q.element for q in survey.asked if q.pillar]
    most = max((questions.count(element) for element in questions), default=1)
    elements = max((len(pillar.elements) for pillar in survey.pillars), default=1)
    return lcm(*range(1, most + 1)) * lcm(*range(1, elements + 1))


def weighting(
    survey: Survey, layout: Layout, series: Sequence[Survey], breakdowns: frozenset[str] | None = None
) -> Weighting:
    """The weighting of one version of a series. `breakdowns` are those to count, None for all."""
    seen, units = outline([survey]), unit(series)
    tables = score_tables(survey, layout)
    classes = {(t.level, t.code): ScoreClasses(t, units) for t in tables if t.columns}
    first = layout.width + 1
    columns = [
        ColumnWeights(Topic(*key), first + place, kinds.weights) for place, (key, kinds) in enumerate(classes.items())
    ]
    columns += [_scale(item, survey, layout, units) for item in seen.items if item.level in ("overall", "question")]
    details = [_detail(item, survey, layout) for item in seen.items if item.level in ("option", "channel")]
    wanted = [one.code for one in outline(series).classifications if breakdowns is None or one.code in breakdowns]
    shown = [one for one in seen.classifications if one.code in wanted]
    absent = set(wanted).difference(one.code for one in shown)
    return Weighting(
        layout.width,
        tuple(classes.values()),
        tuple(columns),
        tuple(details),
        tuple(_groupings(shown, layout)),
        tuple(sorted(absent)),
    )


def _class_weight(score: Fraction | str | None, units: int) -> Weight:
    if score is None:
        return ASKED
    return NOTHING if isinstance(score, str) else _scored(score, units)


def _scored(score: Fraction, units: int) -> Weight:
    whole = score * units
    if whole.denominator != 1:
        raise ValueError(f"{score} is not a whole number of 1/{units}")
    return pack(asked=1, answered=1, favourable=int(is_favourable(score)), score=int(whole))


def _scale(item: Item, survey: Survey, layout: Layout, units: int) -> ColumnWeights:
    question, column = survey.by_code[item.question], layout.by_code[item.question]
    weights = {char: _answer_weight(question, answer, units) for answer, char in column.chars}
    return ColumnWeights(Topic(item.level, item.code), column.start, {**weights, **SPECIAL})


def _answer_weight(question: Question, answer: str, units: int) -> Weight:
    score = question_score(question, answer)
    return ASKED if score is None else _scored(score, units)


def _detail(item: Item, survey: Survey, layout: Layout) -> ColumnWeights:
    """Who chose one option, of those who answered its question."""
    column = layout.by_code[item.question]
    if column.multi:
        place = column.start + column.options.index(item.option)
        return ColumnWeights(Topic(item.level, item.code), place, {OFF: ANSWERED, ON: CHOSEN, **SPECIAL})
    weights = {char: CHOSEN if answer == item.option else ANSWERED for answer, char in column.chars}
    return ColumnWeights(Topic(item.level, item.code), column.start, {**weights, **SPECIAL})


def _groupings(shown: list[Classification], layout: Layout) -> Iterator[Grouping]:
    for question in dict.fromkeys(one.question for one in shown):
        column = (
            Column(MODE, layout.width, 1, tuple(MODE_CHARS.items())) if question == MODE else layout.by_code[question]
        )
        groups = tuple(
            (one.code, {char: one.group_of[answer] for answer, char in column.chars})
            for one in shown
            if one.question == question
        )
        chars = "".join([char for _, char in column.chars]) + "".join(SPECIAL)
        yield Grouping(column.start, chars, groups)
