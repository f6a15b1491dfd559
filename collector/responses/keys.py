"""Keys and receipts: what makes a submission one, and what lets a person withdraw it.

The server keeps only HMACs of key, receipt and content. A receipt is the first 53 bits of
SHA-256("receipt" ‖ key), so page, tablet and a repeated request derive the same 16 digits.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from collector.errors import StoreError

KEY = re.compile(r"[0-9a-f]{32}\Z")
RECEIPT_BITS = 53
RECEIPT_DIGITS = 16
BLOCK = 64
INNER, OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
"""Block size and pads of HMAC with SHA-256 (RFC 2104)."""


@dataclass(frozen=True)
class Sealer:
    """Makes keyed hashes with the installation's secret. `kind` keeps the sorts of hashes apart."""

    secret: bytes
    _begun: dict[bytes, tuple[hashlib._Hash, hashlib._Hash]] = field(default_factory=dict, compare=False, repr=False)

    def mac(self, kind: bytes, content: bytes) -> bytes:
        """16 bytes of HMAC-SHA-256 of kind, NUL, content.

        From the two hashes of RFC 2104, begun once: a third of the time of copying the library's own HMAC, and an
        import makes two of each row. A test compares them.
        """
        begun = self._begun.get(kind)
        if begun is None:
            begun = self._begun[kind] = _begin(self.secret, kind + b"\0")
        inner, outer = begun[0].copy(), begun[1].copy()
        inner.update(content)
        outer.update(inner.digest())
        return outer.digest()[:16]


def _begin(secret: bytes, start: bytes) -> tuple[hashlib._Hash, hashlib._Hash]:
    key = (hashlib.sha256(secret).digest() if len(secret) > BLOCK else secret).ljust(BLOCK, b"\0")
    return hashlib.sha256(key.translate(INNER) + start), hashlib.sha256(key.translate(OUTER))


def load_sealer(path: Path) -> Sealer:
    """The sealer with the secret that `init` made. Raises StoreError when it is missing or short."""
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise StoreError(
            f"The secret {path.name} in the data folder cannot be read. Restore it from a backup."
        ) from error
    if len(secret) < 32:
        raise StoreError(f"The secret {path.name} in the data folder is too short. Restore it from a backup.")
    return Sealer(secret)


def is_key(text: str) -> bool:
    """True for a submission key: 128 random bits in lower-case hex."""
    return KEY.match(text) is not None


def receipt_number(key: str) -> int:
    """The receipt of a key, below 2^53."""
    digest = hashlib.sha256(b"receipt" + bytes.fromhex(key)).digest()
    return int.from_bytes(digest[:8]) >> (64 - RECEIPT_BITS)


def receipt(key: str) -> str:
    """The receipt as a person sees it: 16 digits in four groups."""
    digits = f"{receipt_number(key):0{RECEIPT_DIGITS}d}"
    return " ".join(digits[i : i + 4] for i in range(0, RECEIPT_DIGITS, 4))


LOOK_ALIKES = str.maketrans("OoОоΟοIl", "00000011")
"""Letters, Latin, Cyrillic and Greek, that people type for a digit."""
PIECE = re.compile(r"[^\W_]+")


def read_receipt(text: str) -> int | None:
    """The number that a person typed; None when it is not one.

    Digits of any script count, and the letters O, I and l among digits; spaces, punctuation and words are passed over.
    """
    digits = "".join(map(_digits, PIECE.findall(unicodedata.normalize("NFKC", text))))
    if len(digits) != RECEIPT_DIGITS:
        return None
    number = int(digits)
    return number if number < 1 << RECEIPT_BITS else None


def _digits(piece: str) -> str:
    """The digits of a piece without spaces. A word holds none: its O is a letter, beside digits too, as in No1234."""
    seen = piece.translate(LOOK_ALIKES)
    if seen.isdecimal() and (any(map(str.isdecimal, piece)) or len(piece) == 4):
        return "".join(str(unicodedata.decimal(c)) for c in seen)
    return "".join(str(unicodedata.decimal(c)) for c in piece if c.isdecimal())
