"""Keeping what was promised: written answers, rows and logs are deleted by their day, every night."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from collector.db import Database
from collector.errors import JobError
from collector.governance.promised import Keeping, begins, kept_until, until
from collector.periods import parse, period_of

DATED = re.compile(r"\d{4}-\d{2}-\d{2}")
GROUPS = "SELECT DISTINCT period, late FROM response ORDER BY period, late"
ERASE_WORDS = """
    DELETE FROM comment WHERE period = :period AND response IN
        (SELECT id FROM response WHERE period = :period AND late = :late)"""
ERASE_ROWS = (
    ERASE_WORDS,
    """DELETE FROM receipt WHERE key_mac IN (SELECT key_mac FROM submission WHERE period = :period AND response IN
         (SELECT id FROM response WHERE period = :period AND late = :late))""",
    """DELETE FROM submission WHERE period = :period AND response IN
         (SELECT id FROM response WHERE period = :period AND late = :late)""",
    "DELETE FROM import_part WHERE period = :period",
)
NOTE = """
    INSERT INTO erased (last, night) VALUES (:last, :night)
    ON CONFLICT (last) DO UPDATE SET night = excluded.night"""


def erase(database: Database, today: date, keeping: Keeping) -> tuple[int, int]:
    """Delete what is past its day, inside a transaction: (written answers, responses) deleted.

    It begins so early that on the last promised day no nightly backup holds what was deleted.
    """
    words = rows = 0
    for code, late in database.rows(GROUPS):
        kept, where = until(database, parse(code), keeping, late), {"period": code, "late": late}
        if today >= begins(kept.text, keeping):
            deleted = database.execute(ERASE_WORDS, where).rowcount
            words += deleted
            _note(database, kept.text, today, deleted)
        if today >= begins(kept.rows, keeping):
            deleted = _erase_rows(database, where)
            rows += deleted
            _note(database, kept.rows, today, deleted)
    _note_nights(database, today, keeping)
    _erase_keys(database, today, keeping)
    _erase_counts(database, today, keeping)
    return words, rows


def _note(database: Database, last: date, night: date, deleted: int) -> None:
    """Keep until when backups of this night and before, which hold what was deleted now, may be there."""
    if deleted:
        database.execute(NOTE, {"last": last.isoformat(), "night": night.isoformat()})


def _note_nights(database: Database, today: date, keeping: Keeping) -> None:
    """The same for what was taken back before the night in which it would have been deleted."""
    days = {
        date.fromisoformat(day) for row in database.rows("SELECT text_until, rows_until FROM promised") for day in row
    }
    for last in days:
        if begins(last, keeping) <= today < last:
            where = {"last": last.isoformat(), "night": today.isoformat()}
            database.execute("INSERT INTO erased (last, night) VALUES (:last, :night) ON CONFLICT DO NOTHING", where)


def _erase_rows(database: Database, where: dict[str, object]) -> int:
    for statement in ERASE_ROWS:
        database.execute(statement, where)
    return database.execute("DELETE FROM response WHERE period = :period AND late = :late", where).rowcount


def _erase_keys(database: Database, today: date, keeping: Keeping) -> None:
    """Hashes of keys whose answers were taken back go with the other answers of their quarter."""
    for (code,) in database.rows("SELECT DISTINCT period FROM submission WHERE response IS NULL"):
        if today >= begins(until(database, parse(code), keeping).rows, keeping):
            database.execute("DELETE FROM submission WHERE period = :period AND response IS NULL", {"period": code})


def overdue(database: Database, today: date) -> date | None:
    """The newest night whose backup, and every one before it, holds what was promised to be gone by now."""
    row = database.one("SELECT max(night) FROM erased WHERE last <= :today", {"today": today.isoformat()})
    return date.fromisoformat(row[0]) if row and row[0] else None


def _erase_counts(database: Database, today: date, keeping: Keeping) -> None:
    """What was counted a day, and what jobs did, go with the answers of their quarter, whether there were any."""
    newest = period_of(today).previous
    while today < begins(kept_until(newest, keeping).rows, keeping):
        newest = newest.previous
    database.execute("DELETE FROM day_count WHERE day < :start", {"start": newest.next.start.isoformat()})
    database.execute("DELETE FROM job_run WHERE due < :start", {"start": newest.next.start.isoformat()})
    oldest = today - timedelta(days=keeping.backup_days)
    database.execute(
        "DELETE FROM erased WHERE night < :oldest AND last <= :today",
        {"oldest": oldest.isoformat(), "today": today.isoformat()},
    )


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


def erase_files(folder: Path, today: date, days: int, kept: Path | None = None, overdue: date | None = None) -> int:
    """Delete files whose name holds a date older than `days` or up to `overdue`, or one that a wrong clock gave it;
    but not `kept`. How many. Raises JobError, after all the others are deleted, when one cannot be.
    """
    oldest, latest = (today - timedelta(days=days)).isoformat(), (today + timedelta(days=1)).isoformat()
    if overdue is not None:
        oldest = max(oldest, (overdue + timedelta(days=1)).isoformat())
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
    made = (path for path in backups.glob("*.tar.gz") if not path.name.startswith("before-restore-"))
    stamps = {path: stamp[0] for path in made if (stamp := DATED.search(path.name))}
    latest = (today + timedelta(days=1)).isoformat()
    order = sorted(stamps, key=lambda path: (stamps[path] <= latest, stamps[path], path.name), reverse=True)
    return next((path for path in order if is_good(path)), None)
