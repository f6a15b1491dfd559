"""The columns of a file of answers: which there must be, which there may be, and where each stands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from operator import itemgetter

from collector.errors import IntakeError
from collector.responses.sheets import fold
from collector.responses.versions import Published
from collector.survey.answers import Given

REQUIRED = ("key", "survey", "version", "variant", "venue", "visit", "day", "language", "mode")
OPTIONAL = ("help",)
REPORTED = ("line", "reason")
"""Columns that a report of rejected rows has before its own; passed over when it is brought in, mended."""
SETTING = ("survey", "version", "variant", "venue", "visit", "language", "mode")
Series = tuple[str, str, str]
"""Survey, version and language: what decides how an answer is read."""
Read = list[tuple[str, int, dict[str, Given] | None]]
"""Each question with its column, and what each of its cells became, so far; None for open ones."""


@dataclass(frozen=True)
class Columns:
    """Positions of the columns of one file, and of its questions."""

    names: tuple[str, ...]
    place: dict[str, int]
    questions: tuple[tuple[str, int], ...]
    unnamed: tuple[int, ...]
    setting: Callable[[list[str]], tuple[str, ...]]
    known: dict[tuple[str, ...], Read] = field(default_factory=dict)
    """By survey, version, variant and language."""

    @property
    def least(self) -> int:
        """Cells up to the last column that has a name."""
        return max(self.place.values()) + 1


def wanted(versions: Iterable[Published]) -> dict[str, str]:
    """Every name that a column may have, by its folded form."""
    codes = {q.code for p in versions for q in p.survey.asked}
    return {fold(name): name for name in (*REQUIRED, *OPTIONAL, *REPORTED, *codes)}


def columns(head: list[str], versions: Collection[Published]) -> Columns:
    """Where each column stands. Raises IntakeError when one is missing, unknown or there twice."""
    known = wanted(versions)
    names = tuple(known.get(fold(name), name.strip()) for name in head)
    missing = [name for name in REQUIRED if name not in names]
    if len(missing) == len(REQUIRED):
        raise IntakeError(
            "columns", f"The first line does not name the columns. It must, with nothing above: {', '.join(REQUIRED)}."
        )
    if missing:
        raise IntakeError("columns", f"The file has no column `{missing[0]}`. It needs {', '.join(REQUIRED)}.")
    place = {name: i for i, name in enumerate(names) if fold(name)}
    for name in place:
        if names.count(name) > 1:
            raise IntakeError("columns", f"The column `{name[:40]}` stands twice. Keep one.")
        if name not in known.values():
            raise IntakeError(
                "columns", f"The column `{name[:40]}` is not a question code. Remove it or mend its name."
            )
    beside = {*REQUIRED, *OPTIONAL, *REPORTED}
    questions = tuple((name, i) for name, i in place.items() if name not in beside)
    setting = itemgetter(*(place[name] for name in (*SETTING, *(n for n in OPTIONAL if n in place))))
    return Columns(names, place, questions, tuple(i for i, name in enumerate(names) if not fold(name)), setting)
