"""The scheduler: one table of jobs; each run is claimed in the database first, so that it happens once.

With several processes a lock decides who leads; another takes over when the leader dies. A run that was missed
while the machine was off is made up at start. Every job is also a command: `collector jobs run NAME`.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from collector import __version__
from collector.community import areas
from collector.db import Database, connect
from collector.db import backup as backups
from collector.errors import CollectorError, JobError
from collector.governance import retention
from collector.languages import suggestions
from collector.releases import announce
from collector.releases.build import Act, build_release
from collector.releases.freeze import freeze
from collector.responses.periods import period_of
from collector.settings import Settings
from collector.summaries.rollup import open_periods, roll_up

LONDON = ZoneInfo("Europe/London")
LOOK_BACK = timedelta(days=8)
SCHEDULER = "scheduler"
log = logging.getLogger("collector.jobs")


@dataclass(frozen=True)
class Job:
    """A name, when it runs (cron fields, local time), and the verb; it returns what to record."""

    name: str
    when: dict[str, str]
    verb: Callable[[Database, Settings, datetime], str]
    help: str


def _roll_up(database: Database, settings: Settings, now: datetime) -> str:
    registry = areas.load(settings.areas)
    done = [roll_up(database, period, registry, now.date()).responses for period in open_periods(database)]
    return f"{sum(done)} responses in {len(done)} open periods"


def _release(database: Database, settings: Settings, now: datetime) -> str:
    """Freeze and publish the last quarter whose day has come, when anybody answered in it."""
    today = now.date()
    period = period_of(today).previous
    if today < period.appears:
        period = period.previous
    frozen = freeze(
        database, period, areas.load(settings.areas), today, by="release job", entry_id=f"{period.code} freeze"
    )  # fmt: skip
    if not frozen.tables.responses:
        return f"nobody answered in {period.code}"
    act = Act("release job", today, f"{period.code} release", __version__)
    folder = build_release(
        database, period, settings.exports, act, synthetic=is_synthetic(database), published_on=period.appears
    )
    return folder.name


def _announce(database: Database, settings: Settings, now: datetime) -> str:
    return announce.announce(database, settings, now, is_synthetic(database))


def _retention(database: Database, settings: Settings, now: datetime) -> str:
    today = now.date()
    with database.transaction():
        words, rows = retention.erase(database, today, settings.keep_text_months, settings.keep_rows_months)
        better = suggestions.erase(database, today)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    logs = retention.erase_files(settings.data / "logs", today, settings.keep_logs)
    kept = retention.erase_files(settings.data / "backups", today, settings.keep_backups)
    return f"{words} written answers, {rows} responses, {better} suggestions, {logs} logs, {kept} backups deleted"


def _backup(database: Database, settings: Settings, now: datetime) -> str:
    folder = settings.data / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"collector-{now.date().isoformat()}.tar.gz"
    part = target.with_name(f".{target.name}")
    part.unlink(missing_ok=True)
    size = backups.backup(settings, part)
    part.replace(target)
    return f"{target.name}, {size} bytes"


JOBS: tuple[Job, ...] = (
    Job("rollup", {"minute": "20"}, _roll_up, "Make the count tables of every open period anew, each hour."),
    Job(
        "release",
        {"day_of_week": "tue", "hour": "9", "minute": "30"},
        _release,
        "Freeze and publish a quarter when its day has come.",
    ),
    Job("announce", {"minute": "35"}, _announce, "Tell by mail of releases that are out, with a link."),
    Job("retention", {"hour": "3", "minute": "10"}, _retention, "Delete what is past its day, each night."),
    Job("backup", {"hour": "2", "minute": "30"}, _backup, "Save database, secret and settings, each night."),
)
BY_NAME = {job.name: job for job in JOBS}


def is_synthetic(database: Database) -> bool:
    """True when this installation holds invented answers only."""
    row = database.one("SELECT synthetic FROM installation WHERE id = 1")
    return bool(row and row[0])


def trigger(job: Job, settings: Settings) -> CronTrigger:
    """When a job runs; the release at the time of the setting."""
    when = dict(job.when)
    if job.name == "release":
        when["hour"], _, when["minute"] = settings.release_time.partition(":")
    return CronTrigger(timezone=LONDON, **when)


def last_due(job: Job, settings: Settings, now: datetime) -> datetime | None:
    """The latest moment at or before now at which a job should have run."""
    cron, due = trigger(job, settings), None
    moment = cron.get_next_fire_time(None, now - LOOK_BACK)
    while moment is not None and moment <= now:
        due, moment = moment, cron.get_next_fire_time(moment, moment + timedelta(seconds=1))
    return due


def run(name: str, settings: Settings, due: datetime, now: datetime) -> str | None:
    """Run a job for a due moment, once; its outcome in words, or None when that run was claimed before.

    Raises JobError for an unknown name. A failure is recorded, not raised.
    """
    if name not in BY_NAME:
        raise JobError(f"There is no job {name!r}. Jobs are: {', '.join(BY_NAME)}.")
    database = connect(settings.database)
    try:
        if not _claim(database, name, due, now):
            return None
        outcome, detail = _outcome(BY_NAME[name], database, settings, now)
        _record(database, name, due, outcome, detail)
    finally:
        database.close()
    log.info("job %s %s: %s", name, outcome, detail)
    return f"{outcome}: {detail}"


def _outcome(job: Job, database: Database, settings: Settings, now: datetime) -> tuple[str, str]:
    try:
        return "done", job.verb(database, settings, now.astimezone(LONDON))
    except CollectorError as error:
        return "refused", str(error)
    except Exception as error:  # a job must not take the scheduler down; doctor shows the failure
        log.exception("job %s", job.name)
        return "failed", type(error).__name__


def _claim(database: Database, name: str, due: datetime, now: datetime) -> bool:
    with database.transaction():
        claimed = database.execute(
            """INSERT INTO job_run (job, due, started, outcome, detail)
               VALUES (:job, :due, :started, 'running', '') ON CONFLICT (job, due) DO NOTHING""",
            {"job": name, "due": _text(due), "started": _text(now)},
        ).rowcount
    return claimed == 1


def _record(database: Database, name: str, due: datetime, outcome: str, detail: str) -> None:
    with database.transaction():
        database.execute(
            "UPDATE job_run SET ended = :ended, outcome = :outcome, detail = :detail WHERE job = :job AND due = :due",
            {"job": name, "due": _text(due), "ended": _text(datetime.now(UTC)), "outcome": outcome, "detail": detail},
        )


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()


def last_runs(database: Database) -> dict[str, tuple[str, str, str]]:
    """(due, outcome, detail) of each job's latest run."""
    rows = database.rows("SELECT job, due, outcome, detail FROM job_run ORDER BY due, started")
    return {job: (due, outcome, detail) for job, due, outcome, detail in rows}


def schedule(settings: Settings) -> BackgroundScheduler:
    """A started scheduler with every job; runs missed while the machine was off are made up at once."""
    _forget_broken_off(settings)
    scheduler = BackgroundScheduler(timezone=LONDON)
    now = datetime.now(UTC)
    for job in JOBS:
        scheduler.add_job(
            _tick,
            trigger(job, settings),
            args=(job.name, settings),
            id=job.name,
            coalesce=True,
            misfire_grace_time=3600,
        )
        due = last_due(job, settings, now)
        if due is not None:
            scheduler.add_job(run, args=(job.name, settings, due, now), id=f"{job.name} made up")
    scheduler.start()
    return scheduler


def _forget_broken_off(settings: Settings) -> None:
    """Runs that no process works on any more (it was killed, or they came with a backup) are due again.

    What a killed backup or restore left holds answers, and goes.
    """
    for folder in (settings.data / "backups", settings.data, settings.data.parent):
        backups.sweep(folder)
    database = connect(settings.database)
    with database.transaction():
        database.execute("DELETE FROM job_run WHERE outcome = 'running'")
    database.close()


def _tick(name: str, settings: Settings) -> None:
    now = datetime.now(UTC)
    run(name, settings, last_due(BY_NAME[name], settings, now) or now, now)


def lead(data: Path) -> int:
    """Wait until this process leads the scheduling of a data folder; the lock's descriptor, to be kept open."""
    descriptor = os.open(data / "scheduler.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def start_when_leading(settings: Settings) -> None:
    """Schedule in the background as soon as this process leads."""

    def wait() -> None:
        lead(settings.data)
        schedule(settings)

    threading.Thread(target=wait, name=SCHEDULER, daemon=True).start()
