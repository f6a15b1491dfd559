"""The wheel, as somebody gets it who has nothing else: complete, and at home in an empty folder."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import zipfile
from pathlib import Path

import pytest

from tests.installed import Program, ask, free_port, program, run, started


def source_of(installed: Program) -> Path:
    """The copy of the source that the wheel was built from."""
    return installed.wheel.parents[1]


def files(folder: Path) -> list[Path]:
    """Every file in a folder of the source that is meant to be there."""
    return [p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts and "shipped" not in p.parts]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return program(tmp_path_factory.getbasetemp())


def test_the_wheel_carries_every_form_and_translation_as_a_file_of_its_own(installed: Program) -> None:
    source = source_of(installed)
    wanted = files(source / "forms") + files(source / "translations")
    assert len(wanted) > 10
    with zipfile.ZipFile(installed.wheel) as wheel:
        for path in wanted:
            entry = wheel.getinfo(f"collector/shipped/{path.relative_to(source)}")
            assert wheel.read(entry) == path.read_bytes()
        assert not [e.filename for e in wheel.infolist() if stat.S_ISLNK(e.external_attr >> 16)]


def test_the_wheel_carries_what_the_package_reads_and_nothing_else(installed: Program) -> None:
    with zipfile.ZipFile(installed.wheel) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    source = source_of(installed)
    assert {str(path.relative_to(source)) for path in files(source / "collector")} <= names
    assert not [name for name in names if not name.startswith("collector/")]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_installed_program_starts_in_an_empty_folder_and_stops_cleanly(
    installed: Program, tmp_path: Path, how: signal.Signals
) -> None:
    home, here, port = tmp_path / "home", tmp_path / "here", free_port()
    home.mkdir()
    here.mkdir()
    env = {**installed.env, "HOME": str(home)}
    collector = installed.venv / "bin" / "collector"
    assert "Ready" in run(installed, collector, "init", "--example", cwd=here, HOME=str(home))
    (venue,) = json.loads(run(installed, collector, "venue", "list", "--json", cwd=here, HOME=str(home)))
    with started([collector, "serve", "--port", str(port)], port, env, here) as process:
        pages = [
            ask(port, path) for path in (f"/v/{venue['code']}", f"/v/{venue['code']}/en", f"/v/{venue['code']}/ur")
        ]
        os.killpg(process.pid, how)
        said = process.communicate(timeout=20)[0]
    assert [status for status, _, _ in pages] == [200, 200, 200]
    assert "Example Barbershop" in pages[0][1]
    assert re.search(r'<form id="f" method="post"', pages[1][1])
    assert 'lang="ur" dir="rtl"' in pages[2][1]
    assert process.returncode == 0
    assert "Traceback" not in said
    assert f"http://127.0.0.1:{port}/v/{venue['code']}" in said
    assert list(home.iterdir()) == []
    assert {path.name for path in here.iterdir()} <= {"data", "exports"}
