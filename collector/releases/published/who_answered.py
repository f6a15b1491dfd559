"""Who answered and who was not heard: the breakdowns of an area, group by group, beside the Census."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from collector.releases.published.area_figures import AreaFigures
from collector.releases.published.phrasing import Reading

UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Heard:
    """One breakdown: how many people of each group answered, in the survey's order.

    `census` is (per cent of residents, source) of each group, empty where the release has none. `quiet` are groups
    that too few answered from to show them.
    """

    code: str
    label: str
    groups: tuple[tuple[str, str], ...]
    figures: tuple[Reading, ...]
    census: tuple[tuple[str, str], ...]
    quiet: tuple[str, ...]

    @property
    def shown(self) -> list[Reading]:
        return [figure for figure in self.figures if figure.value is not None]


def heard(area: AreaFigures) -> list[Heard]:
    """The breakdowns that the file has for an area, in the codebook's order."""
    return [
        _heard(area, row["code"], row["label"], bool(row["definition"]))
        for row in area.kind("breakdown")
        if row["code"] in area.breakdowns
    ]


def _heard(area: AreaFigures, split: str, label: str, asked: bool) -> Heard:
    groups = tuple(_groups(area, split))
    figures = tuple(area.at("respondents", name, "respondents", split, code) for code, name in groups)
    census = tuple(area.release.census.get((area.place[1], split, code), ("", "")) for code, _ in groups)
    pairs = zip(groups, figures, strict=True)
    quiet = tuple(name for (code, name), figure in pairs if asked and figure.hidden and code != UNSAID)
    return Heard(split, label, groups, figures, census if any(percent for percent, _ in census) else (), quiet)


def _groups(area: AreaFigures, split: str) -> Iterator[tuple[str, str]]:
    for row in area.kind("group"):
        name, _, code = row["code"].partition(".")
        if name == split:
            yield code, row["label"]


def by_group(area: AreaFigures, split: Heard) -> Iterator[tuple[str, list[Reading]]]:
    """Overall trust and each pillar with the readings of all groups, everybody first."""
    for code, name in area.headings:
        groups = [area.at(code, label, split=split.code, group=group) for group, label in split.groups]
        yield name, [area.at(code, "Everybody who answered"), *groups]
