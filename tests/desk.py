"""A coordinator's desk: commands typed in a folder of one's own, in this process, so that hundreds cost little."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import pytest
from click.testing import CliRunner

from collector.audit import log
from collector.cli import collector
from collector.db import Database
from collector.errors import CollectorError
from tests.world import SETTINGS, World, make_world


@dataclass
class Desk:
    """One installation, and somebody who types."""

    folder: Path
    world: World
    env: dict[str, str] = field(default_factory=dict)

    def type(self, *words: str, typed: str = "", **settings: str) -> tuple[int, str]:
        """(exit status, all that was said), as `collector.cli.main` would have it."""
        with patch.dict(os.environ, {**self.env, **settings}):
            done = CliRunner().invoke(collector, list(words), input=typed)
        if isinstance(done.exception, CollectorError):
            return 1, f"{done.output}collector: {done.exception}"
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.output

    def ok(self, *words: str, typed: str = "", **settings: str) -> str:
        code, said = self.type(*words, typed=typed, **settings)
        assert code == 0, said
        return said

    def fails(self, *words: str, typed: str = "", **settings: str) -> str:
        code, said = self.type(*words, typed=typed, **settings)
        assert code == 1, (code, said)
        return said

    @property
    def database(self) -> Database:
        """The database as the commands see it."""
        return self.world.database

    def audited(self) -> list[tuple[str, str, str]]:
        """(verb, target, detail) of every entry, oldest first."""
        return [(verb, target, detail) for _, _, verb, target, detail in reversed(log.entries(self.database))]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk with the shipped survey and one place, `Fade Kings`."""
    made = make_world(tmp_path)
    monkeypatch.chdir(tmp_path)
    env = {**SETTINGS, "COLLECTOR_DATA": str(tmp_path / "data"), "COLLECTOR_EXPORTS": str(tmp_path / "exports")}
    yield Desk(tmp_path, made, env)
    made.database.close()
