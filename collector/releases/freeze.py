"""Freezing a period: its true count tables are stored for good, and days and visits leave its responses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from collector.audit import log
from collector.audit.act import Act
from collector.community.areas import Areas
from collector.db import Database
from collector.errors import PeriodError
from collector.releases import secret
from collector.releases.secret import Draw
from collector.responses import gone, store
from collector.responses.periods import Period, counting_period, frozen_periods
from collector.summaries.counts import CountTables, Key, Series
from collector.summaries.frozen import Frozen, Place, frozen_tables, keep
from collector.summaries.places import ELSEWHERE, describe
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
    period: Period,
    areas: Areas,
    act: Act,
    *,
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
    if act.at <= period.closes and not early:
        raise PeriodError(
            f"{period.code} is still open: late answers count until {period.closes}. Freeze it on the day after."
        )
    with database.transaction():
        waited = store.waited_too_long(database, period.code)
        for key in waited:
            gone.take_away(database, key)
        tables = count_tables(database, period, areas)
        store_tables(database, tables, act.at)
        frozen = Frozen(tables, places_of(tables, areas, period))
        keep(database, frozen, act.at)
        secret.keep(database, [period.code, *([period.financial_year] if period.quarter == 4 else [])], draw)
        _close(database, period, act.at)
        log.write(database, act, "freeze", period.code)
        if file is not None:  # last: a freeze that is refused leaves no line, by which the next start would delete them
            gone.note(file, act.at, "key", waited)
    return frozen


def _close(database: Database, period: Period, today: date) -> None:
    following, _ = counting_period(period.next.start, frozen_periods(database))
    where = {"period": period.code, "next": following.code, "late": following.after(period)}
    for statement in MOVE_HELD:
        database.execute(statement, where)
    database.execute(BLANK, {"period": period.code})
    database.execute(MARK, {"period": period.code, "today": today.isoformat()})


def places_of(tables: CountTables, areas: Areas, period: Period) -> dict[str, Place]:
    """Type, name and parent of every row's area, as they are at the period's end."""
    rows = {key.area for series in tables.series for key in series.cells}
    found = {}
    for row in sorted(rows):
        kind, name = describe(row, areas, period.end)
        code = row.removesuffix(ELSEWHERE)
        above = [area.code for area in areas.ancestors(code, period.end)]
        found[row] = Place(kind, name, code if row != code else next(iter(above), ""))
    return found


def recount(database: Database, period: Period, areas: Areas, former: CountTables) -> CountTables:
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
