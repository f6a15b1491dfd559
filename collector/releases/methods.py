"""`methods.md`: how the figures of a release were made, what was hidden and why, and what they cannot say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Template

from collector.releases.tidy import Edition
from collector.summaries.frame import Frame
from collector.summaries.rules import BOUNDS, CHANGES, MARKERS, MEASURES, PARAMETERS, RELIABILITY, RULES_VERSION

SYNTHETIC = """
> **Synthetic data.** Every answer behind these figures was invented by a program. They are about nobody and no place.
"""

DRAFT = """
> **Draft: not for publication.** Late answers may still come, and the figures are not frozen. Keep this folder to yourself.
"""

TEXT = Template("""\
# Methods: $period ($start to $end)
$synthetic$draft
## What this is

Answers to $surveys, given at barbershops, places of worship and other community venues in $period.
The questions were designed from the published literature on trust in health services. They are **not validated**.
The four pillars follow the framework of the Health Policy Partnership ("Earning trust", 2024, funded by Sanofi); the scores
are this project's own and are not scores of that framework.

## Who answered

People who chose to answer at these places: **a convenience sample**. The figures describe them, not all residents, and are
not weighted. They describe services as people find them, never the people. Areas, venues and groups are not to be ranked.

## How a figure is made

Each answer to a scale question scores 0 to 100; "I don't know", "doesn't apply", "rather not say" and skipped have no
score. A person's element score is the mean of its answered questions; a pillar score is the mean of its elements, given
only when at least half of them are answered. A score of 62.5 or more is favourable. Each person counts once.
`variant` is `all` where people who took the short form were asked too, and `full` where they were not.

$measures

A range says how much a figure could move by chance if a similar group were asked again (Wilson, 95%, worked out from
the published, rounded numbers and rounded outward). Answers from one visit resemble each other, so **ranges are likely too
narrow**; the number of visits is given for each area. A change is called up or down only if the ranges of both quarters rule out none
(Newcombe).

## How people are protected

$parameters

Percentages and means are hidden where they rest on too few people, too few visits or mostly one venue. Groups of nobody
look like small groups. Every possible row is there, shown or hidden. `visits` is given for everybody of an area only,
and rounded down like every count, so 0 stands for 1 to 4: for a group it would tell how small it is. A breakdown that has a
coarser one beside it, such as 19 ethnic groups, is for the whole region only.

A person who can add and subtract must not work out what is hidden: each total, area, quarter and year was checked with all
releases before it, and further rows were hidden where that was needed. They are marked like the others. Years are given
only where they tell nothing more; half-years only where both quarters are hidden. Not covered: an insider who knows more
than three people in the data, and invented answers put in on purpose (a daily limit on each code is there for that).

What each rule hid, in families of figures (all figures of one question or pillar in one row):

$hidden

| mark or word | meaning |
|---|---|
$words

## This edition

Status $status, revision $revision, dated $published_on, made by Collector $code_version with rules version $rules. The same counts give the same
bytes; `checksums.txt` has the SHA-256 of each file.
""")


def methods(edition: Edition, frames: Iterable[Frame], code_version: str, why: Mapping[str, int]) -> bytes:
    """The page for one release. It holds no hash of the true counts: with one, a guess at them could be tested."""
    words = {**MARKERS, **BOUNDS, **RELIABILITY, **CHANGES}
    page = TEXT.substitute(
        period=edition.period.code,
        start=edition.period.start,
        end=edition.period.end,
        synthetic=SYNTHETIC if edition.synthetic else "",
        draft=DRAFT if edition.status == "draft" else "",
        rules=RULES_VERSION,
        hidden=_hidden(why),
        surveys=" and ".join(f"the survey {frame.survey} {frame.version}" for frame in frames),
        measures="\n".join(f"- `{measure.code}`: {measure.meaning}" for measure in MEASURES),
        parameters=_parameters(),
        words="\n".join(f"| `{word}` | {meaning} |" for word, meaning in words.items()),
        status=edition.status,
        revision=edition.revision,
        published_on=edition.published_on,
        code_version=code_version,
    )
    return page.encode()


HIDING = {
    "R1": "fewer than ten people",
    "R2": "too few visits, or mostly one venue",
    "R7": "could else be used to work out a hidden figure",
    "R8": "single options: too few people",
    "R9": "the year would tell of a hidden quarter",
    "R10": "kept or withdrawn in a correction: too few people changed",
}


def _hidden(why: Mapping[str, int]) -> str:
    rows = ["| rule | reason | families |", "|---|---|--:|"]
    rows += [f"| {rule} | {reason} | {why.get(rule, 0)} |" for rule, reason in HIDING.items()]
    return "\n".join(rows)


def _parameters() -> str:
    rows = ["| rule | what | value | source |", "|---|---|--:|---|"]
    rows += [f"| {p.rule} | {p.meaning} | {p.value} | {p.source} |" for p in PARAMETERS]
    return "\n".join(rows)
