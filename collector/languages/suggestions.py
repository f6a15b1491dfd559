"""Better words that people send: a text and its day, nothing of the sender; so many a day, so many days long."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta

from collector.db import Database

MOST_LETTERS = 200
MOST_A_DAY = 50
KEPT_DAYS = 90


def clean(text: str) -> str:
    """The words as they are kept: one line, in normal form, without control characters."""
    plain = "".join(c if c.isprintable() or c in "\u200c\u200d" else " " for c in unicodedata.normalize("NFC", text))
    return " ".join(plain.split())


def keep(database: Database, language: str, words: str, today: date, entry: bytes) -> bool:
    """Keep a suggestion, inside a transaction; False when there are enough for this language and day."""
    row = database.one(
        "SELECT count(*) FROM suggestion WHERE language = :language AND day = :day",
        {"language": language, "day": today.isoformat()},
    )
    if row is None or row[0] >= MOST_A_DAY:
        return False
    database.execute(
        "INSERT INTO suggestion (id, language, day, words) VALUES (:id, :language, :day, :words)",
        {"id": entry, "language": language, "day": today.isoformat(), "words": words},
    )
    return True


def listed(database: Database, language: str) -> list[tuple[str, str]]:
    """(day, words) of a language, newest day first."""
    return [
        (day, words)
        for day, words in database.rows(
            "SELECT day, words FROM suggestion WHERE language = :language ORDER BY day DESC, id", {"language": language}
        )
    ]


def erase(database: Database, today: date) -> int:
    """Delete what is too old, inside a transaction; how many."""
    oldest = (today - timedelta(days=KEPT_DAYS)).isoformat()
    return database.execute("DELETE FROM suggestion WHERE day <= :oldest", {"oldest": oldest}).rowcount
