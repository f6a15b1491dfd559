"""The rows of responses: written once, held when a code has had too many, deleted when a person takes them back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from collector.audit import log
from collector.audit.act import Act
from collector.db import Database
from collector.errors import CommunityError
from collector.responses import gone
from collector.responses.periods import Period, counting_period, frozen_periods, parse, period_of
from collector.responses.submission import Ready

INSERT_RESPONSE = """
    INSERT INTO response (period, venue, id, survey, version, variant, day, visit, late, held,
                          mode, help, language, catalogue, card)
    VALUES (:period, :venue, :id, :survey, :version, :variant, :day, :visit, :late, :held,
            :mode, :help, :language, :catalogue, :card)"""
INSERT_SUBMISSION = """
    INSERT INTO submission (key_mac, content_mac, period, venue, response, held)
    VALUES (:key_mac, :content_mac, :period, :venue, :id, :held)"""
INSERT_COMMENT = """
    INSERT INTO comment (period, venue, response, question, language, words)
    VALUES (:period, :venue, :response, :question, :language, :words)"""
COUNT_DAY = """
    INSERT INTO day_count (venue, day, stored, held, repeated, withdrawn)
    VALUES (:venue, :day, :stored, :held, :repeated, :withdrawn)
    ON CONFLICT (venue, day) DO UPDATE SET
        stored = day_count.stored + excluded.stored,
        held = day_count.held + excluded.held,
        repeated = day_count.repeated + excluded.repeated,
        withdrawn = day_count.withdrawn + excluded.withdrawn
    RETURNING stored"""


HELD_KEYS = """
    SELECT key_mac FROM submission WHERE response IN
        (SELECT id FROM response WHERE held = 1 AND venue = :venue AND day = :day)"""
WAITED_KEYS = """
    SELECT key_mac FROM submission WHERE period = :period AND response IN
        (SELECT id FROM response WHERE period = :period AND held = 1 AND late > 0)"""
PAGE_KEYS = """
    SELECT submission.key_mac FROM submission JOIN receipt ON receipt.key_mac = submission.key_mac
    WHERE submission.response IN (SELECT id FROM response WHERE venue = :venue AND day = :day)"""
"""Only what came by a page or a tablet has a number."""


Outcome = Literal["stored", "held", "repeated", "used", "gone", "refused"]
"""`used`: the key is another one's. `gone`: its answers were taken back: acknowledged, and nothing is kept."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a submission, and the period it counts in."""

    outcome: Outcome
    period: Period


def write(database: Database, ready: Ready, response_id: bytes, quota: int, *, hold: bool = False) -> Stored:
    """Write a checked submission once, inside a transaction.

    `quota` is the answers a day after which further ones are held, unless the venue has its own for the day; `hold`
    holds this one in any case. The same key with the same content is `repeated`; with other content it is `used` and
    nothing is written; a key whose answers were taken back, or a number that was left before, is `gone`.
    """
    period, late = counting_period(ready.came.day, frozen_periods(database))
    earlier = _earlier(database, ready)
    if earlier is not None:
        if earlier.outcome == "repeated":
            count_day(database, ready.came.venue, ready.came.day, repeated=1)
        return earlier
    if gone.is_left(database, ready.receipt_mac):
        database.execute(INSERT_SUBMISSION, gone_row(ready, period.code))
        return Stored("gone", period)
    if not _receipt(database, ready):
        return Stored("used", period)
    beyond = count_day(database, ready.came.venue, ready.came.day, stored=1) > _quota(database, ready, quota)
    held = hold or beyond
    if held:
        count_day(database, ready.came.venue, ready.came.day, held=1)
    _insert(database, ready, response_id, period.code, late, held)
    return Stored("held" if held else "stored", period)


def _earlier(database: Database, ready: Ready) -> Stored | None:
    row = database.one(
        "SELECT content_mac, response, period FROM submission WHERE key_mac = :key_mac", {"key_mac": ready.key_mac}
    )
    if row is None:
        return None
    return Stored(_again(row[0], row[1], ready), parse(row[2]))


def _again(content_mac: bytes, response: bytes | None, ready: Ready) -> Outcome:
    """What a key that is known already stands for."""
    if response is None:
        return "gone"
    return "repeated" if content_mac == ready.content_mac else "used"


def _receipt(database: Database, ready: Ready) -> bool:
    """Keep the receipt's hash; False when another key has the same receipt, which must not be shared."""
    if ready.receipt_mac is None:
        return True
    kept = database.execute(
        "INSERT INTO receipt (mac, key_mac) VALUES (:mac, :key_mac) ON CONFLICT (mac) DO NOTHING",
        {"mac": ready.receipt_mac, "key_mac": ready.key_mac},
    )
    return kept.rowcount == 1


def _quota(database: Database, ready: Ready, default: int) -> int:
    row = database.one(
        "SELECT quota FROM venue_quota WHERE venue = :venue AND day = :day",
        {"venue": ready.came.venue, "day": ready.came.day.isoformat()},
    )
    return row[0] if row else default


def _insert(database: Database, ready: Ready, response_id: bytes, period: str, late: int, held: bool) -> None:
    row = response_row(ready, response_id, period, late, held)
    database.execute(INSERT_RESPONSE, row)
    database.execute(INSERT_SUBMISSION, submission_row(ready, response_id, period, held))
    for comment in comment_rows(ready, response_id, period):
        database.execute(INSERT_COMMENT, comment)


def response_row(ready: Ready, response_id: bytes, period: str, late: int, held: bool) -> dict[str, object]:
    """A row of `response`."""
    came, checked = ready.came, ready.came.checked
    return {
        "period": period,
        "venue": came.venue,
        "id": response_id,
        "survey": checked.survey,
        "version": checked.version,
        "variant": checked.variant,
        "day": came.day.isoformat(),
        "visit": came.visit or None,
        "late": late,
        "held": int(held),
        "mode": came.mode,
        "help": came.help,
        "language": came.language,
        "catalogue": came.catalogue,
        "card": checked.card,
    }


def submission_row(ready: Ready, response_id: bytes, period: str, held: bool) -> dict[str, object]:
    """A row of `submission`: hashes, and where the response is."""
    return {
        "key_mac": ready.key_mac,
        "content_mac": ready.content_mac,
        "period": period,
        "venue": ready.came.venue,
        "id": response_id,
        "held": int(held),
    }


def gone_row(ready: Ready, period: str) -> dict[str, object]:
    """A row of `submission` for answers of which nothing is kept."""
    return {
        "key_mac": ready.key_mac,
        "content_mac": b"",
        "period": period,
        "venue": ready.came.venue,
        "id": None,
        "held": 0,
    }


def comment_rows(ready: Ready, response_id: bytes, period: str) -> list[dict[str, object]]:
    """Rows of `comment`, one a written answer."""
    if not ready.came.checked.texts:
        return []
    place = {"period": period, "venue": ready.came.venue, "response": response_id, "language": ready.came.language}
    return [{**place, "question": question, "words": words} for question, words in ready.came.checked.texts]


def count_day(
    database: Database, venue: str, day: date, stored: int = 0, held: int = 0, repeated: int = 0, withdrawn: int = 0
) -> int:
    """Add to the counts of a code and day, which the page's quota needs; how many are stored."""
    counts = {"stored": stored, "held": held, "repeated": repeated, "withdrawn": withdrawn}
    row = database.one(COUNT_DAY, {"venue": venue, "day": day.isoformat(), **counts})
    return int(row[0]) if row else 0


def held_counts(database: Database) -> list[tuple[str, str, int]]:
    """(venue, day, how many) of held responses."""
    return [
        (venue, day, count)
        for venue, day, count in database.rows(
            """SELECT venue, day, count(*) FROM response WHERE held = 1 AND day IS NOT NULL
               GROUP BY venue, day ORDER BY venue, day"""
        )
    ]


def held_to_go(database: Database) -> tuple[str, int] | None:
    """The next quarter whose freezing ends the wait of held responses that were moved on once already; how many."""
    row = database.one(
        """SELECT period, count(*) FROM response WHERE held = 1 AND late > 0 AND day IS NOT NULL
           GROUP BY period ORDER BY period LIMIT 1"""
    )
    return (row[0], row[1]) if row else None


def admit(database: Database, venue: str, day: date, act: Act) -> int:
    """Let the held responses of a venue and day count, inside a transaction; how many. Raises CommunityError."""
    count = database.execute(
        "UPDATE response SET held = 0 WHERE held = 1 AND venue = :venue AND day = :day",
        {"venue": venue, "day": day.isoformat()},
    ).rowcount
    if not count:
        raise CommunityError(f"Nothing is held for {venue} on {day.isoformat()}. `collector held list` shows what is.")
    log.write(database, act, "held admit", venue, f"{day.isoformat()} {count}")
    return count


def waited_too_long(database: Database, period: str) -> list[bytes]:
    """Hashes of the keys of answers that were held when their own quarter froze, and still are."""
    return [row[0] for row in database.rows(WAITED_KEYS, {"period": period})]


def discard(database: Database, file: Path, venue: str, day: date, act: Act) -> int:
    """Delete the held responses of a venue and day for good; how many. Raises CommunityError when there are none."""
    keys = _keys(database, HELD_KEYS, venue, day)
    if not keys:
        raise CommunityError(f"Nothing is held for {venue} on {day.isoformat()}. `collector held list` shows what is.")
    return _take_away(database, file, keys, act, "held discard", venue, f"{day.isoformat()} {len(keys)}")


def strike(database: Database, file: Path, venue: str, day: date, act: Act) -> int:
    """Delete all that came by the page of a venue on a day, for good; how many.

    Raises CommunityError when nothing came, or its quarter is frozen: days are then no longer known.
    """
    if period_of(day).code in frozen_periods(database):
        raise CommunityError(f"{period_of(day).code} is frozen: its answers no longer have a day. Nothing was deleted.")
    keys = _keys(database, PAGE_KEYS, venue, day)
    if not keys:
        raise CommunityError(f"Nothing came by the page of {venue} on {day.isoformat()}. Nothing was deleted.")
    return _take_away(database, file, keys, act, "venue strike", venue, f"{day.isoformat()} {len(keys)}")


def _keys(database: Database, sql: str, venue: str, day: date) -> list[bytes]:
    return [row[0] for row in database.rows(sql, {"venue": venue, "day": day.isoformat()})]


def _take_away(database: Database, file: Path, keys: list[bytes], act: Act, verb: str, venue: str, detail: str) -> int:
    """Note keys in the file, then delete what they brought; the transaction holds all or none of it."""
    gone.note(file, act.at, "key", keys)
    with database.transaction():
        taken = sum(gone.take_away(database, key) for key in keys)
        log.write(database, act, verb, venue, detail)
    return taken
