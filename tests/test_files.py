"""Files that are named on the command line: those of the folder the person stands in, by their whole names."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest

from collector.cli import collector
from collector.commands.files import FILE, NEW_FILE, Named
from tests.desk import Desk, desk
from tests.test_acts import a_paper_file, last_year

__all__ = ["desk"]
ROOT = Path(__file__).parent.parent


@contextmanager
def somebody_else() -> Iterator[None]:
    """As the user of a service, who cannot go where we can."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


def refused(kind: Named, path: Path) -> str:
    with pytest.raises(click.BadParameter) as caught, somebody_else():
        kind.convert(str(path), None, None)
    return caught.value.message


def test_each_command_says_the_whole_name_of_its_file(desk: Desk) -> None:
    here = desk.folder
    assert f"Saved {here / 'saved.tar.gz'} (" in desk.ok("backup", "saved.tar.gz")
    desk.ok("restore", "saved.tar.gz", "--replace")
    a_paper_file(desk)
    paper = here / "paper.csv"
    paper.write_text(paper.read_text().replace("1.0.0", "9.9.9"))
    assert str(here / "paper.csv.rejected.csv") in desk.fails("import-responses", "paper.csv", "--source", "paper")
    assert f"Written: {here / 'bn.po'}" in desk.ok("languages", "export", "bn", "--to", "bn.po")


def test_an_export_says_the_whole_name_of_its_folder(desk: Desk) -> None:
    last_year(desk)
    said = desk.ok("export-responses", "--to", "out", "--reason", "Does the short form answer alike?")
    assert f"are in {desk.folder / 'out'}:" in said


@pytest.mark.parametrize(
    "words",
    [("import-responses", "no.csv", "--source", "paper"), ("restore", "no.csv"), ("languages", "import", "no.csv"),
     ("languages", "record", "bn", "UN_PCC1", "no.csv", "--voice", "R")],
)  # fmt: skip
def test_a_file_that_is_not_there_is_named_whole(desk: Desk, words: tuple[str, ...]) -> None:
    code, said = desk.type(*words)
    assert code == 2
    assert f"There is no file {desk.folder / 'no.csv'}." in " ".join(said.split())


def test_every_command_takes_its_files_this_way() -> None:
    def below(group: click.Group) -> Iterator[click.Command]:
        for command in group.commands.values():
            yield from below(command) if isinstance(command, click.Group) else (command,)

    for command in below(collector):
        for parameter in command.params:
            assert not isinstance(parameter.type, click.Path | click.File), (command.name, parameter.name)


def test_a_file_that_the_program_may_not_read_is_told_with_the_way_in(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "paper.csv").write_text("x")
    open_file = tmp_path / "closed.csv"
    open_file.write_text("x")
    open_file.chmod(0o600)
    for path in (home / "paper.csv", open_file):
        said = refused(FILE, path)
        assert f"who may not read {path}" in said
        assert f"sudo install -o nobody -m 600 {path} " in said


def test_a_folder_that_the_program_may_not_write_into_is_told_with_the_way_out(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    said = refused(NEW_FILE, tmp_path / "poster.svg")
    assert f"who may not write into {tmp_path}" in said
    assert f"poster.svg {tmp_path / 'poster.svg'}" in said


def test_a_new_file_in_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for name, why in ((tmp_path / "no" / "x.svg", "There is no folder"), (tmp_path, "is a folder")):
        with pytest.raises(click.BadParameter, match=why):
            NEW_FILE.convert(str(name), None, None)


def test_the_command_of_a_server_stays_in_the_folder_that_the_person_stands_in() -> None:
    lines = (ROOT / "deploy" / "collector").read_text().splitlines()
    assert not [line for line in lines if line.split()[:1] == ["cd"]]


def test_windows_is_told_in_words_what_is_needed() -> None:
    program = "import sys; sys.modules['fcntl'] = None; from collector.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "On Windows, install WSL" in done.stderr
    assert "Traceback" not in done.stderr
    assert "WSL" in (ROOT / "README.md").read_text()
