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
from collector.commands.context import OPERATOR, entry_id, json_option, show, today
from collector.commands.files import FILE, NEW_FILE
from collector.db import Database, connect
from collector.db import backup as backups
from collector.db.migrations import migrate as apply_migrations
from collector.responses import gone
from collector.settings import TOML, data_folder, load, read_toml, rename_former, write_toml


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


@click.command()
@click.argument("file", type=NEW_FILE)
def backup(file: Path) -> None:
    """Write all that this installation needs to one file that only you can read. The program may go on running.

    In it: database, secret, settings, what was taken back, and your own translations, forms and areas. Not in it: the
    releases in the exports folder, logs, and variables of the environment. Keep those yourself.

    \b
    Example:
      collector backup /mnt/safe/collector-2026-07-21.tar.gz
    """
    settings = load()
    size = backups.backup(settings, file)
    click.echo(f"Saved {file} ({size // 1024} kB). It holds personal data: keep it safe, and delete it in time.")
    _note(connect(settings.database), "backup", file.name)


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
    aside = backups.restore(data, file, today(), gone.unite, replace=replace)
    for line in rename_former(data):
        click.echo(line)
    settings = load()
    for name in _point_to_own(settings.data):
        click.echo(f"The setting `{name}` now leads to {settings.data / name}, which came with the backup.")
    database = connect(settings.database)
    apply_migrations(database)
    _note(database, "restore", file.name)
    taken = gone.mend(database, settings.withdrawn_file)
    if taken:
        click.echo(f"{taken} answers that were taken back after the backup was made are deleted again.")
    if aside:
        click.echo(f"What was there is in {aside}. It is deleted like other backups.")
    click.echo(f"Restored to {settings.data}. Run `collector doctor`.")


def _point_to_own(data: Path) -> list[str]:
    """Let the settings lead to what the deployer had of their own, now in the data folder; which ones."""
    values = read_toml(data / TOML)
    own = [
        name
        for name in backups.OWN
        if (data / name).exists() and not Path(values.get(name) or data).is_relative_to(data / name)
    ]
    if own:
        write_toml(data / TOML, {**values, **{name: str(data / name) for name in own}})
    return own


def _note(database: Database, verb: str, target: str) -> None:
    """An audit entry of its own, for what is not one transaction of the database."""
    with database.transaction():
        log.write(database, entry_id(), today(), OPERATOR, verb, target)


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
