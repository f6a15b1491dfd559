"""Who answered, beside who lives there: published numbers of people by group, and the Census profile.

Figures of the Office for National Statistics, Census 2021 (TS021), under the Open Government Licence v3.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from collector.releases.tidy import Row

COLUMNS = (
    "period", "area_code", "area_name", "breakdown", "breakdown_code", "breakdown_label",
    "respondents", "value_marker", "census_2021_percent", "source",
)  # fmt: skip
TEXTS = frozenset({"area_name", "breakdown_label"})
SOURCE = "Office for National Statistics, Census 2021, TS021 (Open Government Licence v3.0)"
LONDON = "E12000007"
CENSUS = {
    (LONDON, "ethnic6"): {
        "asian": 20.7, "black": 13.5, "mixed": 5.7, "other": 6.3, "white_british": 36.8, "white_minority": 17.0,
    },
    (LONDON, "ethnic19"): {
        "indian": 7.5, "bangladeshi": 3.7, "pakistani": 3.3, "chinese": 1.7, "asian_other": 4.6, "african": 7.9,
        "caribbean": 3.9, "black_other": 1.7, "british": 36.8, "white_other": 14.7, "irish": 1.8, "roma": 0.4,
        "traveller": 0.1, "arab": 1.6,
    },
}  # fmt: skip
"""Percent of residents of all ages. Groups that the survey names otherwise than the Census have none."""


def answered(rows: Iterable[Row]) -> Iterator[Row]:
    """A row for each group, from rows of the tidy file: nothing here is not published there."""
    for row in rows:
        if row["level"] != "participation":
            continue
        census = CENSUS.get((str(row["area_code"]), str(row["breakdown"])), {}).get(str(row["breakdown_code"]))
        yield {
            **{name: row[name] for name in COLUMNS[:6]},
            "respondents": row["value"],
            "value_marker": row["value_marker"],
            "census_2021_percent": census,
            "source": SOURCE if census is not None else None,
        }
