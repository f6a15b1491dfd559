"""Building a release: from a period's count tables, through disclosure control, to a folder of files.

Until the whole of disclosure control stands, every release is a draft, in `draft/`, and not for publication.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from collector.community.areas import Areas
from collector.db import Database
from collector.errors import ReleaseError
from collector.releases.codebook import codebook
from collector.releases.folder import put
from collector.releases.methods import methods
from collector.releases.tidy import Edition, tidy_file
from collector.responses.periods import Period
from collector.responses.versions import published
from collector.summaries import store
from collector.summaries.counts import CountTables, Series
from collector.summaries.disclosure import Figure, publishable
from collector.summaries.frame import Frame, frame
from collector.summaries.places import ELSEWHERE, describe
from collector.survey.definition import Survey

Surveys = Mapping[tuple[str, str], Survey]
"""Published definitions by code and version."""


def build_release(
    database: Database,
    period: Period,
    areas: Areas,
    exports: Path,
    *,
    synthetic: bool,
    draft: bool,
    published_on: date,
    code_version: str,
) -> Path:
    """Write the release of a period; its folder. One that is there and the same is left alone.

    Raises ReleaseError when it may not be made or there is nothing to make it from.
    """
    tables = _tables(database, period, allowed=synthetic or draft)
    surveys = {(p.survey.code, p.survey.version): p.survey for p in published(database)}
    before = store.load(database, period.previous.code)
    figures = [(_frame(series, surveys), _figures(series, before, surveys, areas, period)) for series in tables.series]
    shown = {figure.place.area for _, own in figures for figure in own}
    edition = Edition(period, {area: describe(area, areas, period.end) for area in shown}, published_on, synthetic)
    name = _name("trust-summary", synthetic, areas.top(period.end).code, period.code, "r0")
    files = {
        f"{name}.csv": tidy_file(edition, figures),
        **_codebooks(tables, surveys, synthetic),
        "methods.md": methods(edition, [seen for seen, _ in figures], code_version),
    }
    put(exports / "draft" / name, {**files, "checksums.txt": checksums(files)})
    return exports / "draft" / name


def _name(kind: str, synthetic: bool, *parts: str) -> str:
    return "_".join([kind, *(["synthetic"] if synthetic else []), *parts])


def _codebooks(tables: CountTables, surveys: Surveys, synthetic: bool) -> dict[str, bytes]:
    """One a survey version that answers were counted of."""
    versions = [(series.survey, version) for series in tables.series for version in series.versions]
    return {f"{_name('codebook', synthetic, *one)}.csv": codebook(surveys[one], synthetic) for one in versions}


def _tables(database: Database, period: Period, allowed: bool) -> CountTables:
    if not allowed:
        raise ReleaseError(
            "These answers are real, and disclosure control is not complete yet. "
            "Use --draft to build a draft for your own eyes, or wait for the version that can publish."
        )
    tables = store.load(database, period.code)
    if tables is None:
        raise ReleaseError(f"{period.code} has no roll-up. Run `collector rollup --period {period.code}` first.")
    if not tables.responses:
        raise ReleaseError(f"Nobody answered in {period.code}, so there is nothing to release. Choose another quarter.")
    return tables


def _frame(series: Series, surveys: Surveys) -> Frame:
    """The frame of a series as its counted versions have it, oldest first."""
    counted = [survey for key, survey in surveys.items() if key[0] == series.survey and key[1] in series.versions]
    return frame(counted)


def _figures(
    series: Series, before: CountTables | None, surveys: Surveys, areas: Areas, period: Period
) -> list[Figure]:
    """What may be published of a series, compared with what could be published of it the quarter before."""
    top = areas.top(period.end).code
    rows = _rows(series, areas, period.end)
    earlier = [s for s in before.series if (s.survey, s.major) == (series.survey, series.major)] if before else []
    previous = [figure for s in earlier for figure in publishable(s, _frame(s, surveys), rows, top)]
    return publishable(series, _frame(series, surveys), rows, top, previous)


def _rows(series: Series, areas: Areas, end: date) -> list[str]:
    """The areas of a release: the smallest with a venue, and the one that all lie in."""
    with_parts = {area.parent for area in areas.on(end).values()}
    top = areas.top(end).code
    found = {key.area for key in series.cells}
    return sorted(area for area in found if area == top or area.endswith(ELSEWHERE) or area not in with_parts)


def checksums(files: Mapping[str, bytes]) -> bytes:
    """SHA-256 of each file, as `sha256sum --check` reads it."""
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()
