"""The `collector` command. Errors are one sentence and exit status 1, never a traceback."""

from __future__ import annotations

import sqlite3
import sys
from collections import UserDict
from collections.abc import Iterator
from importlib import import_module

import click

from collector import __version__
from collector.errors import CollectorError

COMMANDS = {
    "init": "install.init",
    "check": "surveys.check",
    "publish": "surveys.publish",
    "venue": "places.venue",
    "held": "places.held",
    "import-responses": "answers.import_responses",
    "imports": "answers.imports_group",
    "export-responses": "analysts.export_responses",
    "rollup": "figures.rollup",
    "release": "figures.release",
    "verify": "figures.verify",
    "languages": "languages.languages",
    "serve": "running.serve",
    "work": "running.work_command",
    "jobs": "running.jobs",
    "clock": "running.clock_command",
    "backup": "install.backup",
    "restore": "install.restore",
    "migrate": "install.migrate",
    "doctor": "install.doctor",
    "demo": "demo.demo",
}
"""Where each command is, below `collector.commands`."""


class Commands(UserDict[str, click.Command]):
    """The commands, each loaded when it is first asked for: what one of them needs, the others need not wait for."""

    def __contains__(self, name: object) -> bool:
        return name in COMMANDS

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)

    def __missing__(self, name: str) -> click.Command:
        module, _, command = COMMANDS[name].partition(".")
        loaded: click.Command = getattr(import_module(f"collector.commands.{module}"), command)
        self.data[name] = loaded
        return loaded


@click.group(commands=Commands(), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="collector")
def collector() -> None:
    """Gather feedback on trust in health services, in people's own languages, and publish it safely.

    Start with `collector init`, then `collector venue add`, then `collector serve`.
    """


def main() -> None:
    """Run a command; turn the program's errors into one sentence."""
    try:
        collector()
    except CollectorError as error:
        sys.exit(f"collector: {error}")
    except sqlite3.DatabaseError as error:
        sys.exit(f"collector: the database cannot be used: {error}. Check the disk, then `collector doctor`.")
    except OSError as error:
        name = f" {error.filename}" if error.filename else ""
        sys.exit(f"collector: {error.strerror or error}{name}.")
