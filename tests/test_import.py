"""Bringing in a CSV file: good rows kept, bad rows set aside with line and reason, the same file again adds nothing."""

from __future__ import annotations

import csv
import secrets
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.audit.act import Act
from collector.errors import IntakeError
from collector.responses import importing
from collector.responses.importing import REQUIRED, Result
from collector.responses.keys import load_sealer
from collector.responses.submission import Since
from tests.world import TODAY, World, make_world, tiny

QUESTIONS = ("Q1", "Q2", "M1", "T1", "A1")


@pytest.fixture
def small(tmp_path: Path) -> World:
    return make_world(tmp_path, tiny())


def row(world: World, key: str = "k1", **changes: str) -> dict[str, str]:
    given_row = {
        "key": key, "survey": "tiny", "version": "1.0.0", "variant": "full", "venue": world.venue, "visit": "",
        "day": "2026-11-02", "language": "en", "mode": "paper", "Q1": "often", "Q2": "na", "M1": "home shop",
        "T1": "On paper.", "A1": "grown",
    }  # fmt: skip
    return {**given_row, **changes}


def write(path: Path, rows: list[dict[str, str]], columns: tuple[str, ...] = (*REQUIRED, *QUESTIONS)) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, extrasaction="ignore", restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


SINCE = Since(date(2021, 1, 1), date(2021, 1, 1))


def bring_in(world: World, path: Path, source: str = "paper") -> Result:
    sealer = load_sealer(world.settings.secret_file)
    against = importing.world(world.database, source, TODAY, sealer, frozenset({"en", "bn"}), since=SINCE)
    return importing.import_file(
        world.database, path, against, lambda: secrets.token_bytes(16), Act("test", TODAY, secrets.token_hex(8))
    )


def rejected(path: Path) -> list[list[str]]:
    with path.with_name(path.name + ".rejected.csv").open(
        encoding="utf-8", errors="surrogateescape", newline=""
    ) as lines:
        return list(csv.reader(lines))


def test_rows_come_in_through_the_same_intake(small: World, tmp_path: Path) -> None:
    file = write(tmp_path / "in.csv", [row(small), row(small, "k2", variant="short", Q2="", M1="", T1="")])
    assert bring_in(small, file) == Result(stored=2)
    cards = {v: small.published.layout.decode(c) for v, c in small.database.rows("SELECT variant, card FROM response")}
    assert cards["full"] == {"Q1": "often", "Q2": "na", "M1": ("home", "shop"), "A1": "grown"}
    assert cards["short"]["Q2"] == "not_asked"
    assert small.database.rows("SELECT period, mode, day FROM response WHERE variant = 'full'") == [
        ("2026-27-Q3", "paper", "2026-11-02")
    ]
    assert small.count("receipt") == 0


def test_the_same_file_again_adds_nothing(small: World, tmp_path: Path) -> None:
    file = write(tmp_path / "in.csv", [row(small, f"k{n}") for n in range(5)])
    bring_in(small, file)
    assert bring_in(small, file) == Result(repeated=5)
    assert small.count("response") == 5


def test_a_key_is_unique_within_its_source_only(small: World, tmp_path: Path) -> None:
    file = write(tmp_path / "in.csv", [row(small)])
    assert bring_in(small, file, "paper") == Result(stored=1)
    assert bring_in(small, file, "other tool") == Result(stored=1)


def test_a_past_quarter_that_is_not_frozen_is_open(small: World, tmp_path: Path) -> None:
    bring_in(small, write(tmp_path / "in.csv", [row(small, day="2025-02-01")]))
    assert small.database.one("SELECT period, late FROM response") == ("2024-25-Q4", 0)


BAD_ROWS = {
    "version": {"version": "9.9.9"},
    "variant": {"variant": "long"},
    "question": {"variant": "short"},
    "answer": {"Q1": "perhaps"},
    "too_many": {"M1": "home shop yard"},
    "exclusive": {"M1": "home nowhere"},
    "too_long": {"T1": "x" * 41},
    "under_16": {"A1": "child"},
    "mode": {"mode": "smoke"},
    "visit": {"visit": "a visit"},
    "day": {"day": "2026-11-24"},
    "empty": dict.fromkeys(QUESTIONS, ""),
    "kept_until": {"day": "2020-02-01"},
    "key": {"key": " "},
    "venue": {"venue": "nosuch"},
    "language": {"language": "xx"},
    "unreadable_day": {"day": "02/11/2026"},
    "encoding": {"T1": "\udcff"},
}
ELSEWHERE = {"columns", "csv", "used"}


def test_the_table_of_reasons_is_complete() -> None:
    assert set(BAD_ROWS) | ELSEWHERE == set(importing.ROW_REASONS)


@pytest.mark.parametrize("reason", BAD_ROWS)
def test_a_bad_row_is_set_aside_with_line_and_reason_and_good_ones_are_kept(small, tmp_path, reason) -> None:
    file = tmp_path / "in.csv"
    rows = [row(small, "k1"), {**row(small, "k2"), **BAD_ROWS[reason]}, row(small, "k3")]
    with file.open("w", encoding="utf-8", errors="surrogateescape", newline="") as out:
        writer = csv.DictWriter(out, (*REQUIRED, *QUESTIONS))
        writer.writeheader()
        writer.writerows(rows)
    assert bring_in(small, file) == Result(stored=2, rejected=1)
    [head, bad] = rejected(file)
    assert head[:2] == ["line", "reason"]
    assert bad[0] == "3"
    assert bad[1].startswith(importing.ROW_REASONS[reason])
    assert bad[2:] == list(rows[1].values())


def test_a_row_of_another_width_and_a_used_key_are_set_aside(small: World, tmp_path: Path) -> None:
    file = write(tmp_path / "in.csv", [row(small, "k1"), row(small, "k1", Q1="seldom")])
    file.write_text(file.read_text() + "one,two\r\n")
    assert bring_in(small, file) == Result(stored=1, rejected=2)
    assert [bad[1].split(" (")[0] for bad in rejected(file)[1:]] == [
        importing.ROW_REASONS["used"], importing.ROW_REASONS["columns"],
    ]  # fmt: skip


def test_the_line_counts_lines_inside_quotes(small: World, tmp_path: Path) -> None:
    file = write(tmp_path / "in.csv", [row(small, "k1", T1="two\nlines"), row(small, "k2", Q1="bad")])
    bring_in(small, file)
    assert rejected(file)[1][0] == "4"


def test_rejected_rows_can_be_mended_and_brought_in(small: World, tmp_path: Path) -> None:
    file = write(tmp_path / "in.csv", [row(small, "k1"), row(small, "k2", Q1="bad")])
    bring_in(small, file)
    [head, bad] = rejected(file)
    mended = write(tmp_path / "mended.csv", [dict(zip(head[2:], bad[2:], strict=True)) | {"Q1": "half"}])
    assert bring_in(small, mended) == Result(stored=1)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ((*REQUIRED[1:], *QUESTIONS), "no column `key`"),
        ((*REQUIRED, "Q9"), "`Q9` is not a question code"),
        ((*REQUIRED, "Q1", "Q1"), "`Q1` stands twice"),
    ],
)
def test_a_head_that_does_not_fit_stops_the_whole_file(small, tmp_path, columns, words) -> None:
    file = tmp_path / "in.csv"
    file.write_text(",".join(columns) + "\n")
    with pytest.raises(IntakeError, match=words):
        bring_in(small, file)


def test_a_file_from_excel_with_its_mark_at_the_start_is_read(small: World, tmp_path: Path) -> None:
    file = write(tmp_path / "in.csv", [row(small)])
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert bring_in(small, file) == Result(stored=1)


def test_an_empty_file_is_named(small: World, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(b"")
    with pytest.raises(IntakeError, match="empty or not CSV"):
        bring_in(small, tmp_path / "in.csv")


@given(st.binary(max_size=400))
def test_any_bytes_after_the_head_are_counted_as_rows_or_set_aside(garbage: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Path(folder), tiny())
        file = write(Path(folder) / "in.csv", [row(world)])
        file.write_bytes(file.read_bytes() + garbage)
        result = bring_in(world, file)
        assert result.stored + result.rejected >= 1
        assert world.count("response") == result.stored
        if result.rejected:
            assert len(rejected(file)) == result.rejected + 1
        world.database.close()


def test_an_import_leaves_one_entry_with_counts_and_no_content(small: World, tmp_path: Path) -> None:
    bring_in(small, write(tmp_path / "in.csv", [row(small)]))
    entries = small.database.rows("SELECT verb, target, detail FROM audit WHERE verb = 'import'")
    assert entries == [("import", "paper", "1 stored, 0 repeated, 0 rejected")]


def test_a_file_in_memory_order_does_not_matter(small: World, tmp_path: Path) -> None:
    rows = [row(small, f"k{n}", Q1=("often", "half", "seldom")[n % 3]) for n in range(12)]
    bring_in(small, write(tmp_path / "a.csv", rows))
    one = small.database.rows("SELECT card, day FROM response ORDER BY card")
    bring_in(small, write(tmp_path / "b.csv", rows[::-1]))
    assert small.database.rows("SELECT card, day FROM response ORDER BY card") == one
