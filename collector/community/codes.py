"""Codes of places as people choose, say and type them; and the words that no code may be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from collector.errors import CommunityError

LEAST, MOST = 3, 12
CHOSEN = re.compile(rf"(?=[0-9]*[a-z])[a-z0-9]{{{LEAST},{MOST}}}\Z")
"""At least one letter: a spreadsheet would make a number of the others, and 999 is a number already."""
RESERVED = frozenset({
    "figures", "releases", "promises", "replies", "questions", "privacy", "acknowledgement", "receipt", "words",
    "better-words", "healthz", "t", "v", "office", "latest", "static",
    "sound", "one-page", "poster", "cards", "reply", "thanks", "next", "no-thanks", "short",
})  # fmt: skip
"""Words that stand in addresses, or will: the one list that says so. A test holds it against every route."""
TURKISH = {"ı": "i"}
"""The small i without a dot, beside the other on Turkish keys; the capital with a dot loses it as an accent."""


def typed(text: str) -> str:
    """The code that was meant by what somebody typed, wrote or pasted: small letters and the digits 0 to 9.

    Spaces, dashes, other marks, accents and capitals do not matter, nor does the script of the digits.
    """
    plain = unicodedata.normalize("NFKD", text).lower()
    return "".join(_sign(character) for character in plain if character.isalnum())


def _sign(character: str) -> str:
    digit = unicodedata.digit(character, None)
    return TURKISH.get(character, character) if digit is None else str(digit)


def grouped(code: str) -> str:
    """A code as it is printed: in two halves, which are easier to read, say and keep in mind than one long word."""
    half = (len(code) + 1) // 2
    return f"{code[:half]} {code[half:]}" if len(code) > LEAST + 1 else code


def chosen(text: str, languages: Iterable[str]) -> str:
    """The code that somebody chooses for a place. Raises CommunityError when it is no good as one."""
    code = typed(text)
    if not CHOSEN.match(code):
        raise CommunityError(
            f"{text!r} is no code for a place. Choose {LEAST} to {MOST} letters from a to z and digits, at least one a letter."
        )
    if code in {typed(word) for word in (*RESERVED, *languages)}:
        raise CommunityError(f"{text!r} stands in addresses of this program already. Choose another code.")
    return code
