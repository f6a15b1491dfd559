"""The guide for a pile of paper, step by step: each of its commands is run, in its order, in one folder."""

from __future__ import annotations

import csv
import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.cli import collector
from collector.errors import CollectorError

GUIDE = Path(__file__).parent.parent / "docs" / "paper.md"
COMMANDS = [shlex.split(line)[1:] for line in re.findall(r"^    (collector .*)$", GUIDE.read_text("utf-8"), re.M)]


class Shell:
    """Types commands into a folder, without a process for each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *words: str) -> tuple[int, str]:
        done = CliRunner().invoke(collector, list(words))
        assert done.exception is None or isinstance(done.exception, (CollectorError, SystemExit)), done.exc_info
        return done.exit_code, f"{done.output}{done.exception}"

    def ok(self, *words: str) -> str:
        status, said = self.run(*words)
        assert status == 0, said
        return said.removesuffix("None")

    def fails(self, *words: str) -> str:
        status, said = self.run(*words)
        assert status == 1, said
        return said


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    shell = Shell(tmp_path)
    shell.ok("init", "--example")
    return shell


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def save(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_the_guide_is_true_to_the_letter(shell: Shell) -> None:
    template, first, british, mended, elsewhere, again, listed, back, renamed = COMMANDS
    sheet = shell.folder / "paper.csv"

    assert str(sheet) in shell.ok(*template)
    codes = rows_of(shell.folder / "paper-codes.csv")
    [example] = rows_of(sheet)
    assert {row["column"] for row in codes} == set(example)
    assert {row["write"] for row in codes if row["column"] == "OV1"} >= {example["OV1"], "dk", "pns"}

    forms = [{**example, "key": f"P-{n}", "O1": f"Form {n}"} for n in range(30)]
    forms[0]["OV1"] = "perhaps"
    save(sheet, [example, *forms])
    said = shell.fails(*first)
    assert "29 stored, 0 were there already, 1 rejected" in said
    assert str(shell.folder / "paper.csv.rejected.csv") in said
    assert "The example row was passed over" in said

    report = shell.folder / "paper.csv.rejected.csv"
    save(report, [{**row, "OV1": "Always"} for row in rows_of(report)])
    assert "1 stored" in shell.ok(*mended)

    day = "/".join(reversed(example["day"].split("-")))
    save(sheet, [{**form, "OV1": form["OV1"].replace("perhaps", "always"), "day": day} for form in forms])
    assert "--days dmy" in shell.fails(*elsewhere) + (shell.folder / "rejected.csv").read_text()
    assert "30 were there already" in shell.ok(*british)

    save(sheet, [{**form, "key": f"{n}", "OV1": "always"} for n, form in enumerate(forms)])
    assert "--again" in shell.fails(*first)
    assert "30 stored" in shell.ok(*again)

    assert "1  " in shell.ok(*listed)
    assert "29 answers taken back" in shell.ok(*back)
    assert "taken back (wrong place)" in shell.ok(*listed)
    assert [act["state"] for act in json.loads(shell.ok("imports", "--json"))][-1] == "taken back"
    save(sheet, [{**form, "OV1": "always", "O1": f"Mended {n}"} for n, form in enumerate(forms)])
    assert "30 stored" in shell.ok(*renamed)


def test_a_template_never_takes_the_place_of_another_file(shell: Shell) -> None:
    (shell.folder / "paper.csv").write_text("mine")
    assert "is there already" in shell.fails("import-responses", "--template", "paper.csv")
    assert (shell.folder / "paper.csv").read_text() == "mine"


def test_a_command_without_file_or_source_says_what_it_needs(shell: Shell) -> None:
    for words in ((), ("--source", "paper")):
        status, said = shell.run("import-responses", *words)
        assert status == 2
        assert "--source paper" in said
