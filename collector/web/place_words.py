"""What the sheets of a place say in each language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from collector.languages.catalogue import Words
from collector.web import place_fit
from collector.web.fitting import Line
from collector.web.messages import Message, message

HEADING = Message("first/heading", "Do you trust health services?")
LENGTH = Message("first/length", "%(questions)s questions, about %(minutes)s minutes")
AGE = Message("short/age", "For people aged 16 or over.")
CHOOSE = Message("short/choose", "You choose. Skip anything. Stop any time.")
NO_NAME = Message("short/no-name", "We do not ask your name.")
GROUPS = Message("short/groups", "We show results only for groups of 10 or more.")
DRAFT = Message("mark/draft-here", "This translation is a draft.")
EXAMPLE = Message(
    "mark/example", "These names are examples. The person who runs this program has not filled them in yet."
)
FROM_FIRST = (HEADING, LENGTH, AGE, CHOOSE, NO_NAME, GROUPS, DRAFT, EXAMPLE)
"""Said on the first screen too, in the same words: a promise is one, wherever it stands. A test holds them together."""
SCAN = message("poster/scan", "Scan this with your phone, or type the address.")
CODE = message("poster/code", "Code")
PLACE = message("poster/place", "Place")
ASKS = message("poster/asks", "Who asks")
PAYS = message("poster/pays", "Who pays")
CONTACT = message("poster/contact", "Questions")
PRINTED = message("poster/printed", "Printed on %(day)s")
ON_POSTER = (LENGTH, AGE, CHOOSE, NO_NAME, GROUPS)
ON_CARD = (CHOOSE, NO_NAME)
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Block:
    """One language of a sheet, and how large its letters are in percent."""

    words: Words
    heading: Markup
    lines: tuple[Markup, ...]
    scan: Markup
    draft: Markup
    size: int


def block(words: Words, lines: tuple[Message, ...], values: Values, scanned: bool, size: int) -> Block:
    """What a language says; nothing of scanning where there is no code to scan."""

    def said(text: Message) -> Markup:
        return words.text(*text, **(values if text is LENGTH else {}))

    return Block(
        words=words,
        heading=said(HEADING),
        lines=tuple(said(line) for line in lines),
        scan=said(SCAN) if scanned else Markup(),
        draft=said(DRAFT) if words.draft else Markup(),
        size=size,
    )


def poster_lines(words: Words, values: Values, many: bool) -> list[Line]:
    """What a language says on a poster, to be measured."""
    sizes = (place_fit.QUESTION, place_fit.PLAIN, place_fit.BEGIN, place_fit.DRAFT)
    return list(_measured(words, ON_POSTER, values, sizes, many))


def card_lines(words: Words) -> list[Line]:
    """What a language says on a card, to be measured."""
    return list(_measured(words, ON_CARD, {}, place_fit.ON_CARD, beside=False))


def _measured(
    words: Words, lines: tuple[Message, ...], values: Values, sizes: tuple[float, float, float, float], beside: bool
) -> Iterator[Line]:
    question, plain, begin, draft = sizes

    def text(one: Message) -> str:
        return words.plain(*one, **(values if one is LENGTH else {}))

    own = (words.language,)
    yield Line((text(HEADING),), own, question, bold=True, tight=True)
    texts = tuple(f"✓ {text(line)}" for line in lines)
    yield from [Line(texts, own, plain)] if beside else [Line((one,), own, plain) for one in texts]
    yield Line((text(SCAN),), own, begin, bold=True)
    if words.draft:
        yield Line((text(DRAFT),), own, draft)
