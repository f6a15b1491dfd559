"""Keeping up an installation: migrate, backup, restore, doctor."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from collector import health
from collector.audit import log
from collector.commands.context import act, installation, json_option, show, today
from collector.commands.files import FILE, NEW_FILE
from collector.commands.translations import keep_up
from collector.db import Database, connect
from collector.db import backup as backups
from collector.db.archive import contents
from collector.db.migrations import migrate as apply_migrations
from collector.db.moved import settle
from collector.db.parts import LEFT_OUT, PARTS
from collector.db.parts import missing as lacking
from collector.responses import gone
from collector.settings import data_folder, load, rename_former


@click.command()
def migrate() -> None:
    """Fit the data folder to this version of the program.

    Brings the database and the settings up to date. Safe to repeat.

    \b
    Example:
      collector backup before.tar.gz && collector migrate
    """
    for line in rename_former(data_folder(os.environ, Path.cwd())):
        click.echo(line)
    settings = load()
    database = connect(settings.database)
    done = apply_migrations(database)
    gone.mend(database, settings.withdrawn_file)
    if done:
        _note(database, "migrate", " ".join(done))
    click.echo(f"Applied: {', '.join(done)}." if done else "Nothing to do: the database is up to date.")
    for line in keep_up(installation()):
        click.echo(line)


@click.command()
@click.argument("file", type=NEW_FILE)
def backup(file: Path) -> None:
    """Write all that this installation needs to one file that only you can read. The program may go on running.

    It says what is in the file, and what is not.

    \b
    Example:
      collector backup /mnt/safe/collector-2026-07-21.tar.gz
    """
    settings = load()
    size = backups.backup(settings, file)
    click.echo(f"Saved {file} ({size // 1024} kB). It holds personal data: keep it safe, and delete it in time.")
    _note(connect(settings.database), "backup", file.name)
    held = contents(file)
    click.echo(f"In it: {', '.join(part.what for part in PARTS if part.name in held)}.")
    click.echo(f"Not in it: {LEFT_OUT}.")
    for what in lacking(settings):
        click.echo(f"Not in it: {what}.")


@click.command()
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="Move what is in the data folder aside first.")
def restore(file: Path, replace: bool) -> None:
    """Bring back a backup.

    It goes into the data folder. Stop the program first.

    \b
    Example:
      COLLECTOR_DATA=./restored collector restore collector-2026-07-21.tar.gz
    """
    data = data_folder(os.environ, Path.cwd())
    done = backups.restore(data, file, today(), gone.unite, replace=replace)
    for line in (*rename_former(data), *settle(data, done.parts, os.environ)):
        click.echo(line)
    settings = load()
    database = connect(settings.database)
    apply_migrations(database)
    _note(database, "restore", file.name)
    taken = gone.mend(database, settings.withdrawn_file)
    if taken:
        click.echo(f"{taken} answers that were taken back after the backup was made are deleted again.")
    if done.aside:
        click.echo(f"What was there is in {done.aside}. It is deleted when backups of its day are.")
    for line in keep_up(installation()):
        click.echo(line)
    click.echo(f"Restored to {settings.data}. Run `collector doctor`.")


def _note(database: Database, verb: str, target: str) -> None:
    """An audit entry of its own, for what is not one transaction of the database."""
    with database.transaction():
        log.write(database, act(), verb, target)


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Say what is wrong, and what to do.

    Exit status 1 when something is WRONG; a note does not count.

    \b
    Example:
      collector doctor --json
    """
    findings = health.examine(load(), today(), datetime.now(UTC))

    def lines() -> Iterator[str]:
        for finding in findings:
            yield f"{'WRONG' if finding.serious else 'note '}  {finding.what} {finding.cure}"
        if not findings:
            yield "All is well."

    show(as_json, [asdict(finding) for finding in findings], lines)
    if any(finding.serious for finding in findings):
        raise SystemExit(1)
