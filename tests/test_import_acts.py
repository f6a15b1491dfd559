"""An import is one act with a number: known again by its answers, told whole or not done, and taken back."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.audit import log
from collector.audit.act import Act
from collector.db import Database
from collector.db.migrations import migrate, migrations
from collector.db.store import create
from collector.errors import ImportRefusedError, StoreError
from collector.governance.promised import Keeping
from collector.governance.retention import erase
from collector.responses import bulk, imports, rejects
from collector.responses.importing import Result
from collector.responses.store import write as write_one
from collector.responses.submission import Terms, prepare
from tests.paper import bring_in, case, rejected, row, take_back, write
from tests.world import TODAY, World, make_world, submitted, tiny

ROOT = Path(__file__).parent.parent


@pytest.fixture
def small(tmp_path: Path) -> World:
    return make_world(tmp_path, tiny())


def people(world: World, keys: list[str], **changes: str) -> list[dict[str, str]]:
    """Rows that tell from one another by their words."""
    return [row(world, key, **{"T1": f"Person {int(key)}", **changes}) for key in keys]


def typed(world: World, folder: Path, name: str, keys: list[str], **changes: str) -> Path:
    return write(folder / name, people(world, keys, **changes))


# Known again


@pytest.mark.parametrize("source", ["Paper", " paper ", "PAPER", "\ufeffpaper\xa0"])
def test_a_source_is_the_same_in_capitals_and_with_space_around(small: World, tmp_path: Path, source: str) -> None:
    file = typed(small, tmp_path, "in.csv", ["1", "2"])
    bring_in(small, file, "paper")
    assert bring_in(small, file, source) == Result(repeated=2)


@pytest.mark.parametrize("source", ["", " ", "\ufeff", "a\0b", "x" * 201])
def test_a_source_needs_a_name(small: World, tmp_path: Path, source: str) -> None:
    with pytest.raises(ImportRefusedError, match="--source"):
        bring_in(small, typed(small, tmp_path, "in.csv", ["1"]), source)


FEW, MANY = ["0001", "0002"], [f"{n:04}" for n in range(1, 31)]


@pytest.mark.parametrize("keys", [FEW, MANY], ids=["few", "many"])
def test_keys_that_lost_their_noughts_are_refused_and_nothing_is_stored(small, tmp_path, keys) -> None:
    bring_in(small, typed(small, tmp_path, "typed.csv", keys))
    bare = typed(small, tmp_path, "excel.csv", [str(int(key)) for key in keys])
    for source in ("paper", "Paper "):
        with pytest.raises(ImportRefusedError, match="--again"):
            bring_in(small, bare, source)
    assert small.count("response") == len(keys)
    assert len(imports.all_imports(small.database)) == 1
    assert bring_in(small, bare, again=True) == Result(stored=len(keys))


def test_the_cases_of_a_spreadsheet_that_changed_keys(world: World, tmp_path: Path) -> None:
    assert bring_in(world, case(world, tmp_path, "keys_as_typed.csv")) == Result(stored=2)
    with pytest.raises(ImportRefusedError, match="0001 became 1"):
        bring_in(world, case(world, tmp_path, "keys_after_excel.csv"))


@pytest.mark.parametrize("source", ["paper", "paper of july"])
def test_a_file_is_known_by_its_answers_whatever_its_keys_and_source(small, tmp_path, source) -> None:
    bring_in(small, typed(small, tmp_path, "typed.csv", MANY))
    other = people(small, MANY)
    for number, each in enumerate(other):
        each["key"] = f"form {number}"
    with pytest.raises(ImportRefusedError, match=r"30 of 30 rows are those of import 1 .*--again"):
        bring_in(small, write(tmp_path / "other.csv", other), source)
    assert small.count("response") == 30


def test_what_a_file_grew_by_comes_in(small: World, tmp_path: Path) -> None:
    bring_in(small, typed(small, tmp_path, "in.csv", MANY))
    more = [*people(small, MANY), *[row(small, f"9{n:03}", T1=f"New {n}") for n in range(40)]]
    assert bring_in(small, write(tmp_path / "in.csv", more)) == Result(stored=40, repeated=30)


def test_fewer_than_twenty_answers_alike_refuse_nothing(small: World, tmp_path: Path) -> None:
    bring_in(small, typed(small, tmp_path, "a.csv", MANY[:19]))
    other = [{**each, "key": f"form {n}"} for n, each in enumerate(people(small, MANY[:19]))]
    assert bring_in(small, write(tmp_path / "b.csv", other)) == Result(stored=19)


# Taken back


def test_an_import_is_listed_and_taken_back_with_its_words(small: World, tmp_path: Path) -> None:
    file = typed(small, tmp_path, "in.csv", MANY)
    other = bring_in(small, typed(small, tmp_path, "other.csv", ["77"]))
    number = bring_in(small, file).number
    noted: list[bytes] = []
    assert take_back(small, number, reason="wrong place", note_gone=noted.extend) == 30
    assert (small.count("response"), small.count("comment"), len(noted)) == (1, 1, 30)
    gone = small.database.rows("SELECT key_mac, content_mac FROM submission WHERE response IS NULL")
    assert gone == [(key, b"") for key in sorted(noted)]
    [act, first] = imports.all_imports(small.database)
    assert (act.number, act.state, act.stored, act.reason) == (number, "taken back", 30, "wrong place")
    assert (first.number, first.state) == (other.number, "done")
    assert small.database.one("SELECT withdrawn FROM day_count WHERE day = '2026-11-23'") == (30,)
    assert ("import take-back", str(number), "30 wrong place") in [e[2:] for e in log.entries(small.database)]


def test_nothing_brings_back_what_was_taken_back(small: World, tmp_path: Path) -> None:
    file = typed(small, tmp_path, "in.csv", MANY)
    take_back(small, bring_in(small, file).number)
    assert bring_in(small, file) == Result(gone=30)
    assert bring_in(small, typed(small, tmp_path, "mended.csv", MANY, Q1="half")) == Result(gone=30)
    assert small.count("response") == 0


def test_a_mended_file_comes_in_under_another_source(small: World, tmp_path: Path) -> None:
    file = typed(small, tmp_path, "in.csv", MANY)
    take_back(small, bring_in(small, file).number)
    assert bring_in(small, file, "paper, mended") == Result(stored=30)


def test_one_frozen_row_keeps_the_whole_import(small: World, tmp_path: Path) -> None:
    rows = people(small, ["1"], day="2026-05-04") + people(small, ["2"])
    number = bring_in(small, write(tmp_path / "in.csv", rows)).number
    small.database.execute("INSERT INTO period (period, frozen_on) VALUES ('2026-27-Q1', '2026-07-15')")
    with pytest.raises(ImportRefusedError, match="2026-27-Q1, which is frozen.*Nothing was taken back"):
        take_back(small, number)
    assert small.count("response") == 2
    assert imports.all_imports(small.database)[0].state == "done"


def test_only_what_is_there_can_be_taken_back_and_only_once(small: World, tmp_path: Path) -> None:
    number = bring_in(small, typed(small, tmp_path, "in.csv", ["1"])).number
    take_back(small, number)
    with pytest.raises(ImportRefusedError, match="taken back before"):
        take_back(small, number)
    with pytest.raises(ImportRefusedError, match="no import 9"):
        take_back(small, 9)


def test_what_cannot_be_noted_is_not_taken_back(small: World, tmp_path: Path) -> None:
    number = bring_in(small, typed(small, tmp_path, "in.csv", ["1"])).number

    def refuse(_: Any) -> None:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        take_back(small, number, note_gone=refuse)
    assert small.count("response") == 1


def test_answers_of_a_page_carry_no_number(small: World) -> None:
    answers = {"Q1": "often"}
    ready = prepare(submitted(small, b"k", answers), Terms(small.here.sealer, TODAY))
    with small.database.transaction():
        write_one(small.database, ready, b"i" * 16, 60)
    assert small.database.one("SELECT import_number FROM submission") == (None,)


def test_hashes_of_answers_go_with_their_quarter(small: World, tmp_path: Path) -> None:
    bring_in(small, typed(small, tmp_path, "in.csv", MANY))
    assert small.database.one("SELECT count(*) FROM import_part") == (1,)
    with small.database.transaction():
        erase(small.database, TODAY.replace(year=2040), Keeping(6, 24, 14))
    assert small.database.one("SELECT count(*) FROM import_part") == (0,)


# Whole or not done


def test_a_report_that_cannot_be_written_stops_all_before_the_first_row(small: World, tmp_path: Path) -> None:
    file = write(tmp_path / "in.csv", [row(small, "1"), row(small, "2", Q1="bad")])
    before = small.count("audit")
    nowhere = tmp_path / "nowhere" / "report.csv"
    with pytest.raises(ImportRefusedError, match=r"cannot be written.*Nothing was stored.*--rejected FILE"):
        bring_in(small, file, rejected=nowhere)
    assert (small.count("response"), imports.all_imports(small.database)) == (0, [])
    assert small.count("audit") == before
    elsewhere = tmp_path / "elsewhere.csv"
    assert bring_in(small, file, rejected=elsewhere) == Result(stored=1, rejected=1)
    assert elsewhere.read_text().startswith("line,reason,")
    assert not rejects.path_for(file).exists()


@pytest.mark.parametrize("name", ["in.csv", "letter.txt", ".", "/dev/null"])
def test_a_report_never_takes_the_place_of_another_file(small: World, tmp_path: Path, name: str) -> None:
    file = typed(small, tmp_path, "in.csv", ["1"])
    (tmp_path / "letter.txt").write_text("Dear all")
    with pytest.raises(ImportRefusedError, match="is no report"):
        bring_in(small, file, rejected=tmp_path / name)
    assert (tmp_path / "letter.txt").read_text() == "Dear all"
    assert Path("/dev/null").is_char_device()
    assert small.count("response") == 0


def test_a_report_is_for_its_owner_and_its_whole_path_is_said(small: World, tmp_path: Path) -> None:
    file = write(tmp_path / "in.csv", [row(small, "1", Q1="bad")])
    before = os.umask(0)
    try:
        result = bring_in(small, file)
    finally:
        os.umask(before)
    report = rejects.path_for(file)
    assert result.report == str(report.resolve())
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert report.stat().st_uid == file.stat().st_uid


def test_a_report_of_before_goes_when_all_is_well(small: World, tmp_path: Path) -> None:
    file = write(tmp_path / "in.csv", [row(small, "1", Q1="bad")])
    bring_in(small, file)
    assert len(rejected(file)) == 2
    assert bring_in(small, typed(small, tmp_path, "in.csv", ["1"])).report == ""
    assert not rejects.path_for(file).exists()


STOPS: dict[str, Callable[[], BaseException]] = {
    "no room": lambda: OSError("no room"),
    "disk image": lambda: sqlite3.OperationalError("disk image"),
    "interrupted": KeyboardInterrupt,
}


@pytest.mark.parametrize("words", STOPS)
def test_an_import_that_stops_half_way_says_how_far_and_can_be_given_again(small, tmp_path, monkeypatch, words) -> None:
    file = typed(small, tmp_path, "in.csv", MANY)
    monkeypatch.setattr("collector.responses.importing.BATCH", 10)
    add = rejects.Report.add

    def fail(report: rejects.Report, bad: Any) -> None:
        if imports.all_imports(small.database)[0].stored > 20:
            raise STOPS[words]()
        add(report, bad)

    monkeypatch.setattr(rejects.Report, "add", fail)
    with pytest.raises(StoreError, match=rf"Import 1 stopped after 20 rows were stored: .*{words}.*take-back 1"):
        bring_in(small, file)
    assert small.count("response") == 20
    assert [(act.state, act.stored) for act in imports.all_imports(small.database)] == [("begun", 20)]
    assert "import begin" in [entry[2] for entry in log.entries(small.database)]
    monkeypatch.setattr(rejects.Report, "add", add)
    assert bring_in(small, file) == Result(stored=10, repeated=20)
    assert (take_back(small, 1), take_back(small, 2)) == (20, 10)
    assert small.count("response") == 0


def test_an_import_that_is_killed_stands_as_begun(small: World, tmp_path: Path) -> None:
    file = typed(small, tmp_path, "in.csv", MANY)
    done = subprocess.run(
        [sys.executable, "-m", "tests.paper", str(small.settings.data), str(file)], cwd=ROOT, timeout=60
    )
    assert done.returncode == -signal.SIGKILL
    assert [(act.state, act.stored) for act in imports.all_imports(small.database)] == [("begun", 20)]
    assert bring_in(small, file) == Result(stored=10, repeated=20)


def test_an_import_taken_back_while_it_runs_stores_no_more(small: World, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("collector.responses.importing.BATCH", 10)
    file = typed(small, tmp_path, "in.csv", MANY)
    write_batch = bulk.write

    def between(database: Database, number: int, part: int, *rest: Any, **options: Any) -> Any:
        if part == 3:
            imports.take_back(database, number, Act("test", TODAY, "x"))
        return write_batch(database, number, part, *rest, **options)

    monkeypatch.setattr(bulk, "write", between)
    with pytest.raises(StoreError, match="taken back while it ran"):
        bring_in(small, file)


def test_a_key_that_stands_twice_is_found_in_the_quick_way_too(small: World, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("collector.responses.importing.BATCH", 4)
    keys = ["1", "2", "3", "4", "5", "6", "6", "2", "9"]
    rows = [row(small, key, T1=f"Person {n if key == '2' else key}") for n, key in enumerate(keys)]
    assert bring_in(small, write(tmp_path / "in.csv", rows)) == Result(stored=7, repeated=1, rejected=1)
    assert small.count("response") == small.count("submission") == 7


def test_submissions_of_before_are_carried_over_without_a_number(tmp_path: Path) -> None:
    database = create(tmp_path / "old.db")
    with database.transaction():
        migrations.apply(database.tables, stop_before="m004_imports")
        database.execute(
            """INSERT INTO submission (key_mac, content_mac, period, venue, response, held)
               VALUES (x'01', x'02', '2026-27-Q3', 'abc234', x'03', 0)"""
        )
    assert "m004_imports" in migrate(database)
    assert database.rows("SELECT key_mac, response, import_number FROM submission") == [(b"\1", b"\3", None)]
    database.close()


# In any order

FILES = {"a": range(8), "b": range(4, 12), "c": range(12, 15)}
STEPS = st.lists(st.one_of(st.sampled_from(sorted(FILES)), st.integers(1, 6)), max_size=12)


@settings(max_examples=25)
@given(STEPS)
def test_imports_and_taking_them_back_in_any_order_keep_each_answer_once(steps: list[str | int]) -> None:
    """The model: who brought each key, and whether it is there or gone."""
    with tempfile.TemporaryDirectory() as name:
        world = make_world(Path(name), tiny())
        there: dict[int, int] = {}
        gone: set[int] = set()
        taken: set[int] = set()
        acts = 0
        for step in steps:
            if isinstance(step, str):
                acts += 1
                keys = set(FILES[step])
                new = keys - set(there) - gone
                file = typed(world, Path(name), "in.csv", [str(key) for key in FILES[step]])
                expected = Result(stored=len(new), repeated=len(keys & set(there)), gone=len(keys & gone))
                assert bring_in(world, file) == expected
                there |= dict.fromkeys(new, acts)
            elif step > acts or step in taken:
                with pytest.raises(ImportRefusedError):
                    take_back(world, step)
            else:
                back = {key for key, act in there.items() if act == step}
                assert take_back(world, step) == len(back)
                taken.add(step)
                gone |= back
                there = {key: act for key, act in there.items() if act != step}
            assert world.count("response") == world.count("comment") == len(there)
            assert world.count("submission") == len(there) + len(gone)
        states = {act.number: act.state for act in imports.all_imports(world.database)}
        assert states == {n: "taken back" if n in taken else "done" for n in range(1, acts + 1)}
        world.database.close()


def test_the_counts_can_be_read_by_a_program(small: World, tmp_path: Path) -> None:
    result = bring_in(small, typed(small, tmp_path, "in.csv", MANY))
    assert json.loads(json.dumps(vars(result)))["number"] == 1
