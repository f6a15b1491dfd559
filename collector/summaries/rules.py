"""The parameters of disclosure control, each with its rule and source. Every threshold of the program stands here."""

from __future__ import annotations

from dataclasses import dataclass

RULES_VERSION = "1"
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
SIMULATED = "found by simulated attacks on made-up data"
CHOSEN = "this project's choice"

PARAMETERS = (
    Parameter("least_people", 10, "R1", "people below whom nothing is shown", GPPS),
    Parameter("least_visits", 3, "R2", "visits below which no percentage or mean is shown", SIMULATED),
    Parameter("venue_share", 80, "R2", "most that one venue may hold of a group, in percent", SIMULATED),
    Parameter("count_step", 5, "R3", "counts are rounded down to a multiple of this", NHS_DIGITAL),
    Parameter("step", 5, "R4", "percentages and means are rounded to the nearest multiple of this", SIMULATED),
    Parameter("fine_step", 1, "R4", "the same, for all respondents with a large base", SIMULATED),
    Parameter("fine_base", 200, "R4", "the base from which the fine step is used", SIMULATED),
    Parameter("mean_base", 30, "R4", "the base from which means are shown", CHOSEN),
    Parameter("bound_people", 200, "R5", "this ÷ base, rounded up to a step: how near 0 or 100 it comes", SIMULATED),
    Parameter("least_bound", 5, "R5", "no figure comes nearer to 0 or 100 than this", SIMULATED),
    Parameter("values", 4, "R7", "whole numbers that a hidden number below ten may still be", SIMULATED),
    Parameter("values_beside_people", 3, "R7", "the same, where the number of people in the row is shown", SIMULATED),
    Parameter("unanimous", 3, "R7", "in a hidden row so many may have answered well, and so many badly, by subtraction", SIMULATED),
    Parameter("reach", 2, "R7", "the same, proven by example, and in every row that is shown", SIMULATED),
    Parameter("known_people", 3, "R7", "people of a row whose answers somebody may know", SIMULATED),
    Parameter("changed_people", 10, "R10", "people by whom a row changes in a correction, or it keeps its value", GPPS),
    Parameter("range_base", 30, "R6", "the base from which ranges and changes are given", CHOSEN),
    Parameter("distribution_base", 200, "R8", "the base from which single options are shown", SIMULATED),
)  # fmt: skip
LIMIT = {parameter.name: parameter.value for parameter in PARAMETERS}


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
        "mean_score",
        "score",
        "Mean of people's scores, 0 to 100.",
        "score_sum",
        "answered",
        SCORED,
        ("overall", "pillar"),
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

MARKERS = {
    "[c]": "confidential: hidden to protect people. Empty groups look the same as small ones.",
    "[u]": "low reliability: fewer than 30 people.",
    "[x]": "not given: a mean needs 30 people or more.",
}
BOUNDS = {"lte": "the value or less", "gte": "the value or more"}
RELIABILITY = {"ok": "30 people or more", "low": "10 to 29 people"}
CHANGES = {
    "up": "clearly higher than in the quarter before",
    "down": "clearly lower than in the quarter before",
    "no_clear_change": "chance alone could explain the difference",
}
