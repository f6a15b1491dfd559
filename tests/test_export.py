"""Answers of single people for the host's own analysts: every answer comes back, nothing else goes out, and why is kept."""

from __future__ import annotations

import csv
import io
import re
import secrets
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from collector.audit import log
from collector.audit.act import Act
from collector.cli import COMMANDS, collector
from collector.errors import CardError, ExportError
from collector.microdata.cells import Cells, Remembered, csv_text, headings
from collector.microdata.export import NOTES_FILE, Exported, Wanted, export
from collector.releases.harmless import FORMULA, disarmed
from collector.responses import store, withdraw
from collector.responses.keys import receipt_number
from collector.responses.periods import parse
from collector.responses.submission import Submission, Terms, prepare
from collector.responses.versions import current, publish
from collector.survey.answers import Checker
from collector.survey.card import Column, Layout
from tests.test_card import LAYOUT, SURVEY, answers_to
from tests.test_intake import SEALER
from tests.world import TINY, TODAY, World, add_venue, make_world, submitted, tiny

QUARTER, NEXT_DAY = "2026-27-Q3", date(2027, 1, 4)
MADE_ON = date(2027, 2, 1)
HEAD = ["period", "area_code", "mode", "help", "variant", "survey_version", "language", "late"]
TINY_CELLS = ["Q1", "Q2", "M1.home", "M1.shop", "M1.yard", "M1.nowhere", "A1"]
FILE = "responses_tiny_1.0.0.csv"


@pytest.fixture
def small(tmp_path: Path) -> World:
    return make_world(tmp_path, tiny())


def give(world: World, *, quota: int = 60, answers: dict[str, Any] | None = None, **changes: Any) -> Submission:
    """Store one person's answers as the page would."""
    key = secrets.token_bytes(16)
    sent = submitted(world, key, answers or {"Q1": "often"}, receipt=receipt_number(key.hex()), **changes)
    ready = prepare(sent, Terms(SEALER, MADE_ON))
    with world.database.transaction() as database:
        store.write(database, ready, secrets.token_bytes(16), quota)
    return sent


def out(world: World, folder: Path, reason: str = "A check", **wanted: Any) -> Exported:
    return export(world.database, folder, Wanted(**wanted), Act("test", MADE_ON, secrets.token_hex(16), reason))


def table(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


def test_every_kind_of_answer_comes_back(small: World, tmp_path: Path) -> None:
    give(small, answers={"Q1": "half", "Q2": "na", "M1": ("home", "yard"), "A1": "grown"}, mode="assisted", help="read")
    give(small, answers={"Q1": "dk", "Q2": "pns", "M1": "pns"}, language="bn")
    give(small, answers={"Q1": "seldom"}, variant="short", mode="paper", day=date(2026, 7, 2))
    made = out(small, tmp_path / "out")
    assert made == Exported({"2026-27-Q2": 1, QUARTER: 2}, (NOTES_FILE, "dictionary_tiny_1.0.0.csv", FILE))
    content = (tmp_path / "out" / FILE).read_bytes()
    assert content.splitlines()[0].decode().split(",") == HEAD + TINY_CELLS
    assert content.count(b"\r\n") == content.count(b"\n") == 4
    assert sorted(content.decode().splitlines()[1:]) == [
        "2026-27-Q2,E09000022,paper,none,short,1.0.0,en,0,seldom,not_asked,not_asked,not_asked,not_asked,not_asked,skipped",
        "2026-27-Q3,E09000022,assisted,read,full,1.0.0,en,0,half,na,1,0,1,0,grown",
        "2026-27-Q3,E09000022,self_phone,none,full,1.0.0,bn,0,dk,pns,pns,pns,pns,pns,skipped",
    ]


def read_back(line: str) -> dict[str, Any]:
    """Answers by question, from a line of cells."""
    [cells] = csv.reader([line])
    found: dict[str, Any] = {}
    for name, cell in zip(headings(LAYOUT), cells, strict=True):
        code, _, option = name.partition(".")
        if option and cell in "01":
            found[code] = found.get(code, ()) + ((option,) if cell == "1" else ())
        else:
            assert found.setdefault(code, cell) == cell
    return found


@pytest.mark.parametrize("variant", ["full", "short"])
def test_what_is_encoded_and_exported_is_read_again_as_it_was(variant: str) -> None:
    checker, cells = Checker(SURVEY, LAYOUT, variant), Cells(LAYOUT, str)

    @given(st.lists(answers_to(SURVEY, variant), max_size=5))
    def round_trip(people: list[dict[str, Any]]) -> None:
        cards = [checker.check(answers).card for answers in people]
        lines = list(map(",".join, zip(*cells.texts(cards), strict=True)))
        assert [read_back(line) for line in lines] == [LAYOUT.decode(card) for card in cards]

    round_trip()


@pytest.mark.parametrize("card", ["", "0" * (LAYOUT.width - 1), "0" * (LAYOUT.width + 1), "~" * LAYOUT.width])
def test_a_card_that_does_not_fit_stops_the_export(card: str) -> None:
    with pytest.raises(CardError):
        list(map(list, Cells(LAYOUT, str).texts([card])))


def test_what_is_remembered_is_forgotten_before_it_is_too_much() -> None:
    known = Remembered(str)
    assert all(known[number] == str(number) for number in range(20_000))
    assert len(known) <= 5_000


def test_held_and_withdrawn_answers_are_left_out(small: World, tmp_path: Path) -> None:
    taken_back = give(small, answers={"Q1": "half"})
    give(small, answers={"Q1": "often"})
    give(small, answers={"Q1": "seldom"}, quota=1)
    with small.database.transaction():
        assert withdraw.withdraw(small.database, withdraw.receipt_mac(SEALER, taken_back.receipt or 0), TODAY)
    assert out(small, tmp_path / "out").rows == {QUARTER: 1}
    assert [row["Q1"] for row in table(tmp_path / "out" / FILE)] == ["often"]


def test_nothing_of_place_visit_day_key_id_or_written_answer_goes_out(small: World, tmp_path: Path) -> None:
    sent = give(small, answers={"Q1": "often", "T1": "My secret words"}, visit="visit-77")
    [(response_id,)] = small.database.rows("SELECT id FROM response")
    hashes = small.database.rows("SELECT key_mac, content_mac, mac FROM submission JOIN receipt USING (key_mac)")[0]
    out(small, tmp_path / "out", excel=True)
    content = b"".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
    words = [small.venue, "Fade Kings", "visit-77", "secret words", "T1", TODAY.isoformat(), str(sent.receipt)]
    binary = [sent.key, response_id, *hashes]
    for word in [*words, *(found.hex() for found in binary)]:
        assert word.encode() not in content, word
    for found in binary:
        assert found not in content


def test_lines_of_one_place_do_not_stand_together(small: World, tmp_path: Path) -> None:
    places = {"en": small.venue, "bn": add_venue(small.database, small.settings, "Second")}
    for language in [*["en"] * 30, *["bn"] * 30]:
        give(small, language=language, venue=places[language])
    orders = []
    for name in ("one", "two"):
        out(small, tmp_path / name)
        orders.append([row["language"] for row in table(tmp_path / name / FILE)])
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != orders[1]
    assert sum(a != b for a, b in zip(orders[0], orders[0][1:], strict=False)) > 5


def test_each_survey_version_has_a_file_with_its_own_columns(small: World, tmp_path: Path) -> None:
    give(small)
    newer = tiny(TINY.replace("version: 1.0.0", "version: 1.1.0").replace("{code: half,", "{code: half_way,"))
    with small.database.transaction():
        publish(small.database, newer, [], Act("test", TODAY, "second"))
    small.published = current(small.database)
    assert out(small, tmp_path / "one").files == (NOTES_FILE, "dictionary_tiny_1.0.0.csv", FILE)
    give(small, answers={"Q1": "half_way"})
    assert out(small, tmp_path / "two").rows == {QUARTER: 2}
    found = {name: table(tmp_path / "two" / f"responses_tiny_{name}.csv") for name in ("1.0.0", "1.1.0")}
    assert {name: [row["Q1"] for row in rows] for name, rows in found.items()} == {
        "1.0.0": ["often"],
        "1.1.0": ["half_way"],
    }


def test_an_area_is_that_of_the_quarter_and_a_named_quarter_comes_alone(small: World, tmp_path: Path) -> None:
    give(small)
    give(small, day=NEXT_DAY)
    small.database.execute("UPDATE venue_area SET valid_to = '2026-12-31'")
    small.database.execute(
        "INSERT INTO venue_area VALUES (:venue, 'E09000001', '2027-01-01', NULL)", {"venue": small.venue}
    )
    out(small, tmp_path / "all")
    found = {row["period"]: row["area_code"] for row in table(tmp_path / "all" / FILE)}
    assert found == {QUARTER: "E09000022", "2026-27-Q4": "E09000001"}
    assert out(small, tmp_path / "one", periods=(parse(QUARTER),)).rows == {QUARTER: 1}
    with pytest.raises(ExportError, match="2020-21-Q1"):
        out(small, tmp_path / "none", periods=(parse(QUARTER), parse("2020-21-Q1")))
    assert not (tmp_path / "none").exists()


HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", 'a,"b"', "a\r\nb", "plain"]


@given(st.lists(st.sampled_from(HOSTILE) | st.text(st.characters(codec="utf-8"), min_size=1), min_size=2, max_size=20))
def test_hostile_codes_are_quoted_and_disarmed_only_when_asked(codes: list[str]) -> None:
    codes = list(dict.fromkeys(codes))
    chars = tuple((code, str(number)) for number, code in enumerate(codes[:10]))
    cards = [char for _, char in chars]
    for guard in (str, disarmed):
        cells = Cells(Layout((Column("Q", 0, 1, chars),)), guard)
        text = "\r\n".join(map(",".join, zip([csv_text(["x"], str)] * len(cards), *cells.texts(cards), strict=True)))
        read = [row[1] for row in csv.reader(io.StringIO(text, newline=""), strict=True)]
        assert read == [guard(code) for code, _ in chars]


def test_formulas_are_disarmed_in_the_excel_variant_only(tmp_path: Path) -> None:
    survey = tiny(TINY.replace("label: Often", 'label: "=HYPERLINK(1)"').replace('"Where?"', '"@Where, \\"now\\"?"'))
    world = make_world(tmp_path, survey)
    give(world)
    files = out(world, tmp_path / "out", excel=True).files
    assert files == (
        NOTES_FILE,
        "dictionary_tiny_1.0.0.csv", "dictionary_tiny_1.0.0_excel.csv", FILE, "responses_tiny_1.0.0_excel.csv",
    )  # fmt: skip
    plain = {cell for row in table(tmp_path / "out" / files[1]) for cell in row.values()}
    assert {"=HYPERLINK(1)", '@Where, "now"? Home'} <= plain
    for name in (files[2], files[4]):
        assert (tmp_path / "out" / name).read_bytes().startswith(b"\xef\xbb\xbf")
        rows = table(tmp_path / "out" / name, "utf-8-sig")
        assert not [cell for row in rows for cell in row.values() if cell.startswith(FORMULA)]
    assert "'=HYPERLINK(1)" in {row["label"] for row in table(tmp_path / "out" / files[2], "utf-8-sig")}
    assert table(tmp_path / "out" / FILE) == table(tmp_path / "out" / files[4], "utf-8-sig")


def test_the_dictionary_explains_every_column_and_every_code(small: World, tmp_path: Path) -> None:
    give(small, answers={"Q1": "half", "M1": ("home",)})
    give(small, variant="short", help="typed", mode="assisted")
    out(small, tmp_path / "out")
    book = table(tmp_path / "out" / "dictionary_tiny_1.0.0.csv")
    rows = table(tmp_path / "out" / FILE)
    assert list(dict.fromkeys(row["column"] for row in book)) == list(rows[0])
    listed = {(row["column"], row["code"]) for row in book}
    for row in rows:
        for column, cell in row.items():
            assert (column, cell) in listed or (column, "") in listed
    assert {row["code"]: row["score"] for row in book if row["column"] == "Q1"}["half"] == "50"


def test_why_and_how_much_stand_in_the_audit_log(small: World, tmp_path: Path) -> None:
    give(small)
    give(small, day=NEXT_DAY)
    out(small, tmp_path / "out", "  For the\nannual   check ")
    assert (
        MADE_ON.isoformat(), "test", "export-responses", f"{QUARTER} 2026-27-Q4", "2 For the annual check"
    ) in log.entries(small.database)  # fmt: skip
    notes = (tmp_path / "out" / NOTES_FILE).read_text()
    for word in ("For the annual check", "not anonymous", "not for commissioners", "Delete it", "Lines: 2"):
        assert word in notes


@pytest.mark.parametrize("reason", ["", " \n\t", "x" * 301, "bell\a"])
def test_without_a_good_reason_nothing_is_written(small: World, tmp_path: Path, reason: str) -> None:
    give(small)
    before = small.count("audit")
    with pytest.raises(ExportError, match="--reason"):
        out(small, tmp_path / "out", reason)
    assert (small.count("audit"), list(tmp_path.glob("*out*"))) == (before, [])


def test_files_are_private_and_nothing_is_written_over(small: World, tmp_path: Path) -> None:
    give(small)
    (tmp_path / "out").mkdir(mode=0o755)
    out(small, tmp_path / "out")
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "out").iterdir()} == {0o600}
    content = (tmp_path / "out" / FILE).read_bytes()
    (tmp_path / "file").write_text("mine")
    for taken in ("out", "file"):
        with pytest.raises(ExportError, match="is there already"):
            out(small, tmp_path / taken)
    assert (tmp_path / "out" / FILE).read_bytes() == content
    assert (tmp_path / "file").read_text() == "mine"
    assert not list(tmp_path.glob(".*.part"))


def test_what_a_killed_run_left_is_cleared_by_the_next(small: World, tmp_path: Path) -> None:
    give(small)
    (tmp_path / ".out.part").mkdir()
    (tmp_path / ".out.part" / FILE).write_text("half")
    out(small, tmp_path / "out")
    assert len(table(tmp_path / "out" / FILE)) == 1
    assert not (tmp_path / ".out.part").exists()


def test_invented_answers_are_named_as_such(small: World, tmp_path: Path) -> None:
    give(small)
    files = out(small, tmp_path / "out", synthetic=True).files
    assert files[1:] == ("dictionary_synthetic_tiny_1.0.0.csv", "responses_synthetic_tiny_1.0.0.csv")
    assert "SYNTHETIC" in (tmp_path / "out" / NOTES_FILE).read_text()


def typed(world: World, *words: str) -> Result:
    folders = {"COLLECTOR_DATA": str(world.settings.data), "COLLECTOR_EXPORTS": str(world.settings.exports)}
    return CliRunner().invoke(collector, ["export-responses", *words], env=folders)


def test_the_command_asks_for_a_reason_and_keeps_away_from_releases(tmp_path: Path) -> None:
    world = make_world(tmp_path, tiny(), synthetic=True)
    give(world)
    refused = typed(world, "--to", str(tmp_path / "out"))
    assert isinstance(refused.exception, ExportError)
    among = typed(world, "--to", str(world.settings.exports / "rows"), "--reason", "A check")
    assert "commissioners" in str(among.exception)
    done = typed(world, "--to", str(tmp_path / "out"), "--reason", "A check", "--period", QUARTER)
    assert (done.exit_code, done.output.splitlines()[0]) == (0, f"1 people's answers are in {tmp_path}/out:")
    assert "responses_synthetic_tiny_1.0.0.csv" in done.output
    assert not world.settings.exports.exists()


FILL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
from collector.cli import main
main()
"""
KILL = """
import os, signal
from collector.microdata import lines
whole = lines.Lines.text
def text(self, *given):
    os.kill(os.getpid(), signal.SIGKILL)
lines.Lines.text = text
from collector.cli import main
main()
"""


@pytest.mark.parametrize(("program", "left"), [(FILL, []), (KILL, [".out.part"])], ids=["full disk", "kill"])
def test_a_full_disk_or_a_kill_leaves_nothing_under_the_final_name(
    small: World, tmp_path: Path, program: str, left: list[str]
) -> None:
    give(small)
    rows = small.database.rows("SELECT * FROM response")
    marks = ", ".join("?" * len(rows[0]))
    with small.database.transaction():
        many = [(*row[:2], secrets.token_bytes(16), *row[3:]) for row in rows * 4_000]
        small.database.many(f"INSERT INTO response VALUES ({marks})", many)
    before = small.count("audit")
    done = subprocess.run(
        [sys.executable, "-c", program, "export-responses", "--to", str(tmp_path / "out"), "--reason", "A check"],
        env={"COLLECTOR_DATA": str(small.settings.data)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in (1, -signal.SIGKILL)
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.glob("*out*")] == left
    assert small.count("audit") == before


def test_one_place_reads_whole_answers_for_output() -> None:
    root = Path(__file__).parent.parent / "collector"
    reads = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if re.search(r"\bcard\b[^\"]*\bFROM response\b", path.read_text(encoding="utf-8"))
    }
    assert reads == {"summaries/store.py", "microdata/lines.py"}


def test_the_table_of_commands_names_each_as_it_is_called() -> None:
    assert {name: command.name for name, command in collector.commands.items()} == {name: name for name in COMMANDS}
    assert "nosuch" not in collector.commands
    assert len(collector.commands) == len(COMMANDS)
