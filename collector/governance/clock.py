"""Whether the machine's clock can be believed: by it answers are deleted, quarters frozen and figures published.

One moment is kept: the newest at which the clock was believed. A clock that is more than a week past it, or before it,
stops whatever cannot be undone until somebody confirms the day. So a machine that was off for a month asks once, and
one whose clock is years ahead deletes nothing. Only believed moments move it on: what is written under a wrong
clock never vouches for that clock.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from collector.audit import log
from collector.audit.act import Act
from collector.db import Database
from collector.errors import ClockError
from collector.timetable import LONDON

AHEAD = timedelta(days=7)
BEHIND = timedelta(hours=2)
"""Machines without a clock of their own start with the time of their last hour, until the network tells them."""
NEWEST = """
    SELECT max(at) FROM (
        SELECT made_on AS at FROM installation
        UNION ALL SELECT max(at) FROM audit
        UNION ALL SELECT max(started) FROM job_run
        UNION ALL SELECT max(day) FROM day_count) AS known"""
"""The newest thing known where the clock was never looked at: a new installation."""


def newest_known(database: Database) -> datetime | None:
    """The newest moment at which the clock was believed."""
    row = database.one("SELECT seen FROM clock WHERE id = 1") or database.one(NEWEST)
    if not row or not row[0]:
        return None
    moment = datetime.fromisoformat(row[0])
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def doubt(database: Database, now: datetime) -> str:
    """Why the clock is not believed, in words; empty when it is."""
    known = newest_known(database)
    if known is None or known - BEHIND <= now <= known + AHEAD:
        return ""
    return (
        f"The clock says {_day(now)}, but it was {_day(known)} when this program last looked: "
        "nothing is deleted, frozen or published until somebody confirms the day."
    )


def cure(now: datetime) -> str:
    """What to do about a clock that is not believed."""
    return f"If {_day(now)} is today, run `collector clock confirm {_day(now)}`. If not, set the clock of this machine."


def refuse_if_doubtful(database: Database, now: datetime) -> None:
    """Raise ClockError when the clock is not believed."""
    why = doubt(database, now)
    if why:
        raise ClockError(f"{why} {cure(now)}")


def notice(database: Database, now: datetime) -> None:
    """Keep the newest moment, inside a transaction. One that is not believed leaves it as it is."""
    known = newest_known(database) or now
    _keep(database, known if doubt(database, now) else max(known, now))


def confirm(database: Database, now: datetime, act: Act) -> None:
    """Believe the clock, because somebody has said which day it is. Raises ClockError when the clock says another."""
    if act.at.isoformat() != _day(now):
        raise ClockError(f"The clock of this machine says {_day(now)}, not {act.at}. Set it, then confirm the day.")
    with database.transaction():
        known = newest_known(database) or now
        _keep(database, now)
        log.write(database, act, "clock-confirm", act.at.isoformat(), f"before {_day(known)}")


def _keep(database: Database, moment: datetime) -> None:
    database.execute(
        "INSERT INTO clock (id, seen) VALUES (1, :seen) ON CONFLICT (id) DO UPDATE SET seen = excluded.seen",
        {"seen": moment.astimezone(UTC).replace(microsecond=0).isoformat()},
    )


def _day(moment: datetime) -> str:
    return moment.astimezone(LONDON).date().isoformat()
