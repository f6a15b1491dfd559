"""Taking answers back with a receipt: the response and its words are deleted at once, whatever the period."""

from __future__ import annotations

from datetime import date

from collector.db import Database
from collector.responses.keys import Sealer
from collector.responses.store import count_day

Place = tuple[str, str, bytes]


def find(database: Database, sealer: Sealer, number: int) -> Place | None:
    """(period, venue, response id) of a receipt whose answers are still there; else None."""
    row = database.one(
        """SELECT submission.period, submission.venue, submission.response
           FROM receipt JOIN submission ON submission.key_mac = receipt.key_mac
           WHERE receipt.mac = :mac AND submission.response IS NOT NULL""",
        {"mac": sealer.mac(b"receipt", number.to_bytes(8))},
    )
    return (row[0], row[1], row[2]) if row else None


def withdraw(database: Database, sealer: Sealer, number: int, today: date) -> bool:
    """Delete what a receipt stands for, inside a transaction; False when there is nothing (any more).

    The key's hash stays, so that a page sent again does not bring the answers back.
    """
    place = find(database, sealer, number)
    if place is None:
        return False
    where = dict(zip(("period", "venue", "response"), place, strict=True))
    database.execute("DELETE FROM response WHERE period = :period AND venue = :venue AND id = :response", where)
    database.execute("DELETE FROM comment WHERE period = :period AND venue = :venue AND response = :response", where)
    mac = {"mac": sealer.mac(b"receipt", number.to_bytes(8))}
    database.execute(
        """UPDATE submission SET response = NULL
           WHERE key_mac = (SELECT key_mac FROM receipt WHERE mac = :mac)""",
        mac,
    )
    database.execute("DELETE FROM receipt WHERE mac = :mac", mac)
    count_day(database, place[1], today, withdrawn=1)
    return True
