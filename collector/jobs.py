"""The scheduler: one table of jobs; each run is claimed in the database first, so that it happens once.

With several processes a lock decides who leads; another takes over when the leader dies. The leader looks every few
seconds what is due: so runs that were missed while the machine was off are made up at start, one after another in the
order of the table, and one that did not end well is tried again each hour. Every job is also a command: `collector jobs run NAME`.
"""

from __future__ import annotations

import fcntl
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler

from collector import __version__, health, operator, timetable
from collector.community import areas
from collector.db import Database, connect
from collector.db import backup as backups
from collector.errors import CollectorError, JobError, UnfinishedError
from collector.governance import clock, promised, reserve, retention
from collector.health import LOW_DISK
from collector.languages import suggestions
from collector.releases import announce
from collector.releases.build import Act, build_release
from collector.releases.freeze import freeze
from collector.releases.record import records
from collector.releases.secret import draw_for
from collector.responses import aside, gone
from collector.responses.periods import Period, frozen_periods, parse, period_of
from collector.settings import Settings
from collector.summaries.frozen import frozen_tables
from collector.summaries.rollup import open_periods, roll_up
from collector.tablets import devices, visits

LONDON = timetable.LONDON
SECONDS = 10
AGAIN = timedelta(hours=1)
SCHEDULER = "scheduler"
NOT_CLEARED = (
    "What was deleted is still in collector.db-wal, because a program has the database open for reading. It is tried "
    "again each hour. Close that program, such as a copy of sqlite3 or a backup tool."
)
Verb = Callable[[Database, Settings, datetime], str]
log = logging.getLogger("collector.jobs")


@dataclass(frozen=True)
class Job:
    """A name, the verb, which returns what to record, and another one for runs that somebody starts by hand."""

    name: str
    verb: Verb
    help: str
    by_hand: Verb | None = None
    irrevocable: bool = False

    @property
    def when(self) -> timetable.Timing:
        return timetable.TIMES[self.name]


def _roll_up(database: Database, settings: Settings, now: datetime) -> str:
    registry = areas.load(settings.areas)
    done = [roll_up(database, period, registry, now.date()) for period in open_periods(database)]
    return f"{len(done)} open periods"


def _release(database: Database, settings: Settings, now: datetime) -> str:
    """Freeze and publish every quarter whose day has come, oldest first."""
    clock.refuse_if_doubtful(database, now)
    registry = areas.load(settings.areas)
    with database.transaction():
        promised.remember_today(database, promised.keeping(settings), now.date())
    waiting = _waiting(database, settings, now.date())
    said = [_publish(database, settings, period, registry, now.date()) for period in waiting]
    return ", ".join(said)


def _waiting(database: Database, settings: Settings, today: date) -> list[Period]:
    """The last quarter whose day has come, and all from the first with answers that are not out; oldest first.

    Out is what lies in the exports folder: a release that was written down, and then could not be put there, is not.
    """
    last = period_of(today).previous
    if today < last.appears:
        last = last.previous
    made = records(database)
    out = {one.period for one in made} - {one.period for one in made if not (settings.exports / one.name).exists()}
    waiting = [period for period in (*open_periods(database), *_frozen_only(database, out)) if period < last]
    period, found = min([last, *waiting]), []
    while period <= last:
        if period == last or period.code not in out:
            found.append(period)
        period = period.next
    return found


def _frozen_only(database: Database, out: set[str]) -> Iterator[Period]:
    """Quarters with answers that were frozen, and whose release then failed."""
    for code in sorted(frozen_periods(database) - out):
        frozen = frozen_tables(database, code)
        if frozen is not None and frozen.tables.responses:
            yield parse(code)


def _publish(database: Database, settings: Settings, period: Period, registry: areas.Areas, today: date) -> str:
    file = settings.withdrawn_file
    frozen = freeze(
        database, period, registry, today, by="release job", entry_id=f"{period.code} freeze",
        draw=draw_for(is_synthetic(database)), file=file,
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
    """Files first: that needs no room. What cannot be deleted does not keep the rest from being deleted."""
    clock.refuse_if_doubtful(database, now)
    today, backups_folder, left = now.date(), settings.data / "backups", []
    kept = retention.newest_good(backups_folder, today, backups.is_whole)
    counts, over = [], retention.overdue(database, today)
    for folder, days, until in (
        (settings.data / "logs", settings.keep_logs, None), (backups_folder, settings.keep_backups, over),
    ):  # fmt: skip
        try:
            counts.append(retention.erase_files(folder, today, days, kept, until))
        except JobError as error:
            left.append(str(error))
    words, rows, better = reserve.with_reserve(settings.data, lambda: _erase_answers(database, settings, today))
    database.tidy()
    cleared = retention.clear_wal(database)
    reserve.keep(settings.data, settings.database, LOW_DISK)
    if left:
        raise JobError(" ".join(left))
    if not cleared:
        raise UnfinishedError(NOT_CLEARED)
    logs, old = counts
    return f"{words} written answers, {rows} responses, {better} suggestions, {logs} logs, {old} backups deleted"


def _erase_answers(database: Database, settings: Settings, today: date) -> tuple[int, int, int]:
    with database.transaction():
        keeping = promised.keeping(settings)
        promised.remember_today(database, keeping, today)
        words, rows = retention.erase(database, today, keeping)
        gone.forget(database, settings.withdrawn_file, today, promised.oldest_kept(today, keeping))
        _forget_tablets(database, today)
        return words, rows, suggestions.erase(database, today)


def _forget_tablets(database: Database, today: date) -> None:
    """What is known of visits and tablets has days of its own."""
    aside.forget(database, today)
    visits.forget(database, today)
    devices.forget(database, today)


def _backup(database: Database, settings: Settings, now: datetime) -> str:
    """The night's: one a day, which a run made up or tried again puts in the place of the former."""
    target = _backups(settings) / f"collector-{now.date().isoformat()}.tar.gz"
    part = target.with_name(f".{target.name}")
    part.unlink(missing_ok=True)
    backups.backup(settings, part)
    part.replace(target)
    return target.name


def _backup_by_hand(database: Database, settings: Settings, now: datetime) -> str:
    """One more, beside the night's."""
    target = _backups(settings) / f"collector-{now:%Y-%m-%dT%H%M%S}.tar.gz"
    backups.backup(settings, target)
    return target.name


def _backups(settings: Settings) -> Path:
    folder = settings.data / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


JOBS: tuple[Job, ...] = (
    Job("rollup", _roll_up, "Make the count tables of every open period anew, each hour."),
    Job("release", _release, "Freeze and publish a quarter when its day has come.", irrevocable=True),
    Job("announce", _announce, "Tell by mail of releases that are out, with a link."),
    Job("retention", _retention, "Delete what is past its day, each night.", irrevocable=True),
    Job("backup", _backup, "Save all that a restore needs, each night.", by_hand=_backup_by_hand),
)
BY_NAME = {job.name: job for job in JOBS}


def is_synthetic(database: Database) -> bool:
    """True when this installation holds invented answers only."""
    row = database.one("SELECT synthetic FROM installation WHERE id = 1")
    return bool(row and row[0])


def last_due(job: Job, settings: Settings, now: datetime) -> datetime:
    """The latest moment at or before now at which a job should have run."""
    return timetable.last_due(job.when, settings, now)


def run(name: str, settings: Settings, due: datetime, now: datetime, *, by_hand: bool = False) -> str | None:
    """Run a job for a due moment, once; its outcome in words, or None when that run was claimed before.

    Raises JobError for an unknown name. A failure is recorded, not raised.
    """
    if name not in BY_NAME:
        raise JobError(f"There is no job {name!r}. Jobs are: {', '.join(BY_NAME)}.")
    job, database = BY_NAME[name], connect(settings.database)
    try:
        if not _claim(database, job, settings, due, now):
            return None
        verb = by_hand and job.by_hand or job.verb
        outcome, detail = _outcome(job, verb, database, settings, now)
        _record(database, name, due, outcome, detail)
    finally:
        database.close()
    log.info("job %s %s: %s", name, outcome, detail)
    return f"{outcome}: {detail}"


def _outcome(job: Job, verb: Verb, database: Database, settings: Settings, now: datetime) -> tuple[str, str]:
    try:
        return "done", verb(database, settings, now.astimezone(LONDON))
    except UnfinishedError as error:
        return "unfinished", str(error)
    except CollectorError as error:
        return "refused", str(error)
    except Exception as error:  # a job must not take the scheduler down; doctor shows the failure
        log.exception("job %s", job.name)
        return "failed", type(error).__name__


def _claim(database: Database, job: Job, settings: Settings, due: datetime, now: datetime) -> bool:
    def claim() -> bool:
        with database.transaction():
            clock.notice(database, now)
            claimed = database.execute(
                """INSERT INTO job_run (job, due, started, outcome, detail)
                   VALUES (:job, :due, :started, 'running', '') ON CONFLICT (job, due) DO NOTHING""",
                {"job": job.name, "due": _text(due), "started": _text(now)},
            ).rowcount
        return claimed == 1

    return reserve.with_reserve(settings.data, claim) if job.name == "retention" else claim()


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
    """A started scheduler: every few seconds it does what is due, which at start is what was missed."""
    _forget_broken_off(settings)
    scheduler = BackgroundScheduler(timezone=UTC)
    begin = datetime.now(UTC)
    scheduler.add_job(_look, "interval", args=(settings,), seconds=SECONDS, next_run_time=begin, coalesce=True,
                      misfire_grace_time=None)  # fmt: skip
    scheduler.add_job(_tell, "interval", args=(settings,), hours=1, next_run_time=begin + timedelta(minutes=10),
                      coalesce=True, misfire_grace_time=None)  # fmt: skip
    scheduler.start()
    return scheduler


def _look(settings: Settings) -> None:
    run_due(settings, datetime.now(UTC))


def _tell(settings: Settings) -> None:
    now = datetime.now(UTC)
    operator.tell(settings, now, health.examine(settings, now.astimezone(LONDON).date(), now))


def run_due(settings: Settings, now: datetime) -> list[str]:
    """Run what is due, one job after another in the order of the table; the names of those that ran.

    What goes wrong with one, such as a disk without room to write down that it began, does not keep the next waiting.
    """
    ran = []
    for job in JOBS:
        try:
            moment = due_now(job, settings, now)
            if moment is not None and run(job.name, settings, moment, now):
                ran.append(job.name)
        except (CollectorError, sqlite3.Error, OSError):
            log.exception("job %s could not begin", job.name)
    return ran


def due_now(job: Job, settings: Settings, now: datetime) -> datetime | None:
    """The moment for which a job should run now: its last due one, an hour after a try that did not end well, or none.

    One that cannot be undone waits while the clock is not believed.
    """
    due = last_due(job, settings, now)
    with closing(connect(settings.database)) as database:
        tried = database.one(
            """SELECT started, outcome FROM job_run WHERE job = :job AND due >= :due AND due <= :now
               ORDER BY due DESC LIMIT 1""",
            {"job": job.name, "due": _text(due), "now": _text(now)},
        )
        waits = job.irrevocable and clock.doubt(database, now)
    if waits:
        return None
    if tried is None:
        return due
    again = tried[1] not in ("running", "done") and now - datetime.fromisoformat(tried[0]) >= AGAIN
    return now if again else None


def _forget_broken_off(settings: Settings) -> None:
    """Runs that no process works on any more (it was killed, or they came with a backup) are due again.

    What a killed backup or restore left holds answers, and goes.
    """
    for folder in (settings.data / "backups", settings.data, settings.data.parent):
        backups.sweep(folder)

    def forget() -> None:
        with database.transaction():
            database.execute("DELETE FROM job_run WHERE outcome = 'running'")

    with closing(connect(settings.database)) as database:
        reserve.with_reserve(settings.data, forget)


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
