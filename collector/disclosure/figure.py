"""A figure as everybody may see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

HIDDEN, UNRELIABLE = "[c]", "[u]"


class Place(NamedTuple):
    """Which figure: the row, the topic and the measure."""

    area: str
    breakdown: str
    group: str
    level: str
    code: str
    measure: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One publishable figure. A hidden one holds its marker and nothing else: no number of it leaves this package."""

    place: Place
    variant: str
    value: int | None = None
    marker: str = ""
    bound: str = ""
    low: int | None = None
    high: int | None = None
    base: int | None = None
    visits: int | None = None
    reliability: str = ""
    change: str = ""


def beside(now: Iterable[Figure], then: Iterable[Figure]) -> Iterator[tuple[Figure, Figure | None]]:
    """Each figure with the one that stood in its place then, area by area: both are sorted by area."""
    areas = groupby(then, key=_area)
    former, places = "", dict[Place, Figure]()
    for area, figures in groupby(now, key=_area):
        while former < area:
            found = next(areas, None)
            if found is None:
                break
            former, places = found[0], {figure.place: figure for figure in found[1]}
        yield from ((figure, places.get(figure.place)) for figure in figures)


def _area(figure: Figure) -> str:
    return figure.place.area
