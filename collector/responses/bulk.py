"""Writing many checked submissions of one import, in few statements: the rules of `store.write` without its quota."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from collector.db import Database
from collector.responses.periods import counting_period, frozen_periods
from collector.responses.store import INSERT_COMMENT, Outcome, comment_rows
from collector.responses.submission import Ready

# Values by their position: by name they cost this path, and only this one, half as much again a row.
INSERT_RESPONSE = """
    INSERT INTO response (period, venue, id, survey, version, variant, day, visit, late, held,
                          mode, help, language, catalogue, card)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?)"""
INSERT_SUBMISSION = """
    INSERT INTO submission (key_mac, content_mac, period, venue, response, held, import_number)
    VALUES (?, ?, ?, ?, ?, 0, ?)
    ON CONFLICT (key_mac) DO NOTHING"""
HASH = "I"
"""Four bytes of a content's hash: enough to know a file again, too few to know an answer by."""


Submitted = tuple[bytes, bytes, str, str, bytes, int]


@dataclass(slots=True)
class Rows:
    """What a batch adds to each table."""

    responses: list[tuple[object, ...]] = field(default_factory=list)
    submissions: list[Submitted] = field(default_factory=list)
    comments: list[dict[str, object]] = field(default_factory=list)


class SomeKnownError(Exception):
    """A key of a batch that was thought to be new is known; nothing of the batch may be kept."""


def short(content_mac: bytes) -> int:
    """The hash that an import keeps of a content."""
    return int.from_bytes(content_mac[:4])


def outcomes_of(database: Database, batch: Iterable[Ready]) -> list[Outcome]:
    """What becomes of each submission, in order: `stored` for a key that is new, also to this batch."""
    seen: dict[bytes, bytes] = {}
    return [_outcome(database, ready, seen) for ready in batch]


def _outcome(database: Database, ready: Ready, seen: dict[bytes, bytes]) -> Outcome:
    content = seen.get(ready.key_mac)
    if content is None:
        row = database.one(
            "SELECT content_mac, response FROM submission WHERE key_mac = :key_mac", {"key_mac": ready.key_mac}
        )
        if row is None:
            seen[ready.key_mac] = ready.content_mac
            return "stored"
        if row[1] is None:
            return "gone"
        content = row[0]
    return "repeated" if content == ready.content_mac else "used"


def write(
    database: Database, number: int, part: int, batch: Sequence[Ready], new_id: Callable[[], bytes], *, all_new: bool
) -> list[Outcome]:
    """Write a batch of an import, inside a transaction; one outcome each, in order.

    With `all_new` no key is looked up. Raises SomeKnownError when one was known after all: roll back, and say so.
    """
    outcomes: list[Outcome] = ["stored"] * len(batch) if all_new else outcomes_of(database, batch)
    new = [ready for ready, outcome in zip(batch, outcomes, strict=True) if outcome == "stored"]
    rows = _rows(database, number, new, new_id)
    # In the order of their tables: rows that lie side by side are written together.
    if new and database.many(INSERT_SUBMISSION, sorted(rows.submissions)) != len(new):
        raise SomeKnownError
    database.many(INSERT_RESPONSE, sorted(rows.responses))
    database.many(INSERT_COMMENT, rows.comments)
    _keep_hashes(database, number, part, rows.submissions)
    return outcomes


def _rows(database: Database, number: int, new: Iterable[Ready], new_id: Callable[[], bytes]) -> Rows:
    frozen = frozen_periods(database)
    periods: dict[date, tuple[str, int, str]] = {}
    rows = Rows()
    for ready in new:
        came = ready.came
        counted = periods.get(came.day)
        if counted is None:
            where, quarters_late = counting_period(came.day, frozen)
            counted = periods[came.day] = (where.code, quarters_late, came.day.isoformat())
        period, late, day = counted
        survey, version, variant, card, texts, *_ = came.checked
        response = new_id()
        rows.responses.append(
            (period, came.venue, response, survey, version, variant, day, came.visit or None, late,
             came.mode, came.help, came.language, came.catalogue, card)
        )  # fmt: skip
        rows.submissions.append((ready.key_mac, ready.content_mac, period, came.venue, response, number))
        if texts:
            rows.comments += comment_rows(ready, response, period)
    return rows


def _keep_hashes(database: Database, number: int, part: int, submissions: Iterable[Submitted]) -> None:
    hashes: defaultdict[str, list[int]] = defaultdict(list)
    for _, content, period, *_ in submissions:
        hashes[period].append(short(content))
    for period, found in hashes.items():
        database.execute(
            "INSERT INTO import_part (number, period, part, hashes) VALUES (:number, :period, :part, :hashes)",
            {"number": number, "period": period, "part": part, "hashes": array(HASH, sorted(found)).tobytes()},
        )
