"""Setting up: who asks and why, the database, the survey, and what comes next."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from collector.audit import log
from collector.commands.context import act, private_folder, today
from collector.commands.surveys import publish_first
from collector.community import venues
from collector.errors import SettingsError
from collector.installation import Installation, make
from collector.settings import (
    BY_NAME,
    SETTINGS,
    TOML,
    Setting,
    check,
    data_folder,
    load,
    read_toml,
    rename_former,
    write_toml,
)

EXAMPLES = {
    "organisation": "Example Community Project",
    "funder": "Example Council",
    "controller": "Example Community Project, 1 Example Street, London",
    "contact": "Example contact, 020 7946 0000",
    "lawful_basis": "You choose to take part (example)",
    "draft_languages": "all",
    "example": "yes",
}
EXAMPLE_VENUE = (venues.EXAMPLE, "barbershop", "E09000022", ("en", "bn", "ur"))
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
    """Set up an installation, or complete one.

    On a terminal it asks for what is missing. Safe to repeat: nothing is deleted, and only what you give is changed.

    \b
    Example:
      collector init --organisation "Brixton Health Project" --contact "Ama, 020 7946 0000"
    """
    data = data_folder(os.environ, Path.cwd())
    for line in rename_former(data):
        click.echo(line)
    before = load()
    private_folder(data)
    changed = _write_settings(data / TOML, {k: v for k, v in given.items() if v}, example)
    here = Installation(load())
    make(here.settings, today(), synthetic=synthetic)
    if changed:
        with here.database.transaction():
            log.write(here.database, act(), "init", "settings", " ".join(changed))
    publish_first(here)
    if example and not here.settings.example:
        click.echo("The settings of this folder are real, so no example was added. Practise in another folder.")
    elif example and not venues.all_venues(here.database):
        _example_venue(here)
    for line in (*(_end_practice(here) if before.example and not here.settings.example else ()), *_next(here)):
        click.echo(line)


def _write_settings(path: Path, given: dict[str, str], example: bool) -> list[str]:
    """Keep what is written, add what was given, ask for the rest on a terminal; the names of what changed.

    When nothing of the examples is left, the installation is real, and no longer offers languages that nobody signed.
    """
    there = read_toml(path)
    values = {**(EXAMPLES if example and not path.exists() else {}), **there, **given}
    for name, text in given.items():
        check(name, text)
    if not example and sys.stdin.isatty():
        values |= _answers(values)
    if values.get("example") == "yes" and not example and not any(_is_example(values, s.name) for s in ASKED):
        values |= {"example": "no", "draft_languages": "none"}
    for name, text in values.items():
        check(name, text)
    write_toml(path, values)
    return [name for name, text in values.items() if text != there.get(name)]


def _is_example(values: Mapping[str, str], name: str) -> bool:
    return values.get("example") == "yes" and values.get(name) == EXAMPLES.get(name)


def _answers(values: Mapping[str, str]) -> dict[str, str]:
    """Ask for what is not set, or is an example. Each answer is checked where it is given."""
    waiting = [s for s in (*ASKED, *KEPT) if s.env not in os.environ]
    waiting = [s for s in waiting if not values.get(s.name) or _is_example(values, s.name)]
    if waiting:
        click.echo("People read these answers on the first screen. Enter alone leaves one for later.")
    given = {setting.name: _answer(setting) for setting in waiting}
    return {name: text for name, text in given.items() if text}


def _answer(setting: Setting) -> str:
    def checked(text: str) -> str:
        try:
            check(setting.name, text)
        except SettingsError as error:
            cure = str(error).rpartition("; ")[2]
            raise click.UsageError(cure[0].upper() + cure[1:]) from error
        return text.strip()

    sample = f"\n  for example: {setting.sample}\n " if setting.sample else ""
    text: str = click.prompt(
        f"\n{setting.asked or setting.help}{sample}", default=setting.default, show_default=bool(setting.default),
        prompt_suffix=": " if setting.default else "> ", value_proc=checked,
    )  # fmt: skip
    return text


def _end_practice(here: Installation) -> Iterator[str]:
    """What ends when real values take the place of the examples."""
    yield "These settings are real now. Languages that nobody has signed are no longer offered (draft_languages: none)."
    for place in venues.all_venues(here.database):
        if place.name == venues.EXAMPLE and not place.closed:
            with here.database.transaction():
                venues.close(here.database, place.code, act())
            yield f"The example place, {place.name} ({place.code}), is closed."
            if venues.has_answers(here.database, place.code):
                yield "Practice answers that were given there count, unless each is taken back with its number."


def _next(here: Installation) -> Iterator[str]:
    """Where the folder is, and what comes next."""
    missing = here.settings.missing()
    yield f"Ready: {here.settings.data}"
    if missing:
        yield f"Not set yet, so only this machine may connect: {', '.join(missing)}. Run `collector init` again."
    if all(place.closed for place in venues.all_venues(here.database)):
        yield "Next: add the first place with `collector venue add` (--help shows how), then `collector serve`."
    else:
        yield "Next: `collector serve`, and open the address that it prints. `collector doctor` says what is missing."


def _example_venue(here: Installation) -> None:
    name, kind, area, languages = EXAMPLE_VENUE
    known = frozenset(here.languages.languages)
    with here.database.transaction():
        venues.add(
            here.database,
            name,
            kind,
            area,
            languages,
            here.areas,
            known,
            act(),
            secrets.choice,
        )


init = _asked_options(init)
