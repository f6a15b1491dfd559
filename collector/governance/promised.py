"""What was promised while a period was open is remembered: deletion keeps to it, whatever the settings say later."""

from __future__ import annotations

from datetime import date, timedelta

from collector.db import Database
from collector.governance.retention import Kept, kept_until
from collector.responses.periods import Period, period_of
from collector.settings import Settings

REMEMBER = """
    INSERT INTO promised (period, text_until, rows_until) VALUES (:period, :text, :rows)
    ON CONFLICT (period) DO UPDATE SET
        text_until = min(promised.text_until, excluded.text_until),
        rows_until = min(promised.rows_until, excluded.rows_until)"""


def remember(database: Database, period: Period, kept: Kept) -> None:
    """Note the days promised to somebody who answers into a period, inside a transaction: the earliest counts."""
    days = {"period": period.code, "text": kept.text.isoformat(), "rows": kept.rows.isoformat()}
    database.execute(REMEMBER, days)


def remember_today(database: Database, settings: Settings, today: date) -> None:
    """Note what the first screen promises today, inside a transaction: at each start and each night."""
    period = period_of(today)
    months = settings.keep_text_months, settings.keep_rows_months
    remember(database, period, kept_until(period, *months))
    remember(database, period.next, kept_until(period.next, *months))


def until(database: Database, period: Period, settings: Settings) -> Kept:
    """The days after which words and rows of a period may not be there: the earlier of promise and setting."""
    now = kept_until(period, settings.keep_text_months, settings.keep_rows_months)
    row = database.one("SELECT text_until, rows_until FROM promised WHERE period = :period", {"period": period.code})
    if row is None:
        return now
    return Kept(min(now.text, date.fromisoformat(row[0])), min(now.rows, date.fromisoformat(row[1])))


def begins(last: date, keep_backups: int) -> date:
    """The day on which deletion begins so that on the promised one the last nightly backup is gone too."""
    return last - timedelta(days=keep_backups + 1)
