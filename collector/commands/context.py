"""What commands share: settings, the open database, ids, today, and how results are shown."""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from collector.audit.act import Act
from collector.errors import NotAgreedError
from collector.installation import Installation
from collector.settings import load
from collector.timetable import LONDON

OPERATOR = "operator"
"""Who acts when somebody at the server types a command. Names of people are not kept."""


def installation() -> Installation:
    """The installation of this run: its settings and its data folder."""
    return Installation(load())


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
