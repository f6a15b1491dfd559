"""Keeping what was promised: written answers, rows and logs are deleted by their day, every night."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from collector.db import Database
from collector.errors import JobError
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
    _erase_counts(database, today, rows_months)
    return words, rows


def _erase_rows(database: Database, period: str) -> int:
    where = {"period": period}
    deleted = database.execute("DELETE FROM response WHERE period = :period", where).rowcount
    database.execute(
        "DELETE FROM receipt WHERE key_mac IN (SELECT key_mac FROM submission WHERE period = :period)", where
    )
    database.execute("DELETE FROM submission WHERE period = :period", where)
    return deleted


def _erase_counts(database: Database, today: date, rows_months: int) -> None:
    """What was counted a day, and what jobs did, go with the answers of their quarter, whether there were any."""
    newest = period_of(today).previous
    while today < kept_until(newest, 1, rows_months).rows:
        newest = newest.previous
    database.execute("DELETE FROM day_count WHERE day < :start", {"start": newest.next.start.isoformat()})
    database.execute("DELETE FROM job_run WHERE due < :start", {"start": newest.next.start.isoformat()})


def clear_wal(database: Database) -> bool:
    """Empty the write-ahead log, in which deleted words still stand; False while somebody's open reading keeps it.

    It waits two seconds for readers, not ten: the job comes again within the hour.
    """
    database.execute("PRAGMA busy_timeout = 2000")
    try:
        row = database.one("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        database.execute("PRAGMA busy_timeout = 10000")
    return row is not None and row[0] == 0


def erase_files(folder: Path, today: date, days: int, kept: Path | None = None) -> int:
    """Delete files whose name holds a date older than `days`, or one that a wrong clock gave it; but not `kept`.

    How many. Raises JobError, after all the others are deleted, when one cannot be.
    """
    oldest, latest = (today - timedelta(days=days)).isoformat(), (today + timedelta(days=1)).isoformat()
    deleted, left = 0, []
    for path in sorted(folder.iterdir()) if folder.exists() else ():
        stamp = DATED.search(path.name)
        if stamp and not oldest <= stamp[0] <= latest and path != kept:
            try:
                path.unlink()
                deleted += 1
            except OSError:
                left.append(path.name)
    if left:
        raise JobError(f"In {folder} could not be deleted: {', '.join(left)}. Delete it by hand, or mend whose it is.")
    return deleted


def newest_good(backups: Path, today: date, is_good: Callable[[Path], bool]) -> Path | None:
    """The newest backup that can be restored, if any. One that is dated in the future comes last."""
    stamps = {path: stamp[0] for path in backups.glob("*.tar.gz") if (stamp := DATED.search(path.name))}
    latest = (today + timedelta(days=1)).isoformat()
    order = sorted(stamps, key=lambda path: (stamps[path] <= latest, stamps[path], path.name), reverse=True)
    return next((path for path in order if is_good(path)), None)
