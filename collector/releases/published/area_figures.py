"""The figures of one area in one period, found by code in a released file, with the words of its codebook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from collector.releases.published.folder import AreaPeriod, Cells, Release
from collector.releases.published.phrasing import Reading, reading, span

ALL = "all"
SurveySeries = tuple[str, str]
"""(survey, major version): figures of another one are never compared with these."""


@dataclass(frozen=True)
class AreaFigures:
    """The figures of one area and period, of the newest survey series that the release has for them."""

    release: Release
    place: AreaPeriod

    @property
    def head(self) -> Cells:
        return self.release.blocks[self.place][0].head

    @property
    def area(self) -> str:
        return self.head["area_name"]

    @property
    def start(self) -> date:
        return date.fromisoformat(self.head["period_start"])

    @property
    def end(self) -> date:
        return date.fromisoformat(self.head["period_end"])

    @property
    def when(self) -> str:
        return span(self.start, self.end)

    @property
    def address(self) -> str:
        """What comes after the question mark in the address of its pages."""
        return f"period={self.place[0]}&area={self.place[1]}"

    @cached_property
    def _all_rows(self) -> list[Cells]:
        return list(self.release.rows(self.place))

    @cached_property
    def _rows(self) -> dict[tuple[str, ...], Cells]:
        own = [row for row in self._all_rows if _series(row) == self.series]
        return {_key(row): row for row in sorted(own, key=_version)}

    @cached_property
    def series(self) -> SurveySeries:
        return _series(max(self._all_rows, key=_version))

    @cached_property
    def older(self) -> tuple[SurveySeries, ...]:
        """Other series with figures for this area and period, which are in the files only."""
        return tuple(sorted({_series(row) for row in self._all_rows} - {self.series}))

    @cached_property
    def breakdowns(self) -> frozenset[str]:
        """The breakdowns that the file has for this area."""
        return frozenset(split for split, _, _, _ in self._rows)

    @cached_property
    def _book(self) -> list[Cells]:
        newest = max(self._rows.values(), key=_version)
        rows = [row for row in self.release.codebook if row["survey_version"] == newest["survey_version"]]
        return [row for row in rows if row["survey"] == newest["survey"]]

    def kind(self, *kinds: str) -> list[Cells]:
        """Rows of the codebook of some kinds, in the survey's order."""
        return [row for row in self._book if row["kind"] in kinds]

    def at(self, code: str, label: str, measure: str = "pct_favourable", split: str = ALL, group: str = ALL) -> Reading:
        """One figure."""
        return reading(self._rows.get((split, group, code, measure)), label)

    @cached_property
    def overall(self) -> tuple[Reading, ...]:
        return tuple(self.at(row["code"], "Overall trust") for row in self.kind("overall"))

    @cached_property
    def people(self) -> Reading:
        return self.at("respondents", "People who answered", "respondents")

    @cached_property
    def headings(self) -> tuple[tuple[str, str], ...]:
        """(code, name) of overall trust, then of the pillars: side by side, never one index of them."""
        overall = [(row["code"], "Overall trust") for row in self.kind("overall")]
        return (*overall, *((row["code"], row["label"]) for row in self.kind("pillar")))

    @cached_property
    def side_by_side(self) -> tuple[Reading, ...]:
        return tuple(self.at(code, name) for code, name in self.headings)


def _key(row: Cells) -> tuple[str, str, str, str]:
    return row["breakdown"], row["breakdown_code"], row["code"], row["measure"]


def _series(row: Cells) -> SurveySeries:
    return row["survey"], row["survey_version"].partition(".")[0]


def _version(row: Cells) -> tuple[str, tuple[int, ...]]:
    return row["survey"], tuple(int(piece) for piece in row["survey_version"].split("."))
