"""How the survey stands: what a coordinator asks on a Monday."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import click

from collector.commands.changes import named
from collector.commands.context import installation, json_option, show, today
from collector.community import venues
from collector.installation import Installation
from collector.responses import standing, store
from collector.responses.periods import Period, period_of
from collector.summaries.rollup import open_periods

LATELY = timedelta(days=14)


@click.command()
@json_option
def status(as_json: bool) -> None:
    """How the survey stands: answers, places, next days.

    Shows the quarters that are open, the places that were used, what is held, and until when answers count. Numbers of answers are rounded down to a multiple of five. Held answers are not among them.

    \b
    Example:
      collector status
    """
    here, day = installation(), today()
    quarters = [_quarter(here, p) for p in sorted({period_of(day), *open_periods(here.database)}) if p.start <= day]
    used = standing.places_used(here.database, day - LATELY)
    places = [v for v in venues.all_venues(here.database) if v.code in used or not v.closed]
    data = {
        "day": day,
        "quarters": quarters,
        "places_used_in_14_days": [v.code for v in places if v.code in used],
        "places_not_used": [v.code for v in places if v.code not in used],
        "held": sum(count for _, _, count in store.held_counts(here.database)),
    }

    def lines() -> Iterator[str]:
        for row in quarters:
            yield f"{row['quarter']}: {_rounded(row['answers'])}"
            yield f"  ends {row['ends']}, late answers count until {row['last_late_day']}, appears {row['release_day']}"
        yield f"Places used in the last 14 days: {_names(v for v in places if v.code in used)}"
        yield f"Open places not used: {_names(v for v in places if v.code not in used)}"
        held = data["held"]
        yield f"Held: {held} answers. See `collector held list`." if held else "Held: none."

    show(as_json, data, lines)


def _quarter(here: Installation, period: Period) -> dict[str, Any]:
    return {
        "quarter": period.code,
        "answers": standing.floored(standing.counted(here.database, period)),
        "ends": period.end,
        "last_late_day": period.closes,
        "release_day": period.appears,
    }


def _rounded(answers: int) -> str:
    return f"{answers} answers or a few more" if answers else "fewer than five answers"


def _names(places: Iterator[venues.Venue]) -> str:
    return ", ".join(map(named, places)) or "none"
