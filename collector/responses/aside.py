"""What came and may not count: kept sealed, seen by staff as a count only, gone after 30 days or when it is taken back."""

from __future__ import annotations

from datetime import date, timedelta

from collector.db import Database

KEPT = timedelta(days=30)
INSERT = """
    INSERT INTO aside (id, visit, arrived_on, reason, receipt_mac, box)
    VALUES (:id, :visit, :day, :reason, :receipt_mac, :box)"""


def put(
    database: Database, box: str, visit: str, day: date, reason: str, receipt_mac: bytes | None, sealed: bytes
) -> None:
    """Put a box aside, inside a transaction. Without a `receipt_mac` nobody can ask for it: it never opened."""
    row = {"id": box, "visit": visit, "day": day.isoformat(), "reason": reason}
    database.execute(INSERT, {**row, "receipt_mac": receipt_mac, "box": sealed})


def reason(database: Database, box: str, visit: str) -> str:
    """Why a box is aside; blank when it is not, or not any more."""
    row = database.one("SELECT reason FROM aside WHERE id = :id AND visit = :visit", {"id": box, "visit": visit})
    return str(row[0]) if row else ""


def holds(database: Database, receipt_mac: bytes) -> bool:
    """Whether what a number stands for is aside."""
    return database.one("SELECT 1 FROM aside WHERE receipt_mac = :mac", {"mac": receipt_mac}) is not None


def take_back(database: Database, receipt_mac: bytes) -> int:
    """Delete what a number stands for, inside a transaction; how many boxes."""
    return database.execute("DELETE FROM aside WHERE receipt_mac = :mac", {"mac": receipt_mac}).rowcount


def forget(database: Database, today: date) -> int:
    """Delete what has been aside for its days, inside a transaction; how many boxes."""
    last = (today - KEPT).isoformat()
    return database.execute("DELETE FROM aside WHERE arrived_on < :last", {"last": last}).rowcount
