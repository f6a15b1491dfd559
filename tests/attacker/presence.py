"""Whether the rows that a file has, and those that it has not, tell anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tests.attacker.criterion import Finding
from tests.attacker.lines import quarters_within
from tests.attacker.released import Cell, Figure, Release, Span
from tests.attacker.told import PEOPLE, Family


class Line(NamedTuple):
    """The place of a line, without its period and area."""

    breakdown: str
    group: str
    level: str
    code: str
    measure: str


Lines = Mapping[str, set[Line]]
"""By area."""


def telling(releases: Sequence[Release]) -> Iterator[Finding]:
    """Lines missing from a quarter or year, and lines of a half-year that its quarters do not account for."""
    figures = {release.span: release.figures for release in releases}
    for span, own in figures.items():
        there = _lines(own)
        if "-H" in span.code:
            quarters = list(quarters_within(span, figures))
            yield from _unlike(span, there, _hidden_in_all([figures[quarter] for quarter in quarters]))
        else:
            yield from _unlike(span, there, _every(there))


def _lines(figures: Sequence[Figure]) -> Lines:
    found: dict[str, set[Line]] = defaultdict(set)
    for figure in figures:
        cell = figure.cell
        found[cell.area].add(Line(cell.breakdown, cell.group, figure.level, figure.code, figure.measure))
    return found


def _every(there: Lines) -> Lines:
    """Every area has every line of each breakdown that it has at all, and every breakdown that two areas have."""
    of: dict[str, set[Line]] = defaultdict(set)
    areas: dict[str, set[str]] = defaultdict(set)
    for area, lines in there.items():
        for line in lines:
            of[line.breakdown].add(line)
            areas[line.breakdown].add(area)
    return {
        area: {line for name, all_of in of.items() if area in areas[name] or len(areas[name]) > 1 for line in all_of}
        for area in there
    }


def _hidden_in_all(quarters: Sequence[Sequence[Figure]]) -> Lines:
    """R9: a row is in a half-year where no quarter shows its people, and in no other case."""
    everything = [figure for quarter in quarters for figure in quarter]
    shown = {_row(f.cell) for f in everything if f.level == "participation" and not f.hidden}
    return _lines([figure for figure in everything if _row(figure.cell) not in shown])


def _row(cell: Cell) -> Cell:
    return cell._replace(period="")


def _unlike(span: Span, there: Lines, due: Lines) -> Iterator[Finding]:
    for area in sorted({*there, *due}):
        for line in sorted(there.get(area, set()) ^ due.get(area, set())):
            what = "a line that should not be there" if line in there.get(area, set()) else "a line is missing"
            code = PEOPLE if line.level == "participation" else line.code
            yield Finding("presence", Family(Cell(span.key, area, line.breakdown, line.group), code), what)
            break
