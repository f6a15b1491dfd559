"""The Census profile of areas, as data beside them: residents of all ages in per cent, by group. Census 2021, TS021."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

Profile = Mapping[tuple[str, str], Mapping[str, float]]
"""(area, breakdown) -> group -> per cent."""


@cache
def profile() -> Profile:
    """What comes with the program in `census.csv`."""
    found: defaultdict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    with (files("collector.community") / "census.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            found[row["area"], row["breakdown"]][row["group"]] = float(row["percent"])
    return dict(found)
