"""The record of what was published: from what, by whom, with which program and rules, and every figure.

Later audits read the figures from here: what is out cannot be called back.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from datetime import date

from collector.db import Database
from collector.summaries.disclosure import Figure, Place
from collector.summaries.frozen import frozen_tables
from collector.summaries.publishing import Past, SeriesKey

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

Editions = Mapping[SeriesKey, Mapping[str, Sequence[Figure]]]


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


def history(database: Database, before: int = NEWEST) -> list[Past]:
    """The latest revision of every period published before a number, with tables and figures."""
    latest = {record.period: record for record in records(database, before)}
    found = []
    for period, record in latest.items():
        frozen = frozen_tables(database, period, record.revision)
        row = database.one("SELECT figures FROM release WHERE number = :number", {"number": record.number})
        if frozen is not None and row is not None:
            found.append(Past(frozen, _unpack(row[0])))
    return found


def figures_of(database: Database, number: int) -> Editions:
    """Every figure of one release, as it was written down when it was published."""
    row = database.one("SELECT figures FROM release WHERE number = :number", {"number": number})
    return _unpack(row[0]) if row else {}


def _pack(figures: Editions) -> bytes:
    data = [
        [*series, edition, [[*figure.place, *astuple(figure)[1:]] for figure in own]]
        for series, editions in figures.items()
        for edition, own in editions.items()
    ]
    return zlib.compress(json.dumps(data, separators=(",", ":")).encode(), 6)


def _unpack(packed: bytes) -> dict[SeriesKey, dict[str, list[Figure]]]:
    found: dict[SeriesKey, dict[str, list[Figure]]] = {}
    for survey, major, edition, rows in json.loads(zlib.decompress(packed)):
        figures = [Figure(Place(*row[:6]), *row[6:]) for row in rows]
        found.setdefault((survey, major), {})[edition] = figures
    return found
