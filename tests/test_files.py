"""Files that are named on the command line: those of the folder the person stands in, by their whole names."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from collector.cli import collector
from collector.commands.files import FILE, NEW_FILE, Named
from collector.responses.importing import REQUIRED
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
    paper.write_text(paper.read_text().replace("1.1.0", "9.9.9"))
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


@dataclass
class Server:
    """A server as the guide makes it: `sudo collector`, typed by somebody whose home is closed to the service."""

    root: Path
    home: Path

    def sudo(self, *words: str) -> tuple[int, str]:
        done = subprocess.run(
            ["sh", str(self.root / "collector"), *words], cwd=self.home, env={"PATH": os.environ["PATH"], "SUDO_USER": "games"},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def server() -> Iterator[Server]:
    """The real script, with `nobody` as the user of the service and `games` as the person who types."""
    python = Path(f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}")
    if os.geteuid() != 0 or shutil.which("runuser") is None or not python.exists():
        pytest.skip("needs root, Linux, and a Python that every user may run")
    with tempfile.TemporaryDirectory() as folder:
        root, home = Path(folder), Path(folder) / "home"
        root.chmod(0o755)
        for name, user in (("home", "games"), ("var", "nobody")):
            (root / name).mkdir(mode=0o700)
            shutil.chown(root / name, user)
        (root / "collector.env").write_text(f"COLLECTOR_DATA={root}/var/data\nCOLLECTOR_EXPORTS={root}/var/exports\n")
        paths = f"{ROOT}:{sysconfig.get_path('purelib')}"
        (root / "program").write_text(f'#!/bin/sh\nPYTHONPATH={paths} exec {python} -m collector "$@"\n')
        (root / "program").chmod(0o755)
        text = (ROOT / "deploy" / "collector").read_text()
        for there, here in {
            "/etc/collector/": f"{root}/", "/opt/collector/venv/bin/collector": f"{root}/program",
            "/var/lib/collector": f"{root}/var", "-u collector": "-u nobody", "chown -R collector:": "chown -R nobody:",
        }.items():  # fmt: skip
            assert there in text
            text = text.replace(there, here)
        (root / "collector").write_text(text)
        made = Server(root, home)
        code, said = made.sudo("init", "--example")
        assert code == 0, said
        yield made


def owned(path: Path) -> tuple[str, int]:
    return path.owner(), path.stat().st_mode & 0o777


def test_on_a_server_what_is_made_lies_where_the_person_stands_and_is_theirs(server: Server) -> None:
    code, said = server.sudo("backup", "saved.tar.gz")
    assert code == 0, said
    assert said.startswith(f"Saved {server.home / 'saved.tar.gz'} (")
    assert owned(server.home / "saved.tar.gz") == ("games", 0o600)
    code, said = server.sudo("languages", "export", "bn", "--to=../home/bn.po")
    assert (code, said) == (0, f"Written: {server.home / 'bn.po'}.\n")
    assert owned(server.home / "bn.po") == ("games", 0o600)
    assert not list((server.root / "var").glob(".hand-*"))


def test_on_a_server_files_of_the_persons_own_folder_are_read_and_rejected_rows_lie_beside_them(server: Server) -> None:
    paper = server.home / "paper.csv"
    paper.write_text(",".join([*REQUIRED, "OV1"]) + "\n1,trust-core,9.9.9,full,x,,2026-05-04,en,paper,always\n")
    paper.chmod(0o600)
    shutil.chown(paper, "games")
    before = paper.read_bytes()
    code, said = server.sudo("import-responses", "paper.csv", "--source", "paper")
    assert code == 1, said
    assert f"The rejected rows are in {paper}.rejected.csv" in said
    assert owned(Path(f"{paper}.rejected.csv")) == ("games", 0o600)
    assert paper.read_bytes() == before


def test_on_a_server_nobody_reads_with_it_what_they_may_not_and_nothing_is_written_over(server: Server) -> None:
    (server.root / "secret.csv").write_text("x")
    (server.root / "secret.csv").chmod(0o600)
    code, said = server.sudo("import-responses", str(server.root / "secret.csv"), "--source", "paper")
    assert code == 2
    assert "may not read" in said
    (server.home / "bn.po").write_text("mine")
    code, said = server.sudo("languages", "export", "bn", "--to", "bn.po")
    assert code == 2
    assert "is there already. Name another file." in " ".join(said.split())
    assert (server.home / "bn.po").read_text() == "mine"


def test_windows_is_told_in_words_what_is_needed() -> None:
    program = "import sys; sys.modules['fcntl'] = None; from collector.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "On Windows, install WSL" in done.stderr
    assert "Traceback" not in done.stderr
    assert "WSL" in (ROOT / "README.md").read_text()
