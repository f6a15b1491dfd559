"""What the columns of a record-level export mean, as a table and as a note: they go with every export."""

from __future__ import annotations

from collections.abc import Iterator

from collector.microdata.cells import column_headings
from collector.responses.versions import Published
from collector.summaries.frame import MODES
from collector.survey.card import Column
from collector.survey.definition import NOT_ASKED, SKIPPED, Question
from collector.survey.scoring import question_score
from collector.survey.words import SPECIAL_LABELS

COLUMNS = ("column", "meaning", "code", "label", "score")
TEXTS = frozenset(COLUMNS) - {"score"}
HELPS = {"none": "No help", "read": "Read aloud", "typed": "Typed by a helper", "interpreted": "Interpreted"}
HEADS: dict[str, tuple[str, dict[str, str]]] = {
    "period": ("Quarter in which the answers count", {}),
    "area_code": ("Area of the place where the person was asked; blank when it lay in none", {}),
    "mode": ("How the answers were given", {mode.code: mode.label for mode in MODES}),
    "help": ("What help the person had", HELPS),
    "variant": ("The full or the short survey", {}),
    "survey_version": ("Version of the survey", {}),
    "language": ("Language of the page, as a BCP 47 tag", {}),
    "late": ("Whether they came after their own quarter was closed", {"0": "No", "1": "Yes"}),
}
ALWAYS = {SKIPPED: "Moved on without answering", NOT_ASKED: "This variant does not ask it"}

Row = dict[str, object]


def rows(version: Published) -> Iterator[Row]:
    """A row for each column and code that may stand there; one row for a column without a list of codes."""
    for name, (meaning, codes) in HEADS.items():
        for code, label in codes.items() or [("", "")]:
            yield {"column": name, "meaning": meaning, "code": code, "label": label}
    for column in version.layout.columns:
        yield from _answers(version.survey.by_code[column.code], column)


def _answers(question: Question, column: Column) -> Iterator[Row]:
    labels = {option.code: option.label for option in question.options}
    special = {code: SPECIAL_LABELS[code] for code in question.special} | ALWAYS
    if not column.multi:
        for code, label in ({option: labels[option] for option in column.options} | special).items():
            score = question_score(question, code)
            yield {"column": column.code, "meaning": question.msgid, "code": code, "label": label, "score": score}
        return
    for name, option in zip(column_headings(column), column.options, strict=True):
        for code, label in ({"1": "Chosen", "0": "Not chosen"} | special).items():
            meaning = f"{question.msgid} {labels[option]}"
            yield {"column": name, "meaning": meaning, "code": code, "label": label}


NOTES = """\
ANSWERS OF SINGLE PEOPLE: READ THIS FIRST
{synthetic}
Each line of a "responses" file is what one person answered. The "dictionary" file of the same survey version says
what each column and code means.

- This is personal data. Names are not in it, but it is not anonymous: a rare language, ethnic group and age in one
  area can point to one person, most of all where only one place asked.
- It is for the analysts of the organisation that asked the questions, for this reason only:
  {reason}
- It is not for publication, and not for commissioners. They get releases, in which small groups are hidden.
- Do not try to find out who somebody is. Do not join it with other data about people.
- Keep it on an encrypted disk. Do not send it by e-mail. Delete it when the work is done.
- People can take their answers back. What they took back stays in this copy: make a new one for new work.

Left out: answers that are held or were taken back, written answers, places, visits and days.
The lines are in an order drawn by chance, another one each time.
Made on {day}. Quarters: {periods}. Lines: {rows}.
The making of these files is written down with its reason.
"""
SYNTHETIC = "\nThe answers are SYNTHETIC: invented, about nobody.\n"


def notes(synthetic: bool, reason: str, day: str, periods: str, rows: int) -> str:
    """The text that goes with an export."""
    said = SYNTHETIC if synthetic else ""
    return NOTES.format(synthetic=said, reason=reason, day=day, periods=periods, rows=rows)
