"""Survey files: check them, publish them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click

from collector.commands.context import act, agree, installation, json_option, show, yes_option
from collector.commands.files import FOLDER
from collector.errors import StoreError, SurveyError
from collector.governance import promises
from collector.installation import Installation
from collector.responses.versions import ask_only, asked_now, number, published
from collector.responses.versions import publish as freeze
from collector.survey.canonical import canonical, fingerprint
from collector.survey.definition import Survey
from collector.survey.faults import Fault
from collector.survey.read import read_folder


@click.command()
@click.argument("folder", required=False, type=FOLDER)
@json_option
def check(folder: Path | None, as_json: bool) -> None:
    """Find faults in survey files.

    Each is told with file, line, what is wrong and what to do. Nothing is changed.

    \b
    Example:
      collector check forms/
    """
    here = installation()
    surveys, faults = read_folder(folder or here.settings.forms)
    faults += _changed(here, surveys)
    data = [{"file": f.file, "line": f.line, "what": f.what, "cure": f.cure} for f in faults]

    def lines() -> Iterator[str]:
        yield from map(str, faults)
        yield f"{len(surveys)} survey files are well, {len(faults)} faults."

    show(as_json, data, lines)
    if faults:
        raise SystemExit(1)


def _changed(here: Installation, surveys: list[tuple[Path, Survey]]) -> list[Fault]:
    """A changed definition under a version that is published. Without a database nothing is."""
    if not here.settings.database.exists():
        return []
    try:
        known = {(p.survey.code, p.survey.version): p.hash for p in published(here.database)}
    except StoreError:
        return []
    return [
        Fault(path.name, 1, "changed_version", (("survey", survey.code), ("version", survey.version)))
        for path, survey in surveys
        if known.get((survey.code, survey.version), same := fingerprint(canonical(survey))) != same
    ]


@click.command()
@click.argument("folder", required=False, type=FOLDER)
@click.option("--instead", is_flag=True, help="Ask this survey instead of the other one that is asked now.")
@yes_option
def publish(folder: Path | None, instead: bool, yes: bool) -> None:
    """Ask people the survey in a folder of survey files.

    Without FOLDER, the one that comes with the program. A published version never changes: what you change later gets a
    new version. One survey is asked at a time, at every place. Another one is refused unless you say --instead.

    \b
    Example:
      collector publish forms/
    """

    def ask(new: list[str]) -> None:
        agree(f"Publish {', '.join(new)}? It is asked at every place from now on, and can no longer be changed.", yes)

    for line in publish_folder(installation(), folder, instead, ask):
        click.echo(line)


def publish_first(here: Installation) -> None:
    """Publish what the folder of forms holds, unless another survey was put in its place."""
    surveys, _ = read_folder(here.settings.forms)
    asked = asked_now(here.database)
    if set(asked) <= {survey.code for _, survey in surveys}:
        publish_folder(here)


def publish_folder(
    here: Installation,
    folder: Path | None = None,
    instead: bool = False,
    ask: Callable[[list[str]], None] | None = None,
) -> list[str]:
    """Publish every new version of a folder, all or none; a line for each survey. Raises SurveyError with the first fault.

    `ask` is called with the new versions, before anything is done.
    """
    surveys, faults = read_folder(folder or here.settings.forms)
    faults += _changed(here, surveys)
    if faults:
        raise SurveyError(f"{faults[0]} ({len(faults)} in all; `collector check` shows them.)")
    if surveys:
        _one_at_a_time(here, {survey.code for _, survey in surveys}, instead)
    known = {(p.survey.code, p.survey.version) for p in published(here.database)}
    surveys = [(path, survey) for path, survey in surveys if not _overtaken(survey, known)]
    new = [f"{s.code} {s.version}" for _, s in surveys if (s.code, s.version) not in known]
    if ask and (new or instead):
        ask(new or [surveys[0][1].code])
    given = promises.as_data(here.promises)
    lines: list[str] = []
    with here.database.transaction():
        for _, survey in sorted(surveys, key=lambda pair: number(pair[1].version)):
            fresh = freeze(here.database, survey, given, act())
            lines.append(f"{survey.code} {survey.version} {'is published.' if fresh else 'was published before.'}")
        for former in ask_only(here.database, surveys[0][1].code, act()) if instead else ():
            lines.append(f"{surveys[0][1].code} is asked instead of {former}. Pages that are open still send {former}.")
    return lines


def _overtaken(survey: Survey, known: set[tuple[str, str]]) -> bool:
    """True for a file of a former version that was never published here: a newer one is."""
    newest = max((number(version) for code, version in known if code == survey.code), default=None)
    return (survey.code, survey.version) not in known and newest is not None and number(survey.version) < newest


def _one_at_a_time(here: Installation, codes: set[str], instead: bool) -> None:
    """Raise SurveyError when a folder would put another survey on every page of every place, unsaid."""
    if len(codes) > 1:
        raise SurveyError(
            f"One survey is asked at a time, and the folder holds {len(codes)}: {', '.join(sorted(codes))}. "
            "Put the one that you want into a folder of its own, and publish that."
        )
    others = [code for code in asked_now(here.database) if code not in codes]
    if others and not instead:
        raise SurveyError(
            f"{others[0]} is asked now, at every place. To ask {min(codes)} instead of it, say --instead."
        )
