"""What was taken back stays gone: after a crash, after a restore, and in what the disk still holds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from collector.audit.act import Act
from collector.community import areas
from collector.db import backup, connect
from collector.errors import CommunityError
from collector.governance import promised
from collector.releases.freeze import freeze
from collector.releases.secret import seeded
from collector.responses import bulk, gone, imports, store, withdraw
from collector.responses.keys import load_sealer, receipt_number
from collector.responses.periods import period_of
from collector.responses.submission import Submission, Terms, prepare
from collector.web.crowding import Crowding, sender_name
from tests.conftest import CheckedClient
from tests.test_respond import FULL, begin, receipt_in
from tests.world import TODAY, World, make_world, submitted, tiny

WORDS = "A story that nobody else tells."


@pytest.fixture
def small(tmp_path: Path) -> World:
    return make_world(tmp_path, tiny())


def submission(world: World, number: int, day: date = TODAY, words: str = "") -> Submission:
    key = f"{number:032x}"
    answers = {"Q1": "often", **({"T1": words} if words else {})}
    return submitted(world, bytes.fromhex(key), answers, day=day, receipt=receipt_number(key))


def send(world: World, number: int, day: date = TODAY, quota: int = 1000, words: str = "", hold: bool = False) -> str:
    sealer = load_sealer(world.settings.secret_file)
    ready = prepare(submission(world, number, day, words), Terms(sealer, max(day, TODAY)))
    with world.database.transaction():
        return store.write(world.database, ready, number.to_bytes(16), quota, hold=hold).outcome


def number_mac(world: World, number: int) -> bytes:
    return withdraw.receipt_mac(load_sealer(world.settings.secret_file), receipt_number(f"{number:032x}"))


def take_back(world: World, number: int) -> None:
    mac = number_mac(world, number)
    place = withdraw.find(world.database, mac)
    assert place is not None
    gone.note(world.settings.withdrawn_file, TODAY, "key", [place[0]])
    with world.database.transaction():
        assert withdraw.withdraw(world.database, mac, TODAY)


def test_only_the_hash_of_the_key_stays_of_answers_taken_back(small: World) -> None:
    send(small, 1, words=WORDS[:40])
    take_back(small, 1)
    assert small.database.rows("SELECT content_mac, response, held FROM submission") == [(b"", None, 0)]
    assert [small.count(t) for t in ("response", "comment", "receipt")] == [0, 0, 0]
    assert send(small, 1) == "gone"
    assert send(small, 1, words="other") == "gone"


def test_the_file_is_private_and_has_a_line_for_each(small: World) -> None:
    for number in (1, 2):
        send(small, number)
        take_back(small, number)
    file = small.settings.withdrawn_file
    assert file.stat().st_mode & 0o777 == 0o600
    assert [line.split()[:2] for line in file.read_text().splitlines()] == [[TODAY.isoformat(), "key"]] * 2
    assert gone.read(file)[1] == 0


@pytest.mark.parametrize("cut", [2, 20, 44])
def test_a_torn_last_line_is_passed_over_and_the_next_stands_whole(small: World, cut: int) -> None:
    file = small.settings.withdrawn_file
    gone.note(file, TODAY, "key", [b"a" * 16, b"b" * 16])
    file.write_bytes(file.read_bytes()[:-cut])
    gone.note(file, TODAY, "number", [b"c" * 16])
    entries, torn = gone.read(file)
    assert [entry.mac for entry in entries] == [b"a" * 16, b"c" * 16]
    assert torn == 1


def test_a_crash_between_file_and_transaction_is_mended_at_the_next_start(small: World) -> None:
    send(small, 1, words=WORDS[:40])
    place = withdraw.find(small.database, number_mac(small, 1))
    assert place is not None
    gone.note(small.settings.withdrawn_file, TODAY, "key", [place[0]])
    small.app()
    assert [small.count(t) for t in ("response", "comment", "receipt")] == [0, 0, 0]
    small.app()
    assert small.database.rows("SELECT content_mac FROM submission") == [(b"",)]


KILLED = """
import os, signal, sys
from collector.audit.act import Act
from collector.db import store
from collector.responses import gone
from collector.installation import Installation
from collector.responses.store import strike
from collector.settings import load
from datetime import date
where = sys.argv[1]
if where == "before":
    real = gone.note
    def note(*a): os.kill(os.getpid(), signal.SIGKILL)
    gone.note = note
else:
    def take(*a): os.kill(os.getpid(), signal.SIGKILL)
    gone.take_away = take
work = Installation(load())
strike(work.database, work.settings.withdrawn_file, sys.argv[2], date.fromisoformat(sys.argv[3]), Act("t", date.fromisoformat(sys.argv[3]), "e", "joke"))
"""


@pytest.mark.parametrize(("where", "left"), [("before", 3), ("after", 0)])
def test_a_kill_before_the_file_changes_nothing_and_after_it_all_is_done(small: World, where: str, left: int) -> None:
    for number in range(3):
        send(small, number)
    env = {"PATH": os.environ["PATH"], "COLLECTOR_DATA": str(small.settings.data)}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, where, small.venue, TODAY.isoformat()], env=env, timeout=60, capture_output=True
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    small.app()
    assert small.count("response") == left
    assert [send(small, number) for number in range(3)] == ["repeated" if left else "gone"] * 3


def test_answers_taken_back_since_a_backup_stay_so_after_it_is_restored(small: World, tmp_path: Path) -> None:
    for number in (1, 2):
        send(small, number, words=WORDS[:40])
    backup.backup(small.settings, tmp_path / "b.tar.gz")
    take_back(small, 1)
    gone.note(small.settings.withdrawn_file, TODAY, "number", [number_mac(small, 3)])
    small.database.close()
    data = small.settings.data
    backup.restore(data, tmp_path / "b.tar.gz", TODAY, gone.unite, replace=True)
    database = connect(small.settings.database)
    assert gone.mend(database, small.settings.withdrawn_file) == 2
    after = replace(small, database=database)
    assert after.count("response") == 1
    assert [send(after, 1), send(after, 2, words=WORDS[:40]), send(after, 3)] == ["gone", "repeated", "gone"]
    database.close()


def test_a_key_that_the_restored_backup_never_met_stays_out(small: World, tmp_path: Path) -> None:
    backup.backup(small.settings, tmp_path / "b.tar.gz")
    send(small, 1, words=WORDS[:40])
    take_back(small, 1)
    small.database.close()
    backup.restore(small.settings.data, tmp_path / "b.tar.gz", TODAY, gone.unite, replace=True)
    after = replace(small, database=connect(small.settings.database))
    gone.mend(after.database, small.settings.withdrawn_file)
    assert send(after, 1, words=WORDS[:40]) == "gone"
    assert after.count("response") == 0
    after.database.close()


def test_answers_that_come_while_their_number_is_being_left_go(small: World) -> None:
    send(small, 1)
    with small.database.transaction():
        assert gone.leave(small.database, number_mac(small, 1), TODAY) == 1
    assert small.count("response") == 0
    assert send(small, 1) == "gone"


def test_no_line_is_lost_while_the_night_writes_the_file_anew(small: World) -> None:
    file, old = small.settings.withdrawn_file, TODAY - timedelta(days=5000)
    wanted = [bytes([n]) * 16 for n in range(120)]
    done = threading.Event()

    def nights() -> None:
        while not done.is_set():
            gone.note(file, old, "key", [b"o" * 16])
            with connect(small.settings.database).transaction() as database:
                gone.forget(database, file, TODAY, TODAY)

    night = threading.Thread(target=nights)
    night.start()
    for mac in wanted:
        gone.note(file, TODAY, "key", [mac])
    done.set()
    night.join(30)
    assert {entry.mac for entry in gone.read(file)[0] if entry.day == TODAY} == set(wanted)


def test_a_freeze_that_is_refused_leaves_no_line_that_would_delete_answers(
    small: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(small, 1, hold=True)
    registry = areas.load(small.settings.areas)
    period, file = period_of(TODAY), small.settings.withdrawn_file
    freeze(small.database, period, registry, Act("t", TODAY, "one"), draw=seeded, early=True, file=file)
    with monkeypatch.context() as patch:
        patch.setattr("collector.releases.freeze.count_tables", refuse)
        with pytest.raises(CommunityError):
            freeze(small.database, period.next, registry, Act("t", TODAY, "two"), draw=seeded, early=True, file=file)
    assert store.admit(small.database, small.venue, TODAY, Act("t", TODAY, "admit")) == 1
    small.app()
    assert small.count("response") == 1


def refuse(*_: object) -> None:
    raise CommunityError("a venue has no area")


def test_a_backup_on_another_machine_brings_what_was_taken_back_before_it(small: World, tmp_path: Path) -> None:
    send(small, 1)
    take_back(small, 1)
    backup.backup(small.settings, tmp_path / "b.tar.gz")
    backup.restore(tmp_path / "new", tmp_path / "b.tar.gz", TODAY, gone.unite, replace=False)
    assert gone.read(tmp_path / "new" / "withdrawn")[0][0].kind == "key"


def test_lines_go_when_nothing_is_left_that_they_could_concern(small: World) -> None:
    file = small.settings.withdrawn_file
    gone.note(file, TODAY, "key", [b"k" * 16])
    gone.note(file, TODAY, "number", [b"n" * 16])
    with small.database.transaction():
        gone.leave(small.database, b"n" * 16, TODAY)
    for later, kinds in ((99, {"key", "number"}), (101, {"key"}), (365, {"key"}), (1200, set())):
        day = TODAY + timedelta(days=later)
        with small.database.transaction():
            gone.forget(small.database, file, day, promised.oldest_kept(day, promised.keeping(small.settings)))
        assert {entry.kind for entry in gone.read(file)[0]} == kinds, later
    assert small.database.rows("SELECT * FROM left_number") == []


def test_a_places_day_is_struck_as_a_whole_and_paper_stays(small: World) -> None:
    for number in range(5):
        send(small, number)
    send(small, 9, TODAY - timedelta(days=1))
    paper = submission(small, 7)._replace(key=b"paper", receipt=None, mode="paper")
    ready = prepare(paper, Terms(small.here.sealer, TODAY))
    with small.database.transaction():
        imports.begin(small.database, "paper", Act("t", TODAY, "i"))
        bulk.write(small.database, 1, 1, [ready], lambda: b"p" * 16, all_new=False)
    file = small.settings.withdrawn_file
    assert store.strike(small.database, file, small.venue, TODAY, Act("t", TODAY, "s1", "a joke")) == 5
    assert small.count("response") == 2
    assert send(small, 3) == "gone"
    assert len(gone.read(file)[0]) == 5
    assert small.database.rows("SELECT detail FROM audit WHERE verb = 'venue strike'") == [(f"{TODAY} 5 a joke",)]
    with pytest.raises(CommunityError, match="Nothing was deleted"):
        store.strike(small.database, file, small.venue, TODAY, Act("t", TODAY, "s2", "again"))


def test_a_frozen_quarter_cannot_be_struck(small: World) -> None:
    with small.database.transaction():
        small.database.execute("INSERT INTO period (period, frozen_on) VALUES ('2026-27-Q3', '2027-01-15')")
    with pytest.raises(CommunityError, match="frozen"):
        store.strike(small.database, small.settings.withdrawn_file, small.venue, TODAY, Act("t", TODAY, "s", "x"))


def test_held_answers_can_be_discarded_for_good(small: World) -> None:
    outcomes = [send(small, number, quota=2) for number in range(4)]
    assert outcomes == ["stored", "stored", "held", "held"]
    file = small.settings.withdrawn_file
    assert store.discard(small.database, file, small.venue, TODAY, Act("t", TODAY, "d", "a machine")) == 2
    assert small.count("response") == 2
    assert send(small, 3) == "gone"


def test_the_quota_counts_the_pages_own_answers_and_not_those_taken_back_or_paper(small: World) -> None:
    ready = [
        prepare(
            submission(small, n)._replace(key=f"paper{n}".encode(), receipt=None, mode="paper"),
            Terms(small.here.sealer, TODAY),
        )
        for n in range(10)
    ]  # fmt: skip
    with small.database.transaction():
        ids = iter([bytes([n]) * 16 for n in range(100, 120)])
        imports.begin(small.database, "paper", Act("t", TODAY, "i"))
        bulk.write(small.database, 1, 1, ready, ids.__next__, all_new=True)
    assert [send(small, number, quota=2) for number in (1, 2)] == ["stored", "stored"]
    take_back(small, 1)
    assert send(small, 3, quota=2) == "stored"
    assert send(small, 4, quota=2) == "held"


def test_many_answers_from_one_sender_in_ten_minutes_are_held_and_thanked_alike(
    client: CheckedClient, world: World
) -> None:
    pages = [client.post(begin(client, world), data=FULL) for _ in range(22)]
    assert [page.status_code for page in pages] == [200] * 22
    assert world.database.rows("SELECT held, count(*) FROM response GROUP BY held ORDER BY held") == [(0, 20), (1, 2)]
    assert "20" not in receipt_in(pages[-1].text)[:0]


def test_a_sender_is_an_address_or_a_household_of_addresses_and_the_count_runs_off() -> None:
    assert sender_name("2001:db8:1:2:3::4") == sender_name("2001:db8:1:2:9::9") != sender_name("2001:db8:1:3::1")
    assert sender_name("::ffff:192.0.2.1") == sender_name("192.0.2.1")
    assert sender_name("no address") == "no address"
    crowding = Crowding(b"k" * 32)
    assert [crowding.beyond("192.0.2.1", n) for n in range(25)] == [False] * 20 + [True] * 5
    assert not crowding.beyond("192.0.2.2", 1.0)
    assert not crowding.beyond("192.0.2.1", 700.0)
    for n in range(20_000):
        crowding.beyond(f"2001:db8:{n:x}::", 800.0)
    assert len(crowding._recent) == crowding.most_senders
