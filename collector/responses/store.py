"""The rows of responses: written once, held when a code has had too many, deleted when a person takes them back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from collector.audit import log
from collector.db import Database
from collector.errors import CommunityError
from collector.responses.intake import Outcome, Ready
from collector.responses.periods import Period, counting_period, frozen_periods, parse

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


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a submission, and the period it counts in."""

    outcome: Outcome
    period: Period


def write(database: Database, ready: Ready, response_id: bytes, quota: int) -> Stored:
    """Write a checked submission once, inside a transaction.

    `quota` is the answers a day after which further ones are held, unless the venue has its own for the day.
    The same key with the same content is `repeated`; with other content it is `used` and nothing is written.
    """
    period, late = counting_period(ready.day, frozen_periods(database))
    earlier = _earlier(database, ready)
    if earlier is not None:
        if earlier.outcome == "repeated":
            count_day(database, ready.venue, ready.day, repeated=1)
        return earlier
    if not _receipt(database, ready):
        return Stored("used", period)
    held = count_day(database, ready.venue, ready.day, stored=1) > _quota(database, ready, quota)
    if held:
        count_day(database, ready.venue, ready.day, held=1)
    _insert(database, ready, response_id, period.code, late, held)
    return Stored("held" if held else "stored", period)


def _earlier(database: Database, ready: Ready) -> Stored | None:
    row = database.one(
        "SELECT content_mac, response, period FROM submission WHERE key_mac = :key_mac", {"key_mac": ready.key_mac}
    )
    if row is None:
        return None
    same = row[0] == ready.content_mac and row[1] is not None
    return Stored("repeated" if same else "used", parse(row[2]))


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
        {"venue": ready.venue, "day": ready.day.isoformat()},
    )
    return row[0] if row else default


def _insert(database: Database, ready: Ready, response_id: bytes, period: str, late: bool, held: bool) -> None:
    row = response_row(ready, response_id, period, late, held)
    database.execute(INSERT_RESPONSE, row)
    database.execute(INSERT_SUBMISSION, submission_row(ready, response_id, period, held))
    for comment in comment_rows(ready, response_id, period):
        database.execute(INSERT_COMMENT, comment)


def response_row(ready: Ready, response_id: bytes, period: str, late: bool, held: bool) -> dict[str, object]:
    """A row of `response`."""
    return {
        "period": period,
        "venue": ready.venue,
        "id": response_id,
        "survey": ready.survey,
        "version": ready.version,
        "variant": ready.variant,
        "day": ready.day.isoformat(),
        "visit": ready.visit or None,
        "late": int(late),
        "held": int(held),
        "mode": ready.mode,
        "help": ready.help,
        "language": ready.language,
        "catalogue": ready.catalogue,
        "card": ready.card,
    }


def submission_row(ready: Ready, response_id: bytes, period: str, held: bool) -> dict[str, object]:
    """A row of `submission`: hashes, and where the response is."""
    return {
        "key_mac": ready.key_mac,
        "content_mac": ready.content_mac,
        "period": period,
        "venue": ready.venue,
        "id": response_id,
        "held": int(held),
    }


def comment_rows(ready: Ready, response_id: bytes, period: str) -> list[dict[str, object]]:
    """Rows of `comment`, one a written answer."""
    if not ready.texts:
        return []
    place = {"period": period, "venue": ready.venue, "response": response_id, "language": ready.language}
    return [{**place, "question": question, "words": words} for question, words in ready.texts]


def count_day(
    database: Database, venue: str, day: date, stored: int = 0, held: int = 0, repeated: int = 0, withdrawn: int = 0
) -> int:
    """Add to the counts of a code and day, the only trace that intake leaves beside the rows; how many are stored."""
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


def admit(database: Database, venue: str, day: date, by: str, today: date, entry_id: str) -> int:
    """Let the held responses of a venue and day count, inside a transaction; how many. Raises CommunityError."""
    count = database.execute(
        "UPDATE response SET held = 0 WHERE held = 1 AND venue = :venue AND day = :day",
        {"venue": venue, "day": day.isoformat()},
    ).rowcount
    if not count:
        raise CommunityError(f"Nothing is held for {venue} on {day.isoformat()}. `collector held list` shows what is.")
    log.write(database, entry_id, today, by, "held admit", venue, f"{day.isoformat()} {count}")
    return count
