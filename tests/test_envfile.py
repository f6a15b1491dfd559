"""Files of settings: read as systemd reads an EnvironmentFile, and never run."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from collector import envfile
from collector.cli import collector
from collector.errors import SettingsError
from tests.installed import ROOT

DOCUMENTED = (
    ("A=1\n\n# B=2\n; C=3\nno assignment\nD=4", {"A": "1", "D": "4"}),
    ("A=Ama, the front desk", {"A": "Ama, the front desk"}),
    ("A=  blanks at the ends go \t\r\nB=2\r\n", {"A": "blanks at the ends go", "B": "2"}),
    ("A=it costs $5 $(date) `date` ${HOME}", {"A": "it costs $5 $(date) `date` ${HOME}"}),
    ("A='say \"hi\" \\n $x'", {"A": 'say "hi" \\n $x'}),
    ('A="say \\"hi\\" \\$x \\` \\\\ \\n"', {"A": 'say "hi" $x ` \\ \\n'}),
    ("A='two\nlines'\nB=\"two\\\nhalves\"", {"A": "two\nlines", "B": "twohalves"}),
    ("A=one \\\n  line", {"A": "one   line"}),
    ("A=back\\\\slash\\ and\\ ", {"A": "back\\slash and "}),
    ('A=Ama\'s "desk"', {"A": 'Ama\'s "desk"'}),
    ("A='a' \"b\"c", {"A": "abc"}),
    ("A=\nB=", {"A": "", "B": ""}),
    ("A=1\nA=2", {"A": "2"}),
    (" A =1", {"A": "1"}),
    ("A=1 # no comment", {"A": "1 # no comment"}),
    ("A='never closed\nB=2", {"A": "never closed\nB=2"}),
    ("A=b=c", {"A": "b=c"}),
)


@pytest.mark.parametrize(("text", "values"), DOCUMENTED)
def test_each_rule_of_systemd_is_kept(text: str, values: dict[str, str]) -> None:
    assert {line.name: line.value for line in envfile.parse(text)} == values


def test_a_line_that_systemd_passes_over_is_named(tmp_path: Path) -> None:
    file, found = tmp_path / "collector.env", dict[str, str]()
    file.write_bytes("\ufeffCOLLECTOR_DATA=/x\n\nexport COLLECTOR_FUNDER=Lambeth\nCOLLECTOR_HOST=y\n".encode())
    said = envfile.apply(file, found)
    assert found == {"COLLECTOR_HOST": "y"}
    assert ["line 1" in said[0], "line 3" in said[1], "'export COLLECTOR_FUNDER'" in said[1]] == [True] * 3


@pytest.mark.parametrize("content", [b"A=\xff", b"A=\0", b"# a comment \\\nA=1", None])
def test_a_file_that_cannot_be_read_for_certain_is_refused_by_name(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "collector.env").write_bytes(content)
    with pytest.raises(SettingsError, match=r"collector\.env cannot be read"):
        envfile.read(tmp_path / "collector.env")


TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))


@given(st.dictionaries(st.sampled_from(["A", "B_2", "_c"]), TEXTS))
def test_what_is_written_reads_as_it_was(values: dict[str, str]) -> None:
    assert {line.name: line.value for line in envfile.parse(envfile.as_text(values))} == values


def test_a_command_takes_settings_from_the_file_and_what_is_set_already_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", {**os.environ, "COLLECTOR_DATA": str(tmp_path / "drill")})
    (tmp_path / "e").write_text(f"COLLECTOR_DATA={tmp_path / 'real'}\nCOLLECTOR_DAILY_QUOTA=many $5\n")
    done = CliRunner().invoke(collector, ["--env-file", str(tmp_path / "e"), "jobs"])
    assert isinstance(done.exception, SettingsError)
    assert "COLLECTOR_DAILY_QUOTA is 'many $5'" in str(done.exception)
    assert os.environ["COLLECTOR_DATA"] == str(tmp_path / "drill")


def test_the_command_of_the_server_runs_nothing_that_stands_in_the_settings(tmp_path: Path) -> None:
    (tmp_path / "env").write_text(f"COLLECTOR_FUNDER=Lambeth touch {tmp_path}/ran; $(touch {tmp_path}/ran)\n")
    (tmp_path / "program").write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
    (tmp_path / "runuser").write_text('#!/bin/sh\nshift 3\nexec "$@"\n')
    (tmp_path / "id").write_text("#!/bin/sh\necho 0\n")
    text = (ROOT / "deploy" / "collector").read_text().replace("/etc/collector/collector.env", str(tmp_path / "env"))
    text = text.replace("/opt/collector/venv/bin/collector", str(tmp_path / "program"))
    (tmp_path / "collector").write_text(text.replace("/var/lib/collector", str(tmp_path)))
    (tmp_path / "chown").write_text("#!/bin/sh\n")
    for name in ("program", "runuser", "id", "chown"):
        (tmp_path / name).chmod(0o700)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    command = ["sh", str(tmp_path / "collector"), "venue", "add", "Fade Kings"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=20)
    assert done.stdout == f"--env-file|{tmp_path / 'env'}|venue|add|Fade Kings|", done.stderr
    assert not (tmp_path / "ran").exists()
