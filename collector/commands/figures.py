"""From answers to figures: roll-up and release."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from collector import __version__
from collector.audit import log
from collector.commands.context import act, agree, installation, json_option, show, today, yes_option
from collector.disclosure.rules import REASONS
from collector.governance import clock, promised
from collector.installation import Installation
from collector.releases.build import build_correction, build_draft, build_notice, build_release
from collector.releases.freeze import freeze
from collector.releases.secret import draw_for
from collector.releases.verify import verified
from collector.responses.periods import Period, parse
from collector.summaries.rollup import open_periods, roll_up

WHY = click.Choice(list(REASONS))
"""What a correction or notice may be about."""


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
    here = installation()
    periods = [parse(period)] if period else open_periods(here.database)
    done = {p.code: roll_up(here.database, p, here.areas, today()).responses for p in periods}

    def lines() -> Iterator[str]:
        yield from (f"{code}: {count} responses" for code, count in done.items())
        if not done:
            yield "No open quarter has answers."

    show(as_json, done, lines)


@click.command()
@click.option("--period", required=True, metavar="QUARTER", help="The quarter, such as 2026-27-Q1.")
@click.option("--draft", is_flag=True, help="Build a draft for your own eyes, before the quarter is frozen.")
@click.option("--correct", is_flag=True, help="Publish a correction beside what is out.")
@click.option("--reason", type=WHY, help="For a correction: what was wrong.")
@click.option("--notice", type=WHY, help="Tell of an error of fewer than ten people in words; the figures stay.")
@yes_option
@json_option
def release(
    period: str, draft: bool, correct: bool, reason: str | None, notice: str | None, yes: bool, as_json: bool
) -> None:
    """Publish the figures of a quarter.

    The job does it by itself on the day that `collector status` names. The quarter is frozen first, which cannot be
    undone: days and visits leave the answers, and the figures are final. The files go to the exports folder.

    \b
    Example:
      collector release --period 2026-27-Q1 --draft
    """
    here, quarter = installation(), parse(period)
    if not draft:
        what = "Publish a correction of" if correct else "Publish a notice on" if notice else "Freeze and publish"
        agree(f"{what} {quarter.code} ({quarter.start} to {quarter.end})? Others can see it; it cannot be undone.", yes)
    if draft:
        folder = make_draft(here, quarter)
    elif correct:
        folder = make_correction(here, quarter, reason or "")
    elif notice:
        folder = make_notice(here, quarter, notice)
    else:
        folder = make_release(here, quarter)
    show(as_json, {"folder": folder}, lambda: iter([f"Written: {folder}"]))


def make_release(here: Installation, period: Period) -> str:
    """Freeze and publish a quarter; the folder it lies in."""
    if not here.synthetic:
        clock.refuse_if_doubtful(here.database, datetime.now(UTC))
    with here.database.transaction():
        promised.remember_today(here.database, promised.keeping(here.settings), today())
    freeze(
        here.database, period, here.areas, act(),
        draw=draw_for(here.synthetic), early=here.synthetic, file=here.settings.withdrawn_file,
    )  # fmt: skip
    folder = build_release(
        here.database, period, here.settings.exports, act(), synthetic=here.synthetic, published_on=period.appears
    )
    return str(folder)


def make_draft(here: Installation, period: Period) -> str:
    """Build a draft of a quarter; the folder it lies in."""
    folder = build_draft(
        here.database, period, here.areas, here.settings.exports, synthetic=here.synthetic, code_version=__version__,
        draw=draw_for(here.synthetic),
    )  # fmt: skip
    with here.database.transaction():
        log.write(here.database, act(), "draft", period.code)
    return str(folder)


def make_correction(here: Installation, period: Period, reason: str) -> str:
    """Publish a correction of a quarter; the folder it lies in."""
    folder = build_correction(
        here.database, period, here.areas, here.settings.exports, act(reason), synthetic=here.synthetic,
        published_on=today(),
    )  # fmt: skip
    return str(folder)


def make_notice(here: Installation, period: Period, reason: str) -> str:
    """Tell of an error in words; the folder that says so."""
    folder = build_notice(
        here.database, period, here.settings.exports, act(reason), synthetic=here.synthetic, published_on=today()
    )
    return str(folder)


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
    here = installation()
    chosen = Path(name).name if name else None
    found = verified(here.database, here.settings.exports, here.synthetic, chosen)

    def lines() -> Iterator[str]:
        for release, faults in found.items():
            yield from ([f"{release}: well"] if not faults else [f"{release}: {fault}" for fault in faults])
        if not found:
            yield "No release is out."

    show(as_json, found, lines)
    if any(found.values()):
        raise SystemExit(1)
