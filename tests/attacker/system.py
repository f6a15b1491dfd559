"""Whole unknown numbers and what is known of their sums: the attacker's system of constraints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from tests.attacker.released import Cell


class Unknown(NamedTuple):
    """One number: a quantity of a code (or of the whole cell, code "") in a cell.

    N people, F who had the full form, V visits; of a code: A with a score, X favourable, U not, K don't know,
    L doesn't apply, P unsaid, R all without a score, S sum of scores; of an option: C who chose it.
    """

    cell: Cell
    code: str
    quantity: str


@dataclass(frozen=True, slots=True)
class Line:
    """low ≤ sum of coefficient × unknown ≤ high."""

    unknowns: tuple[int, ...]
    coefficients: tuple[float, ...]
    low: float
    high: float


@dataclass
class System:
    """Unknowns with their limits, and lines over them."""

    number: dict[Unknown, int] = field(default_factory=dict)
    unknowns: list[Unknown] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def unknown(self, cell: Cell, code: str, quantity: str) -> int:
        """The number of an unknown; a new one is 0 or more."""
        key = Unknown(cell, code, quantity)
        if key not in self.number:
            self.number[key] = len(self.unknowns)
            self.unknowns.append(key)
            self.low.append(0)
            self.high.append(inf)
        return self.number[key]

    def has(self, cell: Cell, code: str, quantity: str) -> bool:
        return Unknown(cell, code, quantity) in self.number

    def within(self, unknown: int, low: float, high: float) -> None:
        """Limit an unknown."""
        self.low[unknown] = max(self.low[unknown], low)
        self.high[unknown] = min(self.high[unknown], high)

    def line(self, terms: Iterable[tuple[int, float]], low: float = 0, high: float = 0) -> None:
        """Add a line; an equation with 0 unless limits are given."""
        pairs = tuple(term for term in terms if term[1])
        self.lines.append(Line(tuple(u for u, _ in pairs), tuple(c for _, c in pairs), low, high))

    def adds_up(self, total: int, parts: Iterable[int], more: bool = False) -> None:
        """A total is the sum of its parts, or at least that where `more` parts are unknown."""
        self.line([(total, 1.0), *((part, -1.0) for part in parts)], 0, inf if more else 0)
