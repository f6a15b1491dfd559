"""Until when answers are kept: what settings say, what was promised while a period was open, and when deletion begins.

The earliest promise is remembered for each period, so that a longer setting later changes nothing for those who
answered before it.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from collector.db import Database
from collector.responses.periods import Period, counting_period, frozen_periods, period_of
from collector.responses.submission import EARLIEST, Since
from collector.settings import Settings

REMEMBER = """
    INSERT INTO promised (period, text_until, rows_until) VALUES (:period, :text, :rows)
    ON CONFLICT (period) DO UPDATE SET
        text_until = min(promised.text_until, excluded.text_until),
        rows_until = min(promised.rows_until, excluded.rows_until)"""


@dataclass(frozen=True)
class Keeping:
    """How long things are kept: whole months after a quarter's end, and days for nightly backups."""

    text_months: int
    rows_months: int
    backup_days: int


def keeping(settings: Settings) -> Keeping:
    """What the settings say."""
    return Keeping(settings.keep_text_months, settings.keep_rows_months, settings.keep_backups)


@dataclass(frozen=True)
class Kept:
    """The last days on which words and rows of a period are there."""

    text: date
    rows: date


def kept_until(period: Period, keeping: Keeping) -> Kept:
    """When a period's written answers and rows are gone: whole months after the quarter's end."""
    return Kept(_months_after(period.end, keeping.text_months), _months_after(period.end, keeping.rows_months))


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def latest_answer(day: date, keeping: Keeping) -> Kept:
    """What the first screen may promise to somebody who answers on a day.

    A late answer may count in the next quarter, so the promise is made for that one.
    """
    return kept_until(period_of(day).next, keeping)


def remember(database: Database, period: Period, kept: Kept) -> None:
    """Note the days promised to somebody who answers into a period, inside a transaction: the earliest counts."""
    days = {"period": period.code, "text": kept.text.isoformat(), "rows": kept.rows.isoformat()}
    database.execute(REMEMBER, days)


def remember_today(database: Database, keeping: Keeping, today: date) -> None:
    """Note what the first screen promises today, inside a transaction: at each start and each night."""
    period = period_of(today)
    for one in (period, period.next):
        remember(database, one, kept_until(one, keeping))


def until(database: Database, period: Period, keeping: Keeping, late: int = 0) -> Kept:
    """The days after which words and rows of a period may not be there: the earlier of promise and setting.

    Answers that count `late` quarters after their own are kept no longer than was promised in their own.
    """
    kept = _until(database, period, keeping)
    if late < 2:  # every promise is made for the quarter after the own one
        return kept
    own = _until(database, period.before(late - 1), keeping)
    return Kept(min(kept.text, own.text), min(kept.rows, own.rows))


def _until(database: Database, period: Period, keeping: Keeping) -> Kept:
    now = kept_until(period, keeping)
    row = database.one("SELECT text_until, rows_until FROM promised WHERE period = :period", {"period": period.code})
    if row is None:
        return now
    return Kept(min(now.text, date.fromisoformat(row[0])), min(now.rows, date.fromisoformat(row[1])))


def begins(last: date, keeping: Keeping) -> date:
    """The night in which deletion begins, so that on the promised day the last backup with what it deletes is gone."""
    return last - timedelta(days=keeping.backup_days + 1)


def since(database: Database, today: date, keeping: Keeping) -> Since:
    """The first days whose answers, and whose words, may still be taken in."""
    counting, _ = counting_period(today, frozen_periods(database))
    days = [_oldest_day(database, today, counting, keeping, words=words) for words in (False, True)]
    return Since(*days)


def _oldest_day(database: Database, today: date, counting: Period, keeping: Keeping, *, words: bool) -> date:
    """The first day whose answers may still be taken in: none is kept past what its own day was promised.

    Rows must stand until the figures of the period that they count in are out.
    """
    period = counting
    while period.start > EARLIEST and _fits(until(database, period, keeping), today, counting, keeping, words=words):
        period = period.previous
    return max(period.start, EARLIEST)


def _fits(kept: Kept, today: date, counting: Period, keeping: Keeping, *, words: bool) -> bool:
    return begins(kept.rows, keeping) > counting.appears and (not words or begins(kept.text, keeping) > today)


def oldest_kept(today: date, keeping: Keeping) -> date:
    """The first day on which something may have been taken back whose rows may still stand somewhere, or in a backup."""
    period = period_of(today)
    while kept_until(period.previous.next, keeping).rows >= today:
        period = period.previous
    return period.start
