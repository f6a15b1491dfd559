"""`changes.md`: what was corrected since the first publication, why, and who noticed."""

from __future__ import annotations

from collections.abc import Sequence

from collector.releases.harmless import in_markdown
from collector.releases.tidy import Edition

FIRST = (
    "This is the first publication. It stays as it is; a correction appears beside it, under a new revision number.\n"
)
RULE = (
    "A row changes only where ten people or more entered, left or changed in it; smaller errors are told here and the "
    "row keeps its value. Answers taken back after publication change nothing.\n"
)


def changes(edition: Edition, reasons: Sequence[str], changed: int) -> bytes:
    """The page of one revision."""
    lines = [f"# Changes: {edition.period.code}, revision {edition.revision}", ""]
    if edition.synthetic:
        lines += ["Synthetic data: invented answers, about nobody.", ""]
    if not reasons:
        return "\n".join([*lines, FIRST]).encode()
    for number, reason in enumerate(reasons, 1):
        lines += [f"## Revision {number}", "", in_markdown(reason), ""]
    return "\n".join([*lines, f"In this revision {changed} figures differ from the one before.", "", RULE]).encode()
