"""Who answered and who was not heard: the breakdowns of a sheet, group by group, beside the Census."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from collector.web.reading import Reading
from collector.web.sheet import Sheet

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


def heard(sheet: Sheet) -> list[Heard]:
    """The breakdowns that the file has for this area, in the codebook's order."""
    return [
        _heard(sheet, row["code"], row["label"], bool(row["definition"]))
        for row in sheet.kind("breakdown")
        if row["code"] in sheet.breakdowns
    ]


def _heard(sheet: Sheet, split: str, label: str, asked: bool) -> Heard:
    groups = tuple(_groups(sheet, split))
    figures = tuple(sheet.at("respondents", name, "respondents", split, code) for code, name in groups)
    census = tuple(sheet.release.census.get((sheet.place[1], split, code), ("", "")) for code, _ in groups)
    pairs = zip(groups, figures, strict=True)
    quiet = tuple(name for (code, name), figure in pairs if asked and figure.hidden and code != UNSAID)
    return Heard(split, label, groups, figures, census if any(percent for percent, _ in census) else (), quiet)


def _groups(sheet: Sheet, split: str) -> Iterator[tuple[str, str]]:
    for row in sheet.kind("group"):
        name, _, code = row["code"].partition(".")
        if name == split:
            yield code, row["label"]


def by_group(sheet: Sheet, split: Heard) -> Iterator[tuple[str, list[Reading]]]:
    """Overall trust and each pillar with the readings of all groups, everybody first."""
    for code, name in sheet.headings:
        groups = [sheet.at(code, label, split=split.code, group=group) for group, label in split.groups]
        yield name, [sheet.at(code, "Everybody who answered"), *groups]
