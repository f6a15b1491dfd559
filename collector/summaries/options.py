"""R8, audited: which answer options stay hidden beside those shown, so that no option of fewer than ten is worked out.

The options of a scale question add up to those who answered it, the favourable ones to its favourable people; an option
adds up over areas. Options are shown for all respondents only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor

import numpy as np

from collector.summaries.audit import Audit, Bad, Withheld
from collector.summaries.bounds import MANY, A, Bounds, Flags, Whole
from collector.summaries.counts import Key, Topic
from collector.summaries.disclosure import NO_ONE, Figure
from collector.summaries.distribution import Distribution
from collector.summaries.frame import ALL, Code, Frame
from collector.summaries.lines import AREAS, Line, Node
from collector.summaries.rules import LIMIT
from collector.summaries.told import EXACT, of_base, reach
from collector.summaries.world import Edition, Family

ONLY = Topic("option", "")
ANSWERED, GOOD, BAD = "", "+", "-"


def audit_options(edition: Edition, frame: Frame) -> Withheld:
    """What of one edition's options must be hidden beside those that R8 hides."""
    hidden = Withheld()
    for world in (_WithinQuestion(edition, frame), _OverAreas(edition, frame)):
        while (bad := world.unprotected() or world.unproven()) and world.hide(bad):
            pass
        for (_, key, _), rule in world.withheld.families.items():
            topic = Topic(world.levels[key.breakdown], f"{key.breakdown}.{key.group}")
            hidden.families[Family(edition.code, Key(key.area, ALL.code, ALL.code), topic)] = rule
    return hidden


class _OptionWorld(Audit):
    """The same audit, with questions for breakdowns and options for groups; what is counted is who chose them."""

    def __init__(self, edition: Edition, frame: Frame) -> None:
        own = [code for code in frame.codes if code.option]
        self.options = {(code.question, code.option): code for code in own}
        self.levels = {code.question: code.level for code in own}
        self.questions = {code.code: code for code in frame.codes if code.level in ("overall", "question")}
        areas = sorted({key.area for key in edition.rows})
        keys = [Key(area, *pair) for area in areas for pair in self._pairs()]
        super().__init__([_with_rows(edition, tuple(keys))], frame)

    def _pairs(self) -> Iterator[tuple[str, str]]:
        yield from self.options
        for question, level in self.levels.items():
            if level == "option":
                yield from ((question, total) for total in (ANSWERED, GOOD, BAD))

    def _begin(self, frame: Frame) -> tuple[list[Code], list[Topic], list[Line]]:
        place = {node.key: number for number, node in enumerate(self.nodes)}
        return [next(iter(self.options.values()))], [ONLY], list(self._lines_among(place))

    def _lines_among(self, place: Mapping[Key, int]) -> Iterator[Line]:
        raise NotImplementedError

    def _fill_row(self, number: int, node: Node) -> None:
        edition = self.editions[node.edition]
        area, question, option = node.key
        row = Key(area, ALL.code, ALL.code)
        counts, shown = edition.series.counts.get(row, {}), edition.shown.get(row, {})
        low, high = self.start.low[number, :, 0], self.start.high[number, :, 0]
        self.people[number] = True
        code = self.options.get((question, option))
        if code is None:
            asked = self.questions[question]
            topic = Topic(asked.level, question)
            self.frozen[number] = self.shown[number, 0] = True
            count = counts.get(topic, NO_ONE)
            self.true[number, A, 0] = {
                ANSWERED: count.answered, GOOD: count.favourable, BAD: count.answered - count.favourable,
            }[option]  # fmt: skip
            low[A], high[A] = _of_question(option, shown.get(topic, ()))
            return
        topic = Topic(code.level, code.code)
        self.exists[number, 0] = True
        self.true[number, A, 0] = chose = counts.get(topic, NO_ONE).favourable
        if topic in shown:
            self.shown[number, 0] = True
            low[A], high[A] = _of_option(shown[topic])
        elif chose < LIMIT["least_people"]:
            low[A], high[A] = 0, LIMIT["least_people"] - 1

    def _too_few(self, bounds: Bounds, hidden: Flags, shown: Flags) -> Flags:
        """An option is one answer: there is nothing else that all of a group may have said."""
        return hidden & False

    def values(self) -> Whole:
        return np.full((len(self.nodes), 1), LIMIT["values"])

    def unproven(self) -> list[Bad]:
        """Over areas, adding and subtracting is all there is."""
        return []


class _WithinQuestion(_OptionWorld):
    """Options beside each other. Where none is shown, no more is known of them than the question itself tells."""

    def _lines_among(self, place: Mapping[Key, int]) -> Iterator[Line]:
        parts: defaultdict[Key, list[int]] = defaultdict(list)
        for key, number in place.items():
            code = self.options.get((key.breakdown, key.group))
            if code is not None and code.level == "option":
                parts[key._replace(group=ANSWERED)].append(number)
                parts[key._replace(group=GOOD if code.favourable else BAD)].append(number)
        for total, own in parts.items():
            yield Line(f"options {total.group}", place[total], tuple(own))

    def small(self, hidden: Flags) -> Flags:
        told = {(node.key.area, node.key.breakdown) for node, shown in self._options() if shown}
        beside = np.array([(node.key.area, node.key.breakdown) in told for node in self.nodes])
        few: Flags = super().small(hidden) & beside[:, None]
        return few

    def unproven(self) -> list[Bad]:
        """Options that the question's own figures give away, scores and all."""
        return [bad for area in sorted({node.key.area for node in self.nodes}) for bad in self._worked_out(area)]

    def _worked_out(self, area: str) -> Iterator[Bad]:
        edition = next(iter(self.editions.values()))
        key = Key(area, ALL.code, ALL.code)
        whole, counts = edition.shown.get(key, {}), edition.series.counts.get(key, {})
        rows = {node.key: row for row, node in enumerate(self.nodes)}
        for question, asked in self.questions.items():
            options = [code for code in self.options.values() if code.question == question and code.level == "option"]
            place = {code.option: rows[Key(area, question, code.option)] for code in options}
            shown = {
                code.option: whole[Topic(code.level, code.code)][0]
                for code in options
                if self.shown[place[code.option], 0]
            }
            small = {
                option for option, row in place.items() if option not in shown and self.small(self.hidden())[row, 0]
            }
            if not shown or not small:
                continue
            numbers = Distribution(options, counts[Topic(asked.level, question)], shown, small)
            for option in sorted(small):
                if numbers.values(option, LIMIT["values"]) < LIMIT["values"]:
                    yield Bad(0, place[option], 0, A)

    def _options(self) -> Iterator[tuple[Node, bool]]:
        for row, node in enumerate(self.nodes):
            if self.exists[row, 0]:
                yield node, bool(self.shown[row, 0])


class _OverAreas(_OptionWorld):
    """One option in all areas."""

    def _lines_among(self, place: Mapping[Key, int]) -> Iterator[Line]:
        edition = next(iter(self.editions.values()))
        parts: defaultdict[Key, list[int]] = defaultdict(list)
        for key, number in place.items():
            above = key._replace(area=edition.parents.get(key.area, ""))
            if above in place:
                parts[above].append(number)
        for total, own in parts.items():
            yield Line(AREAS, place[total], tuple(own))


def _with_rows(edition: Edition, rows: tuple[Key, ...]) -> Edition:
    return Edition(edition.code, edition.series, rows, edition.parents, edition.shown)


def _of_question(total: str, figures: Sequence[Figure]) -> tuple[int, int]:
    main = next((figure for figure in figures if figure.place.measure == "pct_favourable"), None)
    low, high = of_base(main)
    if main is None or total == ANSWERED:
        return low, high
    least, most = reach(main)
    if total == BAD:
        least, most = 1 - most, 1 - least
    return ceil(least * low - EXACT), floor(most * high + EXACT)


def _of_option(figures: Sequence[Figure]) -> tuple[int, int]:
    low, high = of_base(figures[0])
    least, most = reach(figures[0])
    return ceil(least * low - EXACT), min(MANY, floor(most * high + EXACT))
