"""How large the words of a place's sheets may stand: the rooms of a poster and of a card, as `place.css` has them.

Sizes are points at 100 percent, rooms are millimetres.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collector.languages.letters import width
from collector.languages.registry import Language
from collector.web.fitting import POINT, Line, Room, height, scale

MANY = 3
"""From so many languages on, lines stand beside each other, and the facts beside the code instead of below it."""
QUESTION, PLAIN, BEGIN, DRAFT = 26.0, 14.5, 15.5, 8.0
ON_CARD = (11.5, 8.5, 8.5, 6.5)
"""The question, a line, how to begin and the mark of a draft: on a poster, and on a card."""
LABEL, FACT, PRINTED = 9.0, 12.0, 8.0
WIDE, BESIDE = 178.0, 6.0
BUT_THE_CODE = 197.0
"""All of a poster but the frame with the code and what stands between its parts."""
FACTS_BELOW, FACTS_BESIDE = Room(84, 34), Room(49, 32)
BETWEEN, BETWEEN_FACTS = 8.0, 2.0
CARD, WORDS_WIDE, GAP = Room(75, 47), 44.0, 3.0
CODE, WHO = 13.0, 7.0
ADDRESS = ((26, 9.0, ""), (44, 7.0, "long"), (1_000, 5.5, "longest"))
"""Up to so many letters: the points on a card, and the class that has them there and on a poster."""
NAMES = Language("und", "", "names", "Latn", "en")
"""What names of places and people are measured as: they are the same beside every language."""


Languages = tuple[Language, ...]


@dataclass(frozen=True)
class Facts:
    """What stands on a sheet once, each with a label in every language; and when it was printed, in every language."""

    labelled: Sequence[tuple[tuple[str, ...], str]]
    printed: tuple[str, ...]


def address_class(typed: str) -> str:
    """The class of an address by its length."""
    return next(name for most, _, name in ADDRESS if len(typed) <= most)


def facts_fit(languages: Languages, facts: Facts) -> tuple[int, float]:
    """(percent, height) of the facts, which stand two beside each other; they are never larger than 100 percent."""
    room = FACTS_BESIDE if len(languages) >= MANY else FACTS_BELOW
    each = [
        [Line(labels, languages, LABEL), Line((fact,), (NAMES,), FACT, bold=True)] for labels, fact in facts.labelled
    ]
    rows = [max(each[at : at + 2], key=lambda lines: height(lines, room, 100)) for at in range(0, len(each), 2)]
    size = min(100, scale(rows, room, BETWEEN_FACTS))
    return size, sum(height(lines, room, size) + BETWEEN_FACTS for lines in rows)


def poster_fit(blocks: Sequence[Sequence[Line]], facts: Facts) -> tuple[int, int]:
    """(percent of the words, percent of the facts) of a poster."""
    languages = tuple(lines[0].languages[0] for lines in blocks)
    facts_size, facts_high = facts_fit(languages, facts)
    printed = height([Line(facts.printed, languages, PRINTED)], Room(WIDE, 0), 100)
    below = 0.0 if len(languages) >= MANY else facts_high
    room = Room(WIDE, BUT_THE_CODE - printed - below, BESIDE)
    return scale(blocks, room, BETWEEN), facts_size


def card_fit(lines: Sequence[Line], typed: str, code: str, who: str) -> int:
    """Percent of the words of a card, above its address, its code and the names."""
    points = next(size for most, size, _ in ADDRESS if len(typed) <= most)
    foot = height([Line((typed,), (NAMES,), points, bold=True)], CARD, 100) if typed else 0.0
    left = Room(CARD.width - GAP - width(code, NAMES.script, CODE * POINT), 0)
    foot += max(CODE * POINT * 1.2, height([Line((who,), (NAMES,), WHO)], left, 100))
    return scale([lines], Room(WORDS_WIDE, CARD.height - foot - 1))
