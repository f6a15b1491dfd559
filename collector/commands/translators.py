"""The translator's and the voice's way: files out and in, signatures, recordings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from collector.commands.context import installation, json_option, show, today
from collector.commands.files import FILE, NEW_FILE
from collector.commands.translations import rules, spoken, wanted
from collector.errors import SettingsError
from collector.languages import adopt as adoption
from collector.languages import exchange, signing, upkeep
from collector.languages import sound as sounds
from collector.languages.catalogue import Words
from collector.settings import BY_NAME, TOML, load, read_toml, write_toml

FOLDER = "translations"
"""The setting, and the folder in the data folder."""


@click.command("adopt")
def adopt() -> None:
    """Copy the translations that come with the program into the data folder, and use them from there.

    There they can be changed and signed, are in every backup, and later shipped ones are merged into them.

    \b
    Example:
      collector languages adopt
    """
    settings = load()
    target = settings.data / FOLDER
    name = BY_NAME[FOLDER].env
    if os.environ.get(name):
        raise SettingsError(f"{name} in the environment leads to {os.environ[name]}. Take it out, then run this again.")
    if not adoption.is_shipped(settings.translations):
        click.echo(f"You have translations of your own already, in {settings.translations}.")
        return
    if not settings.data.is_dir():
        raise SettingsError(f"There is no data folder {settings.data}. Run `collector init` first.")
    if not target.exists():
        adoption.adopt(target)
    write_toml(settings.data / TOML, {**read_toml(settings.data / TOML), FOLDER: FOLDER})
    click.echo(f"Your translations are in {target}. Restart the program, so that it uses them.")


@click.command("export")
@click.argument("tag")
@click.option("--to", "target", required=True, type=NEW_FILE, help=".xlsx or .po")
def export_file(tag: str, target: Path) -> None:
    """Write a file for a translator, with the English, what is meant, and the words so far.

    \b
    Example:
      collector languages export bn --to bengali.xlsx
    """
    here = installation()
    language = upkeep.one(here.languages, tag)
    exchange.export(upkeep.catalogue(here.settings.translations, language), language, target)
    click.echo(f"Written: {target}.")


@click.command("import")
@click.argument("file", type=FILE)
@json_option
def import_file(file: Path, as_json: bool) -> None:
    """Take in a translator's file. Nothing is taken when the English has moved on since it was written.

    \b
    Example:
      collector languages import bengali.xlsx
    """
    here = installation()
    adoption.refuse_shipped(here.settings.translations)
    tag, rows = exchange.read(file)
    language = upkeep.one(here.languages, tag)
    taken = upkeep.take(here.settings.translations, language, rows, rules(here))

    def lines() -> Iterator[str]:
        yield from map(str, taken.faults)
        yield f"{language.tag}: {len(taken.changed)} messages taken in, {len(taken.faults)} faults to look at."

    show(as_json, {"changed": taken.changed, "faults": [str(f) for f in taken.faults]}, lines)


@click.command()
@click.argument("tag")
@click.option("--as", "name", required=True, help="The person who read it, as they want to be named.")
@click.option("--role", required=True, type=click.Choice(signing.ROLES), help="What they did.")
def sign(tag: str, name: str, role: str) -> None:
    """Note that a person has read the whole translation and stands for it. Two different people are needed.

    \b
    Example:
      collector languages sign bn --as "Rahima B." --role reader
    """
    here = installation()
    language, folder = upkeep.one(here.languages, tag), here.settings.translations
    adoption.refuse_shipped(folder)
    held = upkeep.sign(folder, language, wanted(here), rules(here), name, role, today())
    click.echo(f"{tag} is signed by {', '.join(f'{s.name} ({s.role})' for s in held)}.")
    if len(held) < signing.NEEDED:
        click.echo("One more person must sign before it is no longer a draft.")


def _words(tag: str) -> Words:
    here = installation()
    if tag not in here.languages.languages:
        raise SettingsError(f"{tag!r} is not a language of the list. Use: {', '.join(here.languages.languages)}.")
    return here.catalogues.words(tag)


@click.command()
@click.argument("tag")
@json_option
def sound(tag: str, as_json: bool) -> None:
    """What there is to read out in a language: what is recorded, by whom, and what is missing or old.

    \b
    Example:
      collector languages sound bn
    """
    here, words = installation(), _words(tag)
    there = sounds.Recordings(here.settings.translations).all(words.language)
    data = []
    for code, said in spoken(here).items():
        text, held = sounds.read_out(words, said), there.get(code)
        state = "missing" if held is None else "fresh" if held.text == sounds.version(text) else "old"
        data.append({"code": code, "state": state, "voice": held.voice if held else "", "text": text})

    def lines() -> Iterator[str]:
        for row in data:
            yield f"{row['code']:20} {row['state']:8} {row['voice'] or '-'}"
            yield from (f"    {line}" for line in row["text"].splitlines())

    show(as_json, data, lines)


@click.command()
@click.argument("tag")
@click.argument("code")
@click.argument("file", type=FILE)
@click.option("--voice", required=True, help="Who reads, as they want to be named.")
def record(tag: str, code: str, file: Path, voice: str) -> None:
    """Put a recording of the text as it is now in its place. Record first what `sound` shows.

    \b
    Example:
      collector languages record bn UN_PCC1 take-2.opus --voice "Rahima B."
    """
    here, words = installation(), _words(tag)
    said = spoken(here).get(code)
    if said is None:
        raise SettingsError(f"{code!r} is nothing that can be read out. `collector languages sound {tag}` lists all.")
    adoption.refuse_shipped(here.settings.translations)
    target = sounds.take(here.settings.translations, words, code, said, file, voice)
    click.echo(f"Written: {target}.")
