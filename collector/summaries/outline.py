"""What of a survey is tabulated: its items by level, and how people are classified. No answers here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from collector.survey.definition import Breakdown, Label, Question, Survey
from collector.survey.scoring import FAVOURABLE_FROM, is_favourable, question_score

ALL = Label("all", "All respondents")
UNSAID = Label("unsaid", "Rather not say or skipped")
MODE = "mode"
MODES = (
    Label("self_phone", "On their own phone"),
    Label("self_tablet", "On a shared tablet"),
    Label("assisted", "With someone's help"),
    Label("paper", "On paper"),
)
RESPONDENTS = "respondents"
EITHER, FULL = "all", "full"
"""A figure pools full and short answers when all its questions are in both, else it is full only."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that figures are about. `special` are the special answers that its question offers.

    Favourable scores are `least_good` or more, the others `most_bad` or less. `favourable` and `score` are said of an option.
    """

    level: str
    code: str
    label: str
    variant: str
    question: str = ""
    option: str = ""
    special: tuple[str, ...] = ()
    least_good: float = float(FAVOURABLE_FROM)
    most_bad: float = float(FAVOURABLE_FROM)
    favourable: bool = False
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Classification:
    """One breakdown as it is tabulated: its groups in order, and the group of each answer to its question.

    `fine` ones have a coarser one beside them on the same question.
    """

    code: str
    label: str
    question: str
    groups: tuple[Label, ...]
    group_of: Mapping[str, str] = field(repr=False)
    fine: bool = False


@dataclass(frozen=True)
class Outline:
    """All that may have figures in one series of a survey."""

    survey: str
    version: str
    items: tuple[Item, ...]
    classifications: tuple[Classification, ...]


def outline(versions: Sequence[Survey]) -> Outline:
    """The outline of versions of one series, oldest first: what is in any of them, in the newest words."""
    newest = versions[-1]
    items = {(item.level, item.code): item for survey in versions for item in _items(survey)}
    classifications: dict[str, Classification] = {}
    for survey in versions:
        for one in _classifications(survey):
            known = classifications.get(one.code)
            classifications[one.code] = _joined(known, one) if known else one
    return Outline(newest.code, newest.version, tuple(items.values()), tuple(classifications.values()))


def _items(survey: Survey) -> Iterator[Item]:
    yield Item("participation", RESPONDENTS, "People who answered", EITHER)
    scales = [q for q in survey.asked if q.type == "scale"]
    for question in scales:
        level = "question" if question.pillar else "overall"
        good, bad = _gap(question)
        yield Item(
            level, question.code, question.msgid, _variant(survey, [question]), question.code,
            special=question.special, least_good=good, most_bad=bad,
        )  # fmt: skip
    yield from _pillars(survey, scales)
    for question in survey.asked:
        if question.type in ("scale", "multi"):
            yield from _options(survey, question)


def _gap(question: Question) -> tuple[float, float]:
    """The lowest favourable score of a question, and the highest of the others."""
    scores = [question_score(question, option.code) for option in question.options]
    known = [score for score in scores if score is not None]
    good = [float(score) for score in known if is_favourable(score)]
    bad = [float(score) for score in known if not is_favourable(score)]
    return min(good, default=float(FAVOURABLE_FROM)), max(bad, default=float(FAVOURABLE_FROM))


def _pillars(survey: Survey, scales: list[Question]) -> Iterator[Item]:
    """The pillars, and the elements of two or more questions: a single question stands for its element."""
    questions = Counter(question.element for question in scales if question.pillar)
    for pillar in survey.pillars:
        own = [question for question in scales if question.pillar == pillar.code]
        if own:
            yield Item("pillar", pillar.code, pillar.name, _variant(survey, own))
        for element in pillar.elements:
            if questions[element.code] > 1:
                within = [question for question in own if question.element == element.code]
                yield Item("element", element.code, element.name, _variant(survey, within))


def _options(survey: Survey, question: Question) -> Iterator[Item]:
    level = "channel" if question.type == "multi" else "option"
    for option in question.options:
        if option.stops:
            continue
        code = f"{question.code}.{option.code}"
        score = question_score(question, option.code)
        good = score is not None and is_favourable(score)
        yield Item(
            level, code, option.label, _variant(survey, [question]), question.code, option.code, favourable=good,
            score=None if score is None else float(score),
        )  # fmt: skip


def _variant(survey: Survey, questions: list[Question]) -> str:
    asked = {question.code for question in questions}
    return EITHER if all(asked <= survey.codes(variant.code) for variant in survey.variants) else FULL


def _classifications(survey: Survey) -> Iterator[Classification]:
    coarse = {breakdown.question for breakdown in survey.breakdowns if breakdown.rollup}
    for breakdown in survey.breakdowns:
        yield _classification(survey, breakdown, fine=not breakdown.rollup and breakdown.question in coarse)
    yield Classification(MODE, "How the answers were given", MODE, MODES, {mode.code: mode.code for mode in MODES})


def _classification(survey: Survey, breakdown: Breakdown, fine: bool) -> Classification:
    question = survey.by_code[breakdown.question]
    options = [option for option in question.options if not option.stops]
    if breakdown.rollup and question.option_set:
        groups = dict(question.option_set.rollups)[breakdown.rollup]
        group_of = {option.code: dict(option.rollup)[breakdown.rollup] for option in options}
    else:
        groups = tuple(Label(option.code, option.label) for option in options)
        group_of = {option.code: option.code for option in options}
    return Classification(breakdown.code, breakdown.label, question.code, (*groups, UNSAID), group_of, fine)


def _joined(older: Classification, newer: Classification) -> Classification:
    """A breakdown as two versions have it: the newer, with groups that only the older one has kept before the last."""
    known = {group.code for group in newer.groups}
    kept = tuple(group for group in older.groups if group.code not in known)
    groups = (*newer.groups[:-1], *kept, newer.groups[-1])
    return Classification(newer.code, newer.label, newer.question, groups, newer.group_of, newer.fine)
