"""Somebody with the database file, its log and the job's records does not learn who answered when, once a night has passed."""

from __future__ import annotations

import random
import re
import sqlite3
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collector import jobs
from collector.db import backup
from collector.responses import store
from collector.responses.keys import load_sealer, receipt_number
from collector.responses.submission import Terms, prepare
from tests.world import TODAY, World, make_world, submitted, tiny

ROWS = 400
BOUND = 0.2
"""Four standard deviations of the rank correlation of so many rows in chance order: 4 / sqrt(399)."""
LATEST = 80
"""Most pages were not split since."""
WHOLE = {
    "response": "SELECT * FROM response",
    "submission": "SELECT * FROM submission",
    "receipt": "SELECT * FROM receipt",
    "comment": "SELECT * FROM comment",
    "day_count": "SELECT * FROM day_count",
}


@pytest.fixture
def answered(tmp_path: Path) -> tuple[World, list[bytes]]:
    """A day with many answers; the ids of the responses in the order in which they came."""
    world = make_world(tmp_path, tiny())
    world.database.execute("PRAGMA synchronous = OFF")
    sealer, chance, came = load_sealer(world.settings.secret_file), random.Random(3), []
    for number in range(ROWS):
        key = chance.randbytes(16).hex()
        answers = {"Q1": "often", "T1": f"Word {number:04}"}
        one = submitted(world, bytes.fromhex(key), answers, receipt=receipt_number(key))
        ready = prepare(one, Terms(sealer, TODAY))
        came.append(chance.randbytes(16))
        with world.database.transaction():
            store.write(world.database, ready, came[-1], 10_000)
    return world, came


def order_of_rows(world: World, came: list[bytes]) -> dict[str, list[bytes]]:
    """By table: what marks its rows, in the order in which people answered, as only the test knows it."""
    rows = dict(world.database.rows("SELECT response, key_mac FROM submission"))
    receipts = dict(world.database.rows("SELECT key_mac, mac FROM receipt"))
    keys = [rows[one] for one in came]
    return {"response": came, "submission": keys, "receipt": [receipts[key] for key in keys], "comment": came}


def pages(content: bytes, size: int) -> list[bytes]:
    return [content[at : at + size] for at in range(0, len(content), size)]


def lies(file: Path, table: str, marks: list[bytes]) -> list[float]:
    """Where each row of a table lies in the file: page by page, and within a page from its end, where cells begin."""
    connection = sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    theirs = {row[0] for row in connection.execute("SELECT pageno FROM dbstat WHERE name = ?", (table,))}
    connection.close()
    found: dict[bytes, float] = {}
    for number, page in enumerate(pages(file.read_bytes(), size), 1):
        if number in theirs:
            for mark in marks:
                at = page.find(mark)
                if at >= 0:
                    found[mark] = number * size + size - at
    assert len(found) == len(marks)
    return [found[mark] for mark in marks]


def within_pages(file: Path, table: str, marks: list[bytes]) -> float:
    """Kendall's tau between the order of coming and the place, over pairs of rows on one page."""
    size = 4096
    places = lies(file, table, marks)
    agree = pairs = 0
    for later, place in enumerate(places):
        for earlier in range(later):
            if (places[earlier] - 1) // size == (place - 1) // size:
                pairs += 1
                agree += 1 if places[earlier] < place else -1
    assert pairs > 20
    return agree / pairs


def over_all(places: list[float]) -> float:
    """Spearman's rank correlation between the order of coming and the place in the file."""
    rank = {place: n for n, place in enumerate(sorted(places))}
    n = len(places)
    return 1 - 6 * sum((rank[place] - came) ** 2 for came, place in enumerate(places)) / (n * (n * n - 1))


def test_before_the_night_the_log_tells_the_whole_order(answered: tuple[World, list[bytes]]) -> None:
    """A control: each page is written into the log as it was when somebody answered."""
    world, came = answered
    frames = Path(f"{world.settings.database}-wal").read_bytes()
    for table, marks in order_of_rows(world, came).items():
        seen = [frames.find(mark) for mark in marks]
        assert min(seen) >= 0
        assert over_all([place + n / ROWS for n, place in enumerate(seen)]) > 0.9, table


def test_before_the_night_pages_tell_who_of_their_rows_came_later(answered: tuple[World, list[bytes]]) -> None:
    """A control: until a page is split, rows lie in it in the order in which they came, whatever their keys are."""
    world, came = answered
    world.database.one("PRAGMA wal_checkpoint(TRUNCATE)")
    order = order_of_rows(world, came)
    for table in ("response", "comment"):  # those of hashes have so many rows a page that most were split lately
        assert within_pages(world.settings.database, table, order[table][-LATEST:]) > BOUND, table


def test_after_the_night_no_table_tells_the_order_and_the_log_is_empty(answered: tuple[World, list[bytes]]) -> None:
    world, came = answered
    night = datetime(TODAY.year, TODAY.month, TODAY.day, 3, 10, tzinfo=UTC)
    order = order_of_rows(world, came)
    said = jobs.run("retention", world.settings, night, night)
    assert said is not None
    assert said.startswith("done")
    file = world.settings.database
    frames = Path(f"{file}-wal").read_bytes()
    assert not [mark for marks in order.values() for mark in marks if mark in frames]
    world.database.one("PRAGMA wal_checkpoint(TRUNCATE)")
    for table, marks in order.items():
        assert abs(within_pages(file, table, marks)) < BOUND, table
        assert abs(over_all(lies(file, table, marks))) < BOUND, table


def test_a_backup_of_the_day_does_not_tell_the_order(answered: tuple[World, list[bytes]], tmp_path: Path) -> None:
    world, came = answered
    backup.backup(world.settings, tmp_path / "b.tar.gz")
    with tarfile.open(tmp_path / "b.tar.gz") as archive:
        archive.extract("collector.db", tmp_path, filter="data")
    order = order_of_rows(world, came)
    for table, marks in order.items():
        assert abs(within_pages(tmp_path / "collector.db", table, marks[-LATEST:])) < 2 * BOUND, table
        assert abs(within_pages(tmp_path / "collector.db", table, marks)) < BOUND, table


def test_after_the_night_no_free_page_holds_anything(answered: tuple[World, list[bytes]]) -> None:
    world, _ = answered
    night = datetime(TODAY.year, TODAY.month, TODAY.day, 3, 10, tzinfo=UTC)
    jobs.run("retention", world.settings, night, night)
    assert world.database.one("PRAGMA freelist_count") == (0,)


def test_no_row_about_answers_has_an_hour(answered: tuple[World, list[bytes]]) -> None:
    """Days only, in what answers leave; a job's record has its own moments, and says the same whatever came."""
    world, _ = answered
    for name in ("rollup", "backup"):
        jobs.run(name, world.settings, world.clock[0], world.clock[0])
    hour = re.compile(r"\d{1,2}:\d\d")
    for table, sql in WHOLE.items():
        rows = world.database.rows(sql)
        assert rows
        assert not [row for row in rows for cell in row if isinstance(cell, str) and hour.search(cell)], table
    details = [row[0] for row in world.database.rows("SELECT detail FROM job_run")]
    assert not [detail for detail in details if str(ROWS) in detail]
