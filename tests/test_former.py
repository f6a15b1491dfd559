"""A data folder of version 0.1.0, with held, withdrawn and frozen answers, in the hands of the present program.

`tests/former/make.py` says how it was made.
"""

from __future__ import annotations

import json
import tarfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from werkzeug.test import Client

from collector.app import create_app
from collector.cli import collector
from collector.db import connect
from collector.settings import load
from tests.world import SETTINGS

FORMER = Path(__file__).parent / "former"
BACKUP, TOLD = FORMER / "backup-0.1.0.tar.gz", json.loads((FORMER / "told.json").read_text())
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FROZEN, OPEN = "2026-27-Q2", "2026-27-Q3"


@dataclass(frozen=True)
class Brought:
    """The folder of before, brought up to the present."""

    data: Path

    @property
    def env(self) -> dict[str, str]:
        return {**SETTINGS, "COLLECTOR_DATA": str(self.data), "COLLECTOR_EXPORTS": str(self.data.parent / "exports")}

    def call(self, *arguments: str) -> str:
        """A command; what it prints."""
        done = CliRunner().invoke(collector, arguments, env=self.env, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    def count(self, sql: str) -> int:
        with closing(connect(self.data / "collector.db")) as database:
            return int((database.one(sql) or (0,))[0])

    def client(self) -> Client:
        return Client(create_app(load(self.env), now=lambda: NOW), use_cookies=False)


@pytest.fixture(params=["upgraded", "restored"])
def brought(request: pytest.FixtureRequest, tmp_path: Path) -> Brought:
    """Once migrated in its place, once brought back from a backup of before."""
    folder = Brought(tmp_path / "data")
    if request.param == "restored":
        folder.call("restore", str(BACKUP))
    else:
        with tarfile.open(BACKUP) as archive:
            archive.extractall(folder.data, filter="data")
        folder.call("migrate")
    assert "up to date" in folder.call("migrate")
    return folder


def is_known(client: Client, number: str) -> bool:
    return 'name="sure"' in client.post("/receipt?to=en", data={"number": number}).text


def test_every_number_of_before_is_known_and_what_was_taken_back_stays_so(brought: Brought) -> None:
    client, before = brought.client(), brought.count("SELECT count(*) FROM response")
    assert before == len(TOLD["counted"]) + len(TOLD["held"])
    assert all(is_known(client, number) for number in (TOLD["counted"][0], TOLD["counted"][-1], *TOLD["held"]))
    assert not any(is_known(client, number) for number in TOLD["withdrawn"])
    for line in TOLD["cookies"]:
        venue, _, cookie = line.partition(" ")
        form = {"version": "1.0.0", "OV1": "always", "end": "1"}
        client.post(f"/v/{venue}/en", data=form, headers={"Cookie": cookie})
    assert brought.count("SELECT count(*) FROM response") == before
    client.post("/receipt", data={"number": TOLD["held"][-1], "sure": "yes"})
    assert not is_known(client, TOLD["held"][-1])


def test_held_answers_wait_until_they_are_admitted_and_then_count(brought: Brought) -> None:
    waiting = json.loads(brought.call("held", "list", "--json"))
    assert sum(row["held"] for row in waiting) == len(TOLD["held"])
    counted = json.loads(brought.call("rollup", "--json"))[OPEN]
    for row in waiting:
        brought.call("held", "admit", row["venue"], row["day"], "--yes")
    assert json.loads(brought.call("rollup", "--json"))[OPEN] == counted + len(TOLD["held"])


def test_frozen_tables_say_the_same_and_stay_frozen(brought: Brought) -> None:
    brought.call("rollup")
    with closing(connect(brought.data / "collector.db")) as database:
        rows = database.rows(
            "SELECT area, breakdown, grp, respondents FROM cell WHERE period = :period", {"period": FROZEN}
        )
        days = database.rows("SELECT day, visit FROM response WHERE period = :period", {"period": FROZEN})
    assert Counter(rows) == Counter(tuple(cell) for cell in TOLD["cells"])
    assert set(days) == {(None, None)}


def test_settings_and_places_of_before_are_those_of_now(brought: Brought) -> None:
    assert load(brought.env).contact == "020 7946 0000"
    assert {venue["code"] for venue in json.loads(brought.call("venue", "list", "--json"))} == set(TOLD["venues"])
