"""What is gone for good: keys and numbers whose answers were taken back, so that no backup brings them again.

The file `withdrawn` beside the database has a line for each: day, `key` or `number`, and its keyed hash. A line is on
the disk before the rows go, is in every backup, and goes itself when nothing that it could concern is left.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from collector import files
from collector.db import Database
from collector.responses.periods import period_of

FILE = "withdrawn"
LINE = re.compile(r"(\d{4}-\d{2}-\d{2}) (key|number) ([0-9a-f]{32})\Z")
DAYS_LEFT = 100
"""Days that a number left before its answers is waited for."""
MOST_LEFT = 1_000

Kind = Literal["key", "number"]


@dataclass(frozen=True)
class Entry:
    """A line of the file."""

    day: date
    kind: Kind
    mac: bytes


def note(file: Path, day: date, kind: Kind, macs: Iterable[bytes]) -> None:
    """Add lines in one write and wait until they are on the disk: called before the rows go."""
    lines = "".join(f"{day.isoformat()} {kind} {mac.hex()}\n" for mac in macs)
    if not lines:
        return
    with _alone(file) as descriptor:
        end = os.fstat(descriptor).st_size
        torn = end > 0 and os.pread(descriptor, 1, end - 1) != b"\n"
        os.write(descriptor, (("\n" if torn else "") + lines).encode("ascii"))
        os.fsync(descriptor)


@contextmanager
def _alone(file: Path) -> Iterator[int]:
    """The file, open and locked: nobody adds a line while another writes the file anew, in which it would be missing."""
    while True:
        descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if _is_still(file, descriptor):
                yield descriptor
                return
        finally:
            os.close(descriptor)


def _is_still(file: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(file), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def read(file: Path) -> tuple[list[Entry], int]:
    """The entries, and how many lines cannot be read: a line that a crash tore is passed over."""
    try:
        text = file.read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return [], 0
    entries, torn = [], 0
    for line in filter(None, text.split("\n")):
        found = LINE.match(line)
        if found is None:
            torn += 1
        else:
            entries.append(
                Entry(date.fromisoformat(found[1]), "key" if found[2] == "key" else "number", bytes.fromhex(found[3]))
            )
    return entries, torn


def unite(file: Path, other: Path) -> None:
    """Put the lines of another such file beside those of this one: what either knows of is gone."""
    lines = dict.fromkeys(line for path in (file, other) if path.exists() for line in _whole_lines(path))
    if lines:
        _rewrite(file, lines)


def _whole_lines(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="ascii", errors="replace").split("\n") if LINE.match(line)]


def _rewrite(file: Path, lines: Iterable[str]) -> None:
    files.replace(file, "".join(f"{line}\n" for line in lines).encode("ascii"))


def mend(database: Database, file: Path) -> int:
    """Do in the database what the file says and the database does not know: after a crash or a restored backup.

    How many answers went, or numbers were left, by it.
    """
    entries, _ = read(file)
    with database.transaction():
        return sum(_mend_one(database, entry) for entry in entries)


def _mend_one(database: Database, entry: Entry) -> int:
    if entry.kind == "number":
        return leave(database, entry.mac, entry.day)
    _know(database, entry)
    return take_away(database, entry.mac)


def _know(database: Database, entry: Entry) -> None:
    """Keep the key out although the database never met it: its answers came after the backup, and may come again."""
    database.execute(
        """INSERT INTO submission (key_mac, content_mac, period, venue, response, held)
           VALUES (:key, :none, :period, '', NULL, 0) ON CONFLICT (key_mac) DO NOTHING""",
        {"key": entry.mac, "none": b"", "period": period_of(entry.day).code},
    )


def take_away(database: Database, key_mac: bytes) -> int:
    """Delete what a key brought, inside a transaction: answers, words, number and content. Of the key its hash stays.

    1, or 0 when nothing was there (any more).
    """
    row = database.one(
        "SELECT period, venue, response FROM submission WHERE key_mac = :key AND response IS NOT NULL",
        {"key": key_mac},
    )
    if row is None:
        return 0
    where = dict(zip(("period", "venue", "id"), row, strict=True))
    had_number = database.execute("DELETE FROM receipt WHERE key_mac = :key", {"key": key_mac}).rowcount
    if had_number:
        _make_room(database, where)
    database.execute("DELETE FROM response WHERE period = :period AND venue = :venue AND id = :id", where)
    database.execute("DELETE FROM comment WHERE period = :period AND venue = :venue AND response = :id", where)
    database.execute(
        "UPDATE submission SET response = NULL, held = 0, content_mac = :none WHERE key_mac = :key",
        {"none": b"", "key": key_mac},
    )
    return 1


def _make_room(database: Database, where: dict[str, object]) -> None:
    """An answer of the page that goes makes room for another of its place and day, while its day is still known."""
    database.execute(
        """UPDATE day_count SET stored = stored - 1
           WHERE stored > 0 AND venue = :venue AND day = (
               SELECT day FROM response WHERE period = :period AND venue = :venue AND id = :id)""",
        where,
    )


def leave(database: Database, mac: bytes, day: date) -> int:
    """Keep a number whose answers are not there yet, inside a transaction; 1, or 0 when it was left before.

    Answers that came in this very moment go.
    """
    found = database.one("SELECT key_mac FROM receipt WHERE mac = :mac", {"mac": mac})
    if found:
        return take_away(database, found[0])
    return database.execute(
        "INSERT INTO left_number (mac, left_on) VALUES (:mac, :day) ON CONFLICT (mac) DO NOTHING",
        {"mac": mac, "day": day.isoformat()},
    ).rowcount


def is_left(database: Database, mac: bytes | None) -> bool:
    """True for a number that somebody left so that its answers are deleted when they come."""
    return mac is not None and database.one("SELECT 1 FROM left_number WHERE mac = :mac", {"mac": mac}) is not None


def room_for_a_number(database: Database) -> bool:
    """False when so many numbers wait that a further one must be refused."""
    row = database.one("SELECT count(*) FROM left_number")
    return row is not None and row[0] < MOST_LEFT


def forget(database: Database, file: Path, today: date, oldest: date) -> None:
    """Drop what nothing is left for, inside a transaction: numbers after their days, keys from before `oldest`.

    `oldest` is the first day of which rows may still stand in the database or a backup.
    """
    last = today - timedelta(days=DAYS_LEFT)
    database.execute("DELETE FROM left_number WHERE left_on < :last", {"last": last.isoformat()})
    if not file.exists():
        return
    with _alone(file):
        entries, torn = read(file)
        kept = [entry for entry in entries if entry.day >= (oldest if entry.kind == "key" else last)]
        if torn or len(kept) < len(entries):
            _rewrite(file, (f"{entry.day.isoformat()} {entry.kind} {entry.mac.hex()}" for entry in kept))
