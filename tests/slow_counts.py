"""Count tables the slow and obvious way: person by person, from decoded answers. For comparing with the fast one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction

from collector.summaries.counts import Cell, Count, Key, Topic
from collector.survey.definition import Answer, Question, Survey
from tests.crowd import VENUES, Person, day_of

PARENTS = {
    "E09000022": ["E54000030", "E12000007"],
    "E09000030": ["E54000029", "E12000007"],
    "E12000007": ["E12000007"],
}
ROW = {"E12000007": "E12000007-elsewhere"}
One = tuple[bool, bool, bool, Fraction, bool, bool, bool]

Cells = dict[Key, Cell]
Counts = dict[Key, dict[Topic, Count]]


def slow_tables(
    people: Iterable[Person], surveys: dict[str, Survey], breakdowns: Iterable[str]
) -> tuple[Cells, Counts]:
    """Cells and counts of the people of one series, held ones left out. `breakdowns` are all those of the series."""
    rows: defaultdict[Key, list[Person]] = defaultdict(list)
    for area in {place for venue in VENUES.values() for place in [ROW.get(venue, venue), *PARENTS[venue]]}:
        rows[Key(area, "all", "all")] = []
    for person in people:
        if not person.held:
            area = VENUES[person.venue]
            for place in [ROW.get(area, area), *PARENTS[area]]:
                for breakdown, group in groups(person, surveys[person.version], breakdowns):
                    rows[Key(place, breakdown, group)].append(person)
    cells = {key: cell(own) for key, own in rows.items()}
    return cells, {key: counts(own, surveys, key.breakdown == "all") for key, own in rows.items() if own}


def groups(person: Person, survey: Survey, breakdowns: Iterable[str]) -> Iterator[tuple[str, str]]:
    yield "all", "all"
    yield "mode", person.mode
    known = {breakdown.code: breakdown for breakdown in survey.breakdowns}
    for code in breakdowns:
        group = "unsaid"
        if code in known:
            question = survey.by_code[known[code].question]
            for option in question.options:
                if option.code == person.answers.get(question.code):
                    group = dict(option.rollup)[known[code].rollup] if known[code].rollup else option.code
        yield code, group


def cell(people: list[Person]) -> Cell:
    visits = {(person.venue, day_of(person)) for person in people}
    venues = Counter(person.venue for person in people)
    return Cell(len(people), len(visits), max(venues.values(), default=0))


def counts(people: list[Person], surveys: dict[str, Survey], details: bool) -> dict[Topic, Count]:
    ones: defaultdict[Topic, list[One]] = defaultdict(list)
    for person in people:
        survey = surveys[person.version]
        for topic, one in [*scored(person, survey), *(chosen(person, survey) if details else [])]:
            if one[0]:
                ones[topic].append(one)
    return {topic: total(own) for topic, own in ones.items()}


def total(ones: list[One]) -> Count:
    asked, answered, favourable, score, dk, na, unsaid = (list(column) for column in zip(*ones, strict=True))
    return Count(sum(asked), sum(answered), sum(favourable), sum(score, Fraction(0)), sum(dk), sum(na), sum(unsaid))


def scored(person: Person, survey: Survey) -> Iterator[tuple[Topic, One]]:
    for question in survey.questions:
        if question.type == "scale":
            answer = given(person, survey, question)
            level = "question" if question.pillar else "overall"
            yield Topic(level, question.code), one(answer != "not_asked", score(question, answer), answer)
    for pillar in survey.pillars:
        elements = []
        for element in pillar.elements:
            own = [q for q in survey.questions if q.element == element.code]
            answers = [given(person, survey, q) for q in own]
            known = [s for s in map(score, own, answers) if s is not None]
            elements.append(sum(known, Fraction(0)) / len(known) if known else None)
            if len(own) > 1:
                yield Topic("element", element.code), one("not_asked" not in answers, elements[-1], "")
        there = [e for e in elements if e is not None]
        enough = len(there) >= (len(elements) + 1) // 2
        answers = [given(person, survey, q) for q in survey.questions if q.pillar == pillar.code]
        value = sum(there, Fraction(0)) / len(there) if enough and there else None
        yield Topic("pillar", pillar.code), one("not_asked" not in answers, value, "")


def chosen(person: Person, survey: Survey) -> Iterator[tuple[Topic, One]]:
    for question in survey.questions:
        answer = given(person, survey, question)
        picked = answer if isinstance(answer, tuple) else (answer,)
        there = {option.code for option in question.options}
        for option in question.options:
            if question.type in ("scale", "multi"):
                level = "option" if question.type == "scale" else "channel"
                asked, answered = answer != "not_asked", picked[0] in there
                topic = Topic(level, f"{question.code}.{option.code}")
                special = (answer == "dk", answer == "na", answer in ("pns", "skipped"))
                yield topic, (asked, answered, option.code in picked, Fraction(0), *special)


def given(person: Person, survey: Survey, question: Question) -> Answer:
    if question.code not in survey.codes(person.variant):
        return "not_asked"
    return person.answers.get(question.code, "skipped")


def score(question: Question, answer: Answer) -> Fraction | None:
    for option in question.options:
        if option.code == answer and option.score is not None:
            return Fraction(100 - option.score if question.reversed else option.score)
    return None


def one(asked: bool, value: Fraction | None, answer: Answer) -> One:
    if not asked or value is None:
        return (asked, False, False, Fraction(0), answer == "dk", answer == "na", answer in ("pns", "skipped"))
    return (True, True, value * 2 >= 125, value, False, False, False)
