"""What a figures page shows: one area in one period, in the order of the survey. All of it from released files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from collector.web.published import Cells, Place, Release
from collector.web.reading import Reading, reading, span
from collector.web.shelf import current

ALL, UNSAID = "all", "unsaid"
QUARTERS = 5
"""Quarters shown beside each other: this one and the year before it."""


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
    unsaid: Reading


@dataclass(frozen=True, slots=True)
class Pillar:
    """A pillar with its questions."""

    name: str
    definition: str
    figure: Reading
    topics: tuple[Topic, ...]
    spreads: tuple[Spread, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """One breakdown: its groups in the survey's order, with what is shown of each."""

    code: str
    label: str
    groups: tuple[tuple[str, str], ...]
    asked: bool


@dataclass(frozen=True)
class Sheet:
    """The figures of one area and period."""

    release: Release
    place: Place

    @property
    def head(self) -> Cells:
        return self.release.blocks[self.place][0].head

    @property
    def area(self) -> str:
        return self.head["area_name"]

    @property
    def start(self) -> date:
        return date.fromisoformat(self.head["period_start"])

    @property
    def end(self) -> date:
        return date.fromisoformat(self.head["period_end"])

    @property
    def when(self) -> str:
        return span(self.start, self.end)

    @cached_property
    def _rows(self) -> dict[tuple[str, ...], Cells]:
        rows = list(self.release.rows(self.place))
        newest = max((row["survey"], _version(row["survey_version"])) for row in rows)
        own = [row for row in rows if (row["survey"], _version(row["survey_version"])) == newest]
        return {_key(row): row for row in own}

    @cached_property
    def series(self) -> tuple[str, str]:
        """The survey and its major version: figures of another one are not set beside these."""
        row = next(iter(self._rows.values()))
        return row["survey"], row["survey_version"].partition(".")[0]

    @cached_property
    def _book(self) -> list[Cells]:
        version = next(iter(self._rows.values()))["survey_version"]
        rows = [row for row in self.release.codebook if row["survey_version"] == version]
        return [row for row in rows if row["survey"] == self.series[0]]

    def kind(self, *kinds: str) -> list[Cells]:
        """Rows of the codebook of some kinds, in the survey's order."""
        return [row for row in self._book if row["kind"] in kinds]

    def meaning(self, kind: str, code: str) -> str:
        """What a mark or word of the file means, in the file's words."""
        return next((row["definition"] for row in self.kind(kind) if row["code"] == code), "")

    def at(self, code: str, label: str, measure: str = "pct_favourable", split: str = ALL, group: str = ALL) -> Reading:
        """One figure."""
        return reading(self._rows.get((split, group, code, measure)), label)

    @cached_property
    def overall(self) -> tuple[Reading, ...]:
        return tuple(self.at(row["code"], "Overall trust") for row in self.kind("overall"))

    @cached_property
    def asked_overall(self) -> str:
        return next((row["label"] for row in self.kind("overall")), "")

    @cached_property
    def people(self) -> Reading:
        return self.at("respondents", "People who answered", "respondents")

    @cached_property
    def side_by_side(self) -> tuple[Reading, ...]:
        """Overall trust, then the pillars: never one index of them."""
        return (*self.overall, *(self.at(row["code"], row["label"]) for row in self.kind("pillar")))

    @cached_property
    def pillars(self) -> tuple[Pillar, ...]:
        return tuple(
            Pillar(
                row["label"],
                row["definition"],
                self.at(row["code"], row["label"]),
                tuple(self._topics(row["code"])),
                tuple(self.spread(q) for q in self.kind("question") if q["pillar"] == row["code"]),
            )
            for row in self.kind("pillar")
        )

    def _topics(self, pillar: str) -> Iterator[Topic]:
        for element in self.kind("element"):
            if element["pillar"] != pillar:
                continue
            questions = [row for row in self.kind("question") if row["element"] == element["code"]]
            if len(questions) > 1:
                yield self._topic("", element["code"], f"{element['label']}: its questions together")
            for row in questions:
                yield self._topic(element["label"], row["code"], row["label"])

    def _topic(self, element: str, code: str, label: str) -> Topic:
        unsure, unsaid = (self.at(code, label, measure) for measure in ("pct_dk", "pct_pns_or_skipped"))
        return Topic(element, self.at(code, label), unsure, unsaid)

    def spread(self, question: Cells) -> Spread:
        """The answers to a question: unfavourable ones left, favourable ones right, half-way ones between."""
        own = [row for row in self.kind("option") if row["code"].partition(".")[0] == question["code"]]
        sides = [(_side(row), self.at(row["code"], row["label"], "pct_option")) for row in own]
        return Spread(self.at(question["code"], question["label"]), tuple(sides))

    @cached_property
    def spreads(self) -> tuple[Spread, ...]:
        return tuple(self.spread(row) for row in self.kind("overall", "question"))

    @cached_property
    def channels(self) -> tuple[str, tuple[Reading, ...]]:
        rows = self.kind("channel")
        return (rows[0]["hint"] if rows else ""), tuple(self.at(r["code"], r["label"], "pct_selected") for r in rows)

    @cached_property
    def splits(self) -> tuple[Group, ...]:
        """The breakdowns that the file has for this area."""
        there = {split for split, _, _, _ in self._rows}
        return tuple(
            Group(row["code"], row["label"], tuple(self._groups(row["code"])), bool(row["definition"]))
            for row in self.kind("breakdown")
            if row["code"] in there
        )

    def _groups(self, split: str) -> Iterator[tuple[str, str]]:
        for row in self.kind("group"):
            name, _, code = row["code"].partition(".")
            if name == split:
                yield code, row["label"]

    def who(self, split: Group) -> tuple[Reading, ...]:
        """How many people of each group answered."""
        return tuple(self.at("respondents", label, "respondents", split.code, code) for code, label in split.groups)

    def census(self, split: Group) -> tuple[tuple[str, str], ...]:
        """(per cent of residents, source) of each group by the Census, as the release gives it; empty when it does not."""
        own = tuple(self.release.census.get((self.place[1], split.code, code), ("", "")) for code, _ in split.groups)
        return own if any(percent for percent, _ in own) else ()

    def quiet(self, split: Group) -> list[str]:
        """Groups of people that too few answered from to show them, or that are hidden to protect another one."""
        rows = zip(split.groups, self.who(split), strict=True)
        return [label for (code, label), figure in rows if figure.hidden and code != UNSAID] if split.asked else []

    def by(self, split: Group) -> Iterator[tuple[str, tuple[Reading, ...]]]:
        """Overall trust and each pillar with the readings of all groups, everybody first."""
        for row in (*self.kind("overall"), *self.kind("pillar")):
            name = "Overall trust" if row["kind"] == "overall" else row["label"]
            groups = tuple(self.at(row["code"], label, split=split.code, group=code) for code, label in split.groups)
            yield name, (self.at(row["code"], "Everybody who answered"), *groups)


def _key(row: Cells) -> tuple[str, str, str, str]:
    return row["breakdown"], row["breakdown_code"], row["code"], row["measure"]


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(piece) for piece in text.split("."))


def _side(option: Cells) -> str:
    if option["favourable"] == "yes":
        return "right"
    return "middle" if option["score"] in ("50", "50.0") else "left"


def before(sheet: Sheet, releases: Iterable[Release]) -> tuple[Sheet, ...]:
    """The quarters up to this one in the same area, oldest first, of the same series."""
    sheets = (Sheet(release, place) for place, release in current(releases).items() if place[1] == sheet.place[1])
    quarters = [one for one in sheets if one.head["period_type"] == "quarter" and one.end <= sheet.end]
    ordered = sorted((one for one in quarters if one.series == sheet.series), key=lambda one: one.end)
    return tuple(ordered[-QUARTERS:])
