"""From answers to figures: roll-up and release."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from collector import __version__
from collector.commands.context import OPERATOR, Work, entry_id, json_option, show, today, work
from collector.governance import clock, promised
from collector.releases.build import Act, build_correction, build_draft, build_release
from collector.releases.freeze import freeze
from collector.releases.verify import verified
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
@click.option("--draft", is_flag=True, help="Build a draft for your own eyes, before the quarter is frozen.")
@click.option("--correct", is_flag=True, help="Publish a correction beside what is out.")
@click.option("--reason", default="", help="For a correction: what was wrong, why, and who noticed.")
@json_option
def release(period: str, draft: bool, correct: bool, reason: str, as_json: bool) -> None:
    """Freeze a quarter whose late answers are in, and publish its release to the exports folder.

    Freezing cannot be undone: days and visits leave the answers, and the figures are final.

    \b
    Example:
      collector release --period 2026-27-Q1
    """
    ready, quarter = work(), parse(period)
    if draft:
        folder = make_draft(ready, quarter)
    elif correct:
        folder = make_correction(ready, quarter, reason)
    else:
        folder = make_release(ready, quarter)
    show(as_json, {"folder": folder}, lambda: iter([f"Written: {folder}"]))


def make_release(ready: Work, period: Period) -> str:
    """Freeze and publish a quarter; the folder it lies in."""
    if not ready.synthetic:
        clock.refuse_if_doubtful(ready.database, datetime.now(UTC))
    with ready.database.transaction():
        promised.remember_today(ready.database, promised.keeping(ready.settings), today())
    freeze(
        ready.database, period, ready.areas, today(), by=OPERATOR, entry_id=entry_id(), early=ready.synthetic,
        file=ready.settings.withdrawn_file,
    )  # fmt: skip
    folder = build_release(
        ready.database, period, ready.settings.exports, _act(), synthetic=ready.synthetic, published_on=period.appears
    )
    return str(folder)


def make_draft(ready: Work, period: Period) -> str:
    """Build a draft of a quarter; the folder it lies in."""
    folder = build_draft(
        ready.database, period, ready.areas, ready.settings.exports, synthetic=ready.synthetic, code_version=__version__
    )
    return str(folder)


def make_correction(ready: Work, period: Period, reason: str) -> str:
    """Publish a correction of a quarter; the folder it lies in."""
    folder = build_correction(
        ready.database, period, ready.areas, ready.settings.exports, _act(reason), synthetic=ready.synthetic,
        published_on=today(),
    )  # fmt: skip
    return str(folder)


def _act(reason: str = "") -> Act:
    return Act(OPERATOR, today(), entry_id(), __version__, reason)


@click.command()
@click.argument("name", required=False)
@json_option
def verify(name: str | None, as_json: bool) -> None:
    """Check releases in the exports folder: checksums, metadata, rows, and that each can be made again.

    \b
    Example:
      collector verify trust-summary_E12000007_2026-27-Q1_r0
    """
    ready = work()
    chosen = Path(name).name if name else None
    found = verified(ready.database, ready.settings.exports, ready.synthetic, chosen)

    def lines() -> Iterator[str]:
        for release, faults in found.items():
            yield from ([f"{release}: well"] if not faults else [f"{release}: {fault}" for fault in faults])
        if not found:
            yield "No release is out."

    show(as_json, found, lines)
    if any(found.values()):
        raise SystemExit(1)
