"""Signatures of people who read a whole translation: kept in its header, void when a translated word changes."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from collector.errors import SettingsError
from collector.languages.merge import DRAFT, STATUS
from collector.languages.po import PoFile

ROLES = ("translator", "reader")
NEEDED = 2
"""Different people who must have signed before a translation is no longer a draft."""

FIELD = "X-Signed-"
BETWEEN = " | "
SIGNED = "signed"
MAX_NAME = 80


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, as what, on which day, and the fingerprint of the words signed."""

    name: str
    role: str
    day: str
    words: str


def fingerprint(file: PoFile) -> str:
    """What a signature stands for: every translation with the English it was made from, wherever it stands now.

    A new message, a mended note or a typo in the English leave it as it is; a changed word does not.
    """
    said = {(e.context, e.made_from, e.text) for e in (*file.entries, *file.obsolete) if e.text}
    digest = hashlib.sha256()
    for piece in sorted(said):
        digest.update("\0".join(piece).encode() + b"\1")
    return digest.hexdigest()[:32]


def signatures(file: PoFile) -> list[Signature]:
    """All signatures in the header, valid or not."""
    return list(_read(file))


def _read(file: PoFile) -> Iterator[Signature]:
    for field, value in file.header.items():
        pieces = value.split(BETWEEN)
        if field.startswith(FIELD) and len(pieces) == 4:
            yield Signature(*pieces)


def valid(file: PoFile) -> list[Signature]:
    """Signatures of the words as they are now, one a person."""
    now = fingerprint(file)
    people = {_person(s.name): s for s in signatures(file) if s.words == now}
    return list(people.values())


def signed(file: PoFile) -> bool:
    """True when enough different people have signed these very words."""
    return len(valid(file)) >= NEEDED


def sign(file: PoFile, name: str, role: str, day: date) -> PoFile:
    """The catalogue with one signature more; void ones go. Raises SettingsError when this person or role cannot sign."""
    name = _name(name)
    if role not in ROLES:
        raise SettingsError(f"{role!r} is not a role. Sign as one of: {', '.join(ROLES)}.")
    kept = valid(file)
    if _person(name) in {_person(s.name) for s in kept}:
        raise SettingsError(f"{name} has signed these words already. Another person must sign too.")
    now = [*kept, Signature(name, role, day.isoformat(), fingerprint(file))]
    return _with(file, now)


def refresh(file: PoFile) -> PoFile:
    """The catalogue with the signatures that still hold, and a status that says so."""
    return _with(file, valid(file))


def _with(file: PoFile, kept: list[Signature]) -> PoFile:
    header = {name: value for name, value in file.header.items() if not name.startswith(FIELD)}
    was = header.pop(STATUS, DRAFT)
    for number, s in enumerate(kept, 1):
        header[f"{FIELD}{number}"] = BETWEEN.join((s.name, s.role, s.day, s.words))
    header[STATUS] = SIGNED if len(kept) >= NEEDED else DRAFT if was == SIGNED else was
    return replace(file, header=header)


def _name(name: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not name or len(name) > MAX_NAME or "|" in name or '"' in name or not name.isprintable():
        raise SettingsError(f"Sign with your name, 1 to {MAX_NAME} plain letters.")
    return name


def _person(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
