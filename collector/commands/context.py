"""What commands share: settings, the open database, ids, today, and how results are shown."""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from collector.audit.act import Act
from collector.community import areas
from collector.db import Database, connect
from collector.db.migrations import pending, refuse_newer
from collector.errors import NotAgreedError, StoreError
from collector.languages import registry
from collector.settings import Settings, load

LONDON = ZoneInfo("Europe/London")
OPERATOR = "operator"
"""Who acts when somebody at the server types a command. Names of people are not kept."""


@dataclass
class Work:
    """The settings of this run, and what is opened from them when first needed."""

    settings: Settings

    @cached_property
    def database(self) -> Database:
        """The open database. Raises StoreError when it is not there or not up to date."""
        database = connect(self.settings.database)
        if pending(database):
            raise StoreError("The database is from an older Collector. Run `collector migrate` (it is quick and safe).")
        refuse_newer(database)
        return database

    @cached_property
    def areas(self) -> areas.Areas:
        return areas.load(self.settings.areas)

    @cached_property
    def languages(self) -> registry.Registry:
        return registry.load(self.settings.translations)

    @property
    def synthetic(self) -> bool:
        """True when this installation holds invented answers only."""
        row = self.database.one("SELECT synthetic FROM installation WHERE id = 1")
        return bool(row and row[0])


def work() -> Work:
    """The settings and the data folder of this run."""
    return Work(load())


def today() -> date:
    """The local day."""
    return datetime.now(LONDON).date()


def act(reason: str = "") -> Act:
    """What the person at the server does now, under an id that sorts by time."""
    return Act(OPERATOR, today(), f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}", reason)


def new_id() -> bytes:
    """An id that says nothing, for a response."""
    return secrets.token_bytes(16)


def show(as_json: bool, data: Any, lines: Callable[[], Iterator[str]]) -> None:
    """Print a result: JSON for a program, lines for a person."""
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))
    else:
        for line in lines():
            click.echo(line)


def agree(question: str, yes: bool) -> None:
    """Ask once before something that is for good. Raises NotAgreedError unless somebody says yes, or said so before."""
    if yes:
        return
    try:
        agreed = click.confirm(question, err=True)
    except click.Abort:
        agreed = False
    if not agreed:
        raise NotAgreedError("Nothing was changed. To be asked nothing, add --yes.")


@contextmanager
def progress(label: str, length: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal, nothing otherwise. The function takes how far it is."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield lambda done: bar.update(max(0, done - bar.pos))


def private_folder(path: Path) -> None:
    """Make a folder that only its owner can enter."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.chmod(path, 0o700)


CODE = click.types.FuncParamType(str.lower)
"""A place's code; printed ones may be typed in capitals."""


class _Day(click.DateTime):
    """A day such as 2026-12-05."""

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """As `--help` shows it."""
        return "DAY"


DAY = _Day(["%Y-%m-%d"])
yes_option = click.option("--yes", is_flag=True, help="Do it without asking.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")
