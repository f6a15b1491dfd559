"""The rows that a roll-up reads, and the count tables that it writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import groupby

from collector.db import Database
from collector.db.store import Row
from collector.summaries.counts import Cell, Count, CountTables, Key, Series, Topic
from collector.summaries.packed import PackedCounts

VENUES_ANSWERED_AT = """
    WITH RECURSIVE place (venue) AS (
        SELECT min(venue) FROM response WHERE period = :period
        UNION ALL
        SELECT (SELECT min(response.venue) FROM response WHERE period = :period AND response.venue > place.venue)
        FROM place WHERE place.venue IS NOT NULL)
    SELECT venue FROM place WHERE venue IS NOT NULL"""
PERIODS = """
    WITH RECURSIVE had (period) AS (
        SELECT min(period) FROM response
        UNION ALL
        SELECT (SELECT min(response.period) FROM response WHERE response.period > had.period)
        FROM had WHERE had.period IS NOT NULL)
    SELECT period FROM had WHERE period IS NOT NULL
    UNION
    SELECT period FROM rollup_run
    ORDER BY 1"""
AREA_OF_VENUE = """
    SELECT venue, area FROM venue_area
    WHERE valid_from <= :day AND (valid_to IS NULL OR valid_to >= :day) ORDER BY venue"""
CARDS = """
    SELECT survey, version, coalesce(day, visit), mode, card FROM response
    WHERE period = :period AND venue = :venue AND held = 0"""
INSERT_CELL = """
    INSERT INTO cell (period, survey, major, area, breakdown, grp, respondents, visits, largest_venue)
    VALUES (:period, :survey, :major, :area, :breakdown, :grp, :respondents, :visits, :largest_venue)"""
INSERT_COUNT = """
    INSERT INTO cell_count (period, survey, major, area, breakdown, grp, level, code,
                            asked, answered, favourable, score_sum, dk, na, unsaid)
    VALUES (:period, :survey, :major, :area, :breakdown, :grp, :level, :code,
            :asked, :answered, :favourable, :score_sum, :dk, :na, :unsaid)"""
INSERT_VERSION = """
    INSERT INTO counted_version (period, survey, major, version, responses)
    VALUES (:period, :survey, :major, :version, :responses)"""
RECORD_RUN = """
    INSERT INTO rollup_run (period, responses, made_on, counts_hash)
    VALUES (:period, :responses, :made_on, :counts_hash)
    ON CONFLICT (period) DO UPDATE SET
        responses = excluded.responses, made_on = excluded.made_on, counts_hash = excluded.counts_hash"""

CardRow = tuple[str, str, str | None, str, str]
"""Survey, version, day or else visit, mode, card: one place on one day is one visit, whatever was opened there."""


def venues(database: Database, period: str) -> list[str]:
    """Codes of the venues where somebody answered, found by stepping through the index."""
    return [row[0] for row in database.rows(VENUES_ANSWERED_AT, {"period": period})]


def periods(database: Database) -> list[str]:
    """Codes of the periods with answers, or with tables of answers that were there once."""
    return [row[0] for row in database.rows(PERIODS)]


def area_of(database: Database, day: date) -> dict[str, str]:
    """The area of each venue on a day."""
    return dict(database.rows(AREA_OF_VENUE, {"day": day.isoformat()}))


def cards(database: Database, period: str, venue: str) -> Iterator[CardRow]:
    """The counted answers of a venue: one range of the table's own order. One place on one day is one visit."""
    return iter(database.execute(CARDS, {"period": period, "venue": venue}))


def is_frozen(database: Database, period: str) -> bool:
    """True when a period is frozen: its count tables never change again."""
    found = database.one("SELECT frozen_on FROM period WHERE period = :period", {"period": period})
    return found is not None and found[0] is not None


def last_hash(database: Database, period: str) -> str | None:
    """The hash of the tables that the last roll-up of a period made; None when there was none."""
    found = database.one("SELECT counts_hash FROM rollup_run WHERE period = :period", {"period": period})
    return found[0] if found else None


def replace(database: Database, tables: CountTables, made_on: date) -> None:
    """Put tables in the place of the period's former ones, inside a transaction."""
    where = {"period": tables.period}
    database.execute("DELETE FROM cell WHERE period = :period", where)
    database.execute("DELETE FROM cell_count WHERE period = :period", where)
    database.execute("DELETE FROM counted_version WHERE period = :period", where)
    for series in tables.series:
        place = {**where, "survey": series.survey, "major": series.major}
        database.many(INSERT_VERSION, [{**place, "version": v, "responses": n} for v, n in series.versions.items()])
        database.many(INSERT_CELL, (_cell_row(place, key, cell) for key, cell in sorted(series.cells.items())))
        database.many(
            INSERT_COUNT,
            (
                _count_row(place, key, topic, count)
                for key in sorted(series.counts)
                for topic, count in sorted(series.counts[key].items())
            ),
        )
    record(database, tables, made_on)


def record(database: Database, tables: CountTables, made_on: date) -> None:
    """Note that a period was rolled up, inside a transaction."""
    database.execute(
        RECORD_RUN,
        {
            "period": tables.period,
            "responses": tables.responses,
            "made_on": made_on.isoformat(),
            "counts_hash": tables.digest,
        },
    )


def _cell_row(place: dict[str, str], key: Key, cell: Cell) -> dict[str, object]:
    return {
        **place,
        "area": key.area,
        "breakdown": key.breakdown,
        "grp": key.group,
        "respondents": cell.respondents,
        "visits": cell.visits,
        "largest_venue": cell.largest_venue,
    }


def _count_row(place: dict[str, str], key: Key, topic: Topic, count: Count) -> dict[str, object]:
    return {
        **place,
        "area": key.area,
        "breakdown": key.breakdown,
        "grp": key.group,
        "level": topic.level,
        "code": topic.code,
        "asked": count.asked,
        "answered": count.answered,
        "favourable": count.favourable,
        "score_sum": str(count.score_sum),
        "dk": count.dk,
        "na": count.na,
        "unsaid": count.unsaid,
    }


def load(database: Database, period: str) -> CountTables | None:
    """The stored tables of a period; None when it was never rolled up."""
    if last_hash(database, period) is None:
        return None
    versions: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for survey, major, version, responses in database.rows(
        "SELECT survey, major, version, responses FROM counted_version WHERE period = :period", {"period": period}
    ):
        versions[survey, major][version] = responses
    return CountTables(period, tuple(_series(database, period, *key, versions[key]) for key in sorted(versions)))


def _series(database: Database, period: str, survey: str, major: str, versions: dict[str, int]) -> Series:
    where = {"period": period, "survey": survey, "major": major}
    cells = {
        Key(*row[:3]): Cell(*row[3:])
        for row in database.execute(
            """SELECT area, breakdown, grp, respondents, visits, largest_venue FROM cell
               WHERE period = :period AND survey = :survey AND major = :major""",
            where,
        )
    }
    rows = database.execute(
        """SELECT area, breakdown, grp, level, code, asked, answered, favourable, score_sum, dk, na, unsaid
           FROM cell_count WHERE period = :period AND survey = :survey AND major = :major
           ORDER BY area, breakdown, grp""",
        where,
    )
    counts = PackedCounts()
    for key, found in groupby(rows, lambda row: Key(*row[:3])):
        counts.put(key, dict(map(_count, found)))
    return Series(survey, major, versions, cells, counts)


def _count(row: Row) -> tuple[Topic, Count]:
    level, code, asked, answered, favourable, score_sum, *rest = row[3:]
    return Topic(level, code), Count(asked, answered, favourable, Fraction(score_sum), *rest)
