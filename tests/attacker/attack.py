"""The attack: all files of an exports folder against all that the attacker knows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.attacker.blocks import Block, make, names
from tests.attacker.conformity import misshapen
from tests.attacker.constraints import add_figures
from tests.attacker.criterion import Finding, Target, broken_in, finding, sift, surely_broken, targets
from tests.attacker.lines import add_lines
from tests.attacker.presence import telling
from tests.attacker.propagate import Vector, propagate
from tests.attacker.public import Public
from tests.attacker.released import Release, read
from tests.attacker.revisions import add_increments, add_kept, too_small, visible
from tests.attacker.system import System
from tests.attacker.told import SHORT, Family, Told
from tests.attacker.witnesses import hand_down, look

TOGETHER = 1.0
"""Seconds that one search for a witness of all files may take."""


@dataclass(frozen=True)
class Attack:
    """What an attack came to. `limits` are those of every unknown, before linear programs."""

    findings: tuple[Finding, ...]
    system: System
    limits: tuple[Vector, Vector]
    releases: tuple[Release, ...]


def attack(exports: Path, told: Told, public: Public) -> Attack:
    """Attack every file under a folder."""
    return attack_releases(read(exports), told, public)


def attack_releases(releases: Sequence[Release], told: Told, public: Public) -> Attack:
    """Attack releases: rules line by line, then limits, then linear and integer programs."""
    figures = visible(releases)
    system = System()
    add_figures(system, figures, told, public)
    add_kept(system, releases)
    add_lines(system, releases, public)
    own = [*targets(system, figures, told), *add_increments(system, releases)]
    whole = np.array([unknown.quantity != "S" for unknown in system.unknowns], dtype=bool)
    low, high = propagate(system, whole)
    everything = [figure for release in releases for figure in release.figures]
    found = dict.fromkeys([*misshapen(everything), *telling(releases), *too_small(releases, told)])
    found.update(dict.fromkeys(_open(system, own, public, (low, high, whole))))
    return Attack(tuple(found), system, (low, high), tuple(releases))


def _open(
    system: System, own: list[Target], public: Public, limits: tuple[Vector, Vector, Vector]
) -> Iterator[Finding]:
    low, high, _ = limits
    if np.any(low > high):
        at = int(np.argmax(low > high))
        yield Finding("rules", _family(system, at), "the files contradict the rules", float(low[at]), float(high[at]))
        return
    left: list[Target] = []
    for target in own:
        if surely_broken(target, low, high):
            yield finding(system, target, float(low[target.unknown]), float(high[target.unknown]))
        else:
            left.append(target)
    yield from _by_programs(system, left, public, limits)


def _by_programs(
    system: System, left: list[Target], public: Public, limits: tuple[Vector, Vector, Vector]
) -> Iterator[Finding]:
    """Every target in every block that it lies in: narrow in one is enough, unless witnesses of the whole show more."""
    close: list[tuple[Block, list[Target]]] = []
    for block, own in _blocks(system, left, public, limits):
        broken, near = sift(system, block, own)
        yield from broken
        close += [(block, near)] if near else []
    if close:
        world = make(system, range(len(system.lines)), *limits)
        world.seconds = TOGETHER
        open_still = set(look(world, dict.fromkeys(target for _, near in close for target in near)))
        for block, near in close:
            hand_down(world, block)
            yield from broken_in(system, block, [target for target in near if target in open_still])


def _blocks(
    system: System, left: list[Target], public: Public, limits: tuple[Vector, Vector, Vector]
) -> Iterator[tuple[Block, list[Target]]]:
    rough = dict(public.coarse.keys())
    where = _places(left, rough)
    for name, lines in names(system, rough).items():
        key = (name.kind, name.where, name.code)
        own = [*where[*key, name.breakdown], *(where[*key, "all"] if name.breakdown != "all" else ())]
        if own:
            block = make(system, lines, *limits)
            there = [target for target in own if target.unknown in block.place]
            if there:
                yield block, there


def _places(left: list[Target], rough: Mapping[str, str]) -> dict[tuple[str, str, str, str], list[Target]]:
    found: dict[tuple[str, str, str, str], list[Target]] = defaultdict(list)
    for target in left:
        cell, code = target.family
        question = "" if code == SHORT else code.split(".")[0]
        split = rough.get(cell.breakdown, cell.breakdown)
        found["region", cell.period, question, split].append(target)
        found["area", cell.area, question, split].append(target)
    return found


def _family(system: System, at: int) -> Family:
    unknown = system.unknowns[at]
    return Family(unknown.cell, unknown.code)


def share_shown(
    releases: Sequence[Release], told: Told, level: str = "overall"
) -> dict[tuple[str, str], tuple[float, float]]:
    """Of the rows that are not empty: the share shown, and of ten people or more, of which no more can ever be shown.

    By the first letters of the area's code and by breakdown.
    """
    shown: Counter[tuple[str, str]] = Counter()
    rows: Counter[tuple[str, str]] = Counter()
    large: Counter[tuple[str, str]] = Counter()
    families = {(f.cell, f.code): f for release in releases for f in release.figures if f.level == level}
    for (cell, code), figure in families.items():
        key = (cell.area[:3], cell.breakdown)
        rows[key] += cell not in told.empty
        large[key] += not told.below_ten & {Family(cell), Family(cell, code)}
        shown[key] += not figure.hidden
    return {key: (shown[key] / max(1, rows[key]), large[key] / max(1, rows[key])) for key in sorted(rows)}
