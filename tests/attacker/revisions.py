"""R10: what a reissue gives away beside the file before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tests.attacker import rules
from tests.attacker.criterion import Finding
from tests.attacker.propagate import Vector
from tests.attacker.released import Cell, Figure, Release
from tests.attacker.system import System
from tests.attacker.told import PEOPLE, Family, Told

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
    """All figures of all revisions; in a reissue, rows that say the same as before are left out.

    Such a row keeps its value for up to nine people changed, so it says nothing exact of the new truth.
    """
    kept = {id(release): release.figures for release in releases}
    for before, after in pairs(releases):
        same = {family for family, other in changed(before, after).items() if not other}
        kept[id(after)] = tuple(_unsaid(figure, same) for figure in after.figures)
    return [figure for release in releases for figure in kept[id(release)]]


def _unsaid(figure: Figure, same: set[Family]) -> Figure:
    """A figure, without its numbers where its row merely keeps its value."""
    code = PEOPLE if figure.level == "participation" else figure.code
    if Family(figure.cell, code) not in same:
        return figure
    return replace(figure, value=None, bound="", base=None, visits=None, marker="[kept]")


def narrow_increments(
    system: System, low: Vector, high: Vector, releases: Sequence[Release], told: Told
) -> Iterator[Finding]:
    """What a changed row gained or lost must keep as many values as a hidden count, favourable and not."""
    for before, after in pairs(releases):
        for family in (family for family, other in changed(before, after).items() if other):
            cell, code = family
            old = cell._replace(period=before.span.key)
            for part in "N" if code == PEOPLE else "XU":
                if not system.has(old, code, part) or not system.has(cell, code, part):
                    continue
                now, then = system.unknown(cell, code, part), system.unknown(old, code, part)
                least, most = low[now] - high[then], high[now] - low[then]
                if most - least + 1 < rules.VALUES_OF_PEOPLE:
                    yield Finding("increment", family, part, float(least), float(most))
