"""How large letters may be so that all of it stands on one sheet of paper: worked out before it is printed.

Widths are those of `languages.letters`, rough and on the wide side; the browser tests measure the sheets themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from collector.languages.letters import width
from collector.languages.registry import Language

POINT = 25.4 / 72
"""Millimetres of a typographical point."""
LEADING = {"ur": 2.1, "Arab": 1.75, "Beng": 1.6, "Gujr": 1.6, "Guru": 1.6, "Taml": 1.6}
"""Height of a line by tag or script, as times its letters: what `place.css` says, or a little more."""
PLAIN_LEADING = 1.4
SCALES = (170, 155, 140, 130, 120, 110, 100, 92, 84, 76, 68, 60, 52, 44, 36, 28)
"""Percents; each is a class of `place.css`."""


@dataclass(frozen=True, slots=True)
class Line:
    """A text in a language, with the size of its letters in points at 100 percent."""

    text: str
    language: Language
    size: float
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """Millimetres that some lines have."""

    width: float
    height: float


def leading(language: Language) -> float:
    """The height of a line of a language, as times the size of its letters."""
    return LEADING.get(language.tag, LEADING.get(language.script, PLAIN_LEADING))


def height(lines: Iterable[Line], wide: float, scale: int) -> float:
    """Millimetres that lines take one under another in a column."""
    return sum(_height(line, wide, line.size * scale / 100 * POINT) for line in lines)


def _height(line: Line, wide: float, size: float) -> float:
    rows = ceil(width(line.text, line.language.script, size, line.bold) / wide)
    return rows * size * leading(line.language)


def scale(groups: Sequence[Sequence[Line]], room: Room, gap: float = 0.0) -> int:
    """The largest scale at which groups of lines, with gaps between them, have room one under another."""
    left = room.height - gap * (len(groups) - 1)
    return next((one for one in _fits(groups, room.width, left)), SCALES[-1])


def _fits(groups: Sequence[Sequence[Line]], wide: float, high: float) -> Iterator[int]:
    for one in SCALES:
        if sum(height(lines, wide, one) for lines in groups) <= high:
            yield one
