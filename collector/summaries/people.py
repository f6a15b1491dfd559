"""Who is counted where. People of one kind are counted by the same rows: their group, in their area, in their quarter, and
every total above. A block is a part of the rows that is proven on its own, with the kinds of people in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from collector.summaries.bounds import Flags
from collector.summaries.counts import Key
from collector.summaries.frame import ALL, Frame, Split
from collector.summaries.lines import Node, block_of
from collector.summaries.world import World

AREAS_AT_ONCE = 4
"""Neighbours whose people change places together, before all areas are looked at."""
Places = npt.NDArray[np.int64]


class Kind(NamedTuple):
    """People of one group in one area and quarter (or a longer period, where its quarters are not looked at)."""

    edition: str
    area: str
    group: str


@dataclass(frozen=True)
class Block:
    """Rows that count some kinds of people. `counted[kind]` are the places among `rows` that count it; `sums` says which
    rows are the totals of others.
    """

    name: str
    breakdown: str
    rows: Places
    sums: Flags
    kinds: tuple[Kind, ...]
    counted: tuple[tuple[int, ...], ...]

    @cached_property
    def members(self) -> Flags:
        """Which rows count which kinds: shape (rows, kinds)."""
        found = np.zeros((len(self.rows), len(self.kinds)), dtype=bool)
        for kind, places in enumerate(self.counted):
            found[list(places), kind] = True
        return found

    @cached_property
    def twins(self) -> Places:
        """For each row the first that counts the same people."""
        first: dict[bytes, int] = {}
        return np.array([first.setdefault(own.tobytes(), place) for place, own in enumerate(self.members)])

    @cached_property
    def number(self) -> dict[Kind, int]:
        """The place of each kind."""
        return {kind: place for place, kind in enumerate(self.kinds)}

    def part(self, kinds: Iterable[int]) -> Block:
        """Some of the kinds, with the rows that they touch. Everybody else stays as they are."""
        chosen = sorted(kinds)
        places = sorted({place for kind in chosen for place in self.counted[kind]})
        number = {place: new for new, place in enumerate(places)}
        counted = tuple(tuple(number[place] for place in self.counted[kind]) for kind in chosen)
        own = tuple(self.kinds[kind] for kind in chosen)
        return Block(self.name, self.breakdown, self.rows[places], self.sums[places], own, counted)

    def neighbours(self, parents: Mapping[str, Mapping[str, str]]) -> list[Block]:
        """The block in parts: areas beside each other, with those above them."""
        homes = {kind.area: parents[kind.edition].get(kind.area, "") for kind in self.kinds}
        areas = sorted(homes, key=lambda area: (homes[area], area))
        if len(areas) <= AREAS_AT_ONCE:
            return [self]
        chunks = [set(areas[start : start + AREAS_AT_ONCE]) for start in range(0, len(areas), AREAS_AT_ONCE)]
        return [self.part(n for n, kind in enumerate(self.kinds) if kind.area in chunk) for chunk in chunks]


def blocks(world: World, frame: Frame) -> Iterator[Block]:
    """Every breakdown in all areas of one edition, and in one area over all editions where longer periods are among them."""
    longer = any(edition.sum_of for edition in world.editions.values())
    place = {node: number for number, node in enumerate(world.nodes)}
    where: defaultdict[str, set[str]] = defaultdict(set)
    for node in world.nodes:
        where[node.edition].add(node.key.area)
    for code, edition in world.editions.items():
        if not edition.frozen:
            chains = _chains(where[code], edition.parents)
            for split in _splits(frame, [node for node in world.nodes if node.edition == code]):
                found = _kinds(split, frame, [(code, [code])], chains)
                yield _block(f"edition {code}", split.code, found, place, world)
    for area in sorted(set().union(*where.values())) if longer else ():
        for split in _splits(frame, [node for node in world.nodes if node.key.area == area]):
            found = _kinds(split, frame, _times(world), {area: [area]})
            yield _block(f"area {area}", split.code, found, place, world)


def _splits(frame: Frame, nodes: Sequence[Node]) -> list[Split]:
    """The breakdowns of some rows; a coarse one is looked at together with the fine one on the same question."""
    own = {node.key.breakdown for node in nodes}
    found = [split for split in frame.splits if split.code in own]
    fine = {split.question for split in found if split.fine}
    return [split for split in found if split.fine or split.question not in fine]


def _chains(areas: set[str], parents: Mapping[str, str]) -> dict[str, list[str]]:
    """Each area that is no other's parent, with those above it."""
    chains: dict[str, list[str]] = {}
    for area in sorted(areas - {parents.get(area, "") for area in areas}):
        chains[area] = [area]
        while (above := parents.get(chains[area][-1], "")) in areas:
            chains[area].append(above)
    return chains


def _times(world: World) -> list[tuple[str, list[str]]]:
    """Each edition that adds up no others, with the longer ones that it is part of."""
    editions = world.editions.values()
    return [
        (one.code, [one.code, *(long.code for long in editions if one.code in long.sum_of)])
        for one in editions
        if not one.sum_of
    ]


def _kinds(
    split: Split, frame: Frame, times: Sequence[tuple[str, list[str]]], chains: Mapping[str, list[str]]
) -> dict[Kind, list[Node]]:
    """The nodes that may count each kind, its own first."""
    coarse = block_of(split, frame) or {}
    found = {}
    for (edition, longer), area, group in product(times, chains, split.groups):
        own = [Key("", split.code, group.code), *([Key("", *coarse[group.code])] if coarse else []), EVERYBODY]
        found[Kind(edition, area, group.code)] = [
            Node(code, key._replace(area=above)) for key, code, above in product(own, longer, chains[area])
        ]
    return found


EVERYBODY = Key("", ALL.code, ALL.code)


def _block(
    name: str, breakdown: str, kinds: Mapping[Kind, list[Node]], place: Mapping[Node, int], world: World
) -> Block:
    counted = {kind: [place[node] for node in nodes if node in place] for kind, nodes in kinds.items()}
    rows = sorted({row for own in counted.values() for row in own})
    number = {row: new for new, row in enumerate(rows)}
    found = {kind: tuple(number[row] for row in own) for kind, own in counted.items() if own}
    sums = np.array([any(line.members <= number.keys() for line in world.sums_of[row]) for row in rows], dtype=bool)
    return Block(
        f"{breakdown} {name}", breakdown, np.array(rows, dtype=np.int64), sums, tuple(found), tuple(found.values())
    )
