"""Survey files: check them, publish them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from collector.commands.context import OPERATOR, Work, entry_id, json_option, show, today, work
from collector.errors import StoreError, SurveyError
from collector.governance import promises
from collector.responses.versions import number, published
from collector.responses.versions import publish as freeze
from collector.survey.canonical import canonical, fingerprint
from collector.survey.definition import Survey
from collector.survey.faults import Fault
from collector.survey.read import read_folder


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False, exists=True))
@json_option
def check(folder: Path | None, as_json: bool) -> None:
    """Read every survey file and report each fault with file, line, what is wrong and what to do.

    \b
    Example:
      collector check forms/
    """
    ready = work()
    surveys, faults = read_folder(folder or ready.settings.forms)
    faults += _changed(ready, surveys)
    data = [{"file": f.file, "line": f.line, "what": f.what, "cure": f.cure} for f in faults]

    def lines() -> Iterator[str]:
        yield from map(str, faults)
        yield f"{len(surveys)} survey files are well, {len(faults)} faults."

    show(as_json, data, lines)
    if faults:
        raise SystemExit(1)


def _changed(ready: Work, surveys: list[tuple[Path, Survey]]) -> list[Fault]:
    """A changed definition under a version that is published. Without a database nothing is."""
    if not ready.settings.database.exists():
        return []
    try:
        known = {(p.survey.code, p.survey.version): p.hash for p in published(ready.database)}
    except StoreError:
        return []
    return [
        Fault(path.name, 1, "changed_version", (("survey", survey.code), ("version", survey.version)))
        for path, survey in surveys
        if known.get((survey.code, survey.version), same := fingerprint(canonical(survey))) != same
    ]


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False, exists=True))
def publish(folder: Path | None) -> None:
    """Freeze the versions in the survey files. A published version never changes.

    \b
    Example:
      collector publish forms/
    """
    for line in publish_folder(work(), folder):
        click.echo(line)


def publish_folder(ready: Work, folder: Path | None = None) -> list[str]:
    """Publish every new version of a folder, all or none; a line for each survey. Raises SurveyError with the first fault."""
    surveys, faults = read_folder(folder or ready.settings.forms)
    faults += _changed(ready, surveys)
    if faults:
        raise SurveyError(f"{faults[0]} ({len(faults)} in all; `collector check` shows them.)")
    given = promises.as_data(promises.load(ready.settings.forms))
    lines: list[str] = []
    with ready.database.transaction():
        for _, survey in sorted(surveys, key=lambda pair: number(pair[1].version)):
            new = freeze(ready.database, survey, given, OPERATOR, today(), entry_id())
            lines.append(f"{survey.code} {survey.version} {'is published.' if new else 'was published before.'}")
    return lines
