"""A day as spreadsheets write it. What can be read in two ways is read only when somebody said which."""

from __future__ import annotations

import re
from datetime import date

from collector.errors import IntakeError

TIME = re.compile(r"[T ]\s*\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?\Z")
"""What spreadsheets add to a day. The time is not kept."""
YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})\Z")
NUMBERS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})\Z")
NAMED = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3,9})\.?,?[- ](\d{4}|\d{2})\Z")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
ORDERS = ("dmy", "mdy")
"""Day, month, year as in Britain, or month, day, year as in the United States."""


def read_day(text: str, order: str = "") -> date:
    """The day that a cell says. `order` is one of ORDERS, or blank when nobody said. Raises IntakeError."""
    plain = TIME.sub("", text.strip())
    try:
        if found := YEAR_FIRST.match(plain):
            return date(int(found[1]), int(found[3]), int(found[4]))
        if found := NAMED.match(plain):
            return _named(found, order)
        if found := NUMBERS.match(plain):
            return _numbers(found, order)
    except ValueError as error:
        raise _unreadable(text, "there is no such day") from error
    if re.fullmatch(r"\d{5}(\.\d+)?", plain):
        raise _unreadable(text, "a number that stands for a day; give the column a date format in the spreadsheet")
    raise _unreadable(text, "write it as 2026-05-31")


def _named(found: re.Match[str], order: str) -> date:
    month = next((n for n, name in enumerate(MONTHS, 1) if name.startswith(found[2].lower())), 0)
    if len(found[3]) == 2 and order != "dmy":
        raise _unreadable(found[0], "two ways to read it; add --days dmy if the day comes first")
    return date(_year(found[3]), month, int(found[1]))


def _numbers(found: re.Match[str], order: str) -> date:
    if order not in ORDERS:
        raise _unreadable(
            found[0], "two ways to read it; add --days dmy if the day comes first, --days mdy if the month does"
        )
    day, month = (found[1], found[3]) if order == "dmy" else (found[3], found[1])
    return date(_year(found[4]), int(month), int(day))


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _unreadable(text: str, words: str) -> IntakeError:
    return IntakeError("unreadable_day", f"{text[:20]!r}: {words}")
