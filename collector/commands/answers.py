"""Bringing in answers from paper or other tools."""

from __future__ import annotations

from pathlib import Path

import click

from collector.commands.context import OPERATOR, Work, entry_id, json_option, new_id, progress, show, today, work
from collector.commands.files import FILE
from collector.responses import importing
from collector.responses.keys import load_sealer


@click.command("import-responses")
@click.argument("file", type=FILE)
@click.option("--source", required=True, help="Where the file comes from; keys are unique within a source.")
@json_option
def import_responses(file: Path, source: str, as_json: bool) -> None:
    """Bring in answers from a CSV file. Bad rows go to FILE.rejected.csv; the same file again adds nothing.

    \b
    Columns: key, survey, version, variant, venue, visit, day, language, mode, and if wanted help;
    then one column a question by its code: option codes (several with spaces), na, dk, pns, or blank.
    Exit status 1 if any row was rejected.

    \b
    Example:
      collector import-responses paper-july.csv --source paper
    """
    result = bring_in(work(), file, source)
    line = f"{result.stored} stored, {result.repeated} were there already, {result.rejected} rejected."
    if result.rejected:
        line += f" The rejected rows are in {file}.rejected.csv, with reasons."
    show(as_json, vars(result), lambda: iter([line]))
    if result.rejected:
        raise SystemExit(1)


def bring_in(ready: Work, file: Path, source: str) -> importing.Result:
    """Import a file into an open installation, with progress on a terminal."""
    languages = frozenset(ready.languages.languages)
    sealer = load_sealer(ready.settings.secret_file)
    against = importing.world(ready.database, source, today(), sealer, languages)
    with progress("Importing", file.stat().st_size) as show_progress:
        return importing.import_file(ready.database, file, against, new_id, OPERATOR, entry_id(), show_progress)
