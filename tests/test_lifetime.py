"""The life of answers, in any order of what people, helpers, nights and machines do to them.

A small model says what must be there; the real program does it. `MACHINE_EXAMPLES=2000` tries more orders.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from collector import jobs
from collector.audit.act import Act
from collector.db import backup as backups
from collector.db import connect
from collector.errors import CommunityError, ImportRefusedError
from collector.governance import promised
from collector.releases.freeze import freeze
from collector.releases.secret import seeded
from collector.responses import gone, importing, imports, store, withdraw
from collector.responses.keys import load_sealer, receipt_number
from collector.responses.periods import counting_period, parse, period_of
from collector.responses.rows import key_of
from collector.responses.submission import Submission, Terms, prepare
from collector.summaries.rollup import count_tables, open_periods
from tests.lifetime import Model, Person, assert_without, template, unpacked
from tests.paper import row, write
from tests.world import TODAY, submitted

EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "25"))
STEPS = 40
QUOTA = 4


class Lifetime(RuleBasedStateMachine):
    """Everything that can happen to an answer."""

    def __init__(self) -> None:
        super().__init__()
        made, self.areas, _ = template()
        self.folder = Path(tempfile.mkdtemp(prefix="lifetime-"))
        shutil.copytree(made.settings.data, self.folder / "data")
        here = replace(made.settings, data=self.folder / "data", exports=self.folder / "exports")
        self.world = replace(made, settings=here, database=connect(here.database), clock=list(made.clock))
        self.sealer = load_sealer(here.secret_file)
        self.now = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
        self.model = Model()
        self.gone: dict[bytes, str] = {}
        self.words: dict[str, date] = {}
        self.known: set[bytes] = set()
        self.gone_on: dict[bytes, date] = {}
        self.saved: dict[str, Model] = {}
        self.files: dict[str, list[int]] = {}
        self.next = 0

    @property
    def today(self) -> date:
        return self.now.date()

    def teardown(self) -> None:
        self.world.database.close()
        shutil.rmtree(self.folder)

    def keeping(self) -> promised.Keeping:
        return promised.keeping(self.world.settings)

    @initialize()
    def start(self) -> None:
        with self.world.database.transaction():
            promised.remember_today(self.world.database, self.keeping(), self.today)

    # What people do

    def submission(self, number: int, day: date, words: str) -> Submission:
        key = f"{number:032x}"
        answers = {"Q1": "often", "T1": words}
        return submitted(self.world, bytes.fromhex(key), answers, day=day, receipt=receipt_number(key))

    def send(self, number: int, day: date, words: str) -> store.Stored:
        ready = prepare(self.submission(number, day, words), Terms(self.sealer, self.today))
        with self.world.database.transaction():
            return store.write(self.world.database, ready, secrets.token_bytes(16), QUOTA)

    def new_person(self, key_mac: bytes, day: date, words: str, **more: Any) -> None:
        told = promised.latest_answer(day, self.keeping())
        period, late = counting_period(day, frozenset(self.model.frozen))
        person = Person(key_mac, day, words, told.text, told.rows, period=period.code, late=late, **more)
        self.model.people[key_mac] = person
        self.words[words] = told.text
        self.known.add(key_mac)

    def new_number(self) -> int:
        self.next += 1
        return self.next

    def mac_of(self, number: int) -> bytes:
        return self.sealer.mac(b"key", bytes.fromhex(f"{number:032x}"))

    def number_mac(self, number: int) -> bytes:
        return withdraw.receipt_mac(self.sealer, receipt_number(f"{number:032x}"))

    def is_left(self, number: int) -> bool:
        return number in self.model.left

    @rule()
    def submit(self) -> None:
        self._submit(self.new_number())

    def _submit(self, number: int) -> None:
        words = f"phrase {number} {secrets.token_hex(6)}"
        done = self.send(number, self.today, words)
        key = self.mac_of(number)
        if self.is_left(number):
            assert done.outcome == "gone"
            self.gone[key], self.gone_on[key] = words, self.today
            self.model.came.add(key)
            return
        assert done.outcome in ("stored", "held")
        self.new_person(key, self.today, words, number=number, held=done.outcome == "held")

    @rule(pick=st.randoms(use_true_random=False))
    def send_again(self, pick: Any) -> None:
        known = {n: self.mac_of(n) for n in range(1, self.next + 1)}
        chosen = [n for n, key in known.items() if self.was_gone_lately(key) or key in self.model.people]
        if not chosen:
            return
        number = pick.choice(chosen)
        key = known[number]
        if key in self.gone:
            done = self.send(number, self.today, "phrase again")
            assert done.outcome == "gone", done
        else:
            person = self.model.people[key]
            done = self.send(number, person.day, person.words)
            assert done.outcome == "repeated", done

    @rule(pick=st.randoms(use_true_random=False))
    def send_what_a_restored_backup_does_not_know(self, pick: Any) -> None:
        lost = [n for n in range(1, self.next + 1) if self.is_lost(self.mac_of(n))]
        if lost:
            self._submit(pick.choice(lost))

    def is_lost(self, key: bytes) -> bool:
        return key in self.known and key not in self.model.people and key not in self.gone

    def was_gone_lately(self, key: bytes) -> bool:
        """A page is not sent again after years."""
        return key in self.gone and self.today - self.gone_on[key] < timedelta(days=300)

    @rule(pick=st.randoms(use_true_random=False))
    def withdraw(self, pick: Any) -> None:
        there = [p for p in self.model.people.values() if p.number > 0]
        if not there:
            return
        person = pick.choice(there)
        mac = self.number_mac(person.number)
        place = withdraw.find(self.world.database, mac)
        assert place is not None
        gone.note(self.world.settings.withdrawn_file, self.today, "key", [place[0]])
        with self.world.database.transaction():
            assert withdraw.withdraw(self.world.database, mac, self.today)
        self.is_gone([person.key_mac])

    @rule()
    def leave_a_number(self) -> None:
        number = self.new_number()
        mac = self.number_mac(number)
        gone.note(self.world.settings.withdrawn_file, self.today, "number", [mac])
        with self.world.database.transaction():
            gone.leave(self.world.database, mac, self.today)
        self.model.left[number] = self.today

    @rule(pick=st.randoms(use_true_random=False))
    def answers_of_a_left_number_come(self, pick: Any) -> None:
        waiting = [n for n in self.model.left if self.mac_of(n) not in self.gone]
        if waiting:
            self._submit(pick.choice(waiting))

    def is_gone(self, keys: list[bytes]) -> None:
        for key in keys:
            person = self.model.people.pop(key)
            self.gone[key], self.gone_on[key] = person.words, self.today

    # What helpers do

    def days(self) -> list[date]:
        return sorted({p.day for p in self.model.people.values()} | {self.today})

    @rule(pick=st.randoms(use_true_random=False))
    def admit(self, pick: Any) -> None:
        day = pick.choice(self.days())
        held = [p for p in self.model.people.values() if p.held and p.day == day]
        count = 0
        with suppress(CommunityError), self.world.database.transaction():
            count = store.admit(self.world.database, self.world.venue, day, Act("t", self.today, secrets.token_hex(8)))
        assert count == len(held)
        for person in held:
            person.held = False

    @rule(pick=st.randoms(use_true_random=False))
    def discard(self, pick: Any) -> None:
        day = pick.choice(self.days())
        held = [p.key_mac for p in self.model.people.values() if p.held and p.day == day]
        count, file = 0, self.world.settings.withdrawn_file
        with suppress(CommunityError):
            count = store.discard(
                self.world.database, file, self.world.venue, day, Act("t", self.today, secrets.token_hex(8), "x")
            )
        assert count == len(held)
        self.is_gone(held)

    @rule(pick=st.randoms(use_true_random=False))
    def strike(self, pick: Any) -> None:
        day = pick.choice(self.days())
        meant = [p.key_mac for p in self.model.people.values() if p.number > 0 and p.day == day]
        if period_of(day).code in self.model.frozen:
            meant = []
        count, file = 0, self.world.settings.withdrawn_file
        with suppress(CommunityError):
            count = store.strike(
                self.world.database, file, self.world.venue, day, Act("t", self.today, secrets.token_hex(8), "x")
            )
        assert count == len(meant)
        self.is_gone(meant)

    @rule(back=st.integers(0, 500), size=st.integers(1, 3))
    def bring_in(self, back: int, size: int) -> None:
        name = f"file-{len(self.files)}"
        path = self.folder / f"{name}.csv"
        day = (self.today - timedelta(days=back)).isoformat()
        numbers = [1000 + self.new_number() for _ in range(size)]
        rows = [
            row(self.world, f"f{n}", day=day, T1=f"phrase {n} {secrets.token_hex(6)}", M1="", Q2="") for n in numbers
        ]
        write(path, rows)
        self.files[name] = numbers
        self._import(path)

    @rule(pick=st.randoms(use_true_random=False))
    def bring_in_again(self, pick: Any) -> None:
        if self.files:
            self._import(self.folder / f"{pick.choice(list(self.files))}.csv")

    def _import(self, path: Path) -> None:
        rows = [line.split(",") for line in path.read_text().splitlines()]
        head, rows = rows[0], rows[1:]
        columns = {name: n for n, name in enumerate(head)}
        since = promised.since(self.world.database, self.today, self.keeping())
        languages = frozenset({"en"})
        against = importing.world(self.world.database, "paper", self.today, self.sealer, languages, None, "", since)
        result = importing.import_file(
            self.world.database,
            path,
            against,
            lambda: secrets.token_bytes(16),
            Act("t", self.today, secrets.token_hex(8)),
        )
        self.model.acts[result.number] = "done"
        expected = {"stored": 0, "repeated": 0, "gone": 0, "rejected": 0}
        for cells in rows:
            key = self.sealer.mac(b"key", key_of("paper", cells[columns["key"]]))
            day, words = date.fromisoformat(cells[columns["day"]]), cells[columns["T1"]]
            if day < since.words:
                expected["rejected"] += 1
            elif key in self.gone:
                expected["gone"] += 1
            elif key in self.model.people:
                expected["repeated"] += 1
            else:
                expected["stored"] += 1
                self.new_person(key, day, words, act=result.number)
        assert vars(result) | expected == vars(result), (result, expected)

    @rule(pick=st.randoms(use_true_random=False))
    def take_an_import_back(self, pick: Any) -> None:
        acts = [number for number, state in self.model.acts.items() if state == "done"]
        if not acts:
            return
        number = pick.choice(acts)
        theirs = [p for p in self.model.people.values() if p.act == number]
        try:
            with self.world.database.transaction():
                taken = imports.take_back(
                    self.world.database, number, Act("t", self.today, secrets.token_hex(8)),
                    lambda keys: gone.note(self.world.settings.withdrawn_file, self.today, "key", keys),
                )  # fmt: skip
        except ImportRefusedError:
            assert {p.period for p in theirs} & self.model.frozen
            return
        assert taken == len(theirs)
        self.model.acts[number] = "taken back"
        self.is_gone([p.key_mac for p in theirs])

    # What machines do

    @rule()
    def freeze(self) -> None:
        now = period_of(self.today)
        waiting = sorted({parse(p.period) for p in self.model.people.values()} - {parse(c) for c in self.model.frozen})
        if not waiting or waiting[0] > now:
            return
        period = waiting[0]
        file = self.world.settings.withdrawn_file
        freeze(
            self.world.database, period, self.areas, Act("t", self.today, secrets.token_hex(8)), early=True, draw=seeded,
            file=file,
        )  # fmt: skip
        theirs = [p for p in self.model.people.values() if p.period == period.code and p.held]
        self.is_gone([p.key_mac for p in theirs if p.late])
        following, _ = counting_period(period.next.start, frozenset(self.model.frozen))
        for person in theirs:
            person.period, person.late = following.code, True
        self.model.frozen.add(period.code)

    def job(self, name: str) -> None:
        self.now += timedelta(seconds=1)
        self.world.confirm(self.now)
        said = jobs.run(name, self.world.settings, self.now, self.now)
        assert said is not None
        assert said.startswith("done"), said

    @rule()
    def back_up(self) -> None:
        self.job("backup")
        name = f"collector-{self.today.isoformat()}.tar.gz"
        self.saved[name] = self.model.copy()
        self.holds_no_word_of(self.folder / "data" / "backups" / name, self.gone.values())

    @rule(pick=st.randoms(use_true_random=False))
    def restore(self, pick: Any) -> None:
        if not self.saved:
            return
        name = pick.choice(sorted(self.saved))
        self.world.database.close()
        data = self.world.settings.data
        with tempfile.TemporaryDirectory(dir=self.folder) as other:
            source = Path(shutil.copy(data / "backups" / name, other))
            aside = backups.restore(data, source, self.today, gone.unite, replace=True).aside
        assert aside is not None
        self.world.database = connect(self.world.settings.database)
        gone.mend(self.world.database, self.world.settings.withdrawn_file)
        with self.world.database.transaction():
            promised.remember_today(self.world.database, self.keeping(), self.today)
        before, self.model = self.model, self.saved[name].copy()
        self.saved[aside.name] = before
        self.model.left |= before.left
        for key in set(self.model.people) & set(self.gone):
            del self.model.people[key]
        self.nothing_comes_back()

    def nothing_comes_back(self) -> None:
        """Whatever was taken back is sent again after a restore: a page, and the files of imports."""
        for number in range(1, self.next + 1):
            if self.was_gone_lately(self.mac_of(number)):
                assert self.send(number, self.today, "phrase again").outcome == "gone"
                if number in self.model.left:
                    self.model.came.add(self.mac_of(number))

    @rule(days=st.sampled_from((0, 1, 3, 13, 40, 100, 200)))
    def nights_pass(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.job("retention")
        self.erase_in_model()
        self.back_up()
        self.job("retention")
        self._nothing_is_left_in_files()

    def erase_in_model(self) -> None:
        keeping = self.keeping()
        for key, person in list(self.model.people.items()):
            words, rows = person.due(keeping)
            person.has_words = person.has_words and self.today < words
            if self.today >= rows:
                del self.model.people[key]
        self._forget_numbers()

    def _forget_numbers(self) -> None:
        last = self.today - timedelta(days=gone.DAYS_LEFT)
        for number, day in list(self.model.left.items()):
            if day < last:
                del self.model.left[number]
                if self.mac_of(number) not in self.model.came:
                    self.gone.pop(self.mac_of(number), None)

    def _nothing_is_left_in_files(self) -> None:
        backed_up = self.folder / "data" / "backups"
        there = {path.name for path in backed_up.iterdir()}
        self.saved = {name: model for name, model in self.saved.items() if name in there}
        assert there == set(self.saved)
        kept = {p.words for p in self.model.people.values() if p.has_words}
        over = [words for words in self.words if words not in kept]
        for path in self.world.settings.data.iterdir():
            if path.is_file():
                assert_without(path.name, path.read_bytes(), over)
        past = [words for words, until in self.words.items() if until <= self.today]
        for name in there:
            self.holds_no_word_of(backed_up / name, past)

    def holds_no_word_of(self, path: Path, words: Iterable[str]) -> None:
        for name, content in unpacked(path):
            assert_without(f"{name} in {path.name}", content, words)

    # What is always so

    @invariant()
    def what_is_there_is_what_should_be(self) -> None:
        rows = self.world.database.rows(
            """SELECT submission.key_mac, response.period, response.held, comment.words
               FROM submission JOIN response
                   ON response.period = submission.period AND response.venue = submission.venue
                   AND response.id = submission.response
               LEFT JOIN comment ON comment.period = response.period AND comment.response = response.id"""
        )
        should = [(k, p.period, int(p.held), p.words if p.has_words else None) for k, p in self.model.people.items()]
        assert sorted(rows, key=str) == sorted(should, key=str)
        for table in ("response", "comment"):
            with_words = [p for p in self.model.people.values() if table == "response" or p.has_words]
            assert self.world.count(table) == len(with_words)

    @invariant()
    def what_counts_is_what_should(self) -> None:
        for period in open_periods(self.world.database):
            tables = count_tables(self.world.database, period, self.areas)
            should = [p for p in self.model.people.values() if p.period == period.code and not p.held]
            assert tables.responses == len(should)


Lifetime.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)
TestLifetime = Lifetime.TestCase
