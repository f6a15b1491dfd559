"""Freezing a period: its true count tables are stored for good, and days and visits leave its responses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from collector.audit import log
from collector.community.areas import Areas
from collector.db import Database
from collector.errors import PeriodError
from collector.periods import Quarter
from collector.releases import secret
from collector.releases.refusals import refusal
from collector.releases.secret import Draw
from collector.responses import gone, store
from collector.responses.quarters import counting_period, frozen_periods
from collector.summaries.counts import CountTables, Key, Series
from collector.summaries.frozen import Frozen, frozen_tables, keep
from collector.summaries.geography import frozen_areas
from collector.summaries.rollup import count_tables, store_tables

MARK = """
    INSERT INTO period (period, frozen_on) VALUES (:period, :today)
    ON CONFLICT (period) DO UPDATE SET frozen_on = excluded.frozen_on"""
MOVE_HELD = (
    """UPDATE comment SET period = :next WHERE period = :period AND response IN
         (SELECT id FROM response WHERE period = :period AND held = 1 AND late = 0)""",
    """UPDATE submission SET period = :next WHERE period = :period AND response IN
         (SELECT id FROM response WHERE period = :period AND held = 1 AND late = 0)""",
    """UPDATE response SET period = :next, late = :late WHERE period = :period AND held = 1 AND late = 0""",
)
"""Held answers wait in the next open period, where they count if they are admitted: once, as promised at intake."""
BLANK = "UPDATE response SET day = NULL, visit = NULL WHERE period = :period"


def freeze(
    database: Database,
    period: Quarter,
    areas: Areas,
    today: date,
    *,
    by: str,
    entry_id: str,
    draw: Draw,
    early: bool = False,
    file: Path | None = None,
) -> Frozen:
    """Freeze a period and return its tables; those of before when it is frozen already.

    One transaction: tables stored, the secret drawn unless a draft did, and with the last quarter that of the year; days and visits blanked, held answers moved on, period marked. Answers that were
    held a whole quarter long and never admitted are gone; `file` is where that is noted. `early` is for invented
    answers only. Raises PeriodError while late answers may still come.
    """
    done = frozen_tables(database, period.code)
    if done is not None:
        return done
    if today <= period.closes and not early:
        raise PeriodError(refusal("still_open", period=period.code, closes=period.closes))
    with database.transaction():
        waited = store.waited_too_long(database, period.code)
        for key in waited:
            gone.take_away(database, key)
        tables = count_tables(database, period, areas)
        store_tables(database, tables, today)
        frozen = Frozen(tables, frozen_areas(tables, areas, period.end))
        keep(database, frozen, today)
        secret.keep(database, [period.code, *([period.year.code] if period.ends_year else [])], draw)
        _close(database, period, today)
        log.write(database, entry_id, today, by, "freeze", period.code)
        if file is not None:  # last: a freeze that is refused leaves no line, by which the next start would delete them
            gone.note(file, today, "key", waited)
    return frozen


def _close(database: Database, period: Quarter, today: date) -> None:
    following, _ = counting_period(period.next.start, frozen_periods(database))
    where = {"period": period.code, "next": following.code, "late": following.after(period)}
    for statement in MOVE_HELD:
        database.execute(statement, where)
    database.execute(BLANK, {"period": period.code})
    database.execute(MARK, {"period": period.code, "today": today.isoformat()})


def recount(database: Database, period: Quarter, areas: Areas, former: CountTables) -> CountTables:
    """A frozen period's tables as its answers are counted now, for a correction; nothing is written.

    Visits are no longer known: each row keeps the number that it had.
    """
    now = count_tables(database, period, areas, recount=True)
    visits = {(s.survey, s.major, key): cell.visits for s in former.series for key, cell in s.cells.items()}
    return CountTables(period.code, tuple(_with_visits(series, visits) for series in now.series))


def _with_visits(series: Series, visits: dict[tuple[str, str, Key], int]) -> Series:
    cells = {
        key: replace(cell, visits=visits.get((series.survey, series.major, key), cell.visits))
        for key, cell in series.cells.items()
    }
    return replace(series, cells=cells)
