"""What the attacker is told beyond the files: which hidden counts are truly below ten, and how much a reissue changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tests.attacker.released import Cell

PEOPLE = ""
"""Stands for the number of people of a cell, where a code stands for those with a score, or who chose an option."""


SHORT = "short"
"""Stands for the people of a cell who had the short form, where they are few."""


class Family(NamedTuple):
    """All figures of one code in one cell."""

    cell: Cell
    code: str = PEOPLE


@dataclass(frozen=True)
class Told:
    """`below_ten`: counts truly below ten. `changed`: people whom a revision changed in a row, by what it became.

    `known`: of the people in a family, how many favourable and how many other ones he may know.
    `empty`: cells of nobody, for the share of rows shown; the attack does not use it.
    """

    below_ten: frozenset[Family] = frozenset()
    changed: Mapping[Family, int] = field(default_factory=dict)
    known: Mapping[Family, tuple[int, int]] = field(default_factory=dict)
    empty: frozenset[Cell] = frozenset()


def write(told: Told, path: Path) -> None:
    """Write the side file."""
    data = {
        "below_ten": sorted([*f.cell, f.code] for f in told.below_ten),
        "changed": sorted([*f.cell, f.code, n] for f, n in told.changed.items()),
        "known": sorted([*f.cell, f.code, *n] for f, n in told.known.items()),
        "empty": sorted(told.empty),
    }
    path.write_text(json.dumps(data), encoding="utf-8")


def read(path: Path) -> Told:
    """Read the side file; nothing is told when there is none."""
    if not path.exists():
        return Told()
    data = json.loads(path.read_text(encoding="utf-8"))
    return Told(
        frozenset(Family(Cell(*one[:4]), one[4]) for one in data["below_ten"]),
        {Family(Cell(*one[:4]), one[4]): one[5] for one in data["changed"]},
        {Family(Cell(*one[:4]), one[4]): (one[5], one[6]) for one in data["known"]},
        frozenset(Cell(*one) for one in data["empty"]),
    )
