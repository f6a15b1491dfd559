"""Writing many checked submissions of one import, in few statements: the rules of `store.write` without its quota."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from collector.db import Database
from collector.responses.intake import Outcome, Ready
from collector.responses.periods import counting_period, frozen_periods
from collector.responses.store import INSERT_COMMENT, INSERT_RESPONSE, comment_rows, count_day, response_row

INSERT_SUBMISSION = """
    INSERT INTO submission (key_mac, content_mac, period, venue, response, held, import_number)
    VALUES (:key_mac, :content_mac, :period, :venue, :id, 0, :number)
    ON CONFLICT (key_mac) DO NOTHING"""
HASH = "I"
"""Four bytes of a content's hash: enough to know a file again, too few to know an answer by."""


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
    rows.sort(key=itemgetter("key_mac"))
    if rows and database.many(INSERT_SUBMISSION, rows) != len(rows):
        raise SomeKnownError
    rows.sort(key=itemgetter("period", "venue", "id"))
    database.many(INSERT_RESPONSE, rows)
    _keep_hashes(database, number, part, rows)
    comments = [comment for row in rows for comment in row["comments"]]
    if comments:
        database.many(INSERT_COMMENT, comments)
    for (venue, day), count in Counter((ready.venue, ready.day) for ready in new).items():
        count_day(database, venue, day, stored=count)
    return outcomes


def _rows(database: Database, number: int, new: Iterable[Ready], new_id: Callable[[], bytes]) -> list[dict[str, Any]]:
    """One row for `response` and `submission` together."""
    frozen = frozen_periods(database)
    periods: dict[date, tuple[str, bool]] = {}
    rows = []
    for ready in new:
        counted = periods.get(ready.day)
        if counted is None:
            period, late = counting_period(ready.day, frozen)
            counted = periods[ready.day] = (period.code, late)
        response_id = new_id()
        row: dict[str, Any] = response_row(ready, response_id, *counted, held=False)
        row["key_mac"], row["content_mac"], row["number"] = ready.key_mac, ready.content_mac, number
        row["comments"] = comment_rows(ready, response_id, counted[0])
        rows.append(row)
    return rows


def _keep_hashes(database: Database, number: int, part: int, rows: Iterable[dict[str, Any]]) -> None:
    hashes: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        hashes[row["period"]].append(short(row["content_mac"]))
    for period, found in hashes.items():
        database.execute(
            "INSERT INTO import_part (number, period, part, hashes) VALUES (:number, :period, :part, :hashes)",
            {"number": number, "period": period, "part": part, "hashes": array(HASH, sorted(found)).tobytes()},
        )
