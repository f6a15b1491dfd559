"""Imports as acts with a number: begun, done, listed, and taken back while their quarter is open."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date

from collector.audit import log
from collector.audit.act import Act
from collector.db import Database
from collector.errors import ImportRefusedError
from collector.responses.bulk import HASH
from collector.responses.periods import frozen_periods
from collector.responses.store import count_day

BEGUN, DONE, TAKEN_BACK = "begun", "done", "taken back"
GONE = "UPDATE submission SET response = NULL, content_mac = :nothing WHERE key_mac = :key_mac"


@dataclass(frozen=True, slots=True)
class Import:
    """One import: when, from where, how far, and how many rows it stored."""

    number: int
    day: date
    source: str
    state: str
    stored: int
    repeated: int
    rejected: int
    reason: str


def begin(database: Database, source: str, act: Act) -> int:
    """Write down that an import begins, inside a transaction; its number."""
    row = database.one("SELECT coalesce(max(number), 0) + 1 FROM import_act")
    number = int(row[0]) if row else 1
    database.execute(
        """INSERT INTO import_act (number, day, source, state, stored, repeated, rejected, reason)
           VALUES (:number, :day, :source, :state, 0, 0, 0, '')""",
        {"number": number, "day": act.at.isoformat(), "source": source, "state": BEGUN},
    )
    log.write(database, act, "import begin", source, f"number {number}")
    return number


def count(database: Database, number: int, stored: int, repeated: int, rejected: int) -> None:
    """Say how far an import is, inside the transaction of its rows. Raises ImportRefusedError when it was taken back."""
    changed = database.execute(
        """UPDATE import_act SET stored = :stored, repeated = :repeated, rejected = :rejected
           WHERE number = :number AND state = :state""",
        {"number": number, "stored": stored, "repeated": repeated, "rejected": rejected, "state": BEGUN},
    ).rowcount
    if not changed:
        raise ImportRefusedError(f"Import {number} was taken back while it ran.")


def finish(database: Database, number: int) -> None:
    """Say that all of a file is in, inside a transaction."""
    database.execute(
        "UPDATE import_act SET state = :done WHERE number = :number AND state = :begun",
        {"number": number, "done": DONE, "begun": BEGUN},
    )


def all_imports(database: Database) -> list[Import]:
    """Every import, newest first."""
    rows = database.rows(
        """SELECT number, day, source, state, stored, repeated, rejected, reason
           FROM import_act ORDER BY number DESC"""
    )
    return [Import(number, date.fromisoformat(day), *rest) for number, day, *rest in rows]


def most_alike(database: Database, hashes: Collection[int]) -> tuple[Import | None, int]:
    """The import with most answers among some hashes, and how many of those any import has."""
    wanted = frozenset(hashes)
    alike: Counter[int] = Counter()
    known: set[int] = set()
    for number, packed in database.execute("SELECT number, hashes FROM import_part"):
        found = wanted.intersection(array(HASH, packed))
        alike[number] += len(found)
        known |= found
    if not known:
        return None, 0
    number = alike.most_common(1)[0][0]
    return next(done for done in all_imports(database) if done.number == number), sum(h in known for h in hashes)


def take_back(
    database: Database,
    number: int,
    act: Act,
    note_gone: Callable[[Iterable[bytes]], None] = lambda _: None,
) -> int:
    """Delete what an import stored, inside a transaction; how many answers. Raises ImportRefusedError.

    The hashes of its keys stay, so that nothing brings the answers back. `note_gone` takes those keys, for the
    record of what a restored backup must not bring back.
    """
    done = next((done for done in all_imports(database) if done.number == number), None)
    if done is None:
        raise ImportRefusedError(f"There is no import {number}. `collector imports` lists them.")
    if done.state == TAKEN_BACK:
        raise ImportRefusedError(f"Import {number} was taken back before.")
    rows = database.rows(
        """SELECT key_mac, period, venue, response FROM submission
           WHERE import_number = :number AND response IS NOT NULL""",
        {"number": number},
    )
    _refuse_frozen(database, number, {row[1] for row in rows})
    _delete(database, rows)
    for venue, gone in Counter(row[2] for row in rows).items():
        count_day(database, venue, act.at, withdrawn=gone)
    database.execute("DELETE FROM import_part WHERE number = :number", {"number": number})
    database.execute(
        "UPDATE import_act SET state = :state, reason = :reason WHERE number = :number",
        {"number": number, "state": TAKEN_BACK, "reason": act.reason},
    )
    log.write(database, act, "import take-back", str(number), str(len(rows)))
    note_gone([row[0] for row in rows])
    return len(rows)


def _refuse_frozen(database: Database, number: int, periods: set[str]) -> None:
    frozen = sorted(periods & frozen_periods(database))
    if frozen:
        raise ImportRefusedError(
            f"Import {number} has answers in {frozen[0]}, which is frozen: its figures are made. Nothing was taken back.",
        )


def _delete(database: Database, rows: list[tuple[bytes, str, str, bytes]]) -> None:
    places = [{"period": period, "venue": venue, "response": response} for _, period, venue, response in rows]
    database.many("DELETE FROM response WHERE period = :period AND venue = :venue AND id = :response", places)
    database.many("DELETE FROM comment WHERE period = :period AND venue = :venue AND response = :response", places)
    database.many(GONE, [{"key_mac": row[0], "nothing": b""} for row in rows])
