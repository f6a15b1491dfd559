"""First figures: what of a release's count tables may be shown. Files are made from this, and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collector.disclosure.figure import beside
from collector.disclosure.publish import publish
from collector.periods import Period
from collector.releases.inputs import ReleaseInputs
from collector.releases.kept import Figures, packed_figures
from collector.releases.register import Editions
from collector.summaries.counts import Series, SeriesKey
from collector.summaries.frozen import Frozen
from collector.summaries.outline import Outline, outline
from collector.survey.definition import Surveys


@dataclass(frozen=True)
class PeriodPart:
    """A quarter or year with figures of its own, and the type and name of each of its areas."""

    period: Period
    areas: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Publishable:
    """The figures by series and period, and the outline of each series. `versions` are (survey, version) of those who
    answered in the quarter; `changed` is how many figures differ from the former revision.
    """

    parts: tuple[PeriodPart, ...]
    figures: Editions
    outlines: Mapping[SeriesKey, Outline]
    versions: tuple[tuple[str, str], ...]
    changed: int


def publishable(inputs: ReleaseInputs) -> Publishable:
    """Every table through disclosure control, with the secret of its period."""
    figures: dict[SeriesKey, dict[str, Figures]] = {}
    outlines: dict[SeriesKey, Outline] = {}
    parts = []
    for period, frozen in inputs.tables:
        parts.append(PeriodPart(period, {code: (area.type, area.name) for code, area in frozen.areas.items()}))
        for series in frozen.tables.series:
            own = (series.survey, series.major)
            outlines[own] = _outline(series, inputs.surveys)
            figures.setdefault(own, {})[period.code] = _figures(inputs, frozen, series, outlines[own])
    versions = tuple((series.survey, version) for series in inputs.frozen.tables.series for version in series.versions)
    return Publishable(tuple(parts), figures, outlines, versions, _changed(figures, inputs.former))


def _figures(inputs: ReleaseInputs, frozen: Frozen, series: Series, shown: Outline) -> Figures:
    """What may be published of a series. A change is told since the quarter before only."""
    period, parents = frozen.tables.period, {code: area.parent for code, area in frozen.areas.items()}
    editions = inputs.before.get((series.survey, series.major), {}) if frozen is inputs.frozen else {}
    before = editions.get(inputs.heading.period.previous.code, ())
    return packed_figures(
        (series.survey, series.major, period), publish(series, shown, parents, inputs.secrets[period], before)
    )


def _outline(series: Series, surveys: Surveys) -> Outline:
    """The outline of a series as its counted versions have it, oldest first."""
    return outline([survey for key, survey in surveys.items() if key[0] == series.survey and key[1] in series.versions])


def _changed(figures: Editions, former: Editions) -> int:
    """How many figures differ from the former revision of the period; all of a first publication."""
    if not former:
        return sum(len(found) for editions in figures.values() for found in editions.values())
    return sum(
        figure != was
        for own, editions in figures.items()
        for code, found in editions.items()
        for figure, was in beside(found, former.get(own, {}).get(code, ()))
    )
