"""A throwaway installation: data folder, example settings, the shipped survey and as many venues as wanted."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from collector.commands.context import Work, entry_id, today
from collector.community import venues
from collector.languages.catalogue import Catalogues
from collector.responses.versions import current
from collector.settings import load
from collector.survey.definition import Question, Survey

INIT = "from collector.commands.setup import init; init()"
LAMBETH = "E09000022"
DEPLOYED = Path(__file__).with_name("deployed")
"""First on the path of what is measured: packages that only the tests have are not found."""
MAIN_LANGUAGES = ("en", "bn", "ur")


@dataclass(frozen=True)
class Installation:
    """A data folder that goes when the measuring ends, and the environment that programs find it by."""

    folder: Path
    env: dict[str, str]
    codes: tuple[str, ...]

    @cached_property
    def work(self) -> Work:
        """The open installation, for measuring inside this process."""
        return Work(load(self.env))

    @cached_property
    def survey(self) -> Survey:
        """The published survey."""
        return current(self.work.database).survey

    @property
    def languages(self) -> tuple[str, ...]:
        """Tags of every language that pages are offered in; the ones with limits first."""
        translations = self.work.settings.translations
        offered = [language.tag for language in Catalogues(self.work.languages, translations).offered("all")]
        return tuple(dict.fromkeys((*MAIN_LANGUAGES, *offered)))

    def copy(self, name: str) -> Installation:
        """Another one in the same state, in a folder of its own below this one's."""
        self.work.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        folder = self.folder / name
        shutil.copytree(self.folder / "data", folder / "data")
        return replace(self, folder=folder, env={**self.env, "COLLECTOR_DATA": f"{folder}/data"})

    def count(self, table: str) -> int:
        """Rows of one of our tables."""
        row = self.work.database.one(f"SELECT count(*) FROM {table}")
        return int(row[0]) if row else 0


@contextlib.contextmanager
def installation(places: int = 1) -> Iterator[Installation]:
    """A fresh installation in a temporary folder. Set TMPDIR to measure another disk."""
    with tempfile.TemporaryDirectory(prefix="collector-bench-") as name:
        folder = Path(name)
        env = {key: value for key, value in os.environ.items() if not key.startswith("COLLECTOR_")}
        env |= {"COLLECTOR_DATA": f"{folder}/data", "COLLECTOR_EXPORTS": f"{folder}/exports"}
        env |= {"COLLECTOR_DAILY_QUOTA": "1000000", "COLLECTOR_SCHEDULER": "no", "PYTHONPATH": str(DEPLOYED)}
        command = [sys.executable, "-c", INIT, "--example"]
        subprocess.run(command, env=env, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=120)
        made = Installation(folder, env, _venues(Work(load(env)), places))
        yield made
        made.work.database.close()


def _venues(work: Work, count: int) -> tuple[str, ...]:
    database, known = work.database, frozenset(work.languages.languages)
    with database.transaction():
        for number in range(count - len(venues.all_venues(database))):
            venues.add(
                database, f"Bench {number}", "library", LAMBETH, MAIN_LANGUAGES, work.areas, known, "bench",
                today(), entry_id(), secrets.choice,
            )  # fmt: skip
    codes = tuple(venue.code for venue in venues.all_venues(database))
    database.close()
    return codes


def choice(question: Question, turn: int) -> tuple[str, ...]:
    """An allowed answer to a closed question, another one each turn: two options when several may be chosen."""
    codes = [option.code for option in question.options if not (option.stops or option.exclusive)]
    if question.type == "multi":
        return codes[turn % len(codes)], codes[(turn + 1) % len(codes)]
    return (codes[turn % len(codes)],)
