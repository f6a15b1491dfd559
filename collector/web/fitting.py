"""How large letters may be so that all of it stands on one sheet of paper: worked out before it is printed.

Widths are those of `languages.letters`, rough and on the wide side; the browser tests measure the sheets themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle
from math import ceil

from collector.languages.letters import width
from collector.languages.registry import Language

POINT = 25.4 / 72
"""Millimetres of a typographical point."""
LEADING = {"ur": 1.95, "Arab": 1.65, "Beng": 1.5, "Gujr": 1.5, "Guru": 1.5, "Taml": 1.5, "Latn": 1.35}
TIGHT = {"ur": 1.9, "Arab": 1.5, "Beng": 1.35, "Gujr": 1.35, "Guru": 1.35, "Taml": 1.35, "Latn": 1.15}
"""Height of a line, and of one of a heading, by tag or script: as times its letters, as `place.css` has it."""
OTHER_LEADING = 1.7
NARROW = {"ur": 0.8}
"""Languages whose letters lean over each other: how wide their words are beside others of the script."""
SCALES = (185, 170, 155, 140, 130, 120, 110, 100, 92, 84, 76, 68, 60, 52, 44, 36, 28)
"""Percents; each is a class of `place.css`."""


@dataclass(frozen=True, slots=True)
class Line:
    """Texts that stand beside each other as far as there is room, with the size of letters in points at 100 percent.

    All are in one language, or each in its own of several.
    """

    texts: tuple[str, ...]
    languages: tuple[Language, ...]
    size: float
    bold: bool = False
    tight: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """Millimetres that some lines have; and between two texts that stand beside each other."""

    width: float
    height: float
    gap: float = 0.0


def height(lines: Iterable[Line], room: Room, scale: int) -> float:
    """Millimetres that lines take one under another in a column."""
    return sum(_height(line, room, line.size * scale / 100 * POINT) for line in lines)


def _height(line: Line, room: Room, size: float) -> float:
    widths = [
        _width(text, language, size, line.bold)
        for text, language in zip(line.texts, cycle(line.languages), strict=False)
    ]
    return _rows(widths, room) * size * max(_leading(language, line.tight) for language in line.languages)


def _width(text: str, language: Language, size: float, bold: bool) -> float:
    return width(text, language.script, size, bold) * NARROW.get(language.tag, 1.0)


def _leading(language: Language, tight: bool) -> float:
    table = TIGHT if tight else LEADING
    return table.get(language.tag, table.get(language.script, OTHER_LEADING))


def _rows(widths: Sequence[float], room: Room) -> int:
    """How many rows texts of some widths take, each unbroken where it can be."""
    rows, used = 1, 0.0
    for wide in widths:
        if used and used + room.gap + wide > room.width:
            rows, used = rows + 1, 0.0
        rows += max(0, ceil(wide / room.width) - 1)
        used += wide + (room.gap if used else 0.0)
    return rows


def scale(groups: Sequence[Sequence[Line]], room: Room, between: float = 0.0) -> int:
    """The largest scale at which groups of lines, with room between them, stand one under another."""
    left = room.height - between * (len(groups) - 1)
    fits = (one for one in SCALES if sum(height(lines, room, one) for lines in groups) <= left)
    return next(fits, SCALES[-1])
