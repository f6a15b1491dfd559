"""The commands, as somebody at the server types them. Errors are one sentence and exit status 1."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from collector.cli import collector
from collector.responses.importing import REQUIRED

ROOT = Path(__file__).parent.parent


class Shell:
    """Types commands into a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {"PATH": os.environ["PATH"], "HOME": str(folder)}

    def run(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "collector", *words], cwd=self.folder, env={**self.env, **settings},
            capture_output=True, text=True, timeout=400, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def ok(self, *words: str, **settings: str) -> str:
        done = self.run(*words, **settings)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def fails(self, *words: str, **settings: str) -> str:
        done = self.run(*words, **settings)
        assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
        return done.stdout + done.stderr


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def every_command() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, command in collector.commands.items():
        found.append((name,))
        if isinstance(command, click.Group):
            found += [(name, sub) for sub in command.commands]
    return found


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_each_command_explains_itself_with_an_example(words: tuple[str, ...]) -> None:
    command: click.Command = collector
    for word in words:
        assert isinstance(command, click.Group)
        command = command.commands[word]
    text = command.get_help(click.Context(command, info_name=" ".join(words)))
    assert command.help
    if not isinstance(command, click.Group):
        assert "Example:" in text
        assert f"collector {' '.join(words)}" in text


def test_help_says_whole_sentences_by_who_needs_them_and_days_in_words() -> None:
    said = CliRunner().invoke(collector, ["--help"]).output.partition("Options:")[2]
    assert "..." not in said
    at = [said.index(f"\n  {name} ") for name in ("init", "status", "release", "publish", "backup")]
    assert at == sorted(at)
    for words in every_command():
        assert f"\n  {words[0]} " in said
        assert "%" not in CliRunner().invoke(collector, [*words, "--help"]).output.replace("%(", "")
    places = CliRunner().invoke(collector, ["venue", "--help"]).output.partition("Commands:")[2]
    assert "..." not in places


def test_an_installation_is_set_up_completed_and_never_changed_by_repeating(shell: Shell) -> None:
    assert "Not set yet" in shell.ok("init", "--organisation", "Our House")
    secret = (shell.folder / "data" / "secret.key").read_text()
    shell.ok("init", "--funder", "A Fund")
    written = (shell.folder / "data" / "collector.toml").read_text()
    assert 'organisation = "Our House"' in written
    assert 'funder = "A Fund"' in written
    shell.ok("init")
    assert (shell.folder / "data" / "secret.key").read_text() == secret
    assert (shell.folder / "data" / "collector.toml").read_text() == written
    for path in ("data", "data/secret.key", "data/collector.toml", "data/collector.db"):
        assert (shell.folder / path).stat().st_mode & 0o077 == 0, path


def test_real_answers_never_become_synthetic_nor_the_other_way(shell: Shell) -> None:
    shell.ok("init", "--example")
    assert "cannot become synthetic" in shell.fails("init", "--synthetic")
    assert "for real answers" in shell.fails("demo")
    shell.ok("init", "--synthetic", "--example", COLLECTOR_DATA="practice")
    shell.ok("init", COLLECTOR_DATA="practice")
    assert json.loads(shell.ok("venue", "list", "--json", COLLECTOR_DATA="practice"))


def test_the_demo_is_plausible_marked_and_the_same_every_time(shell: Shell) -> None:
    folder, again = _demo(shell, "one"), _demo(shell, "two")
    [release] = sorted((folder / "exports").iterdir())
    assert release.name.split("_")[-2] == "2025-26-Q4"
    for file in release.iterdir():
        assert "synthetic" in file.parent.name
        assert file.suffix == ".xlsx" or b"synthetic" in file.read_bytes().lower()
    for file in (folder / "data" / "synthetic.csv", *release.iterdir()):
        assert file.read_bytes() == (again / file.relative_to(folder)).read_bytes(), file.name
    sutton = [row for row in _rows(release) if row["area_code"] == "E09000029" and row["breakdown"] == "ethnic6"]
    assert any(row["value_marker"] == "[c]" for row in sutton)


def _demo(shell: Shell, name: str) -> Path:
    """Make a demo of one quarter, and again to no effect; its folder."""
    settings = {"COLLECTOR_DATA": f"{name}/data", "COLLECTOR_EXPORTS": f"{name}/exports"}
    shell.ok("init", "--synthetic", "--example", **settings)
    said = shell.ok("demo", "--quarters", "1", **settings)
    assert "600 synthetic answers stored" in said
    assert [line.partition(": ")[0] for line in said.splitlines()[1:]] == ["2025-26-Q4"], "one line a quarter"
    assert "0 synthetic answers stored, 600 were there already" in shell.ok("demo", "--quarters", "1", **settings)
    return shell.folder / name


def _rows(folder: Path) -> list[dict[str, str]]:
    tidy = folder / f"{folder.name}.csv"
    with tidy.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_real_answers_are_released_once_and_proved(shell: Shell) -> None:
    shell.ok("init", "--example")
    [venue] = json.loads(shell.ok("venue", "list", "--json"))
    with (shell.folder / "paper.csv").open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([*REQUIRED, "OV1"])
        for n in range(12):
            writer.writerow(
                [n, "trust-core", "1.0.0", "full", venue["code"], "", "2026-05-04", "en", "paper", "always"]
            )
    assert "12 stored" in shell.ok("import-responses", "paper.csv", "--source", "paper")
    assert "2026-27-Q1: 12 responses" in shell.ok("rollup", "--period", "2026-27-Q1")
    folder = json.loads(shell.ok("release", "--period", "2026-27-Q1", "--draft", "--json"))["folder"]
    assert Path(folder).parent == shell.folder / "exports" / "draft"
    assert {row["status"] for row in _rows(Path(folder))} == {"draft"}
    folder = json.loads(shell.ok("release", "--period", "2026-27-Q1", "--yes", "--json"))["folder"]
    assert {row["status"] for row in _rows(Path(folder))} == {"final"}
    assert ": well" in shell.ok("verify")
    assert "Fewer than ten" in shell.fails(
        "release", "--period", "2026-27-Q1", "--correct", "--reason", "missed", "--yes"
    )
    assert "_r1" in shell.ok("release", "--period", "2026-27-Q1", "--notice", "missed", "--yes")


def test_rejected_rows_give_exit_status_1_and_a_file(shell: Shell) -> None:
    shell.ok("init", "--example")
    (shell.folder / "bad.csv").write_text(
        ",".join([*REQUIRED, "OV1"]) + "\n1,trust-core,9.9.9,full,x,,2026-05-04,en,paper,always\n"
    )
    assert "1 rejected" in shell.fails("import-responses", "bad.csv", "--source", "paper")
    assert (shell.folder / "bad.csv.rejected.csv").exists()


def test_check_names_file_line_what_and_cure(shell: Shell) -> None:
    (shell.folder / "forms").mkdir()
    text = (ROOT / "forms" / "trust-core.yaml").read_text()
    (shell.folder / "forms" / "mine.yaml").write_text(text.replace("score: 75", "score: 750"))
    said = shell.fails("check", "forms")
    assert "mine.yaml:44: the score 750 of `mostly` is outside 0 to 100. Use 0 to 100." in said
    assert shell.ok("check").endswith("2 survey files are well, 0 faults.\n")


def test_a_changed_file_under_a_published_version_is_an_error_of_check_and_publish(shell: Shell) -> None:
    shell.ok("init", "--example")
    (shell.folder / "forms").mkdir()
    text = (ROOT / "forms" / "trust-core.yaml").read_text()
    (shell.folder / "forms" / "trust-core.yaml").write_text(text.replace("Most of the time", "Mostly"))
    assert "is published, and this file now says something else" in shell.fails("check", "forms")
    assert "is published" in shell.fails("publish", "forms")
    assert "published before" in shell.ok("publish")


def test_venues_are_added_listed_raised_and_closed(shell: Shell) -> None:
    shell.ok("init", "--example")
    added = json.loads(
        shell.ok(
            "venue",
            "add",
            "--name",
            "Fade Kings",
            "--kind",
            "barbershop",
            "--area",
            "E09000022",
            "--languages",
            "en,bn,ur",
            "--json",
        )
    )
    assert added["address"].endswith(f"/v/{added['code']}")
    assert "Fade Kings (barbershop)  en,bn,ur" in shell.ok("venue", "list")
    assert "200 answers" in shell.ok("venue", "quota", added["code"], "200", "--day", "2026-12-05")
    assert added["address"] in shell.ok("venue", "qr", added["code"], "poster.svg", "--local")
    assert (shell.folder / "poster.svg").read_text().startswith("<?xml")
    shell.ok("venue", "close", added["code"], "--yes")
    assert "to confirm" in shell.ok("venue", "areas")
    assert "not an area" in shell.fails("venue", "add", "--name", "X", "--kind", "salon", "--area", "E1")
    assert "Nothing is held." in shell.ok("held", "list")
    assert "Nothing is held for" in shell.fails("held", "admit", added["code"], "2026-12-05")


MISTAKES = [
    (("venue", "list"), {}, "collector init"),
    (("rollup", "--period", "last year"), {}, "not a period"),
    (("release", "--period", "2026-27-Q9"), {}, "not a period"),
    (("serve",), {"COLLECTOR_WORKERS": "none"}, "COLLECTOR_WORKERS"),
    (("venue", "areas"), {"COLLECTOR_AREAS": "/nowhere.csv"}, "The areas file"),
]


@pytest.mark.parametrize(("words", "settings", "said"), MISTAKES)
def test_a_mistake_gets_one_sentence_that_says_what_to_do(shell, words, settings, said) -> None:
    assert said in shell.fails(*words, **settings)


def test_nobody_else_may_connect_until_the_settings_are_real(shell: Shell) -> None:
    shell.ok("init", "--example")
    assert "examples" in shell.fails("serve", "--listen", "0.0.0.0")
    assert "organisation, funder" in shell.fails(
        "serve", "--listen", "::", COLLECTOR_DATA="data", COLLECTOR_ORGANISATION="", COLLECTOR_FUNDER=""
    )


def test_jobs_are_listed_and_run(shell: Shell) -> None:
    shell.ok("init", "--example")
    assert "backup" in shell.ok("jobs")
    assert "done" in shell.ok("jobs", "run", "backup")
    listed = {job["job"]: job for job in json.loads(shell.ok("jobs", "--json"))}
    assert listed["backup"]["outcome"] == "done"
    assert "0 written answers" in shell.ok("jobs", "run", "retention")
