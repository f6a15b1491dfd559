"""Tidy files written by hand, for tests that need no engine."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from tests.attacker.public import Public, public
from tests.crowd import SURVEY

COLUMNS = (
    "period_type", "period", "period_start", "period_end", "area_type", "area_code", "area_name",
    "breakdown", "breakdown_code", "breakdown_label", "level", "code", "label", "measure", "value", "unit",
    "value_marker", "bound", "range_low", "range_high", "base_rounded", "visits", "reliability",
    "change_vs_previous", "survey", "survey_version", "variant", "status", "revision", "published_on",
)  # fmt: skip
AREAS = """code,name,type,parent,valid_from,valid_to,successor,note
TOP,Top,region,,2000-01-01,,,
AAA,A,borough,TOP,2000-01-01,,,
BBB,B,borough,TOP,2000-01-01,,,
"""
QUARTERS = {
    "2026-27-Q1": ("2026-04-01", "2026-06-30"), "2026-27-Q2": ("2026-07-01", "2026-09-30"),
    "2026-27-Q3": ("2026-10-01", "2026-12-31"), "2026-27-Q4": ("2027-01-01", "2027-03-31"),
    "2026-27-H1": ("2026-04-01", "2026-09-30"), "2026-27": ("2026-04-01", "2027-03-31"),
}  # fmt: skip
Row = dict[str, str]


def map_and_survey() -> Public:
    """A region of two boroughs, and the crowd's survey."""
    return public(AREAS, SURVEY)


def people(group: str, base: int | None, area: str = "AAA", period: str = "2026-27-Q1", revision: int = 0) -> Row:
    """A row of respondents; hidden without a base. `group` is "all" or breakdown:group."""
    shown = (
        {}
        if base is None
        else {"value": str(base), "base_rounded": str(base), "visits": "5" if "Q" in period else "20"}
    )
    return _row(group, area, period, revision, ("participation", "respondents", "respondents"), shown)


def favourable(
    group: str,
    base: int | None,
    value: int = 50,
    bound: str = "",
    area: str = "AAA",
    period: str = "2026-27-Q1",
    revision: int = 0,
) -> Row:
    """A row of the percentage of favourable answers to OV; hidden without a base."""
    numbers = {"value": str(value), "base_rounded": str(base), "visits": "5", "bound": bound}
    shown = {} if base is None else numbers
    return _row(group, area, period, revision, ("overall", "OV", "pct_favourable"), shown)


def _row(group: str, area: str, period: str, revision: int, topic: tuple[str, str, str], shown: dict[str, str]) -> Row:
    breakdown, _, code = group.partition(":")
    start, end = QUARTERS[period]
    head = {
        "period_type": "quarter" if "Q" in period else "half_year" if "H" in period else "year", "period": period, "period_start": start,
        "period_end": end, "area_code": area, "breakdown": breakdown, "breakdown_code": code or "all",
        "variant": "all", "revision": str(revision), "published_on": f"{end[:4]}-12-0{revision + 1}",
        "value_marker": "" if shown else "[c]",
    }  # fmt: skip
    return {
        **dict.fromkeys(COLUMNS, ""),
        **head,
        **dict(zip(("level", "code", "measure"), topic, strict=True)),
        **shown,
    }


def write(folder: Path, rows: Iterable[Row]) -> Path:
    """A tidy file with these rows, in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "trust-summary_handmade.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return folder
