"""When the English of a message changes: does its translation still hold? By the number of the survey's version.

A patch version mends a typo, so translations stay in use and are marked stale. A minor or major one changes what is
said, so they are set aside. Promises and consent never use a stale one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from collector.survey import words
from collector.survey.definition import Survey

CONSENT = ("promise/", "first/")
"""Contexts of what a person agrees to: shown in the words that were translated from exactly this English, or not."""

Edition = tuple[str, str, str]
"""Survey, major and minor version: versions that share all three say the same."""

Editions = Mapping[tuple[str, str], frozenset[Edition]]
"""(context, English) -> the editions that say it so."""


def editions(surveys: Iterable[Survey]) -> Editions:
    """Where each text of some surveys stands."""
    found: dict[tuple[str, str], set[Edition]] = defaultdict(set)
    for survey in surveys:
        edition = edition_of(survey.code, survey.version)
        for context, english, _ in words.messages(survey):
            found[context, english].add(edition)
    return {key: frozenset(where) for key, where in found.items()}


def edition_of(code: str, version: str) -> Edition:
    """The edition of a version: its patch number left out."""
    major, minor = (version.split(".") + ["", ""])[:2]
    return code, major, minor


def means_the_same(
    known: Editions, context: str, former: str, english: str, before: frozenset[Edition] = frozenset()
) -> bool:
    """Whether only a patch lies between two texts. `before` are editions of a text that no survey file holds now."""
    if context.startswith(CONSENT):
        return False
    new = known.get((context, english), frozenset())
    old = known.get((context, former)) or before
    return bool(new & old)


def written(surveys: Iterable[Survey]) -> str:
    """The versions that a catalogue was last merged with, for its header."""
    return ", ".join(sorted({f"{survey.code} {survey.version}" for survey in surveys}))


def read(text: str) -> frozenset[Edition]:
    """The editions in such a header field."""
    pairs = (piece.split() for piece in text.split(","))
    return frozenset(edition_of(*pair) for pair in pairs if len(pair) == 2)
