"""How languages are written: scripts, letters that look right and are not, marks that do not belong, widths."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

SCRIPTS = {
    "Adlm": "ADLAM",
    "Arab": "ARABIC",
    "Beng": "BENGALI",
    "Cyrl": "CYRILLIC",
    "Deva": "DEVANAGARI",
    "Ethi": "ETHIOPIC",
    "Grek": "GREEK",
    "Gujr": "GUJARATI",
    "Guru": "GURMUKHI",
    "Hans": "CJK",
    "Hant": "CJK",
    "Hebr": "HEBREW",
    "Latn": "LATIN",
    "Mlym": "MALAYALAM",
    "Nkoo": "NKO",
    "Rohg": "HANIFI ROHINGYA",
    "Sylo": "SYLOTI NAGRI",
    "Taml": "TAMIL",
    "Telu": "TELUGU",
    "Thaa": "THAANA",
}
"""ISO 15924 code -> how Unicode's names of its letters begin."""

ARABIC_FORMS = {"ي": "ی", "ى": "ی", "ك": "ک"}
WRONG: dict[str, dict[str, str]] = {
    "ar": {"ی": "ي", "ک": "ك", "ہ": "ه", "ھ": "ه", "ے": "ي", "ٹ": "ت", "پ": "ب"},
    "bn": {"ৰ": "র", "ৱ": "ব"},
    "fa": ARABIC_FORMS,
    "ro": {"ş": "ș", "ţ": "ț", "Ş": "Ș", "Ţ": "Ț"},
    "ur": {**ARABIC_FORMS, "ه": "ہ", "ة": "ۃ"},
}
"""Language -> letters of a neighbour that look right, and the right ones (domain 6.5)."""

DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
INVISIBLE = re.compile("[\u0000-\u001f\u007f-\u009f\u00ad\u200b\u2060\ufeff]")
JOINERS = re.compile("[\u200c\u200d]")
JOINING = ("Arab", "Beng", "Deva", "Gujr", "Guru", "Mlym", "Taml", "Telu", "Sylo")
WORD = re.compile(r"[^\W\d_]+(?:['’\u200c\u200d][^\W\d_]+)*")

ADVANCE = {"Arab": 0.5, "Beng": 0.66, "Gujr": 0.6, "Guru": 0.6, "Taml": 0.9, "Deva": 0.66, "Ethi": 0.75}
LATIN_ADVANCE = 0.56
MARK_ADVANCE = 0.3
BOLD = 1.06


def foreign(text: str, script: str, source: str) -> Iterator[str]:
    """Words in other letters than the language's; names that stand so in the English, with a capital, may stay."""
    names = {word for word in WORD.findall(source) if not word.islower()}
    own = SCRIPTS.get(script)
    for word in WORD.findall(text):
        letters = {_script_of(c) for c in word if unicodedata.category(c) in ("Lu", "Ll", "Lo", "Lt")}
        if own and letters - {own} and word not in names:
            yield word


def _script_of(letter: str) -> str:
    name = unicodedata.name(letter, "")
    return next((start for start in SCRIPTS.values() if name.startswith(start)), name.partition(" ")[0])


def named(character: str) -> str:
    """A character as people can look it up."""
    return f"U+{ord(character):04X} {unicodedata.name(character, 'control character')}"


def width(word: str, script: str, size: float, bold: bool = True) -> float:
    """About how wide a word is in pixels. Rough on purpose: the browser tests measure the pages themselves."""
    advance = ADVANCE.get(script, LATIN_ADVANCE)
    total = 0.0
    for character in word:
        category = unicodedata.category(character)
        total += 0.0 if category in ("Mn", "Cf") else MARK_ADVANCE if category == "Mc" else advance
    return total * size * (BOLD if bold else 1.0)
