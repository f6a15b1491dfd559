"""Letters as a reader counts them: marks and joiners do not count. The page's script counts by the same cases."""

from __future__ import annotations

import unicodedata

PER_LETTER = 3
"""Code points that are kept for each letter that fits, so that marks cannot fill the disk."""
MOST_WRITTEN = 1_800
"""Letters of all written answers of a form together: with their marks they fill the largest body that is read."""
SILENT = frozenset({"Mn", "Mc", "Me", "Cf"})


def letters(text: str) -> int:
    """Code points after NFC that are neither marks nor format characters."""
    if text.isascii():
        return len(text)
    composed = unicodedata.normalize("NFC", text)
    return sum(unicodedata.category(c) not in SILENT for c in composed)


def fits(text: str, most: int) -> bool:
    """True when a text has no more letters than fit, and no more code points than are kept for them."""
    return len(text) <= most or (len(text) <= most * PER_LETTER and letters(text) <= most)
