"""`changes.md`: what was told since the first publication: corrections, and errors too small for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from collector.disclosure.rules import REASONS
from collector.releases.tidy import Edition


class Reason(NamedTuple):
    """Why a revision was made: a `correction` or a `notice`, and one of REASONS."""

    kind: str
    code: str

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"

    @classmethod
    def read(cls, text: str) -> Reason:
        """What was written down."""
        kind, _, code = text.partition(" ")
        return cls(kind, code)

    @property
    def words(self) -> str:
        """For people."""
        return f"{REASONS[self.code]} {EFFECTS[self.kind]}"


EFFECTS = {
    "correction": "The figures of the whole period were made again.",
    "notice": "Fewer than ten people are concerned, so the figures stay as they are.",
}
FIRST = (
    "This is the first publication. It stays as it is; a correction appears beside it, under a new revision number.\n"
)
RULE = (
    "A period is corrected only where ten people or more entered, left or changed in it; smaller errors are told here and "
    "the figures stay. Answers taken back after publication change nothing.\n"
)


def changes(edition: Edition, reasons: Sequence[Reason], changed: int) -> bytes:
    """The page of one revision."""
    lines = [f"# Changes: {edition.period.code}, revision {edition.revision}", ""]
    if edition.synthetic:
        lines += ["Synthetic data: invented answers, about nobody.", ""]
    if not reasons:
        return "\n".join([*lines, FIRST]).encode()
    for number, reason in enumerate(reasons, 1):
        lines += [f"## Revision {number}", "", reason.words, ""]
    return "\n".join([*lines, f"In this revision {changed} figures differ from the one before.", "", RULE]).encode()
