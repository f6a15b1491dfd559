"""Bringing in answers from paper or other tools, and taking a whole import back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click

from collector.commands.context import act, installation, json_option, new_id, progress, show, today
from collector.commands.files import FILE, NEW_FILE
from collector.community import venues
from collector.errors import ImportRefusedError
from collector.governance import promised
from collector.installation import Installation
from collector.responses import gone, importing, imports, template
from collector.responses.days import ORDERS
from collector.responses.versions import current

MOST_REASON = 200


@click.command("import-responses")
@click.argument("file", type=FILE, required=False)
@click.option("--source", help="Where the file comes from; keys are unique within a source.")
@click.option(
    "--days", type=click.Choice(ORDERS), help="How 02/11/2026 is meant: day first (dmy) or month first (mdy)."
)
@click.option("--again", is_flag=True, help="Bring in a file whose answers came before: they are other people's.")
@click.option("--rejected", type=NEW_FILE, metavar="FILE", help="Where rejected rows go, instead of FILE.rejected.csv.")
@click.option(
    "--template", "to", type=NEW_FILE, metavar="FILE", help="Write an empty sheet and a list of codes, and end."
)
@json_option
def import_responses(
    file: Path | None, source: str | None, days: str | None, again: bool, rejected: Path | None, to: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Bring in answers from a CSV file or an Excel workbook. The same file again adds nothing.

    \b
    Columns: key, survey, version, variant, venue, visit, day, language, mode, and if wanted help;
    then one column a question by its code: option codes (several with spaces), na, dk, pns, or blank.
    Words as they stand on the form, and names of places, are read where only one thing can be meant.
    Bad rows go to FILE.rejected.csv, with reasons. Exit status 1 if any row was rejected.

    \b
    Example:
      collector import-responses --template paper.csv
      collector import-responses paper.csv --source paper --days dmy
    """
    here = installation()
    if to is not None:
        click.echo(write_template(here, to))
        return
    if file is None or source is None:
        raise click.UsageError("Name the file, and say where it comes from: --source paper.")
    result = bring_in(here, file, source, days=days or "", again=again, rejected=rejected)
    show(as_json, vars(result), lambda: _told(result))
    if result.rejected:
        raise SystemExit(1)


def write_template(here: Installation, to: Path) -> str:
    """Write the empty sheet and the list of codes; what to say of it."""
    places = [(venue.code, venue.name) for venue in venues.all_venues(here.database) if not venue.closed]
    languages = [(language.tag, language.name) for language in here.languages.languages.values()]
    template.write(to, current(here.database).survey, places, languages, today())
    return f"{to.resolve()} is the sheet, {template.codes_path(to).resolve()} says what to write. See docs/paper.md."


def bring_in(
    here: Installation, file: Path, source: str, *, days: str = "", again: bool = False, rejected: Path | None = None
) -> importing.Result:
    """Import a file into an open installation, with progress on a terminal."""
    languages = frozenset(here.languages.languages)
    keeping = promised.keeping(here.settings)
    since = None if here.synthetic else promised.since(here.database, today(), keeping)
    against = importing.world(here.database, source, today(), here.sealer, languages, here.catalogues, days, since)
    with progress("Importing", file.stat().st_size) as show_progress:
        return importing.import_file(
            here.database, file, against, new_id, act(), show_progress, again=again, rejected=rejected
        )


def _told(result: importing.Result) -> Iterator[str]:
    yield (
        f"Import {result.number}: {result.stored} stored, {result.repeated} were there already, "
        f"{result.rejected} rejected."
    )
    if result.rejected:
        yield f"The rejected rows are in {result.report}, with reasons. Mend them there and bring that file in."
    if result.gone:
        yield f"{result.gone} were taken back before and stay out. If they are right now, give --source another name."
    if result.examples:
        yield "The example row was passed over."


@click.group("imports", invoke_without_command=True)
@json_option
@click.pass_context
def imports_group(context: click.Context, as_json: bool) -> None:
    """List what was brought in by file; take an import back.

    \b
    Example:
      collector imports
    """
    if context.invoked_subcommand is None:
        acts = imports.all_imports(installation().database)
        show(as_json, [asdict(act) for act in acts], lambda: _listed(acts))


def _listed(done: list[imports.Import]) -> Iterator[str]:
    notes = {
        imports.BEGUN: "  not finished: give the same file again, or take it back",
        imports.TAKEN_BACK: "  taken back",
    }
    for one in done:
        why = f" ({one.reason})" if one.reason else ""
        yield f"{one.number}  {one.day}  {one.source}  {one.stored} stored{notes.get(one.state, '')}{why}"
    if not done:
        yield "Nothing was brought in by file yet. `collector import-responses` does it."


@imports_group.command("take-back")
@click.argument("number", type=click.IntRange(min=1))
@click.option("--reason", default="", help="Why, for the list and the audit log. No names of people.")
@json_option
def take_back(number: int, reason: str, as_json: bool) -> None:
    """Delete all that an import stored, while its quarter is open.

    \b
    Example:
      collector imports take-back 3 --reason "wrong place"
    """
    reason = " ".join(reason.split())
    if len(reason) > MOST_REASON:
        raise ImportRefusedError(f"The reason is longer than {MOST_REASON} letters. Say it shorter.")
    here = installation()
    file = here.settings.withdrawn_file
    with here.database.transaction():
        taken = imports.take_back(here.database, number, act(reason), partial(gone.note, file, today(), "key"))
    show(
        as_json,
        {"number": number, "taken_back": taken},
        lambda: iter([f"Import {number}: {taken} answers taken back."]),
    )
