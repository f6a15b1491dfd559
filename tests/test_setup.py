"""`collector init`: asked on a terminal, each answer checked where it is typed; and the step from practice to real."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from collector.db.backup import backup
from collector.settings import SETTINGS
from tests.desk import Desk, desk

__all__ = ["desk"]
REAL = {
    "organisation": "Brixton Health Project", "funder": "Lambeth Council", "contact": "Front desk, 020 7946 0000",
    "controller": "Brixton Health Project, 1 Example Lane", "lawful_basis": "You choose to take part",
}  # fmt: skip


def options(values: dict[str, str]) -> list[str]:
    return [word for name, text in values.items() for word in (f"--{name.replace('_', '-')}", text)]


def on_a_terminal(folder: Path, answers: list[str]) -> str:
    """What `collector init` says on a real terminal to somebody who answers each question."""
    ours, theirs = pty.openpty()
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "dumb"}
    process = subprocess.Popen(
        [sys.executable, "-m", "collector", "init"], cwd=folder, env=env, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    said, waiting = "", iter(answers)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if not select.select([ours], [], [], 0.2)[0]:
            continue
        try:
            said += os.read(ours, 4096).decode()
        except OSError:  # the other end is closed
            break
        if said.endswith(("> ", "]: ")):
            os.write(ours, f"{next(waiting)}\n".encode())
            said += "\n"
    os.close(ours)
    assert process.wait(10) == 0, said
    return said


def test_a_slip_is_told_at_its_question_and_nothing_that_was_typed_is_lost(tmp_path: Path) -> None:
    slips = [
        REAL["organisation"],
        "",
        REAL["controller"],
        REAL["contact"],
        REAL["lawful_basis"],
        "thirteen",
        "13",
        "3",
        "",
    ]
    said = on_a_terminal(tmp_path, slips)
    assert "[]" not in said
    for setting in SETTINGS:
        if setting.asked:
            assert f"for example: {setting.sample}" in said.replace("\r", ""), setting.name
    assert said.count("Error: Write a number from 1 to 12.") == 2
    written = (tmp_path / "data" / "collector.toml").read_text()
    assert f'organisation = "{REAL["organisation"]}"' in written
    assert 'keep_text_months = "3"' in written
    assert 'keep_rows_months = "24"' in written
    assert "funder" not in written
    assert "Not set yet, so only this machine may connect: funder." in said
    assert "Next: add the first place with `collector venue add`" in said


def practice(desk: Desk) -> str:
    """Another folder with example settings; where it is."""
    folder = str(desk.folder / "practice")
    desk.env = {"COLLECTOR_DATA": folder, "COLLECTOR_EXPORTS": str(desk.folder / "exports")}
    assert "Next: `collector serve`" in desk.ok("init", "--example")
    return folder


def test_real_values_after_examples_end_the_practice_and_say_so(desk: Desk) -> None:
    folder = practice(desk)
    said = desk.ok("init", *options(REAL))
    written = (Path(folder) / "collector.toml").read_text()
    assert 'example = "no"' in written
    assert 'draft_languages = "none"' in written
    assert "no longer offered (draft_languages: none)" in said
    (place,) = json.loads(desk.ok("venue", "list", "--json"))
    assert place["closed_on"]
    assert f"Example Barbershop ({place['code']}), is closed" in said
    assert "Only English is offered" in desk.type("doctor")[1]


@pytest.mark.parametrize("last", ["organisation", "lawful_basis"])
def test_real_values_may_come_one_by_one_and_practice_ends_with_the_last(desk: Desk, last: str) -> None:
    practice(desk)
    assert "real now" not in desk.ok("init", *options({name: text for name, text in REAL.items() if name != last}))
    assert "real now" in desk.ok("init", *options({last: REAL[last]}))


def test_examples_are_not_added_to_what_is_real(desk: Desk) -> None:
    desk.database.execute("DELETE FROM venue_area")
    desk.database.execute("DELETE FROM venue")
    assert "so no example was added" in desk.ok("init", "--example", COLLECTOR_EXAMPLE="no")
    assert json.loads(desk.ok("venue", "list", "--json")) == []


def test_what_is_set_by_hand_after_practice_is_named_by_doctor(desk: Desk) -> None:
    folder = practice(desk)
    path = Path(folder) / "collector.toml"
    path.write_text(path.read_text().replace('example = "yes"', 'example = "no"'))
    said = desk.type("doctor")[1]
    assert "Languages that nobody has signed are offered: " in said
    assert "WRONG  The example place, Example Barbershop, takes answers as if it were real." in said


def test_the_settings_say_where_to_listen_and_the_guard_looks_at_them_too(desk: Desk) -> None:
    assert "the settings are examples" in desk.fails("serve", COLLECTOR_LISTEN="0.0.0.0", COLLECTOR_EXAMPLE="yes")
    assert "http://127.0.0.1:8123/v/" in desk.ok("venue", "list", "--json", COLLECTOR_PORT="8123")


def test_the_former_name_is_rewritten_by_whoever_comes_first(desk: Desk) -> None:
    path = desk.world.settings.data / "collector.toml"
    for words in (("migrate",), ("init",)):
        path.write_text('host = "Our House"\n')
        assert "Run `collector migrate`" in desk.fails("status")
        assert "`host` is called `organisation` now" in desk.ok(*words)
        assert 'organisation = "Our House"' in path.read_text()
    path.write_text('host = "Our House"\n')
    saved = desk.folder / "old.tar.gz"
    backup(desk.world.settings, saved)
    assert "`host` is called `organisation` now" in desk.ok("restore", str(saved), "--replace")
