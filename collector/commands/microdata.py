"""Answers of single people for the host's own analysts."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from collector.audit.act import Act
from collector.commands.context import act, installation, json_option, show
from collector.commands.files import NEW_FOLDER
from collector.errors import ExportError
from collector.installation import Installation
from collector.microdata.export import NOTES_FILE, Exported, Wanted, checked_reason, export
from collector.responses.periods import parse


@click.command("export-responses")
@click.option("--to", required=True, type=NEW_FOLDER, help="A new folder; nothing is written over.")
@click.option("--reason", help="Why the answers are needed. It is kept in the audit log.")
@click.option("--period", "periods", multiple=True, metavar="QUARTER", help="Such as 2026-27-Q1; may be repeated.")
@click.option("--excel", is_flag=True, help="Also write files for a spreadsheet, with formulas disarmed.")
@json_option
def export_responses(to: Path, reason: str | None, periods: tuple[str, ...], excel: bool, as_json: bool) -> None:
    """Write single people's answers for your own analysts.

    Never for commissioners: they get releases. One CSV file a survey version, with a dictionary. All quarters if none is named. Answers that are held or were
    taken back are left out, and so are written answers, places, visits and days.

    \b
    Example:
      collector export-responses --to analysis-june --reason "Does the short form answer alike?"
    """
    if reason is None and sys.stdin.isatty():
        reason = click.prompt("Why are the answers needed? This is kept in the audit log", err=True)
    doing = act(checked_reason(reason or ""))
    done = bring_out(installation(), to, Wanted(tuple(map(parse, periods)), excel), doing)
    lines = (
        f"{sum(done.rows.values())} people's answers are in {to}:",
        *(f"  {name}" for name in done.files),
        f"This is personal data. Read {NOTES_FILE}, and delete the folder when the work is done.",
    )
    show(as_json, {"folder": str(to), "rows": done.rows, "files": done.files}, lambda: iter(lines))


def bring_out(here: Installation, to: Path, wanted: Wanted, doing: Act) -> Exported:
    """Export from an open installation. Raises ExportError for a folder among the releases, which others can read."""
    if to.resolve().is_relative_to(here.settings.exports.resolve()):
        raise ExportError(f"{to} lies among the releases, which commissioners get. Name a folder elsewhere.")
    wanted = replace(wanted, synthetic=here.synthetic)
    return export(here.database, to, wanted, doing)
