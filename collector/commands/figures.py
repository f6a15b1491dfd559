"""From answers to figures: roll-up and release."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from collector import __version__
from collector.audit import log
from collector.commands.context import OPERATOR, Work, agree, entry_id, json_option, show, today, work, yes_option
from collector.releases.build import Act, build_correction, build_draft, build_release
from collector.releases.freeze import freeze
from collector.releases.verify import verified
from collector.responses.periods import Period, parse
from collector.summaries.rollup import open_periods, roll_up


@click.command()
@click.option("--period", metavar="QUARTER", help="One open quarter, such as 2026-27-Q1; all open ones if not given.")
@json_option
def rollup(period: str | None, as_json: bool) -> None:
    """Count the answers of open quarters again.

    Safe to repeat: the job does it by itself.

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
@yes_option
@json_option
def release(period: str, draft: bool, correct: bool, reason: str, yes: bool, as_json: bool) -> None:
    """Publish the figures of a quarter.

    The job does it by itself on the day that `collector status` names. The quarter is frozen first, which cannot be
    undone: days and visits leave the answers, and the figures are final. The files go to the exports folder.

    \b
    Example:
      collector release --period 2026-27-Q1 --draft
    """
    ready, quarter = work(), parse(period)
    if not draft:
        what = "Publish a correction of" if correct else "Freeze and publish"
        agree(f"{what} {quarter.code} ({quarter.start} to {quarter.end})? Others can see it; it cannot be undone.", yes)
    if draft:
        folder = make_draft(ready, quarter)
    elif correct:
        folder = make_correction(ready, quarter, reason)
    else:
        folder = make_release(ready, quarter)
    show(as_json, {"folder": folder}, lambda: iter([f"Written: {folder}"]))


def make_release(ready: Work, period: Period) -> str:
    """Freeze and publish a quarter; the folder it lies in."""
    freeze(
        ready.database, period, ready.areas, today(), by=OPERATOR, entry_id=entry_id(), early=ready.synthetic
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
    with ready.database.transaction():
        log.write(ready.database, entry_id(), today(), OPERATOR, "draft", period.code)
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
    """Prove that releases are whole and unchanged.

    Looks at each in the exports folder: its checksums, its rows, and that it can be made again from what was frozen.

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
