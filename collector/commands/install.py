"""Setting up and keeping up an installation: init, migrate, backup, restore, doctor."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from collector import health
from collector.commands.context import OPERATOR, Work, entry_id, json_option, private_folder, show, today
from collector.commands.surveys import publish_folder
from collector.community import venues
from collector.db import backup as backups
from collector.db import connect
from collector.db.migrations import migrate as apply_migrations
from collector.db.store import create
from collector.errors import StoreError
from collector.responses import gone
from collector.settings import BY_NAME, SETTINGS, TOML, check, load, read_toml, write_toml

EXAMPLES = {
    "host": "Example Community Project",
    "funder": "Example Council",
    "controller": "Example Community Project, 1 Example Street, London",
    "contact": "Example contact, 020 7946 0000",
    "lawful_basis": "You choose to take part (example)",
    "draft_languages": "all",
    "example": "yes",
}
EXAMPLE_VENUE = ("Example Barbershop", "barbershop", "E09000022", ("en", "bn", "ur"))
ASKED = [s for s in SETTINGS if s.asked]
KEPT = [BY_NAME["keep_text_months"], BY_NAME["keep_rows_months"]]


def _asked_options(command: click.Command) -> click.Command:
    """Give a command an option for each setting that `init` may be told."""
    for setting in reversed((*ASKED, *KEPT, BY_NAME["public_url"])):
        option = "--" + setting.name.replace("_", "-")
        command.params.insert(0, click.Option([option], help=setting.help, metavar="TEXT"))
    return command


@click.command()
@click.option("--example", is_flag=True, help="Use clearly marked example settings and make an example venue.")
@click.option("--synthetic", is_flag=True, help="This folder will hold invented answers only. It stays so for good.")
def init(example: bool, synthetic: bool, **given: str | None) -> None:
    """Set up a data folder, or complete one. Safe to repeat: nothing that is there is changed.

    \b
    Example:
      collector init --host "Brixton Health Project" --contact "Ama, 020 7946 0000"
    """
    here = load()
    private_folder(here.data)
    _write_settings(here.data / TOML, {k: v for k, v in given.items() if v}, example)
    ready = Work(load())
    _make_database(ready, synthetic)
    publish_folder(ready)
    if example and not venues.all_venues(ready.database):
        _example_venue(ready)
    missing = ready.settings.missing()
    click.echo(f"Ready: {ready.settings.data}")
    if missing:
        click.echo(f"Not set yet, so only this machine may connect: {', '.join(missing)}. Run `collector init` again.")


def _write_settings(path: Path, given: dict[str, str], example: bool) -> None:
    """Keep what is written, add what was given; ask for the rest on a terminal."""
    values = {**(EXAMPLES if example and not path.exists() else {}), **read_toml(path), **given}
    if not example and sys.stdin.isatty():
        for setting in (*ASKED, *KEPT):
            if not values.get(setting.name):
                values[setting.name] = click.prompt(setting.asked or setting.help, default=setting.default)
    if given and values.get("example") == "yes" and all(given.get(s.name) for s in ASKED):
        values["example"] = "no"
    for name, text in values.items():
        check(name, text)
    write_toml(path, values)


def _make_database(ready: Work, synthetic: bool) -> None:
    settings = ready.settings
    if not settings.secret_file.exists():
        if settings.database.exists():
            raise StoreError("The data folder has a database but no secret.key. Restore both from a backup.")
        backups.write_private(settings.secret_file, secrets.token_hex(32).encode())
    database = create(settings.database)
    apply_migrations(database)
    with database.transaction():
        row = database.one("SELECT synthetic FROM installation WHERE id = 1")
        if row is None:
            database.execute(
                "INSERT INTO installation (id, made_on, synthetic) VALUES (1, :today, :synthetic)",
                {"today": today().isoformat(), "synthetic": int(synthetic)},
            )
        elif synthetic and not row[0]:
            raise StoreError("This data folder is for real answers and cannot become synthetic. Use another folder.")
    database.close()


def _example_venue(ready: Work) -> None:
    name, kind, area, languages = EXAMPLE_VENUE
    known = frozenset(ready.languages.languages)
    with ready.database.transaction():
        venues.add(
            ready.database,
            name,
            kind,
            area,
            languages,
            ready.areas,
            known,
            OPERATOR,
            today(),
            entry_id(),
            secrets.choice,
        )


init = _asked_options(init)


@click.command()
def migrate() -> None:
    """Bring the database up to this version of the program. Safe to repeat.

    \b
    Example:
      collector backup before.tar.gz && collector migrate
    """
    settings = load()
    database = connect(settings.database)
    done = apply_migrations(database)
    gone.mend(database, settings.withdrawn_file)
    click.echo(f"Applied: {', '.join(done)}." if done else "Nothing to do: the database is up to date.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write all that this installation needs to one file that only you can read. The program may go on running.

    In it: database, secret, settings, what was taken back, and your own translations, forms and areas. Not in it: the
    releases in the exports folder, logs, and variables of the environment. Keep those yourself.

    \b
    Example:
      collector backup /mnt/safe/collector-2026-07-21.tar.gz
    """
    size = backups.backup(load(), file)
    click.echo(f"Saved {file} ({size // 1024} kB). It holds personal data: keep it safe, and delete it in time.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--replace", is_flag=True, help="Move what is in the data folder aside first.")
def restore(file: Path, replace: bool) -> None:
    """Bring back a backup into the data folder. Stop the program first.

    \b
    Example:
      COLLECTOR_DATA=./restored collector restore collector-2026-07-21.tar.gz
    """
    settings = load()
    aside = backups.restore(settings.data, file, today(), gone.unite, replace=replace)
    for name in _point_to_own(settings.data):
        click.echo(f"The setting `{name}` now leads to {settings.data / name}, which came with the backup.")
    database = connect(settings.database)
    apply_migrations(database)
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


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Say what is wrong with this installation and what to do. Exit status 1 when something is.

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
