"""Whatever the settings become, no word outlives the day that stood on the first screen when it was given."""

from __future__ import annotations

import os
import secrets
import tempfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from collector import jobs
from collector.audit.act import Act
from collector.community import areas
from collector.errors import IntakeError
from collector.governance import promised, retention
from collector.releases.freeze import freeze
from collector.releases.secret import seeded
from collector.responses import bulk, imports, store
from collector.responses.keys import load_sealer
from collector.responses.periods import Period, period_of
from collector.responses.submission import Terms, prepare
from tests.world import make_world, submitted, tiny

FIRST = date(2026, 4, 1)
DAY = timedelta(days=1)
SETTINGS = st.fixed_dictionaries(
    {
        "keep_text_months": st.sampled_from((1, 2, 4, 12)),
        "keep_rows_months": st.sampled_from((3, 4, 12)),
        "keep_backups": st.sampled_from((1, 14, 60)),
    }
)
STEP = st.one_of(SETTINGS, st.just("answer"), st.integers(1, 300))
"""New settings, an answer of the day, or a paper form of so many days ago."""


class Years:
    """An installation that lives night after night; its backups are lists of the words that were there."""

    def __init__(self, folder: Path) -> None:
        self.world = make_world(folder, tiny(), today=FIRST)
        self.world.database.execute("PRAGMA synchronous = OFF")
        self.sealer = load_sealer(self.world.settings.secret_file)
        self.registry = areas.load(self.world.settings.areas)
        self.backups = folder / "backups"
        self.backups.mkdir()
        self.today, self.number = FIRST, 0
        self.told: dict[date, promised.Kept] = {}
        self.given: dict[str, promised.Kept] = {}
        self.open = period_of(FIRST)
        self.start()

    def start(self) -> None:
        """As each start of the program does; then the first screen shows its days."""
        keeping = promised.keeping(self.world.settings)
        with self.world.database.transaction():
            promised.remember_today(self.world.database, keeping, self.today)
        self.tell(promised.latest_answer(self.today, keeping))

    def tell(self, kept: promised.Kept) -> None:
        before = self.told.get(self.today, kept)
        self.told[self.today] = promised.Kept(min(kept.text, before.text), min(kept.rows, before.rows))

    def change(self, **new: int) -> None:
        self.world = replace(self.world, settings=replace(self.world.settings, **new))
        self.start()

    def answer(self, back: int = 0) -> None:
        """One of today by the page, or an older one by a file; refused when its days are over."""
        self.number += 1
        day, words = max(FIRST, self.today - timedelta(days=back)), f"word{self.number}."
        answers = {"Q1": "often", "T1": words}
        one = submitted(self.world, f"k{self.number}".encode(), answers, day=day, mode="paper")
        database = self.world.database
        since = promised.since(database, self.today, promised.keeping(self.world.settings)) if back else None
        try:
            ready = prepare(one, Terms(self.sealer, self.today, since))
        except IntakeError:
            return
        with database.transaction():
            if back:
                number = imports.begin(database, "paper", Act("t", self.today, secrets.token_hex(8)))
                bulk.write(database, number, 1, [ready], lambda: secrets.token_bytes(16), all_new=True)
            else:
                store.write(database, ready, secrets.token_bytes(16), 1000)
        self.given[words] = self.told[day]

    def night(self) -> None:
        self.today += DAY
        here = self.world.settings
        backup = self.backups / f"collector-{self.today}.txt"
        backup.write_text(" ".join(self.there()))
        over = retention.overdue(self.world.database, self.today)
        retention.erase_files(self.backups, self.today, here.keep_backups, backup, over)
        jobs._erase_answers(self.world.database, here, self.today)
        self.tell(promised.latest_answer(self.today, promised.keeping(here)))
        self.freeze_what_is_due()

    def freeze_what_is_due(self) -> None:
        if self.today >= self.open.appears:
            database, entry = self.world.database, secrets.token_hex(8)
            freeze(database, self.open, self.registry, Act("t", self.today, entry), draw=seeded)
            self.open = self.open.next

    def there(self) -> list[str]:
        rows = [f"row-{words}" for words in self.rows()]
        return [*(row[0] for row in self.world.database.rows("SELECT words FROM comment")), *rows]

    def rows(self) -> list[str]:
        """Whose rows are there, by their keys."""
        macs = {self.sealer.mac(b"key", f"k{n}".encode()): f"word{n}." for n in range(1, self.number + 1)}
        return [macs[row[0]] for row in self.world.database.rows("SELECT key_mac FROM submission")]

    def check(self) -> None:
        held = [" ".join(self.there()), *(path.read_text() for path in self.backups.iterdir())]
        found = {one for text in held for one in text.split()}
        for words, kept in self.given.items():
            assert self.today < kept.text or words not in found, (words, kept, self.today)
            assert self.today < kept.rows or f"row-{words}" not in found, (words, kept, self.today)


def live(folder: Path, steps: list[tuple[int, object]], nights: int = 0) -> Years:
    """Do steps, each after so many nights, then let nights pass."""
    years = Years(folder)
    for wait, step in [*steps, (nights, None)]:
        for _ in range(wait):
            years.night()
            years.check()
        if isinstance(step, dict):
            years.change(**step)
        elif step is not None:
            years.answer(0 if step == "answer" else int(str(step)))
    return years


@settings(max_examples=int(os.environ.get("MACHINE_EXAMPLES", "5")))
@given(st.lists(st.tuples(st.integers(0, 45), STEP), min_size=3, max_size=12), st.integers(0, 200))
def test_no_word_and_no_row_is_kept_past_the_day_on_the_first_screen(
    steps: list[tuple[int, object]], nights: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        live(Path(folder), steps, nights).world.database.close()


def words(years: Years) -> list[str]:
    return sorted(row[0] for row in years.world.database.rows("SELECT words FROM comment"))


def test_backups_are_not_kept_past_the_promised_day_by_a_longer_setting(tmp_path: Path) -> None:
    """The form of June is promised to be gone by 31 October, and leaves the database on the 16th."""
    begin = {"keep_text_months": 1, "keep_backups": 14}
    years = live(tmp_path, [(0, begin), (115, 40), (85, {"keep_backups": 60})], 0)
    assert words(years) == []
    assert any("word1." in path.read_text() for path in years.backups.iterdir())
    for _ in range(20):
        years.night()
        years.check()
    assert years.today > date(2026, 10, 31)
    years.world.database.close()


def test_a_late_paper_form_keeps_nobody_elses_words_shorter(tmp_path: Path) -> None:
    """The form of April goes by the day promised in April; those of the open quarter stay for theirs."""
    years = live(tmp_path, [(300, "answer"), (0, 300)], 35)
    assert years.open == Period(2026, 4)
    assert words(years) == ["word1.", "word2."]
    for _ in range(20):
        years.night()
    assert words(years) == ["word1."]
    years.world.database.close()


def test_a_form_of_a_quarter_with_a_shorter_promise_goes_by_that(tmp_path: Path) -> None:
    years = live(tmp_path, [(0, {"keep_text_months": 4}), (100, {"keep_text_months": 12}), (120, 200)], 75)
    assert promised.until(years.world.database, Period(2026, 2), promised.keeping(years.world.settings)).text == date(
        2027, 1, 31
    )
    assert words(years) == []
    years.world.database.close()
