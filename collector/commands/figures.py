"""From answers to figures: roll-up and release."""

from __future__ import annotations

from collections.abc import Iterator

import click

from collector import __version__
from collector.audit import log
from collector.commands.context import OPERATOR, Work, entry_id, json_option, show, today, work
from collector.releases.build import build_release
from collector.responses.periods import Period, parse
from collector.summaries.rollup import open_periods, roll_up


@click.command()
@click.option("--period", metavar="QUARTER", help="One open quarter, such as 2026-27-Q1; all open ones if not given.")
@json_option
def rollup(period: str | None, as_json: bool) -> None:
    """Make the count tables of open quarters anew from their answers. Safe to repeat.

    \b
    Example:
      collector rollup --period 2026-27-Q1
    """
    ready = work()
    periods = [parse(period)] if period else open_periods(ready.database)
    done = {p.code: roll_up(ready.database, p, ready.areas, today()).responses for p in periods}

    def lines() -> Iterator[str]:
        yield from (f"{code}: {count} responses" for code, count in done.items())
        if not done:
            yield "No open quarter has answers."

    show(as_json, done, lines)


@click.command()
@click.option("--period", required=True, metavar="QUARTER", help="The quarter, such as 2026-27-Q1.")
@click.option("--draft", is_flag=True, help="Build a draft of real data, for your own eyes only.")
@json_option
def release(period: str, draft: bool, as_json: bool) -> None:
    """Write the CSV release of a quarter, as a draft, to the exports folder.

    Releases are drafts until the full disclosure control is built; drafts are not for publication.

    \b
    Example:
      collector release --period 2026-27-Q1
    """
    folder = make_release(work(), parse(period), draft=draft)
    show(as_json, {"folder": folder}, lambda: iter([f"Written: {folder}"]))


def make_release(ready: Work, period: Period, *, draft: bool) -> str:
    """Build a release; the folder it lies in."""
    folder = build_release(
        ready.database, period, ready.areas, ready.settings.exports, synthetic=ready.synthetic,
        draft=draft or ready.synthetic, published_on=period.appears, code_version=__version__,
    )  # fmt: skip
    with ready.database.transaction():
        log.write(ready.database, entry_id(), today(), OPERATOR, "release", period.code, folder.name)
    return str(folder)
