"""What is promised to be deleted is deleted, by its day."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from collector import health, jobs
from collector.db import connect
from collector.governance import promised, retention
from collector.governance.promised import Keeping
from collector.periods import period_of
from collector.responses.quarters import counting_period
from tests.conftest import CheckedClient
from tests.test_respond import FULL, begin
from tests.world import TODAY, World

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def erase(world: World, day: date) -> None:
    with world.database.transaction():
        retention.erase(world.database, day, promised.keeping(world.settings))


def test_answers_are_deleted_by_the_promised_day(client: CheckedClient, world: World) -> None:
    page = client.get(f"/v/{world.venue}?to=en").text
    told = re.search(r"deleted by (\d+ \w+ \d+), and all your answers by (\d+ \w+ \d+)\.", page)
    assert told
    text_day, rows_day = date(2027, 9, 30), date(2029, 3, 31)
    assert told.groups() == ("30 September 2027", "31 March 2029")
    client.post(begin(client, world), data=FULL)
    erase(world, date(2027, 6, 14))
    assert world.count("comment") == 1
    erase(world, text_day)
    assert (world.count("comment"), world.count("response")) == (0, 1)
    erase(world, rows_day)
    assert [world.count(t) for t in ("response", "submission", "receipt")] == [0, 0, 0]


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, 12), st.integers(3, 60), st.booleans())
def test_no_answer_outlives_the_promise_made_on_its_day(day: date, words: int, rows: int, late: bool) -> None:
    keeping = Keeping(words, rows, 14)
    told = promised.latest_answer(day, keeping)
    frozen = frozenset({period_of(day).code}) if late else frozenset()
    kept = promised.kept_until(counting_period(day, frozen)[0], keeping)
    assert kept.text <= told.text
    assert kept.rows <= told.rows


def test_other_quarters_are_left_alone(client: CheckedClient, world: World) -> None:
    client.post(begin(client, world), data=FULL)
    world.turn_to(date(2027, 2, 1))
    client.post(begin(client, world), data=FULL)
    erase(world, date(2027, 6, 30))
    assert world.database.rows("SELECT period FROM comment") == [("2026-27-Q4",)]


def test_old_logs_and_backups_go(tmp_path: Path) -> None:
    for days in (0, 13, 14, 15, 40):
        (tmp_path / f"collector-{(TODAY - timedelta(days=days)).isoformat()}.log").touch()
    (tmp_path / "notes.txt").touch()
    assert retention.erase_files(tmp_path, TODAY, 14) == 2
    assert (tmp_path / "notes.txt").exists()


def test_files_dated_by_a_wrong_clock_go_too(tmp_path: Path) -> None:
    for name in ("collector-2031-05-06.log", f"collector-{TODAY + timedelta(days=1)}.log"):
        (tmp_path / name).touch()
    assert retention.erase_files(tmp_path, TODAY, 14) == 1
    assert [path.name for path in tmp_path.iterdir()] == [f"collector-{TODAY + timedelta(days=1)}.log"]


def test_what_cannot_be_deleted_is_a_failure_that_names_it_and_the_rest_goes(world: World) -> None:
    backups = world.settings.data / "backups"
    (backups / "collector-2026-01-02.tar.gz").mkdir(parents=True)
    (backups / "collector-2026-01-03.tar.gz").touch()
    said = jobs.run("retention", world.settings, NOW, NOW)
    assert said is not None
    assert said.startswith(f"refused: In {backups} could not be deleted: collector-2026-01-02.tar.gz.")
    assert [path.name for path in backups.iterdir()] == ["collector-2026-01-02.tar.gz"]
    assert any("collector-2026-01-02" in finding.what for finding in health.cheap(world.settings, NOW))


def test_the_newest_good_backup_outlives_every_night_in_which_a_new_one_is_refused(world: World) -> None:
    jobs.run("backup", world.settings, NOW, NOW)
    backups = world.settings.data / "backups"
    (backups / "collector-2026-11-20.tar.gz").write_bytes(b"an older one that is not whole")
    (backups / "before-0.2.0-2026-11-22-181500.tar.gz").write_bytes(
        (backups / "collector-2026-11-23.tar.gz").read_bytes()
    )
    (backups / "collector-2026-11-24.tar.gz").write_bytes(b"a newer one that is not whole")
    world.database.execute("PRAGMA ignore_check_constraints = ON")
    world.database.execute("UPDATE installation SET synthetic = 5")
    for days in range(1, 40):
        now = NOW + timedelta(days=days)
        if days < 3:
            said = jobs.run("backup", world.settings, now, now)
            assert said is not None
            assert said.startswith("refused")
        jobs.run("retention", world.settings, now, now)
    assert [path.name for path in backups.iterdir()] == ["collector-2026-11-23.tar.gz"]
    found = [finding.what for finding in health.cheap(world.settings, NOW + timedelta(days=2, minutes=1))]
    assert any(what.startswith("The job backup could not be done") for what in found)


def test_words_that_an_open_reader_keeps_are_named_tried_again_and_wrong_after_a_day(
    client: CheckedClient, world: World
) -> None:
    jobs.run_due(world.settings, NOW)
    client.post(begin(client, world), data=FULL)
    reader = connect(world.settings.database)
    reader.execute("BEGIN")
    reader.one("SELECT count(*) FROM comment")
    with world.database.transaction():
        world.database.execute("DELETE FROM comment")
    night = NOW + timedelta(days=1)
    said = jobs.run("retention", world.settings, night, night)
    assert said is not None
    assert said.startswith("unfinished: What was deleted is still in collector.db-wal")
    assert not [finding for finding in health.cheap(world.settings, night) if "retention" in finding.what]
    for hours in (12, 25):
        later = night + timedelta(hours=hours)
        jobs.run("retention", world.settings, later, later)
    assert [finding for finding in health.cheap(world.settings, later) if "not finished since a day" in finding.what]
    reader.execute("COMMIT")
    again = later + timedelta(hours=1)
    assert "retention" in jobs.run_due(world.settings, again)
    assert world.database.one("SELECT outcome FROM job_run WHERE job = 'retention' ORDER BY due DESC") == ("done",)
    assert not [finding for finding in health.cheap(world.settings, again) if "retention" in finding.what]
    reader.close()


def test_counts_a_day_and_records_of_jobs_go_with_the_answers_of_their_quarter(world: World) -> None:
    for day in ("2026-09-30", "2026-12-31", "2027-01-01"):
        world.database.execute("INSERT INTO day_count VALUES ('aaa', :day, 1, 0, 0, 0)", {"day": day})
        world.database.execute("INSERT INTO job_run VALUES ('rollup', :at, '', '', 'done', '')", {"at": f"{day}T23:20"})
    erase(world, date(2028, 12, 15))
    assert world.database.rows("SELECT day FROM day_count") == [("2026-12-31",), ("2027-01-01",)]
    erase(world, date(2028, 12, 16))
    assert world.database.rows("SELECT day FROM day_count") == [("2027-01-01",)]
    assert world.database.rows("SELECT due FROM job_run") == [("2027-01-01T23:20",)]


def test_no_record_of_a_job_tells_how_many_answered_in_which_hour(client: CheckedClient, world: World) -> None:
    details = []
    for answers in (0, 1, 7):
        for _ in range(answers):
            client.post(begin(client, world), data=FULL)
        now = NOW + timedelta(hours=answers)
        for name in ("rollup", "backup"):
            details.append(jobs.run(name, world.settings, now, now))
    assert details[2] == details[4] == "done: 1 open periods"
    assert details[1] == details[3] == details[5]
