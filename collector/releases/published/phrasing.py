"""One published figure and the words for it. Nothing is worked out here but how to say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from collector.disclosure.figure import HIDDEN

NOT_THERE = "[x]"
"""Stands where a file has no such figure."""
WHY_HIDDEN = "hidden to protect people"
NOT_GIVEN = "not given"
CHANGES = {"up": "Clearly higher", "down": "Clearly lower", "no_clear_change": "No clear change"}
OR = {"gte": " or more", "lte": " or less"}
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure as it stands in the file. All but the label and the marker are empty where it is hidden."""

    label: str
    value: int | None = None
    unit: str = "percent"
    marker: str = ""
    bound: str = ""
    low: int | None = None
    high: int | None = None
    base: str = ""
    visits: str = ""
    few: bool = False
    change: str = ""

    @property
    def hidden(self) -> bool:
        return self.marker == HIDDEN

    @property
    def says(self) -> str:
        """The value in a few words: 45%, 95% or more, Hidden."""
        if self.hidden:
            return "Hidden"
        if self.value is None:
            return NOT_GIVEN.capitalize()
        sign = "%" if self.unit == "percent" else ""
        return f"{self.value}{sign}{OR.get(self.bound, '')}"

    @property
    def base_says(self) -> str:
        """How many people it rests on; nothing where it is hidden."""
        return "" if self.hidden else self.base or NOT_GIVEN

    @property
    def visits_says(self) -> str:
        """On how many visits; the file has none for groups. 0 stands for a few."""
        return "" if self.hidden else {"": NOT_GIVEN, "0": "a few"}.get(self.visits, self.visits)

    @property
    def range_says(self) -> str:
        return f"{self.low} to {self.high}%" if self.low is not None and self.high is not None else ""

    @property
    def change_says(self) -> str:
        return CHANGES.get(self.change, "")

    @property
    def whole(self) -> str:
        """Everything that a chart shows of it, for those who listen."""
        if self.hidden:
            return f"{self.label}: {WHY_HIDDEN}"
        pieces = [f"{self.label}: {self.says}"]
        if self.range_says:
            pieces.append(f"range {self.range_says}")
        if self.few:
            pieces.append("fewer than 30 people")
        return ", ".join(pieces)

    @property
    def in_ten(self) -> str:
        """The share as people say it: about 6 in 10 people."""
        return in_ten(self.value, self.bound) if self.value is not None else ""


def reading(row: Mapping[str, str] | None, label: str) -> Reading:
    """The reading of a row; one that says so where the file has no such row."""
    if row is None:
        return Reading(label)
    return Reading(
        label=label,
        value=_whole(row["value"]),
        unit=row["unit"],
        marker=row["value_marker"],
        bound=row["bound"],
        low=_whole(row["range_low"]),
        high=_whole(row["range_high"]),
        base=row["base_rounded"],
        visits=row["visits"],
        few=row["reliability"] == "low",
        change=row["change_vs_previous"],
    )


def _whole(cell: str) -> int | None:
    return round(float(cell)) if cell else None


def in_ten(value: int, bound: str = "") -> str:
    """A percentage as people in ten. Half-way ones are given as both; a bound stays a bound."""
    tens, rest = divmod(value, 10)
    if bound == "gte":
        return f"{tens} in 10 people or more" if not rest else f"more than {tens} in 10 people"
    if bound == "lte":
        return f"{tens} in 10 people or fewer" if not rest else f"fewer than {tens + 1} in 10 people"
    if 4 <= rest <= 6:
        return f"{tens} to {tens + 1} in 10 people"
    return f"about {tens + (rest > 6)} in 10 people"


def span(start: date, end: date) -> str:
    """A period in words: July to September 2026."""
    first = MONTHS[start.month - 1] + ("" if start.year == end.year else f" {start.year}")
    return f"{first} to {MONTHS[end.month - 1]} {end.year}"


def period(head: Mapping[str, str]) -> str:
    """The period that a release is about, in words."""
    return span(date.fromisoformat(head["period_start"]), date.fromisoformat(head["period_end"]))


def month(on: date) -> str:
    """A month, short: Sep 2026."""
    return f"{MONTHS[on.month - 1][:3]} {on.year}"


def day(on: date) -> str:
    """A day in words: 20 October 2026."""
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


FILES = (
    ("_excel.csv", "All figures, for a spreadsheet: the marks stand in the value cell."),
    (".csv-metadata.json", "What each column means, for programs (CSV on the Web)."),
    (".xlsx", "All figures and the codebook, as a workbook."),
    ("checksums.txt", "The SHA-256 of each file, to check what you downloaded."),
    ("datapackage.json", "The files described for programs (Frictionless)."),
    ("methods.md", "How the figures were made, and how people are protected."),
    ("changes.md", "What changed since the edition before, and why."),
)
BEGINNINGS = (
    ("codebook_", "Every code: questions, answers, groups, marks."),
    ("who-answered_", "People who answered, beside the Census."),
    ("trust-summary_", "All figures, one a row, for R, Python and the like."),
)


FIRST = (".xlsx", "_excel.csv", ".csv")
"""Endings of the files that most people come for, in the order in which they are offered; then all others by name."""


def order_of(name: str) -> tuple[int, str]:
    """Where a file stands among those of its release."""
    main = name.startswith("trust-summary_")
    return next((at for at, end in enumerate(FIRST) if main and name.endswith(end)), len(FIRST)), name


def about(name: str) -> str:
    """What a file of a release is for; nothing for one that is not known here."""
    ends = (words for end, words in FILES if name.endswith(end))
    return next(ends, next((words for start, words in BEGINNINGS if name.startswith(start)), ""))


def size(count: int) -> str:
    """A file's size in words: 340 kB."""
    return f"{count / 1e6:.1f} MB" if count >= 1_000_000 else f"{max(1, round(count / 1000))} kB"
