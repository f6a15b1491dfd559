"""From count tables to the folder that commissioners get."""

from __future__ import annotations

import csv
import hashlib
import io
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from collector.db import Database
from collector.errors import CommunityError, ReleaseError
from collector.releases.build import build_release
from collector.releases.csvfile import csv_bytes
from collector.releases.folder import put
from collector.releases.tidy import COLUMNS, SORTED_BY, Edition, tidy_file
from collector.responses.periods import Period
from collector.summaries import store
from collector.summaries.disclosure import Figure, Place
from collector.summaries.frame import frame
from collector.summaries.rollup import roll_up
from tests.crowd import AREAS, MAJOR, MINOR, PERIOD, SURVEY, Person, make_database, put_in, survey

TODAY = date(2026, 7, 21)
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


def release(database: Database, exports: Path, *, synthetic: bool = True, draft: bool = False) -> Path:
    return build_release(
        database, PERIOD, AREAS, exports, synthetic=synthetic, draft=draft, published_on=TODAY, code_version="0.1",
    )  # fmt: skip


@pytest.fixture
def built(database: Database, tmp_path: Path) -> Path:
    """A release of 60 people in two venues of Lambeth and 7 in Tower Hamlets."""
    put_in(database, [*crowd(40, "aaa", 20), *crowd(20, "bbb", 20), *crowd(7, "ccc", 7)])
    roll_up(database, PERIOD, AREAS, TODAY)
    return release(database, tmp_path / "exports")


def rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / f"{folder.name}.csv").read_text("utf-8"), newline="")))


def find(folder: Path, **cells: str) -> dict[str, str]:
    (found,) = [row for row in rows(folder) if all(row[name] == value for name, value in cells.items())]
    return found


def test_a_release_is_a_folder_of_files_that_explain_themselves(built: Path) -> None:
    assert built.name == NAME
    assert built.parent.name == "draft"
    assert sorted(path.name for path in built.iterdir()) == [
        "checksums.txt", "codebook_synthetic_crowd_1.0.0.csv", "methods.md", f"{NAME}.csv",
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
        "overall,OV,Do you trust them?,pct_favourable,65,percent,,,50,80,60,5,ok,,crowd,1.0.0,all,draft,0,2026-07-21"
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
        "not validated",
        "designed from",
        "convenience sample",
        "Draft: not for publication",
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
    roll_up(database, PERIOD, AREAS, TODAY)
    assert release(database, tmp_path / "exports") == built
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in built.iterdir()} == before
    again = release(database, tmp_path / "elsewhere")
    assert {path.name: path.read_bytes() for path in again.iterdir()} == {n: b for n, (b, _) in before.items()}


def test_a_draft_with_other_content_takes_the_place_of_the_old_one(
    built: Path, database: Database, tmp_path: Path
) -> None:
    (built / "left over.txt").write_text("from a former version")
    put_in(database, crowd(20, "ccc"))
    roll_up(database, PERIOD, AREAS, TODAY)
    assert release(database, tmp_path / "exports") == built
    assert find(built, area_code="E09000030", breakdown="all", measure="respondents")["value"] == "25"
    assert not (built / "left over.txt").exists()
    assert [path.name for path in built.parent.iterdir()] == [NAME], "nothing is left beside it"


def test_a_crash_leaves_the_old_release_and_the_next_run_clears_up(
    built: Path, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in(database, crowd(20, "ccc"))
    roll_up(database, PERIOD, AREAS, TODAY)
    before = (built / "checksums.txt").read_bytes()

    def crash(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("collector.releases.folder.os.fsync", crash)
        with pytest.raises(ReleaseError, match="No space left"):
            release(database, tmp_path / "exports")
    assert (built / "checksums.txt").read_bytes() == before
    release(database, tmp_path / "exports")
    assert (built / "checksums.txt").read_bytes() != before
    assert [path.name for path in built.parent.iterdir()] == [NAME]


def test_a_crash_between_the_two_renames_is_made_good_by_the_next_run(tmp_path: Path) -> None:
    target = tmp_path / "r0"
    put(target, {"a": b"1"})
    target.rename(tmp_path / ".r0.old")
    assert put(target, {"a": b"1"})
    assert [path.name for path in tmp_path.iterdir()] == ["r0"]


def test_real_answers_are_refused_without_draft(database: Database, tmp_path: Path) -> None:
    put_in(database, crowd(60))
    roll_up(database, PERIOD, AREAS, TODAY)
    with pytest.raises(ReleaseError, match="--draft"):
        release(database, tmp_path / "exports", synthetic=False)
    assert not (tmp_path / "exports").exists()


def test_a_draft_of_real_answers_does_not_say_synthetic(database: Database, tmp_path: Path) -> None:
    put_in(database, crowd(60))
    roll_up(database, PERIOD, AREAS, TODAY)
    built = release(database, tmp_path / "exports", synthetic=False, draft=True)
    assert built.name == "trust-summary_E12000007_2026-27-Q1_r0"
    assert (built / "codebook_crowd_1.0.0.csv").exists()
    for path in built.iterdir():
        assert b"ynthetic" not in path.read_bytes()
    assert {row["status"] for row in rows(built)} == {"draft"}


def test_a_period_without_roll_up_or_without_answers_is_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="no roll-up"):
        release(database, tmp_path)
    roll_up(database, PERIOD, AREAS, TODAY)
    with pytest.raises(ReleaseError, match="Nobody answered"):
        release(database, tmp_path)


def test_change_is_told_against_the_quarter_before(database: Database, tmp_path: Path) -> None:
    put_in(database, [*crowd(60, "aaa", 10, PERIOD.previous), *crowd(20, "bbb", 0, PERIOD.previous)])
    put_in(database, [*crowd(60, "aaa", 50), *crowd(20, "bbb", 20)])
    for period in (PERIOD.previous, PERIOD):
        roll_up(database, period, AREAS, TODAY)
    built = release(database, tmp_path)
    where = {"area_code": "E09000022", "breakdown": "all", "measure": "pct_favourable"}
    assert find(built, code="OV", **where)["change_vs_previous"] == "up"
    assert find(built, code="B1", **where)["change_vs_previous"] == "no_clear_change"


def test_two_series_have_rows_of_their_own_and_no_change_between_them(tmp_path: Path) -> None:
    database = make_database(tmp_path, SURVEY, MINOR, MAJOR)
    people = [*crowd(60, "aaa", 30), *crowd(20, "bbb", 10)]
    put_in(database, [replace(person, period=PERIOD.previous) for person in people])
    put_in(database, [replace(person, version=version) for person in people for version in ("1.1.0", "2.0.0")])
    for period in (PERIOD.previous, PERIOD):
        roll_up(database, period, AREAS, TODAY)
    built = release(database, tmp_path)
    found = {row["survey_version"] for row in rows(built)}
    assert found == {"1.1.0", "2.0.0"}
    told = {row["survey_version"] for row in rows(built) if row["change_vs_previous"]}
    assert told == {"1.1.0"}
    assert (built / "codebook_synthetic_crowd_2.0.0.csv").exists()
    database.close()


def test_an_area_that_the_register_forgot_is_named(built: Path, database: Database, tmp_path: Path) -> None:
    fewer = type(AREAS)(tuple(area for area in AREAS.rows if area.code != "E09000022"))
    with pytest.raises(CommunityError, match="E09000022"):
        build_release(
            database, PERIOD, fewer, tmp_path, synthetic=True, draft=True, published_on=TODAY, code_version="0.1",
        )  # fmt: skip


@pytest.mark.parametrize("label", [
    "=cmd|'/C calc'!A0", "+1", "-1", "@SUM(1)", "\tx", "\rx", "a,b", 'say "so"', "two\nlines", "\u202eright", "x" * 10_000,
])  # fmt: skip
def test_a_hostile_label_comes_out_harmless(label: str) -> None:
    edition = Edition(PERIOD, {"X": ("borough", label)}, TODAY, synthetic=False)
    figure = Figure(Place("X", "all", "all", "participation", "respondents", "respondents"), "all", 10)
    text = tidy_file(edition, [(frame([survey()]), [figure])]).decode()
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["area_name"] in (label, f"'{label}")
    assert row["area_name"][0] not in "=+-@\t\r"
    assert (row["value"], row["published_on"]) == ("10", "2026-07-21")


def test_numbers_and_codes_are_never_touched_by_the_guard() -> None:
    assert csv_bytes(["n", "w"], frozenset({"w"}), [{"n": -5, "w": "-5"}, {}]) == b"n,w\r\n-5,'-5\r\n,\r\n"
