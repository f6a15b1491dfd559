"""How far a translation is, and whether it may go live: what is translated, stale, signed, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from collector.languages import signing
from collector.languages.meaning import CONSENT
from collector.languages.po import Entry, PoFile

GATES: dict[str, tuple[str, ...]] = {
    "consent": ("first/", "mark/"),
    "promises": ("promise/",),
    "navigation": ("nav/", "survey/", "home/", "words/", "sound/"),
    "errors": ("error/", "problem/", "page/"),
    "thank-you": ("thanks/", "receipt/", "help/"),
}
"""What must be whole before a language goes live, by the beginnings of its contexts."""


PLACES: dict[str, tuple[str, ...]] = {
    "poster": ("poster/", "short/", "first/heading", "first/length"),
}
"""What must be translated before a language is offered at one place only: without it, it stays live elsewhere."""


@dataclass(frozen=True)
class Coverage:
    """Messages wanted, translated and in use, in use but stale, set aside; and what is missing of each gate."""

    wanted: int
    used: int
    stale: int
    aside: int
    missing: dict[str, tuple[str, ...]]

    @property
    def percent(self) -> int:
        """Share translated, rounded down, so that 100 means all."""
        return self.used * 100 // self.wanted if self.wanted else 0


def cover(file: PoFile, wanted: PoFile) -> Coverage:
    """How far a catalogue covers a template."""
    held = {(e.context, e.source): e for e in file.entries}
    found = [held.get((w.context, w.source), w) for w in wanted.entries]
    return Coverage(
        wanted=len(found),
        used=sum(usable(e) for e in found),
        stale=sum(usable(e) and e.stale for e in found),
        aside=sum(bool(e.text) and not usable(e) for e in found),
        missing={name: tuple(_missing(found, name)) for name in GATES},
    )


def usable(entry: Entry) -> bool:
    """True when pages may show it: translated and whole; what people agree to also from exactly this English."""
    if not entry.used or not entry.whole:
        return False
    return not (entry.former and entry.context.startswith(CONSENT))


def _missing(found: list[Entry], gate: str) -> Iterator[str]:
    for entry in found:
        if entry.context.startswith(GATES[gate]) and (not usable(entry) or entry.stale):
            yield entry.context


def reasons(file: PoFile | None, wanted: PoFile | None) -> list[str]:
    """Why a language is not live; empty when it is."""
    if file is None:
        return ["no catalogue"]
    if wanted is None:
        return ["no messages.pot: run `collector languages update`"]
    held = len(signing.valid(file))
    signed = [] if held >= signing.NEEDED else [f"signed by {held} of {signing.NEEDED} people"]
    missing = cover(file, wanted).missing
    return signed + [f"{gate}: {len(contexts)} not translated" for gate, contexts in missing.items() if contexts]
