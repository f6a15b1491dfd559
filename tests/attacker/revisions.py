"""R10: what a reissue gives away beside the file before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf

from tests.attacker import rules
from tests.attacker.criterion import Finding, Target
from tests.attacker.released import Cell, Figure, Release
from tests.attacker.system import System
from tests.attacker.told import PEOPLE, Family, Told

KEPT = "[kept]"
"""Stands for the marker of a line of a reissue that says what it said before."""
INCREMENT = "+"
"""Before a quantity: what a row gained or, below 0, lost of it."""
Said = dict[tuple[str, str], tuple[object, ...]]


def pairs(releases: Sequence[Release]) -> Iterator[tuple[Release, Release]]:
    """Each revision beside the one before it."""
    by_code: dict[str, list[Release]] = defaultdict(list)
    for release in releases:
        by_code[release.span.code].append(release)
    for own in by_code.values():
        own.sort(key=lambda release: release.span.revision)
        yield from zip(own, own[1:], strict=False)


def changed(before: Release, after: Release) -> dict[Family, bool]:
    """The families that both show, and whether they say something else."""
    old, new = _said(before), _said(after)
    return {
        Family(cell._replace(period=after.span.key), code): old[cell, code] != said
        for (cell, code), said in new.items()
        if (cell, code) in old
    }


def _said(release: Release) -> dict[tuple[Cell, str], Said]:
    found: dict[tuple[Cell, str], Said] = defaultdict(dict)
    for figure in release.figures:
        if not figure.hidden:
            code = PEOPLE if figure.level == "participation" else figure.code
            found[figure.cell._replace(period=""), code][figure.level, figure.measure] = figure.said
    return found


def too_small(releases: Sequence[Release], told: Told) -> Iterator[Finding]:
    """Rule 4: rows that changed, or appeared, though fewer than ten people did."""
    for before, after in pairs(releases):
        for family, other in changed(before, after).items():
            people = told.changed.get(family, rules.REISSUE_PEOPLE)
            if other and people < rules.REISSUE_PEOPLE:
                yield Finding("4", family, "changed people", people, people)


def visible(releases: Sequence[Release]) -> list[Figure]:
    """All figures of all revisions; in a reissue, rows that say the same as before lose their numbers.

    Such a row keeps its value for up to nine people changed: what it still says is in `add_kept`.
    """
    kept = {id(release): release.figures for release in releases}
    for before, after in pairs(releases):
        same = {family for family, other in changed(before, after).items() if not other}
        kept[id(after)] = tuple(_unsaid(figure, same) for figure in after.figures)
    return [figure for release in releases for figure in kept[id(release)]]


def _unsaid(figure: Figure, same: set[Family]) -> Figure:
    """A figure, without its numbers where its row merely keeps its value."""
    if _family(figure) not in same:
        return figure
    return replace(figure, value=None, bound="", base=None, visits=None, marker=KEPT)


def _family(figure: Figure) -> Family:
    return Family(figure.cell, PEOPLE if figure.level == "participation" else figure.code)


def add_kept(system: System, releases: Sequence[Release]) -> None:
    """A row that says the same either keeps its value, as fewer than ten people changed, or came out the same.

    Either way its count is within nine of the old one, and each part within nine of what the old figures allow.
    """
    for before, after in pairs(releases):
        same = {family for family, other in changed(before, after).items() if not other}
        for figure in after.figures:
            if not figure.hidden and _family(figure) in same:
                _still(system, figure, figure.cell._replace(period=before.span.key))


def _still(system: System, figure: Figure, old: Cell) -> None:
    """What one kept line says."""
    most, code = rules.REISSUE_PEOPLE - 1, figure.code
    if figure.level == "participation" or figure.measure in rules.SCORED:
        place = ("", "N") if figure.level == "participation" else (code, "A")
        both = [system.unknown(cell, *place) for cell in (figure.cell, old)]
        system.line([(both[0], 1.0), (both[1], -1.0)], -most, most)
    if figure.measure == "pct_favourable" and figure.value is not None and figure.base is not None:
        low, high = rules.share(
            figure.value, figure.bound, rules.FINE_STEP if figure.value % rules.STEP else rules.STEP
        )
        people = figure.base, figure.base + rules.COUNT_STEP - 1
        for part, least, top in (("X", low, high), ("U", 1 - high, 1 - low)):
            system.within(system.unknown(figure.cell, code, part), least * people[0] - most, top * people[1] + most)


def add_increments(system: System, releases: Sequence[Release]) -> list[Target]:
    """What a changed row gained or lost must keep as many values as a hidden count, favourable and not."""
    found = []
    for before, after in pairs(releases):
        for family in (family for family, other in changed(before, after).items() if other):
            cell, code = family
            old = cell._replace(period=before.span.key)
            for part in "N" if code == PEOPLE else "XU":
                if system.has(old, code, part) and system.has(cell, code, part):
                    gained = system.unknown(cell, code, INCREMENT + part)
                    system.low[gained] = -inf
                    now, then = system.unknown(cell, code, part), system.unknown(old, code, part)
                    system.line([(gained, 1.0), (now, -1.0), (then, 1.0)])
                    found.append(Target("increment", family, gained, rules.VALUES_OF_PEOPLE))
    return found
