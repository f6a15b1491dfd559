"""Who did what: the audit log, for whoever must answer for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import click

from collector.audit import log
from collector.commands.context import DAY, installation, json_option, show


@click.group()
def audit() -> None:
    """Who did what, and on which day.

    The acts of staff and of jobs; never what anybody answered.
    """


@audit.command("list")
@click.option("--since", type=DAY, help="Only from this day on, such as 2026-12-05.")
@click.option("--verb", default="", help="Only one kind of act, such as `venue` or `venue close`.")
@click.option("--most", type=click.IntRange(1), default=100, show_default=True, help="How many, the newest ones.")
@json_option
def audit_list(since: datetime | None, verb: str, most: int, as_json: bool) -> None:
    """List what was done, oldest first.

    A line holds the day, who, what, on what, and more about it. `operator` is whoever typed a command at the server; names of people are not kept.

    \b
    Example:
      collector audit list --since 2026-10-01 --verb venue
    """
    first = since.date() if since else None
    found = log.entries(installation().database, most + 1, first, verb)
    shown = found[:most][::-1]
    data = [dict(zip(("day", "by", "verb", "target", "detail"), entry, strict=True)) for entry in shown]

    def lines() -> Iterator[str]:
        if len(found) > most:
            yield f"Older ones are left out: say --most, or --verb. The newest {most}:"
        yield from ("  ".join(part for part in entry if part) for entry in shown)
        if not found:
            yield "No such entry."

    show(as_json, data, lines)
