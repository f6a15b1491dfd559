"""The record of what was published: from what, by whom, with which program and rules, and every figure.

The next quarter is compared with the figures that stand here: what is out cannot be called back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from collector.db import Database
from collector.releases.kept import Figures
from collector.summaries.counts import SeriesKey

INSERT = """
    INSERT INTO release (period, revision, name, status, published_on, made_on, actor, reason, inputs_hash,
                         code_version, rules_version, checksums, figures)
    VALUES (:period, :revision, :name, :status, :published_on, :made_on, :actor, :reason, :inputs_hash,
            :code_version, :rules_version, :checksums, :figures)"""
SELECT = """
    SELECT number, period, revision, name, status, published_on, made_on, actor, reason, inputs_hash, code_version,
           rules_version, checksums
    FROM release WHERE number < :before ORDER BY number"""
NEWEST = 1 << 62
LENGTH = 8
"""Bytes that say how long what follows is."""

Editions = Mapping[SeriesKey, Mapping[str, Figures]]
"""The figures of each survey series, by the code of the quarter or year."""


@dataclass(frozen=True)
class Record:
    """One release. `inputs_hash` is kept here only: in a file it would let a guess at true counts be tested."""

    period: str
    revision: int
    name: str
    status: str
    published_on: date
    made_on: date
    actor: str
    reason: str
    inputs_hash: str
    code_version: str
    rules_version: str
    checksums: str
    number: int = 0
    figures: Editions = field(default_factory=dict, repr=False)


def listings(database: Database) -> dict[str, str]:
    """The checksums of each release, by its folder's name, as they were when it was published."""
    return dict(database.rows("SELECT name, checksums FROM release"))


def add(database: Database, record: Record) -> None:
    """Write down a release, inside the transaction in which it is put in its place."""
    names = ("period", "revision", "name", "status", "actor", "reason", "inputs_hash", "code_version", "rules_version",
             "checksums")  # fmt: skip
    row: dict[str, object] = {name: getattr(record, name) for name in names}
    row |= {"published_on": record.published_on.isoformat(), "made_on": record.made_on.isoformat()}
    database.execute(INSERT, {**row, "figures": _pack(record.figures)})


def records(database: Database, before: int = NEWEST) -> list[Record]:
    """Releases in the order in which they were made, those before a number; without their figures."""
    found = []
    for row in database.rows(SELECT, {"before": before}):
        number, period, revision, name, status, published_on, made_on, *rest = row
        days = date.fromisoformat(published_on), date.fromisoformat(made_on)
        actor, reason, inputs, code, rules, sums = rest
        found.append(Record(period, revision, name, status, *days, actor, reason, inputs, code, rules, sums, number))
    return found


def in_force(database: Database, before: int = NEWEST) -> dict[str, Record]:
    """The latest revision of every period that was published before a number."""
    return {record.period: record for record in records(database, before)}


def figures_of(database: Database, number: int) -> Editions:
    """Every figure of one release, as it was written down when it was published."""
    row = database.one("SELECT figures FROM release WHERE number = :number", {"number": number})
    return _unpack(row[0]) if row else {}


def _pack(figures: Editions) -> bytes:
    """The figures of each series and period as they are kept, each behind its length."""
    own = [one.packed for editions in figures.values() for one in editions.values()]
    return b"".join(part for packed in own for part in (len(packed).to_bytes(LENGTH), packed))


def _unpack(packed: bytes) -> dict[SeriesKey, dict[str, Figures]]:
    found: dict[SeriesKey, dict[str, Figures]] = {}
    start = 0
    while start < len(packed):
        end = start + LENGTH + int.from_bytes(packed[start : start + LENGTH])
        one = Figures(packed[start + LENGTH : end])
        survey, major, code = one.head
        found.setdefault((survey, major), {})[code] = one
        start = end
    return found
