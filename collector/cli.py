"""The `collector` command. Errors are one sentence and exit status 1, never a traceback."""

from __future__ import annotations

import sqlite3
import sys

import click

from collector import __version__
from collector.commands import analysts, answers, demo, figures, install, languages, places, running, surveys
from collector.errors import CollectorError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="collector")
def collector() -> None:
    """Gather feedback on trust in health services, in people's own languages, and publish it safely.

    Start with `collector init`, then `collector venue add`, then `collector serve`.
    """


COMMANDS = (
    install.init,
    surveys.check,
    surveys.publish,
    places.venue,
    places.held,
    answers.import_responses,
    analysts.export_responses,
    figures.rollup,
    figures.release,
    languages.languages,
    running.serve,
    running.work_command,
    running.jobs,
    install.backup,
    install.restore,
    install.migrate,
    install.doctor,
    demo.demo,
)
for command in COMMANDS:
    collector.add_command(command)


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
