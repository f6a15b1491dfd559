"""An empty sheet to type paper answers into, with one example row, and the list of codes to type."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from collector.errors import ImportRefusedError
from collector.responses.columns import OPTIONAL, REQUIRED
from collector.responses.rows import EXAMPLE
from collector.responses.submission import HELPS, MODES
from collector.survey.definition import Question, Survey
from collector.survey.words import SPECIAL_LABELS

CODES_HEAD = ("column", "what it is", "write", "what it means")
Named = Sequence[tuple[str, str]]
"""(code, name) of places or languages."""

ABOUT = {
    "key": ("the number of the paper form: another one on each", "", ""),
    "survey": ("which survey", "", ""),
    "version": ("its version, as it is printed on the form", "", ""),
    "visit": ("a name for the visit, or nothing", "", ""),
    "day": ("the day of the answers", "2026-05-31", "year, month, day; or see --days"),
}


def codes_path(path: Path) -> Path:
    """Where the list of codes stands: beside the template."""
    return path.with_name(f"{path.stem}-codes.csv")


def write(path: Path, survey: Survey, places: Named, languages: Named, today: date) -> None:
    """Write the template and the list of codes beside it. Raises ImportRefusedError when one is there already."""
    asked = survey.asked
    heads = [*REQUIRED, *OPTIONAL, *(question.code for question in asked)]
    _write(path, [heads, _example(survey, places, today)])
    _write(codes_path(path), [CODES_HEAD, *_codes(survey, places, languages)])


def _write(path: Path, lines: Iterable[Sequence[str]]) -> None:
    """With the mark at the start by which spreadsheet programs know UTF-8."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError as error:
        raise ImportRefusedError(f"{path.resolve()} is there already. Name another file.") from error
    with open(descriptor, "w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows(lines)


def _example(survey: Survey, places: Named, today: date) -> list[str]:
    place = places[0][0] if places else ""
    variant = survey.variants[0].code
    asked = survey.codes(variant)
    setting = [EXAMPLE, survey.code, survey.version, variant, place, "", today.isoformat(), "en", "paper", "none"]
    return setting + [_answer(question) if question.code in asked else "" for question in survey.asked]


def _answer(question: Question) -> str:
    free = [option.code for option in question.options if not (option.stops or option.exclusive)]
    if question.type == "multi":
        return " ".join(free[: min(2, question.max)])
    return free[0] if question.closed else ""


def _codes(survey: Survey, places: Named, languages: Named) -> Iterator[tuple[str, str, str, str]]:
    filled = {"survey": (survey.code, survey.title), "version": (survey.version, "")}
    lists: dict[str, Named] = {
        "variant": [(variant.code, "") for variant in survey.variants],
        "venue": places,
        "language": languages,
        "mode": [(mode, "") for mode in MODES],
        "help": [(helped, "") for helped in HELPS],
    }
    for name in (*REQUIRED, *OPTIONAL):
        if name in lists:
            yield from ((name, "one of these", code, label) for code, label in lists[name])
        else:
            what, write, means = ABOUT[name]
            yield (name, what, *filled.get(name, (write, means)))
    for question in survey.asked:
        yield from _answers(question)


def _answers(question: Question) -> Iterator[tuple[str, str, str, str]]:
    if not question.closed:
        yield question.code, question.msgid, "", f"the words as they stand on the form, at most {question.max} letters"
    for option in question.options:
        if not option.stops:
            yield question.code, question.msgid, option.code, option.label
    for special in question.special:
        yield question.code, question.msgid, special, SPECIAL_LABELS[special]
