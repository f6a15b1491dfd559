"""A published folder as a release leaves it, written by the tests themselves: every row chosen, none worked out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from collector.periods import Quarter
from collector.releases.codebook import codebook
from collector.releases.csvfile import csv_bytes
from collector.releases.tidy import COLUMNS, TEXTS
from collector.summaries.outline import ALL, Outline, outline
from collector.survey.definition import Survey

Row = dict[str, object]
Change = Callable[[Row], Row]

LONDON, BRENT, SUTTON = (
    ("E12000007", "region", "London"),
    ("E09000005", "borough", "Brent"),
    ("E09000029", "borough", "Sutton"),
)
AREAS = (BRENT, SUTTON, LONDON)
SPRING, SUMMER = Quarter(2026, 1), Quarter(2026, 2)
HIDDEN: Row = dict.fromkeys(
    ("value", "bound", "range_low", "range_high", "base_rounded", "visits", "reliability", "change_vs_previous"), ""
) | {"value_marker": "[c]"}
NAME = "trust-summary_synthetic_E12000007_2026-27-Q2_r0"
BRENT = "/figures?period=2026-27-Q2&area=E09000005"
FAVOURABLE: Row = {"value": 45, "range_low": 35, "range_high": 56, "change_vs_previous": "no_clear_change"}


def only(where: str, what: Row) -> Change:
    """Change the rows in which some cell is `where`."""
    return lambda row: {**row, **what} if where in row.values() else row


def put_release(
    exports: Path,
    survey: Survey,
    change: Change = lambda row: row,
    period: Quarter = SUMMER,
    areas: tuple[tuple[str, str, str], ...] = AREAS,
    revision: int = 0,
    synthetic: bool = True,
    status: str = "",
    more: dict[str, bytes] | None = None,
) -> Path:
    """Write a release; `change` may alter or hide rows. It looks like one that the engine made."""
    kind = "trust-summary_synthetic" if synthetic else "trust-summary"
    name = f"{kind}_E12000007_{period.code}_r{revision}"
    shared: Row = {
        "period_type": "quarter", "period": period.code, "period_start": period.start, "period_end": period.end,
        "survey": survey.code, "survey_version": survey.version, "revision": revision,
        "status": status or ("corrected" if revision else "final"), "published_on": date(2026, 10, 20),
    }  # fmt: skip
    rows = [change({**shared, **row}) for area in areas for row in _rows(area, outline([survey]))]
    files = {
        f"{name}.csv": csv_bytes(COLUMNS, TEXTS, rows),
        f"codebook_{survey.code}_{survey.version}.csv": codebook(survey, synthetic),
        "methods.md": b"# Methods\n",
        **(more or {}),
    }
    return put_folder(exports / name, files)


def put_folder(folder: Path, files: dict[str, bytes]) -> Path:
    """Files with their checksums."""
    folder.mkdir(parents=True)
    sums = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())]
    for name, content in {**files, "checksums.txt": "".join(sums).encode()}.items():
        (folder / name).write_bytes(content)
    return folder


def _rows(area: tuple[str, str, str], seen: Outline) -> Iterator[Row]:
    code, kind, name = area
    place: Row = {"area_code": code, "area_type": kind, "area_name": name}
    for one in seen.items:
        for measure, figure in _measures(one.level).items():
            head = {
                "level": one.level,
                "code": one.code,
                "label": one.label,
                "measure": measure,
                "variant": one.variant,
            }
            everybody = {"breakdown": "all", "breakdown_code": "all", "breakdown_label": ALL.label}
            yield {**place, **head, **everybody, **_full(figure, 100)}
            if one.level in ("overall", "pillar", "participation"):
                for split in seen.classifications:
                    for group in split.groups:
                        of = {"breakdown": split.code, "breakdown_code": group.code, "breakdown_label": group.label}
                        yield {**place, **head, **of, **_full(figure, 30)}


def _full(figure: Row, base: int) -> Row:
    value = base if figure["value"] == "base" else figure["value"]
    shown: Row = {"unit": "percent", "base_rounded": base, "visits": 20, "reliability": "ok", **figure}
    return {**shown, "value": value}


def _measures(level: str) -> dict[str, Row]:
    if level == "participation":
        return {"respondents": {"value": "base", "unit": "people"}}
    if level in ("option", "channel"):
        return {"pct_option" if level == "option" else "pct_selected": {"value": 20}}
    own = {"pct_favourable": FAVOURABLE}
    return (
        own if level in ("pillar", "element") else {**own, "pct_dk": {"value": 15}, "pct_pns_or_skipped": {"value": 10}}
    )
