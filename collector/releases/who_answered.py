"""Who answered, beside who lives there: published numbers of people by group, and the Census profile.

Figures of the Office for National Statistics, Census 2021, table TS021. A row without one says why.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from collector.community.census import profile
from collector.releases.csvfile import Row
from collector.summaries.outline import ALL, UNSAID

COLUMNS = (
    "period", "area_code", "area_name", "breakdown", "breakdown_code", "breakdown_label",
    "respondents", "value_marker", "census_2021_percent", "source", "survey", "survey_version",
)  # fmt: skip
KEY = ("period", "area_code", "breakdown", "breakdown_code", "survey", "survey_version")
TEXTS = frozenset({"area_name", "breakdown_label"})
SOURCE = (
    "Office for National Statistics, Census 2021, table TS021, residents of all ages. "
    "Licensed under the Open Government Licence v3.0."
)
SCHEME = "census2021-19"
"""Of the option set whose groups are those of the Census."""
SUMMED = {"white_minority": " The sum of its four groups: other White, Irish, Roma, Gypsy or Irish Traveller."}
WITHOUT = {
    "everybody": "No figure: all respondents are not a group.",
    "unsaid": "No figure: the Census has no such group.",
    "breakdown": "No figure: only ethnic groups are set beside the Census.",
    "scheme": "No figure: the groups of this survey are not those of the Census.",
    "area": "No figure: a Census profile comes with this program for London as a whole only.",
    "group": "No figure: this Census group is not in the profile that comes with this program.",
}
"""Why a row has no figure of the Census: it is never guessed or worked out."""


def who_answered(rows: Iterable[Row], comparable: Collection[tuple[object, object, str]]) -> Iterator[Row]:
    """A row for each group, from rows of the tidy file about participation: nothing here is not published there.

    `comparable` are (survey, version, breakdown) whose groups are those of the Census.
    """
    for row in rows:
        percent, source = _beside(row, comparable)
        own = {name: row[name] for name in COLUMNS if name in row}
        yield {**own, "respondents": row["value"], "census_2021_percent": percent, "source": source}


def _beside(row: Row, comparable: Collection[tuple[object, object, str]]) -> tuple[float | None, str]:
    """The Census figure of a row and its source; None and why."""
    area, breakdown, group = (str(row[name]) for name in ("area_code", "breakdown", "breakdown_code"))
    if breakdown == ALL.code:
        return None, WITHOUT["everybody"]
    if group == UNSAID.code:
        return None, WITHOUT["unsaid"]
    census = profile()
    if all(breakdown != known for _, known in census):
        return None, WITHOUT["breakdown"]
    if (row["survey"], row["survey_version"], breakdown) not in comparable:
        return None, WITHOUT["scheme"]
    if (area, breakdown) not in census:
        return None, WITHOUT["area"]
    percent = census[area, breakdown].get(group)
    if percent is None:
        return None, WITHOUT["group"]
    return percent, SOURCE + SUMMED.get(group, "")
