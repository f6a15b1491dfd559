"""What the sheets of a place say in each language, and how large it may stand there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from collector.languages.catalogue import Words
from collector.web.fitting import Line, Room, height, scale
from collector.web.messages import Message, message

HEADING = Message("first/heading", "Do you trust health services?")
LENGTH = Message("first/length", "%(questions)s questions, about %(minutes)s minutes")
AGE = Message("short/age", "For people aged 16 or over.")
CHOOSE = Message("short/choose", "You choose. Skip anything. Stop any time.")
NO_NAME = Message("short/no-name", "We do not ask your name.")
GROUPS = Message("short/groups", "We show results only for groups of 10 or more.")
DRAFT = Message("mark/draft-here", "This translation is a draft.")
FROM_FIRST = (HEADING, LENGTH, AGE, CHOOSE, NO_NAME, GROUPS, DRAFT)
"""Said on the first screen too, in the same words: a promise is one, wherever it stands. A test holds them together."""
SCAN = message("poster/scan", "Scan this with your phone, or type the address.")
CODE = message("poster/code", "Code")
PLACE = message("poster/place", "Place")
ASKS = message("poster/asks", "Who asks")
PAYS = message("poster/pays", "Who paid for this")
CONTACT = message("poster/contact", "Ask someone or complain")
PRINTED = message("poster/printed", "Printed on %(day)s")
ON_POSTER = (LENGTH, AGE, CHOOSE, NO_NAME, GROUPS)
ON_CARD = (CHOOSE, NO_NAME)

MANY = 3
"""From so many languages on, lines stand beside each other, and the facts beside the code instead of below it."""
POSTER = {False: Room(178, 158), True: Room(178, 192, 6)}
FACTS = {False: Room(84, 34), True: Room(50, 32)}
CARD = Room(44, 35.5)
"""Millimetres for the words of a poster, with few languages and with many; for its facts; for the words of a card."""
BETWEEN, IN_TWO = 9.0, 2
"""Millimetres between two languages; facts stand two beside each other."""
POINTS = {"poster": (26.0, 14.5, 15.5, 8.0), "cards": (11.5, 8.5, 8.5, 6.5)}
"""Sizes at 100 percent, as in `place.css`: the question, a line, how to begin, the mark of a draft."""
FACT_POINTS = (9.0, 12.0)


@dataclass(frozen=True)
class Block:
    """One language of a sheet, and how large its letters are in percent."""

    words: Words
    heading: Markup
    lines: tuple[Markup, ...]
    scan: Markup
    draft: Markup
    size: int


def blocks(tongues: Sequence[Words], sheet: str, values: Mapping[str, Any], scanned: bool) -> list[Block]:
    """What each language says on a poster or a card; nothing of scanning where there is no code to scan.

    On a poster all stand in one size; a card is as large as its own language lets it be.
    """
    many = len(tongues) >= MANY
    measured = [tuple(_measured(words, sheet, values, many)) for words in tongues]
    if sheet == "poster":
        sizes = [scale(measured, POSTER[many], BETWEEN)] * len(tongues)
    else:
        sizes = [scale([lines], CARD) for lines in measured]
    return [_block(words, sheet, values, scanned, size) for words, size in zip(tongues, sizes, strict=True)]


def _block(words: Words, sheet: str, values: Mapping[str, Any], scanned: bool, size: int) -> Block:
    def said(text: Message) -> Markup:
        return words.text(*text, **(values if text is LENGTH else {}))

    return Block(
        words=words,
        heading=said(HEADING),
        lines=tuple(said(line) for line in _lines(sheet)),
        scan=said(SCAN) if scanned else Markup(),
        draft=said(DRAFT) if words.draft else Markup(),
        size=size,
    )


def _lines(sheet: str) -> tuple[Message, ...]:
    return ON_POSTER if sheet == "poster" else ON_CARD


def _measured(words: Words, sheet: str, values: Mapping[str, Any], many: bool) -> Iterator[Line]:
    question, plain, begin, mark = POINTS[sheet]

    def text(one: Message) -> str:
        return words.plain(*one, **(values if one is LENGTH else {}))

    yield Line((text(HEADING),), words.language, question, bold=True, tight=True)
    lines = tuple(f"✓ {text(line)}" for line in _lines(sheet))
    yield from [Line(lines, words.language, plain)] if many else [Line((one,), words.language, plain) for one in lines]
    yield Line((text(SCAN),), words.language, begin, bold=True)
    if words.draft:
        yield Line((text(DRAFT),), words.language, mark)


def facts_scale(tongues: Sequence[Words], facts: Sequence[tuple[Message, str]]) -> int:
    """Percent at which the place, who asks, who pays and whom to ask stand two beside each other; at most 100."""
    (label, value), room = FACT_POINTS, FACTS[len(tongues) >= MANY]
    tallest = max(tongues, key=lambda words: height([Line(("x",), words.language, 1)], room, 100)).language
    columns = []
    for text, fact in facts:
        labels = " · ".join(words.plain(*text) for words in tongues)
        columns.append([Line((labels,), tallest, label), Line((fact,), tongues[0].language, value, bold=True)])
    rows = [max(columns[at : at + IN_TWO], key=lambda lines: height(lines, room, 100)) for at in (0, IN_TWO)]
    return min(100, scale(rows, room, 2.0))
