"""Taking answers back with a receipt: the response and its words are deleted at once, whatever the period."""

from __future__ import annotations

from datetime import date

from collector.db import Database
from collector.responses import gone
from collector.responses.keys import Sealer
from collector.responses.store import count_day

Place = tuple[bytes, str]


def receipt_mac(sealer: Sealer, number: int) -> bytes:
    """The keyed hash under which a number is known."""
    return sealer.mac(b"receipt", number.to_bytes(8))


def find(database: Database, mac: bytes) -> Place | None:
    """(hash of the key, venue) of a number whose answers are still there; else None."""
    row = database.one(
        """SELECT submission.key_mac, submission.venue
           FROM receipt JOIN submission ON submission.key_mac = receipt.key_mac
           WHERE receipt.mac = :mac AND submission.response IS NOT NULL""",
        {"mac": mac},
    )
    return (row[0], row[1]) if row else None


def withdraw(database: Database, mac: bytes, today: date) -> bool:
    """Delete what a number stands for, inside a transaction; False when there is nothing (any more).

    The key's hash stays, so that a page sent again does not bring the answers back. Whoever calls this has written
    the key into the file of what is gone before (`gone.note`).
    """
    place = find(database, mac)
    if place is None or not gone.take_away(database, place[0]):
        return False
    count_day(database, place[1], today, withdrawn=1)
    return True
