"""What is wrong with the machine that the program runs on, as far as it is cheap to see: for `doctor` and `/healthz`."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from collector.db import Database, connect
from collector.db.migrations import pending
from collector.db.store import user_name
from collector.finding import Finding
from collector.governance import clock
from collector.settings import Settings
from collector.timetable import LONDON, TIMES, next_due

NO_BACKUP = timedelta(days=2)
UNFINISHED = timedelta(days=1)
NOT_WELL = """
    SELECT job, outcome, detail FROM job_run AS last
    WHERE outcome IN ('failed', 'refused')
      AND due = (SELECT max(due) FROM job_run WHERE job = last.job AND due <= :now AND outcome <> 'running')
    ORDER BY job"""
NEWEST_BACKUP = "SELECT max(started) FROM job_run WHERE job = 'backup' AND outcome = 'done' AND due <= :now"
UNFINISHED_SINCE = """
    SELECT job, detail FROM job_run AS last
    WHERE outcome = 'unfinished'
      AND due = (SELECT max(due) FROM job_run WHERE job = last.job AND due <= :now AND outcome <> 'running')
      AND (SELECT min(due) FROM job_run AS first WHERE first.job = last.job AND outcome = 'unfinished' AND due >
             coalesce((SELECT max(due) FROM job_run WHERE job = last.job AND outcome = 'done' AND due <= :now), ''))
          < :before
    ORDER BY job"""


def clock_is_doubted(settings: Settings, now: datetime) -> Iterator[Finding]:
    """A clock that jumped."""
    with opened(settings) as database:
        why = clock.doubt(database, now) if database else ""
    if why:
        yield Finding(why, clock.cure(now), "machine")


def jobs_late(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Jobs that should have run more than one of their intervals ago."""
    with opened(settings) as database:
        if database is None:
            return
        begun = _begun(database)
        runs: dict[str, str] = dict(
            database.rows("SELECT job, max(due) FROM job_run WHERE due <= :now GROUP BY job", _at(now))
        )
    for job, timing in TIMES.items():
        due = next_due(timing, settings, max(begun, _moment(runs[job])) if job in runs else begun)
        if now > due + timing.interval:
            yield Finding(
                f"The job {job} should have run on {due.astimezone(LONDON):%Y-%m-%d at %H:%M} and has not.",
                "Start `collector serve` or `collector work`; if one runs, start it again.",
                "machine",
            )


def jobs_failed(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Jobs whose last run failed or was refused, and what could not be finished for a day."""
    before = {"before": (now - UNFINISHED).astimezone(UTC).replace(microsecond=0).isoformat()}
    with opened(settings) as database:
        not_well = database.rows(NOT_WELL, _at(now)) if database else []
        unfinished = database.rows(UNFINISHED_SINCE, _at(now) | before) if database else []
    for job, outcome, detail in not_well:
        word = "failed" if outcome == "failed" else "could not be done"
        cure = f"Mend it, then `collector jobs run {job}`; it is tried again each hour."
        yield Finding(f"The job {job} {word}: {detail.rstrip('.')}.", cure, "machine")
    for job, detail in unfinished:
        yield Finding(
            f"The job {job} is not finished since a day: {detail}", f"Then `collector jobs run {job}`.", "machine"
        )


def backup_missing(settings: Settings, now: datetime) -> Iterator[Finding]:
    """No good backup for two days."""
    with opened(settings) as database:
        if database is None:
            return
        begun = _begun(database)
        row = database.one(NEWEST_BACKUP, _at(now))
    newest = max(begun, _moment(row[0])) if row and row[0] else begun
    if now - newest > NO_BACKUP:
        cure = "Let `collector serve` or `collector work` run; `collector jobs run backup` makes one now."
        yield Finding("There is no backup of the last two days.", cure, "machine")


def exports_closed(settings: Settings, now: datetime) -> Iterator[Finding]:
    """An exports folder into which the program cannot write, months before a release needs it."""
    folder = existing(settings.exports)
    if not folder.is_dir():
        yield Finding(f"{folder} is not a folder, so no release can be written.", "Move it away.", "machine")
    elif not _may_write(folder, _user(settings)):
        name = user_name(_user(settings))
        yield Finding(
            f"{name} may not write to {folder}, so no release can be written.",
            f"Run `sudo chown {name} {folder}`; with systemd, name it in ReadWritePaths too.",
            "machine",
        )


def other_owner(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Files of somebody else in the data folder: made by a command that was run as another user."""
    if not settings.data.exists():
        return
    user = _user(settings)
    places = (settings.data, settings.data / "backups", settings.data / "logs")
    found = [path for place in places if place.is_dir() for path in (place, *sorted(place.iterdir()))]
    for owner in sorted({path.lstat().st_uid for path in found} - {user}):
        names = sorted({path.name for path in found if path.lstat().st_uid == owner})
        some = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        verb = "belong" if len(names) > 1 else "belongs"
        yield Finding(
            f"{some} {verb} to {user_name(owner)}, but the program runs as {user_name(user)}.",
            f"Run `sudo chown -R {user_name(user)}: {settings.data}`. No answers are lost by it.",
            "machine",
        )


LOOKS: tuple[Callable[[Settings, datetime], Iterator[Finding]], ...] = (
    clock_is_doubted,
    jobs_late,
    jobs_failed,
    backup_missing,
    exports_closed,
    other_owner,
)


@contextmanager
def opened(settings: Settings) -> Iterator[Database | None]:
    """The database, when there is one of this version: another look says when there is not."""
    if not os.access(settings.database, os.R_OK | os.W_OK, effective_ids=True):
        yield None
        return
    with closing(connect(settings.database)) as database:
        yield None if pending(database) else database


def _begun(database: Database) -> datetime:
    """The end of the day on which the installation was made: before it nothing can have been missed."""
    row = database.one("SELECT made_on FROM installation WHERE id = 1")
    made_on = date.fromisoformat(row[0]) if row else date(9000, 1, 1)
    return datetime.combine(made_on, time(), LONDON).astimezone(UTC) + timedelta(days=1)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _at(now: datetime) -> dict[str, str]:
    return {"now": now.astimezone(UTC).replace(microsecond=0).isoformat()}


def existing(path: Path) -> Path:
    return path if path.exists() or path == path.parent else existing(path.parent)


def _user(settings: Settings) -> int:
    """Who runs the program: whoever looks, or, when that is root, the owner of the data folder."""
    return os.geteuid() or existing(settings.data).stat().st_uid


def _may_write(folder: Path, user: int) -> bool:
    """Whether a user may make files in a folder. The kernel's word counts for a disk that takes no writes at all."""
    if not os.access(folder, os.W_OK | os.X_OK, effective_ids=True):
        return False
    if user in (0, os.geteuid()):
        return True
    there = folder.stat()
    if there.st_uid == user:
        return there.st_mode & 0o300 == 0o300
    if there.st_gid in _groups(user):
        return there.st_mode & 0o030 == 0o030
    return there.st_mode & 0o003 == 0o003


def _groups(user: int) -> list[int]:
    try:
        entry = pwd.getpwuid(user)
    except KeyError:
        return []
    return os.getgrouplist(entry.pw_name, entry.pw_gid)
