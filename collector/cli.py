"""The `collector` command. Errors are one sentence and exit status 1, never a traceback."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections import UserDict
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click

from collector import __version__, envfile
from collector.commands.files import FILE
from collector.errors import CollectorError
from collector.settings import HAND

COMMANDS = {
    "init": "setup.init",
    "status": "standing.status",
    "check": "surveys.check",
    "publish": "surveys.publish",
    "venue": "places.venue",
    "held": "places.held",
    "import-responses": "answers.import_responses",
    "imports": "answers.imports_group",
    "export-responses": "microdata.export_responses",
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
    "audit": "audit.audit",
    "demo": "demo.demo",
}
"""Where each command is, below `collector.commands`."""


NEEDS = (
    "Collector runs on Linux and macOS. On Windows, install WSL (`wsl --install`), and start Collector in its window."
)
"""Said where files cannot be locked between processes, without which answers could be lost."""


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


SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Begin", ("init", "venue", "serve")),
    ("Every week", ("status", "doctor", "held", "audit")),
    ("Paper, figures and files", ("import-responses", "imports", "rollup", "release", "verify", "export-responses")),
    ("What is asked, and in which languages", ("check", "publish", "languages")),
)
"""How `--help` groups the commands; the others are for the keeper of the server."""


class Grouped(click.Group):
    """Shows its commands by who needs them, each with a whole sentence."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a section a group."""
        named = {name for _, names in SECTIONS for name in names}
        others = ("Keeping the server", tuple(name for name in COMMANDS if name not in named))
        for title, names in (*SECTIONS, others):
            with formatter.section(title):
                rows = [(name, self.commands[name].get_short_help_str(200)) for name in names if name in COMMANDS]
                formatter.write_dl(rows, col_max=16)


@click.group(cls=Grouped, commands=Commands(), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="collector")
@click.option(
    "--env-file",
    type=FILE,
    expose_value=False,
    is_eager=True,
    callback=lambda context, option, path: _read_environment(path),
    help="File of settings, read as systemd reads an EnvironmentFile. Variables that are set already win.",
)
def collector() -> None:
    """Gather feedback on trust in health services, in people's own languages, and publish it safely.

    Start with `collector init`, then `collector venue add`, then `collector serve`. `collector COMMAND --help` shows how.
    """


def _say_names_as_they_were_typed() -> None:
    """Leave the folder of files that are handed over out of all that is said."""
    hand = os.environ.get(HAND)
    for stream in (sys.stdout, sys.stderr) if hand else ():
        stream.write = _without(stream.write, str(hand))  # type: ignore[method-assign]


def _without(write: Callable[[str], int], hand: str) -> Callable[[str], int]:
    return lambda text: write(text.replace(hand, ""))


def _read_environment(path: Path | None) -> None:
    """Give this process what a file of settings says, before any command looks."""
    for line in envfile.apply(path, os.environ) if path else ():
        click.echo(f"collector: {line}", err=True)


def main() -> None:
    """Run a command; turn the program's errors into one sentence."""
    if find_spec("fcntl") is None:
        sys.exit(f"collector: {NEEDS}")
    _say_names_as_they_were_typed()
    try:
        collector()
    except CollectorError as error:
        sys.exit(f"collector: {error}")
    except sqlite3.DatabaseError as error:
        sys.exit(f"collector: the database cannot be used: {error}. Check the disk, then `collector doctor`.")
    except OSError as error:
        name = f" {error.filename}" if error.filename else ""
        sys.exit(f"collector: {error.strerror or error}{name}.")
