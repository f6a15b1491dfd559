"""The rules R1 to R13 of disclosure control: every number of them with its source, and every word that figures carry.

Method: a minimum frequency (R1), dominance (R2), the cell key method (R3) and rounding (R4), as in Hundepool et al.,
"Statistical Disclosure Control" (2012), and in the Census 2021 of England and Wales.
"""

from __future__ import annotations

from dataclasses import dataclass

RULES_VERSION = "2"
"""Of rules R1 to R13."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of the rules."""

    name: str
    value: int
    rule: str
    meaning: str
    source: str


NHS_DIGITAL = "NHS Digital, hospital statistics since 2018: counts in steps of 5, small ones hidden"
GPPS = "GP Patient Survey: results of fewer than 10 people are hidden"
CENSUS = "Census 2021, England and Wales: the cell key method"
ATTACKED = "found by simulated attacks on made-up data"
CHOSEN = "this project's choice"

PARAMETERS = (
    Parameter("least_people", 10, "R1", "people below whom nothing is shown", GPPS),
    Parameter("least_visits", 3, "R2", "visits below which no percentage is shown", ATTACKED),
    Parameter("venue_share", 80, "R2", "most that one venue may hold of a group, in percent", ATTACKED),
    Parameter("most_change", 2, "R3", "people by whom a count is changed at most, up or down", CENSUS),
    Parameter("count_step", 5, "R4", "counts are rounded down to a multiple of this, after the change", NHS_DIGITAL),
    Parameter("step", 5, "R4", "percentages are rounded to the nearest multiple of this", ATTACKED),
    Parameter("fine_step", 1, "R4", "the same, for all respondents with a large base", ATTACKED),
    Parameter("fine_base", 200, "R4", "the base from which the fine step is used", ATTACKED),
    Parameter("bound_people", 200, "R5", "this ÷ base, rounded up to a step: how near 0 or 100 it comes", ATTACKED),
    Parameter("least_bound", 5, "R5", "no percentage comes nearer to 0 or 100 than this", ATTACKED),
    Parameter("range_base", 30, "R6", "the base from which ranges and changes are given", CHOSEN),
    Parameter("distribution_base", 200, "R8", "the base from which single options are shown", ATTACKED),
    Parameter("changed_people", 10, "R10", "people by whom a period changes in a correction at least", GPPS),
)  # fmt: skip
LIMIT = {parameter.name: parameter.value for parameter in PARAMETERS}

CHANCES: tuple[dict[int, int], ...] = (
    {0: 16},
    {-1: 6, 0: 6, 1: 2, 2: 2},
    {-2: 1, -1: 4, 0: 6, 1: 4, 2: 1},
)
"""R3: sixteenths with which a true count of 0, of 1, and of 2 or more is changed. Each has the mean 0, and the last two
the variance 1. The last is that of four tosses of a coin: heads, less two. Nothing goes below 0, and 0 stays."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One kind of figure: which people it counts (`part`, a field of Count) out of which (`base`), and where.

    `levels` are those it exists at for all respondents, `split_levels` those in the rows of a breakdown.
    `special` is the special answer that its question must offer.
    """

    code: str
    unit: str
    meaning: str
    part: str
    base: str
    levels: tuple[str, ...]
    split_levels: tuple[str, ...] = ()
    special: str = ""
    trend: bool = False


SCORED = ("overall", "pillar", "element", "question")
ASKED = ("overall", "question")
MEASURES = (
    Measure("respondents", "people", "People who answered.", "", "", ("participation",), ("participation",)),
    Measure(
        "pct_favourable",
        "percent",
        "People with a score of 62.5 or more (for one question: the two best answers), of people with a score.",
        "favourable",
        "answered",
        SCORED,
        ("overall", "pillar", "question"),
        trend=True,
    ),
    Measure(
        "pct_dk", "percent", "I don't know, of everyone asked.", "dk", "asked", ASKED, ("overall",), special="dk"
    ),
    Measure(
        "pct_na", "percent", "Doesn't apply to me, of everyone asked.", "na", "asked", ASKED, ("overall",), special="na"
    ),
    Measure(
        "pct_pns_or_skipped",
        "percent",
        "Rather not say, or moved on without answering, of everyone asked.",
        "unsaid",
        "asked",
        ASKED,
        ("overall",),
    ),
    Measure(
        "pct_option", "percent", "Gave this answer, of people with a score.", "favourable", "answered", ("option",)
    ),
    Measure(
        "pct_selected", "percent", "Picked this, of people who answered.", "favourable", "answered", ("channel",)
    ),
)  # fmt: skip

PLAINLY = (
    "Every number is moved by up to two people, always the same way for the same people, so that nobody can work out "
    "what one person said. Groups of fewer than ten are not shown."
)
"""What everybody who sees a figure is told first."""
MARKERS = {
    "[c]": "confidential: hidden to protect people. Empty groups look the same as small ones.",
    "[u]": "low reliability: fewer than 30 people.",
}
BOUNDS = {"lte": "the value or less", "gte": "the value or more"}
RELIABILITY = {"ok": "30 people or more", "low": "10 to 29 people"}
CHANGES = {
    "up": "clearly higher than in the quarter before",
    "down": "clearly lower than in the quarter before",
    "no_clear_change": "chance alone could explain the difference",
}
REASONS = {
    "missed": "Some answers were missed.",
    "twice": "Some answers were counted twice.",
    "area": "A place was counted in the wrong area.",
    "import": "Answers were brought in that do not belong here.",
}
"""R10: what may have been wrong with a period. Words of one's own could tell of a person."""
