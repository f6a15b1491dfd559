"""Quarters of one area beside each other, with the breaks between survey series."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from collector.releases.published.area_figures import AreaFigures
from collector.releases.published.folder import Release
from collector.releases.published.index import current
from collector.releases.published.phrasing import Reading, month

MOST = 5
"""Quarters shown beside each other: this one and the year before it."""
BREAK = "[b]"
WHY_BREAK = "a new version of the survey begins: not to be compared across"


@dataclass(frozen=True, slots=True)
class QuarterShown:
    """One quarter; `breaks` when a new survey series begins with it (domain 4.3)."""

    area: AreaFigures
    breaks: bool

    @property
    def month(self) -> str:
        """The month that it ends in, short."""
        return month(self.area.end)

    @property
    def marked(self) -> str:
        """The same with the mark of a break: [b] Dec 2026."""
        return f"{BREAK} {self.month}" if self.breaks else self.month


Point = tuple[str, bool, Reading]
"""(month that the quarter ends in, whether a new series begins, figure)"""


def quarters(area: AreaFigures, releases: Iterable[Release]) -> list[QuarterShown]:
    """The quarters up to this one in the same area, oldest first, each of the newest series it has."""
    found = {
        place: AreaFigures(release, place) for place, release in current(releases).items() if place[1] == area.place[1]
    }
    found[area.place] = area
    own = [one for one in found.values() if one.head["period_type"] == "quarter" and one.end <= area.end]
    ordered = sorted(own, key=lambda one: one.end)[-MOST - 1 :]
    new = {after.place for before, after in pairwise(ordered) if before.series != after.series}
    return [QuarterShown(one, one.place in new) for one in ordered[-MOST:]]


def over_time(area: AreaFigures, shown: Sequence[QuarterShown]) -> list[tuple[str, list[Point]]]:
    """Overall trust and each pillar by quarter. An older series has a figure only where it had the same code."""
    return [
        (name, [(quarter.month, quarter.breaks, quarter.area.at(code, name)) for quarter in shown])
        for code, name in area.headings
    ]
