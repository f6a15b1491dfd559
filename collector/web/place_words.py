"""What the sheets of a place say in each language, and how large it may stand there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from collector.languages.catalogue import Words
from collector.web.fitting import Line, Room, height, scale
from collector.web.messages import Message, message
from collector.web.views import say

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
ON_POSTER = ((LENGTH, AGE), (CHOOSE,), (NO_NAME,), (GROUPS,))
ON_CARD = ((CHOOSE,), (NO_NAME,))

POSTER, CARD = Room(176, 146), Room(42, 31)
"""Millimetres for the words: of the poster above its code, of a card beside its code."""
FACTS = Room(84, 34)
BETWEEN, HALVES = 5.0, 2
"""Millimetres between two languages; facts stand two beside each other."""
POINTS = {"poster": (26.0, 14.5, 16.0, 9.0), "cards": (11.5, 8.0, 8.0, 6.5)}
"""Sizes at 100 percent, as in `place.css`: the question, a line, how to begin, the mark of a draft."""
FACT_POINTS = (9.0, 12.0)


@dataclass(frozen=True)
class Block:
    """One language of a sheet."""

    words: Words
    heading: Markup
    lines: tuple[Markup, ...]
    scan: Markup
    draft: Markup
    measured: tuple[Line, ...]


def block(words: Words, sheet: str, values: Mapping[str, int], scanned: bool) -> Block:
    """What a language says on a poster or a card; nothing of scanning where there is no code to scan."""
    wanted = ON_POSTER if sheet == "poster" else ON_CARD
    lines = tuple(Markup(" ").join(_said(words, one, values) for one in line) for line in wanted)
    return Block(
        words,
        _said(words, HEADING, values),
        lines,
        _said(words, SCAN, values) if scanned else Markup(),
        _said(words, DRAFT, values) if words.draft else Markup(),
        tuple(_measured(words, sheet, values, wanted)),
    )


def _said(words: Words, text: Message, values: Mapping[str, int]) -> Markup:
    found: Markup = say(words, text, **(values if text is LENGTH else {}))
    return found


def _measured(
    words: Words, sheet: str, values: Mapping[str, int], wanted: Sequence[Sequence[Message]]
) -> Iterator[Line]:
    question, plain, begin, mark = POINTS[sheet]

    def text(*parts: Message) -> str:
        return " ".join(words.plain(*part, **(values if part is LENGTH else {})) for part in parts)

    yield Line(text(HEADING), words.language, question, bold=True)
    yield from (Line(f"✓ {text(*line)}", words.language, plain) for line in wanted)
    yield Line(text(SCAN), words.language, begin, bold=True)
    if words.draft:
        yield Line(text(DRAFT), words.language, mark)


def poster_scale(blocks: Sequence[Block]) -> int:
    """Percent at which the languages of a poster stand one under another."""
    return scale([one.measured for one in blocks], POSTER, BETWEEN)


def card_scale(blocks: Sequence[Block]) -> int:
    """Percent at which the longest language of a set of cards fits: all cards are alike."""
    return min(scale([one.measured], CARD) for one in blocks)


def facts_scale(tongues: Sequence[Words], facts: Sequence[tuple[Message, str]]) -> int:
    """Percent at which the place, who asks, who pays and whom to ask stand two beside each other; at most 100."""
    label, value = FACT_POINTS
    tallest = max(tongues, key=lambda words: height([Line("x", words.language, 1)], 10, 100)).language
    columns = []
    for text, fact in facts:
        labels = " · ".join(words.plain(*text) for words in tongues)
        columns.append([Line(labels, tallest, label), Line(fact, tongues[-1].language, value, bold=True)])
    rows = [max(columns[at : at + HALVES], key=lambda lines: height(lines, FACTS.width, 100)) for at in (0, HALVES)]
    return min(100, scale(rows, FACTS, 2.0))
