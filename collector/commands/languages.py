"""Translations: how far they are, bring them up to date, check them, hand them out, take them in, sign them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

import collector
from collector.commands.context import Work, json_option, show, today, work
from collector.errors import StoreError, SurveyError
from collector.governance import promises
from collector.languages import check as checking
from collector.languages import coverage, exchange, extract, meaning, po, signing, suggestions, terms, upkeep
from collector.languages.registry import SOURCE, Language
from collector.responses.versions import published
from collector.survey.definition import Survey
from collector.survey.read import read_folder


@click.group()
def languages() -> None:
    """Translations: status, update, check, export, import, sign, suggestions."""


def surveys(ready: Work) -> list[Survey]:
    """Every survey that is shown or still accepted: the files, and published versions that answers may still name."""
    found, faults = read_folder(ready.settings.forms)
    if faults:
        raise SurveyError(f"{faults[0]} ({len(faults)} in all; `collector check` shows them.)")
    ours = {(survey.code, survey.version): survey for _, survey in found}
    if ready.settings.database.exists():
        try:
            accepted = [p.survey for p in published(ready.database) if p.accepted_on(today())]
        except StoreError:
            accepted = []
        ours = {**ours, **{(s.code, s.version): s for s in accepted if (s.code, s.version) not in ours}}
    return list(ours.values())


def wanted(ready: Work) -> po.PoFile:
    """All that is said now."""
    given = promises.messages(promises.load(ready.settings.forms))
    return extract.wanted(Path(collector.__file__).parent, surveys(ready), list(given))


def rules(ready: Work) -> checking.Rules:
    """The agreed and the forbidden words."""
    folder = ready.settings.translations
    return checking.Rules(terms.load(folder), terms.forbidden(folder))


@languages.command()
@json_option
def status(as_json: bool) -> None:
    """How far each language is: translated, stale, signed by whom, recordings, and live or why not.

    \b
    Example:
      collector languages status --json
    """
    ready = work()
    template = wanted(ready)
    data = [_status(ready, language, template) for language in ready.languages.languages.values()]
    show(as_json, data, lambda: (_status_line(row) for row in data))


def _status(ready: Work, language: Language, template: po.PoFile) -> dict[str, Any]:
    path = upkeep.path_of(ready.settings.translations, language)
    file = po.read(path) if language.catalogue and path.is_file() else None
    row: dict[str, Any] = {"tag": language.tag, "name": language.name, "status": "source", "live": True, "why": []}
    if language.tag == SOURCE:
        return row
    why = coverage.reasons(file, template)
    row |= {"status": "spoken first" if not language.catalogue else "draft", "live": not why, "why": why}
    if file is not None:
        row |= vars(coverage.cover(file, template)) | {"percent": coverage.cover(file, template).percent}
        row["signed_by"] = [f"{s.name} ({s.role}, {s.day})" for s in signing.valid(file)]
        row["status"] = "signed" if signing.signed(file) else "draft"
    return row


def _status_line(row: dict[str, Any]) -> str:
    start = f"{row['tag']:8} {row['name']:22} {row['status']:12}"
    if "percent" not in row:
        return f"{start} {'' if row['live'] else '; '.join(row['why'])}".rstrip()
    far = f"{row['percent']:3}% {row['stale']} stale, {row['aside']} set aside"
    by = f"; signed by {', '.join(row['signed_by'])}" if row["signed_by"] else ""
    return f"{start} {far}{by}; {'live' if row['live'] else 'not live: ' + '; '.join(row['why'])}"


@languages.command()
def update() -> None:
    """Write messages.pot from what is said now and merge every catalogue. No translation is lost. Safe to repeat.

    \b
    Example:
      collector languages update && git diff translations
    """
    ready = work()
    known = meaning.editions(surveys(ready))
    changed = upkeep.update(ready.settings.translations, ready.languages, wanted(ready), known)
    for name in (name for name, new in changed.items() if new):
        click.echo(f"{name} is brought up to date.")
    if not any(changed.values()):
        click.echo("Nothing to do: every catalogue is up to date.")


@languages.command()
@click.argument("tags", nargs=-1)
@json_option
def check(tags: tuple[str, ...], as_json: bool) -> None:
    """Look for faults in translations: each with file, line, message, what is wrong and what to do.

    \b
    Example:
      collector languages check bn ur
    """
    ready = work()
    known = [upkeep.one(ready.languages, tag).tag for tag in tags]
    faults = checking.everything(ready.settings.translations, ready.languages, wanted(ready), rules(ready), known)
    data = [
        {"file": f.file, "line": f.line, "context": f.context, "kind": f.kind, "what": f.what, "cure": f.cure}
        for f in faults
    ]

    def lines() -> Iterator[str]:
        yield from map(str, faults)
        yield f"{len(faults)} faults." if faults else "All is well."

    show(as_json, data, lines)
    if faults:
        raise SystemExit(1)


@languages.command("export")
@click.argument("tag")
@click.option("--to", "target", required=True, type=click.Path(path_type=Path, dir_okay=False), help=".xlsx or .po")
def export_file(tag: str, target: Path) -> None:
    """Write a file for a translator, with the English, what is meant, and the words so far.

    \b
    Example:
      collector languages export bn --to bengali.xlsx
    """
    ready = work()
    language = upkeep.one(ready.languages, tag)
    exchange.export(upkeep.catalogue(ready.settings.translations, language), language, target)
    click.echo(f"Written: {target}.")


@languages.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@json_option
def import_file(file: Path, as_json: bool) -> None:
    """Take in a translator's file. Nothing is taken when the English has moved on since it was written.

    \b
    Example:
      collector languages import bengali.xlsx
    """
    ready = work()
    tag, rows = exchange.read(file)
    language = upkeep.one(ready.languages, tag)
    taken = upkeep.take(ready.settings.translations, language, rows, rules(ready))

    def lines() -> Iterator[str]:
        yield from map(str, taken.faults)
        yield f"{language.tag}: {len(taken.changed)} messages taken in, {len(taken.faults)} faults to look at."

    show(as_json, {"changed": taken.changed, "faults": [str(f) for f in taken.faults]}, lines)


@languages.command()
@click.argument("tag")
@click.option("--as", "name", required=True, help="The person who read it, as they want to be named.")
@click.option("--role", required=True, type=click.Choice(signing.ROLES), help="What they did.")
def sign(tag: str, name: str, role: str) -> None:
    """Note that a person has read the whole translation and stands for it. Two different people are needed.

    \b
    Example:
      collector languages sign bn --as "Rahima B." --role reader
    """
    ready = work()
    language, folder = upkeep.one(ready.languages, tag), ready.settings.translations
    held = upkeep.sign(folder, language, wanted(ready), rules(ready), name, role, today())
    click.echo(f"{tag} is signed by {', '.join(f'{s.name} ({s.role})' for s in held)}.")
    if len(held) < signing.NEEDED:
        click.echo("One more person must sign before it is no longer a draft.")


@languages.command("suggestions")
@click.argument("tag")
@json_option
def list_suggestions(tag: str, as_json: bool) -> None:
    """Better words that people sent from the page `Tell us a better word`, newest day first.

    \b
    Example:
      collector languages suggestions bn
    """
    found = suggestions.listed(work().database, tag)
    data = [{"day": day, "words": words} for day, words in found]
    show(as_json, data, lambda: (f"{day}  {words}" for day, words in found))
