"""Translations: how far they are, bring them up to date, check them, hand them out, take them in, sign them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from collector.commands import translators
from collector.commands.context import installation, json_option, show
from collector.commands.translations import bring_up_to_date, rules, spoken, wanted
from collector.installation import Installation
from collector.languages import adopt, coverage, po, signing, suggestions, upkeep
from collector.languages import check as checking
from collector.languages.registry import SOURCE, Language
from collector.languages.sound import Spoken


@click.group()
def languages() -> None:
    """Translations: how far they are, and everything that is done to them."""


for command in (
    translators.adopt,
    translators.export_file,
    translators.import_file,
    translators.sign,
    translators.sound,
    translators.record,
):
    languages.add_command(command)


@languages.command()
@json_option
def status(as_json: bool) -> None:
    """How far each language is: translated, stale, signed by whom, recordings, and live or why not.

    \b
    Example:
      collector languages status --json
    """
    here = installation()
    template, said = wanted(here), spoken(here)
    data = [_status(here, language, template, said) for language in here.languages.languages.values()]
    show(as_json, data, lambda: (_status_line(row) for row in data))


def _status(here: Installation, language: Language, template: po.PoFile, said: dict[str, Spoken]) -> dict[str, Any]:
    path = upkeep.path_of(here.settings.translations, language)
    file = po.read(path) if language.catalogue and path.is_file() else None
    row: dict[str, Any] = {"tag": language.tag, "name": language.name, "status": "source", "live": True, "why": []}
    if language.tag == SOURCE:
        return row
    why = coverage.reasons(file, template)
    row |= {"status": "spoken first" if not language.catalogue else "draft", "live": not why, "why": why}
    row |= _sound(here, language, said)
    if file is not None:
        row |= vars(coverage.cover(file, template)) | {"percent": coverage.cover(file, template).percent}
        row["signed_by"] = [f"{s.name} ({s.role}, {s.day})" for s in signing.valid(file)]
        row["status"] = "signed" if signing.signed(file) else "draft"
    return row


def _sound(here: Installation, language: Language, said: dict[str, Spoken]) -> dict[str, int]:
    """How much is recorded that speaks the text as it is now."""
    words = here.catalogues.words(language.tag)
    return {
        "recorded": sum(here.recordings.fresh(words, c, s) is not None for c, s in said.items()),
        "to_record": len(said),
    }


def _status_line(row: dict[str, Any]) -> str:
    start = f"{row['tag']:8} {row['name']:22} {row['status']:12}"
    if row["tag"] == SOURCE:
        return start.rstrip()
    heard = f"{row['recorded']} of {row['to_record']} recorded"
    if "percent" not in row:
        return f"{start} {heard}"
    far = f"{row['percent']:3}% {row['stale']} stale, {row['aside']} set aside, {heard}"
    by = f"; signed by {', '.join(row['signed_by'])}" if row["signed_by"] else ""
    return f"{start} {far}{by}; {'live' if row['live'] else 'not live: ' + '; '.join(row['why'])}"


@languages.command()
def update() -> None:
    """Write messages.pot from what is said now and merge every catalogue. No translation is lost. Safe to repeat.

    What a newer program ships is merged into adopted translations too; `collector migrate` does the same.

    \b
    Example:
      collector languages update && git diff translations
    """
    here = installation()
    adopt.refuse_shipped(here.settings.translations)
    changed = bring_up_to_date(here)
    for name in changed:
        click.echo(f"{name} is brought up to date.")
    if not changed:
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
    here = installation()
    known = [upkeep.one(here.languages, tag).tag for tag in tags]
    faults = checking.everything(here.settings.translations, here.languages, wanted(here), rules(here), known)
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


@languages.command("suggestions")
@click.argument("tag")
@json_option
def list_suggestions(tag: str, as_json: bool) -> None:
    """Better words that people sent from the page `Tell us a better word`, newest day first.

    \b
    Example:
      collector languages suggestions bn
    """
    found = suggestions.listed(installation().database, tag)
    data = [{"day": day, "words": words} for day, words in found]
    show(as_json, data, lambda: (f"{day}  {words}" for day, words in found))
