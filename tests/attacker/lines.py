"""Totals and their parts: groups, areas, fine groups and quarters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import inf

from tests.attacker.public import Public
from tests.attacker.released import Cell, Release, Span
from tests.attacker.system import System, Unknown

ADDITIVE = "NFDVAXUKLPRSCM"
Parts = tuple[Cell, list[Cell], bool]


def add_lines(system: System, releases: Sequence[Release], public: Public) -> None:
    """Every line between cells of the releases."""
    cells = {release.span: list(dict.fromkeys(f.cell for f in release.figures)) for release in releases}
    topics = _topics(system)
    groups = _all_groups(cells.values())
    for span, own in cells.items():
        for total, parts, more in [*_groups(own, groups), *_areas(own, span, public), *_fine(own, groups, public)]:
            _add(system, topics, total, parts, more)
    for total, parts, more in _times(cells):
        _add(system, topics, total, parts, more)


def _topics(system: System) -> dict[Cell, list[Unknown]]:
    found: dict[Cell, list[Unknown]] = defaultdict(list)
    for unknown in system.unknowns:
        found[unknown.cell].append(unknown)
    return found


def _add(system: System, topics: dict[Cell, list[Unknown]], total: Cell, parts: list[Cell], more: bool) -> None:
    groups = total.breakdown != parts[0].breakdown
    for _, code, quantity in topics[total]:
        if quantity not in ADDITIVE:
            continue
        there = [part for part in parts if system.has(part, code, quantity)]
        if len(there) < len(parts):
            continue
        unknowns = [system.unknown(part, code, quantity) for part in parts]
        if quantity == "V" and groups:
            _visits(system, system.unknown(total, code, quantity), unknowns)
        else:
            system.adds_up(system.unknown(total, code, quantity), unknowns, more)


def _visits(system: System, total: int, parts: list[int]) -> None:
    """People of several groups meet at one visit: at most the sum, at least each."""
    system.line([(total, -1.0), *((part, 1.0) for part in parts)], 0, inf)
    for part in parts:
        system.line([(total, 1.0), (part, -1.0)], 0, inf)


def _all_groups(cells: Iterable[list[Cell]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for cell in (cell for own in cells for cell in own):
        found[cell.breakdown].add(cell.group)
    return found


def _groups(cells: list[Cell], groups: dict[str, set[str]]) -> Iterator[Parts]:
    """Groups add up to everyone, where every group has a row."""
    found: dict[tuple[Cell, str], list[Cell]] = defaultdict(list)
    for cell in cells:
        if cell.breakdown != "all":
            found[cell._replace(breakdown="all", group="all"), cell.breakdown].append(cell)
    for (total, breakdown), parts in found.items():
        if {part.group for part in parts} == groups[breakdown]:
            yield total, parts, False


def _fine(cells: list[Cell], groups: dict[str, set[str]], public: Public) -> Iterator[Parts]:
    """Fine groups add up to their coarse one, where every one of them has a row."""
    known = set(cells)
    for (fine, coarse), group_of in public.coarse.items():
        found: dict[Cell, list[Cell]] = defaultdict(list)
        for cell in (cell for cell in cells if cell.breakdown == fine and cell.group in group_of):
            found[cell._replace(breakdown=coarse, group=group_of[cell.group])].append(cell)
        every = {
            group_of[group]: {one for one in groups[fine] if group_of.get(one) == group_of[group]} for group in group_of
        }
        for total, parts in found.items():
            if total in known and {part.group for part in parts} == every[total.group]:
                yield total, parts, False


def _areas(cells: list[Cell], span: Span, public: Public) -> Iterator[Parts]:
    """Areas add up to the nearest area above them that has rows, by the map of the period's last day.

    Half-years have only some of their rows, so theirs add up to nothing.
    """
    there = {cell.area for cell in cells}
    known = set(cells)
    found: dict[Cell, list[Cell]] = defaultdict(list)
    for cell in cells if "-H" not in span.code else ():
        above = _above(cell.area, there, span, public)
        if above is not None and cell._replace(area=above) in known:
            found[cell._replace(area=above)].append(cell)
    yield from ((total, parts, False) for total, parts in found.items() if _steady(total.area, span, public))


def _above(area: str, there: set[str], span: Span, public: Public) -> str | None:
    above: str | None = area
    while above is not None:
        above = public.parent(above, span.end)
        if above in there:
            return above
    return None


def _steady(area: str, span: Span, public: Public) -> bool:
    return public.valid(area, span.start) and public.valid(area, span.end)


def _times(cells: dict[Span, list[Cell]]) -> Iterator[Parts]:
    """Quarters add up to a longer period; a quarter not released is an unknown more, an area without rows nobody."""
    for span, totals in cells.items():
        within = list(quarters_within(span, cells))
        if span.kind == "quarter" or not within:
            continue
        whole = len(within) == (2 if "-H" in span.code else 4)
        there = {cell for quarter in within for cell in cells[quarter]}
        for total in totals:
            parts = [total._replace(period=quarter.key) for quarter in within]
            found = [part for part in parts if part in there]
            if found:
                yield total, found, not whole


def quarters_within(span: Span, spans: Iterable[Span]) -> Iterator[Span]:
    """The quarters of a longer period, each in the last revision published by then."""
    latest: dict[str, Span] = {}
    for one in sorted(spans):
        inside = one.kind == "quarter" and span.start <= one.start and one.end <= span.end
        if inside and one.published_on <= span.published_on:
            latest[one.code] = one
    yield from latest.values()
