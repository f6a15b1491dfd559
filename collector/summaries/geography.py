"""Where a venue's people count: its area, and the areas that this one lies in at the period's end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from collector.community.areas import Area, Areas
from collector.errors import CommunityError
from collector.summaries.counts import CountTables
from collector.summaries.frozen import FrozenArea

ELSEWHERE = "-elsewhere"
"""Ends the code of the row for venues that lie in a parent area itself, not in one of its parts."""


@dataclass(frozen=True)
class Geography:
    """`of_venue` is the smallest row that a venue counts in; `parents` are the areas that each such row adds to."""

    of_venue: Mapping[str, str]
    parents: Mapping[str, tuple[str, ...]]

    def row(self, venue: str) -> str:
        """The row of a venue. Raises CommunityError when it has none."""
        if venue not in self.of_venue:
            raise CommunityError(f"Venue {venue} has answers, but lies in no area of the areas file. Mend the file.")
        return self.of_venue[venue]

    @property
    def areas(self) -> set[str]:
        """Every area with a venue in it."""
        return set(self.parents).union(*self.parents.values())


def geography(area_of: Mapping[str, str], areas: Areas, end: date) -> Geography:
    """Where venues count, given each one's area at the period's start; parents are those at its `end`.

    A venue whose area is no longer one at the end has no row.
    """
    valid = areas.on(end)
    with_parts = {area.parent for area in valid.values()}
    of_venue: dict[str, str] = {}
    parents: dict[str, tuple[str, ...]] = {}
    for venue, code in area_of.items():
        if code not in valid:
            continue
        above = tuple(area.code for area in areas.ancestors(code, end))
        row = code + ELSEWHERE if code in with_parts else code
        of_venue[venue] = row
        parents[row] = (code, *above) if code in with_parts else above
    return Geography(of_venue, parents)


def _describe(row: str, areas: Areas, end: date) -> tuple[str, str]:
    """Type and name of a row's area. Raises CommunityError when the areas file does not know it."""
    code = row.removesuffix(ELSEWHERE)
    area: Area | None = areas.get(code, end)
    if area is None:
        raise CommunityError(f"{code} has figures but is no area on {end}. Mend the areas file.")
    return ("elsewhere", f"Elsewhere in {area.name}") if row != code else (area.type, area.name)


def frozen_areas(tables: CountTables, areas: Areas, end: date) -> dict[str, FrozenArea]:
    """To be frozen with the tables: type, name and parent of every row's area, as they are at the period's `end`."""
    rows = {key.area for series in tables.series for key in series.cells}
    found = {}
    for row in sorted(rows):
        kind, name = _describe(row, areas, end)
        code = row.removesuffix(ELSEWHERE)
        above = [area.code for area in areas.ancestors(code, end)]
        found[row] = FrozenArea(kind, name, code if row != code else next(iter(above), ""))
    return found
