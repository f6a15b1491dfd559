"""Keeping what was promised: written answers, rows and logs are deleted by their day, every night."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from collector.db import Database
from collector.responses.periods import Period, parse, period_of

DATED = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Kept:
    """The last days on which words and rows of a period are there."""

    text: date
    rows: date


def kept_until(period: Period, text_months: int, rows_months: int) -> Kept:
    """When a period's written answers and rows are gone: whole months after the quarter's end."""
    return Kept(_months_after(period.end, text_months), _months_after(period.end, rows_months))


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def latest_answer(day: date, text_months: int, rows_months: int) -> Kept:
    """What the first screen may promise to somebody who answers on a day.

    A late answer may count in the next quarter, so the promise is made for that one.
    """
    return kept_until(period_of(day).next, text_months, rows_months)


def erase(database: Database, today: date, text_months: int, rows_months: int) -> tuple[int, int]:
    """Delete what is past its day, inside a transaction: (written answers, responses) deleted.

    Runs before the last promised day is over, so that nothing stands after it.
    """
    periods = [row[0] for row in database.rows("SELECT DISTINCT period FROM submission")]
    words = rows = 0
    for code in periods:
        kept = kept_until(parse(code), text_months, rows_months)
        if today >= kept.text:
            words += database.execute("DELETE FROM comment WHERE period = :period", {"period": code}).rowcount
        if today >= kept.rows:
            rows += _erase_rows(database, code)
    return words, rows


def _erase_rows(database: Database, period: str) -> int:
    where = {"period": period}
    deleted = database.execute("DELETE FROM response WHERE period = :period", where).rowcount
    database.execute(
        "DELETE FROM receipt WHERE key_mac IN (SELECT key_mac FROM submission WHERE period = :period)", where
    )
    database.execute("DELETE FROM submission WHERE period = :period", where)
    database.execute("DELETE FROM import_part WHERE period = :period", where)
    return deleted


def erase_files(folder: Path, today: date, days: int) -> int:
    """Delete files whose name holds a date older than `days`; how many."""
    oldest = (today - timedelta(days=days)).isoformat()
    deleted = 0
    for path in folder.glob("*"):
        stamp = DATED.search(path.name)
        if stamp and stamp[0] < oldest:
            path.unlink()
            deleted += 1
    return deleted
