"""From count tables to the folder that commissioners get."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from collector.audit.act import Act
from collector.db import Database
from collector.errors import CommunityError, PeriodError, ReleaseError
from collector.releases import verify
from collector.releases.build import build_correction, build_draft, build_notice, build_release
from collector.releases.csvfile import csv_bytes
from collector.releases.files import checksums
from collector.releases.folder import put
from collector.releases.freeze import freeze
from collector.releases.secret import draw_for, seeded
from collector.releases.tidy import COLUMNS, SORTED_BY
from collector.responses.periods import Period
from collector.summaries import store
from collector.summaries.rollup import roll_up
from tests.crowd import AREAS, MAJOR, MINOR, PERIOD, SURVEY, Person, make_database, put_in

TODAY = date(2026, 7, 21)
NUMBERS = count()
NAME = "trust-summary_synthetic_E12000007_2026-27-Q1_r0"
ANSWERS = {"OV": "often", "B1": "mostly", "A1": "seldom", "A2": "never", "C1": "often", "D1": "dk", "AGE": "age_16"}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = make_database(tmp_path)
    yield made
    made.close()


def crowd(count: int, venue: str = "aaa", good: int = 0, period: Period = PERIOD) -> list[Person]:
    """People on four visits to one venue, `good` of them content."""
    return [
        Person(venue, {**ANSWERS, "OV": "often" if number < good else "never"}, visit=f"v{number % 4}", period=period)
        for number in range(count)
    ]


def release(
    database: Database, exports: Path, *, synthetic: bool = True, period: Period = PERIOD, today: date = TODAY
) -> Path:
    """Freeze and publish."""
    freeze(database, period, AREAS, Act("test", today, f"freeze {period.code}"), draw=seeded)
    return build_release(
        database, period, exports, act(today), synthetic=synthetic, published_on=period.appears
    )  # fmt: skip


def act(today: date = TODAY, reason: str = "") -> Act:
    return Act("test", today, f"release {next(NUMBERS)}", reason)


def draft(database: Database, exports: Path, *, synthetic: bool = True) -> Path:
    roll_up(database, PERIOD, AREAS, TODAY)
    return build_draft(database, PERIOD, AREAS, exports, synthetic=synthetic, code_version="0.1", draw=seeded)


@pytest.fixture
def built(database: Database, tmp_path: Path) -> Path:
    """A release of 60 people in two venues of Lambeth and 7 in Tower Hamlets."""
    put_in(database, [*crowd(40, "aaa", 20), *crowd(20, "bbb", 20), *crowd(7, "ccc", 3)])
    return release(database, tmp_path / "exports")


def rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / f"{folder.name}.csv").read_text("utf-8"), newline="")))


def find(folder: Path, **cells: str) -> dict[str, str]:
    (found,) = [row for row in rows(folder) if all(row[name] == value for name, value in cells.items())]
    return found


def test_a_release_is_a_folder_of_files_that_explain_themselves(built: Path) -> None:
    assert built.name == NAME
    assert built.parent.name == "exports"
    assert sorted(path.name for path in built.iterdir()) == [
        "changes.md", "checksums.txt", "codebook_synthetic_crowd_1.0.0.csv", "datapackage.json", "methods.md",
        f"{NAME}.csv", f"{NAME}.csv-metadata.json", f"{NAME}.xlsx", f"{NAME}_excel.csv",
        "who-answered_synthetic_E12000007_2026-27-Q1_r0.csv",
    ]  # fmt: skip


def test_the_tidy_file_is_written_as_promised(built: Path) -> None:
    content = (built / f"{NAME}.csv").read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == content.count(b"\n")
    assert content.split(b"\r\n")[0].decode() == (
        "period_type,period,period_start,period_end,area_type,area_code,area_name,breakdown,breakdown_code,"
        "breakdown_label,level,code,label,measure,value,unit,value_marker,bound,range_low,range_high,base_rounded,"
        "visits,reliability,change_vs_previous,survey,survey_version,variant,status,revision,published_on"
    )
    assert all(len(row) == len(COLUMNS) for row in csv.reader(io.StringIO(content.decode(), newline="")))


def test_a_row_reads_as_worked_out_by_hand(built: Path) -> None:
    row = find(built, area_code="E09000022", breakdown="all", code="OV", measure="pct_favourable")
    assert ",".join(row.values()) == (
        "quarter,2026-27-Q1,2026-04-01,2026-06-30,borough,E09000022,Lambeth (synthetic),all,all,All respondents,"
        "overall,OV,Do you trust them?,pct_favourable,70,percent,,,55,85,60,5,ok,,crowd,1.0.0,all,final,0,2026-07-21"
    )


def test_a_small_borough_has_all_its_rows_and_every_one_is_hidden(built: Path) -> None:
    small = [row for row in rows(built) if row["area_code"] == "E09000030"]
    assert len(small) == len([row for row in rows(built) if row["area_code"] == "E09000022"])
    for row in small:
        assert row["value_marker"] == "[c]"
        empty = ("value", "bound", "range_low", "range_high", "base_rounded", "visits", "reliability")
        assert not any(row[name] for name in empty)


def test_only_boroughs_with_a_venue_and_the_region_have_rows(built: Path) -> None:
    areas = {(row["area_type"], row["area_name"]) for row in rows(built)}
    assert areas == {
        ("borough", "Lambeth (synthetic)"), ("borough", "Tower Hamlets (synthetic)"),
        ("icb", "North East London ICB (synthetic)"), ("icb", "South East London ICB (synthetic)"),
        ("region", "London (synthetic)"), ("elsewhere", "Elsewhere in London (synthetic)"),
    }  # fmt: skip


def test_rows_are_sorted_and_none_stands_twice(built: Path) -> None:
    keys = [tuple(row[name] for name in SORTED_BY) for row in rows(built)]
    assert keys == sorted(set(keys))


def test_checksums_hold(built: Path) -> None:
    lines = (built / "checksums.txt").read_text().splitlines()
    named = dict(line.split("  ")[::-1] for line in lines)
    others = {path.name: path.read_bytes() for path in built.iterdir() if path.name != "checksums.txt"}
    assert named == {name: hashlib.sha256(content).hexdigest() for name, content in others.items()}
    checked = subprocess.run(["sha256sum", "--check", "--quiet", "checksums.txt"], cwd=built, check=False)
    assert checked.returncode == 0


def test_the_codebook_explains_every_code_of_the_release(built: Path) -> None:
    text = (built / "codebook_synthetic_crowd_1.0.0.csv").read_bytes().decode()
    book = list(csv.DictReader(io.StringIO(text, newline="")))
    codes = {row["code"] for row in book}
    for row in rows(built):
        assert row["level"] == "participation" or row["code"] in codes
        assert row["breakdown"] == "all" or f"{row['breakdown']}.{row['breakdown_code']}" in codes
        assert {row["measure"], *filter(None, [row["value_marker"], row["reliability"]])} <= codes
    reverse = next(row for row in book if row["code"] == "A2.often")
    assert (reverse["score"], reverse["favourable"], reverse["element"]) == ("0", "no", "UN_A")
    assert {row["data"] for row in book} == {"synthetic: invented answers, about nobody"}


def test_the_methods_page_is_honest(built: Path) -> None:
    page = (built / "methods.md").read_text("utf-8")
    for words in (
        "Every number is moved by up to two people",
        "not validated",
        "designed from",
        "convenience sample",
        "Groups of fewer than ten are not shown",
        "Synthetic data",
    ):
        assert words in page
    assert "$" not in page


def test_no_file_holds_a_hash_by_which_a_guess_at_the_true_counts_could_be_tested(
    built: Path, database: Database
) -> None:
    tables = store.load(database, PERIOD.code)
    assert tables is not None
    assert all(tables.digest.encode() not in path.read_bytes() for path in built.iterdir())


def test_the_same_again_is_left_alone_and_byte_for_byte_the_same(
    built: Path, database: Database, tmp_path: Path
) -> None:
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in built.iterdir()}
    assert release(database, tmp_path / "exports") == built
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in built.iterdir()} == before
    again = release(database, tmp_path / "elsewhere")
    assert {path.name: path.read_bytes() for path in again.iterdir()} == {n: b for n, (b, _) in before.items()}


def test_a_draft_with_other_content_takes_the_place_of_the_old_one(database: Database, tmp_path: Path) -> None:
    put_in(database, [*crowd(40, "aaa", 20), *crowd(20, "bbb", 20)])
    first = draft(database, tmp_path / "exports")
    (first / "left over.txt").write_text("from a former version")
    put_in(database, crowd(25, "ccc"))
    assert draft(database, tmp_path / "exports") == first
    assert find(first, area_code="E09000030", breakdown="all", measure="respondents")["value"] == "25"
    assert not (first / "left over.txt").exists()
    assert [path.name for path in first.parent.iterdir()] == [NAME], "nothing is left beside it"


@pytest.mark.parametrize("step", range(1, 40, 3))
def test_a_crash_at_any_step_leaves_the_old_state_or_the_whole_release(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    put_in(database, [*crowd(40, "aaa", 20), *crowd(20, "bbb", 20)])
    exports, calls = tmp_path / "exports", count(1)
    real = os.fsync

    def crash(descriptor: int) -> None:
        if next(calls) >= step:
            raise OSError(28, "No space left on device")
        real(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr("collector.releases.folder.os.fsync", crash)
        with suppress(ReleaseError):
            release(database, exports)
    for folder in exports.glob("trust-*"):
        others = {p.name: p.read_bytes() for p in folder.iterdir() if p.name != "checksums.txt"}
        assert checksums(others) == (folder / "checksums.txt").read_bytes()
    built = release(database, exports)
    assert verify.verified(database, exports, synthetic=True) == {NAME: []}
    assert [path.name for path in exports.iterdir()] == [built.name]


def test_a_crash_between_the_two_renames_is_made_good_by_the_next_run(tmp_path: Path) -> None:
    target = tmp_path / "r0"
    put(target, {"a": b"1"})
    target.rename(tmp_path / ".r0.old")
    assert put(target, {"a": b"1"})
    assert [path.name for path in tmp_path.iterdir()] == ["r0"]


def test_a_quarter_is_not_frozen_while_late_answers_may_come(database: Database, tmp_path: Path) -> None:
    put_in(database, crowd(60))
    with pytest.raises(PeriodError, match="2026-07-14"):
        release(database, tmp_path / "exports", today=date(2026, 7, 14))
    with pytest.raises(ReleaseError, match="not frozen"):
        build_release(database, PERIOD, tmp_path, act(), synthetic=True, published_on=TODAY)
    assert not (tmp_path / "exports").exists()


def test_freezing_blanks_days_and_visits_and_is_done_once(database: Database) -> None:
    put_in(database, [*crowd(60), Person("aaa", ANSWERS, held=True)])
    frozen = freeze(database, PERIOD, AREAS, Act("test", TODAY, "f"), draw=seeded)
    assert database.rows("SELECT DISTINCT day, visit FROM response WHERE period = '2026-27-Q1'") == [(None, None)]
    assert database.rows("SELECT period, late, day FROM response WHERE held = 1") == [("2026-27-Q2", 1, "2026-05-01")]
    database.execute("DELETE FROM response WHERE period = '2026-27-Q1'")
    again = freeze(database, PERIOD, AREAS, Act("test", TODAY, "g"), draw=seeded)
    assert again == frozen


def test_real_answers_are_published_without_the_word_synthetic(database: Database, tmp_path: Path) -> None:
    put_in(database, crowd(60))
    built = release(database, tmp_path / "exports", synthetic=False)
    assert built.name == "trust-summary_E12000007_2026-27-Q1_r0"
    assert (built / "codebook_crowd_1.0.0.csv").exists()
    for path in built.iterdir():
        assert b"ynthetic" not in path.read_bytes()
    assert {row["status"] for row in rows(built)} == {"final"}


def test_a_period_without_roll_up_or_without_answers_is_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="no roll-up"):
        build_draft(database, PERIOD, AREAS, tmp_path, synthetic=True, code_version="0.1", draw=seeded)
    with pytest.raises(ReleaseError, match="Nobody answered"):
        release(database, tmp_path)


def test_change_is_told_against_the_quarter_before(database: Database, tmp_path: Path) -> None:
    put_in(database, [*crowd(60, "aaa", 10, PERIOD.previous), *crowd(20, "bbb", 0, PERIOD.previous)])
    put_in(database, [*crowd(60, "aaa", 50), *crowd(20, "bbb", 20)])
    release(database, tmp_path, period=PERIOD.previous)
    built = release(database, tmp_path)
    where = {"area_code": "E09000022", "breakdown": "all", "measure": "pct_favourable"}
    assert find(built, code="OV", **where)["change_vs_previous"] == "up"
    assert find(built, code="B1", **where)["change_vs_previous"] == "no_clear_change"


def test_a_release_can_be_proved_after_its_answers_were_erased(built: Path, database: Database) -> None:
    with database.transaction():
        database.execute("DELETE FROM response")
    assert verify.verified(database, built.parent, synthetic=True) == {NAME: []}
    (built / "methods.md").write_text("changed")
    assert verify.verified(database, built.parent, synthetic=True)[NAME]


def correct(database: Database, exports: Path, reason: str = "missed") -> Path:
    return build_correction(database, PERIOD, AREAS, exports, act(reason=reason), synthetic=True, published_on=TODAY)


def people_in(folder: Path, area: str = "E09000022") -> int:
    return int(find(folder, area_code=area, breakdown="all", measure="respondents")["value"])


def test_r10_a_correction_makes_the_whole_period_again_where_ten_people_changed(
    built: Path, database: Database
) -> None:
    put_in(database, crowd(9, "aaa"))
    with pytest.raises(ReleaseError, match="Fewer than ten"):
        correct(database, built.parent)
    put_in(database, crowd(11, "aaa"))
    corrected = correct(database, built.parent)
    assert corrected.name.endswith("_r1")
    assert people_in(corrected) in (75, 80)
    assert {row["status"] for row in rows(corrected)} == {"corrected"}
    assert "Some answers were missed." in (corrected / "changes.md").read_text()
    unchanged = [[r["value"] for r in rows(folder) if r["area_code"] == "E54000029"] for folder in (built, corrected)]
    assert unchanged[0] == unchanged[1], "who did not change reads as before: the secret is the same"
    assert not any(verify.verified(database, built.parent, synthetic=True).values())


def test_r10_answers_counted_twice_and_an_import_taken_back_can_be_corrected(
    database: Database, tmp_path: Path
) -> None:
    put_in(database, [*crowd(60, "aaa", 30), *crowd(40, "ccc", 20)])
    built = release(database, tmp_path)
    with database.transaction():
        database.execute(
            "DELETE FROM response WHERE venue = 'ccc' AND id IN (SELECT id FROM response WHERE venue = 'ccc' LIMIT 20)"
        )
    twice = correct(database, tmp_path, "twice")
    assert (people_in(built, "E09000030"), people_in(twice, "E09000030")) in [
        (a, b) for a in (35, 40) for b in (15, 20)
    ]
    with database.transaction():
        database.execute("DELETE FROM response WHERE venue = 'ccc'")
    taken_back = correct(database, tmp_path, "import")
    assert taken_back.name.endswith("_r2")
    assert not any(verify.verified(database, tmp_path, synthetic=True).values())


def test_r10_a_venue_in_the_wrong_area_can_be_corrected_though_nobody_came_or_went(
    database: Database, tmp_path: Path
) -> None:
    put_in(database, [*crowd(60, "aaa", 30), *crowd(30, "bbb", 10), *crowd(40, "ccc", 20)])
    built = release(database, tmp_path)
    with database.transaction():
        database.execute("UPDATE venue_area SET area = 'E09000030' WHERE venue = 'bbb'")
    corrected = correct(database, tmp_path, "area")
    assert people_in(built, "E09000030") <= 40 < people_in(corrected, "E09000030")
    assert people_in(built, "E12000007") == people_in(corrected, "E12000007")


def test_r10_an_error_of_a_few_people_is_told_in_words_and_the_figures_stay(built: Path, database: Database) -> None:
    put_in(database, crowd(4, "aaa"))
    noted = build_notice(database, PERIOD, built.parent, act(reason="missed"), synthetic=True, published_on=TODAY)
    assert noted.name.endswith("_r1")
    assert "Some answers were missed. Fewer than ten people are concerned" in (noted / "changes.md").read_text()
    figures = [[(r["status"], r["value"], r["range_low"]) for r in rows(folder)] for folder in (built, noted)]
    assert figures[0] == figures[1]
    assert "0 figures differ" in (noted / "changes.md").read_text()
    put_in(database, crowd(10, "aaa"))
    assert correct(database, built.parent).name.endswith("_r2"), "both count from the first tables"
    assert not any(verify.verified(database, built.parent, synthetic=True).values())


def test_a_withdrawal_after_publication_changes_nothing(built: Path, database: Database) -> None:
    with database.transaction():
        database.execute("DELETE FROM response WHERE id = (SELECT min(id) FROM response)")
    with pytest.raises(ReleaseError, match="Fewer than ten"):
        correct(database, built.parent)


def test_a_draft_and_its_release_are_changed_alike(database: Database, tmp_path: Path) -> None:
    """Else both together would tell more than one."""
    drawn = iter([b"1" * 32, b"2" * 32, b"3" * 32, b"4" * 32])
    put_in(database, [*crowd(40, "aaa", 20), *crowd(20, "bbb", 20)])
    roll_up(database, PERIOD, AREAS, TODAY)
    drafted = build_draft(
        database, PERIOD, AREAS, tmp_path, synthetic=True, code_version="0.1", draw=lambda period: next(drawn)
    )
    freeze(database, PERIOD, AREAS, Act("test", TODAY, "f"), draw=lambda period: next(drawn))
    built = build_release(database, PERIOD, tmp_path, act(), synthetic=True, published_on=TODAY)
    assert [row["value"] for row in rows(drafted)] == [row["value"] for row in rows(built)]
    kept = database.rows("SELECT period, secret FROM period_secret ORDER BY period")
    assert kept == [("2026-27", b"2" * 32), ("2026-27-Q1", b"1" * 32)]


def test_the_secret_is_in_no_file_and_no_entry(built: Path, database: Database) -> None:
    [(own,)] = database.rows("SELECT secret FROM period_secret")
    for path in built.iterdir():
        content = path.read_bytes()
        assert own not in content
        assert own.hex().encode() not in content
    assert own.hex() not in str(database.rows("SELECT * FROM audit"))


def test_real_answers_draw_secrets_that_nobody_can_guess_and_invented_ones_the_same_each_time() -> None:
    assert draw_for(synthetic=True)("2026-27-Q1") == seeded("2026-27-Q1") != seeded("2026-27")
    one, other = (draw_for(synthetic=False)("2026-27-Q1") for _ in range(2))
    assert one != other
    assert len(one) == len(other) == 32


def test_two_series_have_rows_of_their_own_and_no_change_between_them(tmp_path: Path) -> None:
    database = make_database(tmp_path, SURVEY, MINOR, MAJOR)
    people = [*crowd(60, "aaa", 30), *crowd(20, "bbb", 10)]
    put_in(database, [replace(person, period=PERIOD.previous) for person in people])
    put_in(database, [replace(person, version=version) for person in people for version in ("1.1.0", "2.0.0")])
    release(database, tmp_path, period=PERIOD.previous)
    built = release(database, tmp_path)
    found = {row["survey_version"] for row in rows(built)}
    assert found == {"1.1.0", "2.0.0"}
    told = {row["survey_version"] for row in rows(built) if row["change_vs_previous"]}
    assert told == {"1.1.0"}
    assert (built / "codebook_synthetic_crowd_2.0.0.csv").exists()
    database.close()


def test_an_area_that_the_register_forgot_is_named(database: Database) -> None:
    put_in(database, crowd(20, "aaa"))
    fewer = type(AREAS)(tuple(area for area in AREAS.rows if area.code != "E09000022"))
    with pytest.raises(CommunityError, match="aaa"):
        freeze(database, PERIOD, fewer, Act("test", TODAY, "f"), draw=seeded)


def test_numbers_and_codes_are_never_touched_by_the_guard() -> None:
    assert csv_bytes(["n", "w"], frozenset({"w"}), [{"n": -5, "w": "-5"}, {}]) == b"n,w\r\n-5,'-5\r\n,\r\n"


def test_a_year_comes_with_its_last_quarter_in_files_of_its_own(database: Database, tmp_path: Path) -> None:
    quarters = [PERIOD, PERIOD.next, PERIOD.next.next, PERIOD.next.next.next]
    for period in quarters:
        put_in(database, [*crowd(60, "aaa", 30, period), *crowd(40, "bbb", 20, period), *crowd(8, "ccc", 4, period)])
        built = release(database, tmp_path, period=period, today=date(2028, 1, 1))
    name = built.name.replace("2026-27-Q4", "2026-27")
    assert {row["period_type"] for row in rows(built)} == {"quarter"}
    there = {path.name for path in built.iterdir()}
    assert {f"{name}.csv", f"{name}.csv-metadata.json", f"{name}_excel.csv"} <= there
    year = list(csv.DictReader(io.StringIO((built / f"{name}.csv").read_text("utf-8"), newline="")))
    assert {(row["period_type"], row["period"]) for row in year} == {("year", "2026-27")}
    own = {
        row["area_code"]: row["value"] for row in year if row["measure"] == "respondents" and row["breakdown"] == "all"
    }
    assert (int(own["E09000022"]), int(own["E09000030"])) in [(a, b) for a in (395, 400) for b in (30,)]
    assert {(row["period_start"], row["period_end"]) for row in year} == {("2026-04-01", "2027-03-31")}
    assert database.rows("SELECT period FROM period_secret ORDER BY period") == [
        ("2026-27",), *((period.code,) for period in quarters)
    ]  # fmt: skip
    with database.transaction():
        database.execute("DELETE FROM response")
    assert not any(verify.verified(database, tmp_path, synthetic=True).values())


def test_r11_what_people_wrote_is_in_no_file(database: Database, tmp_path: Path) -> None:
    words = "The barber Zebulon knows who said this"
    put_in(database, crowd(60, "aaa", 30))
    with database.transaction():
        database.execute(
            """INSERT INTO comment (period, venue, response, question, language, words)
               SELECT period, venue, id, 'O1', 'en', :words FROM response""",
            {"words": words},
        )
    folder = release(database, tmp_path)
    for path in folder.iterdir():
        parts = zipfile.ZipFile(path) if path.suffix == ".xlsx" else None
        content = b"".join(parts.read(name) for name in parts.namelist()) if parts else path.read_bytes()
        assert b"Zebulon" not in content
        assert content
    assert database.one("SELECT count(*) FROM comment WHERE words = :words", {"words": words}) == (60,)


def test_r13_hidden_rows_look_the_same_whatever_the_reason(built: Path) -> None:
    hidden = [row for row in rows(built) if row["value_marker"] == "[c]"]
    shown = ("value", "bound", "range_low", "range_high", "base_rounded", "visits", "reliability", "change_vs_previous")
    assert {tuple(row[name] for name in shown) for row in hidden} == {("",) * len(shown)}
    assert "families" not in (built / "methods.md").read_text("utf-8"), "no file says how much a rule hid"
