"""`methods.md`: how the figures of a release were made, how people are protected, and what they cannot say."""

from __future__ import annotations

from collections.abc import Iterable
from string import Template

from collector.disclosure.rules import (
    BOUNDS,
    CHANCES,
    CHANGES,
    MARKERS,
    MEASURES,
    PARAMETERS,
    PLAINLY,
    RELIABILITY,
    RULES_VERSION,
)
from collector.releases.tidy import Edition
from collector.summaries.outline import Outline

SYNTHETIC = """
> **Synthetic data.** Every answer behind these figures was invented by a program. They are about nobody and no place.
"""

DRAFT = """
> **Draft: not for publication.** Late answers may still come, and the figures are not frozen. Keep this folder to yourself.
"""

TEXT = Template("""\
# Methods: $period ($start to $end)
$synthetic$draft
$plainly

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
the published numbers, wider by what the change of counts and the rounding add, and rounded outward). Answers from one visit resemble each other, so **ranges are likely too
narrow**; the number of visits is given for each area. A change is called up or down only if the ranges of both quarters rule out none
(Newcombe).

## How people are protected

$parameters

A count is changed by this table of chances (in sixteenths), so the mean of many changes is none:

$chances

Which change a count gets is decided by a secret number of the period and by the true counts of its row (HMAC-SHA256), not
by chance each time: the same people are changed alike however often they are printed, and nobody without the secret can
repeat it. So the groups of a row, or the boroughs of a region, may not add up exactly to their total.

Percentages are made from the changed counts. They are hidden where they rest on too few people, too few visits or mostly
one venue. Groups of nobody look like small groups. Every possible row is there, shown or hidden. `visits` is given for
everybody of an area only, and 0 stands for a few: for a group it would tell how small it is. A breakdown that has a
coarser one beside it, such as 19 ethnic groups, is for the whole region only. A year is made like a quarter, from the sum
of its quarters, with a secret of its own.

Not covered: an insider who knows more than three people in the data, and invented answers put in on purpose (a daily
limit on each code is there for that).

| mark or word | meaning |
|---|---|
$words

## This edition

Status $status, revision $revision, dated $published_on, made by Collector $code_version with rules version $rules. The same counts give the same
bytes; `checksums.txt` has the SHA-256 of each file.
""")


def methods(edition: Edition, outlines: Iterable[Outline], code_version: str) -> bytes:
    """The page for one release. It holds no hash of the true counts: with one, a guess at them could be tested."""
    words = {**MARKERS, **BOUNDS, **RELIABILITY, **CHANGES}
    page = TEXT.substitute(
        period=edition.period.code,
        start=edition.period.start,
        end=edition.period.end,
        synthetic=SYNTHETIC if edition.synthetic else "",
        draft=DRAFT if edition.status == "draft" else "",
        rules=RULES_VERSION,
        plainly=PLAINLY,
        chances=_chances(),
        surveys=" and ".join(f"the survey {outline.survey} {outline.version}" for outline in outlines),
        measures="\n".join(f"- `{measure.code}`: {measure.meaning}" for measure in MEASURES),
        parameters=_parameters(),
        words="\n".join(f"| `{word}` | {meaning} |" for word, meaning in words.items()),
        status=edition.status,
        revision=edition.revision,
        published_on=edition.published_on,
        code_version=code_version,
    )
    return page.encode()


def _chances() -> str:
    """R3: the table of chances."""
    steps = sorted({step for row in CHANCES for step in row})
    rows = [f"| true count | {' | '.join(f'{step:+d}' if step else '0' for step in steps)} |"]
    rows.append("|---|" + "--:|" * len(steps))
    for count, row in enumerate(CHANCES):
        name = f"{count} or more" if count == len(CHANCES) - 1 else str(count)
        rows.append(f"| {name} | {' | '.join(str(row.get(step, 0)) for step in steps)} |")
    return "\n".join(rows)


def _parameters() -> str:
    rows = ["| rule | what | value | source |", "|---|---|--:|---|"]
    rows += [f"| {p.rule} | {p.meaning} | {p.value} | {p.source} |" for p in PARAMETERS]
    return "\n".join(rows)
