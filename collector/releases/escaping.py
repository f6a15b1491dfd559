"""Words that somebody typed, as they may stand in a file: nothing in them acts, breaks it or turns its neighbours round."""

from __future__ import annotations

import re

UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Control characters, halves of a character, and what XML does not allow."""
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Marks that turn round or enclose the text after them, cells of the same line too. Letters need none of them."""
LINE_ENDS = re.compile("[\u2028\u2029]")
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""What a spreadsheet may take for the start of a formula, domain 9.2; the wide ones are the same on some keyboards."""
UNSEEN = " \u00a0\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2060\u3000\ufeff"
"""What a program may drop from the start of a cell before it looks."""


def written(words: str) -> str:
    """The words as any file may hold them; the same words when nothing in them is odd."""
    return LINE_ENDS.sub(" ", TURNING.sub("", UNWRITABLE.sub("\ufffd", words)))


def one_line(words: str) -> str:
    """The same, on one line."""
    return " ".join(written(words).split())


def is_formula(words: str) -> bool:
    """True for words that a spreadsheet may take for a formula."""
    return words.startswith(FORMULA) or words.lstrip(UNSEEN).startswith(FORMULA)


def disarmed(words: str) -> str:
    """Words that a spreadsheet does not take for a formula."""
    return f"'{words}" if is_formula(words) else words
