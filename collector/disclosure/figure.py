"""A figure as everybody may see it."""

from __future__ import annotations

from dataclasses import dataclass
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
