"""Lines: which published totals are the sums of which rows. An attacker subtracts along them, so the audit walks them.

Groups add up to all respondents, areas to their parent, quarters to a year or half-year, the groups of a fine breakdown
to those of the coarser one on the same question.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from collector.summaries.counts import Key
from collector.summaries.frame import ALL, Frame, Split

GROUPS, BLOCKS, AREAS, QUARTERS = "groups", "blocks", "areas", "quarters"


class Node(NamedTuple):
    """A row of one edition: a quarter, half-year or year."""

    edition: str
    key: Key


@dataclass(frozen=True)
class Line:
    """A total and its parts, by their places among the nodes. No node is twice a total or a part in one `family`."""

    family: str
    total: int
    parts: tuple[int, ...]

    @cached_property
    def members(self) -> frozenset[int]:
        """The total and its parts."""
        return frozenset((self.total, *self.parts))

    @property
    def of_quarters(self) -> bool:
        return self.family.startswith(QUARTERS)

    @property
    def adds_visits(self) -> bool:
        """A visit has one place and one quarter, but people of several groups."""
        return self.of_quarters or self.family == AREAS


Wheres = Mapping[str, Mapping[str, str]]
"""The parent of each row's area, by edition."""


def lines(nodes: Sequence[Node], frame: Frame, parents: Wheres, sums: Mapping[str, Sequence[str]]) -> list[Line]:
    """Every line among some nodes. `sums` names the editions that an edition is the sum of."""
    place = {node: number for number, node in enumerate(nodes)}
    found = [*_in_rows(nodes, frame, place), *_areas(nodes, parents, place), *_quarters(nodes, sums, place)]
    return [line for line in found if line.parts]


def _in_rows(nodes: Sequence[Node], frame: Frame, place: Mapping[Node, int]) -> Iterator[Line]:
    blocks = {split.code: block_of(split, frame) for split in frame.splits}
    for node in nodes:
        if node.key.breakdown != ALL.code:
            continue
        for split in frame.splits:
            own = [Key(node.key.area, split.code, group.code) for group in split.groups]
            parts = [place[Node(node.edition, key)] for key in own if Node(node.edition, key) in place]
            if blocks[split.code] is None:
                yield Line(f"{GROUPS} {split.code}", place[node], tuple(parts))
            elif parts:
                yield from _block_lines(node, split, blocks[split.code] or {}, place)


def block_of(split: Split, frame: Frame) -> dict[str, tuple[str, str]] | None:
    """R12: for each group of a fine breakdown, the coarser one that it lies in; None where there is no coarser one."""
    coarse = next((s for s in frame.splits if s.question == split.question and not s.fine), None)
    if not split.fine or coarse is None:
        return None
    last = coarse.groups[-1].code
    group_of = {group: coarse.group_of.get(option, last) for option, group in split.group_of.items()}
    return {group.code: (coarse.code, group_of.get(group.code, last)) for group in split.groups}


def _block_lines(
    node: Node, split: Split, blocks: Mapping[str, tuple[str, str]], place: Mapping[Node, int]
) -> Iterator[Line]:
    parts: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for group in split.groups:
        parts[blocks[group.code]].append(place[Node(node.edition, Key(node.key.area, split.code, group.code))])
    for (breakdown, group_code), own in parts.items():
        total = Node(node.edition, Key(node.key.area, breakdown, group_code))
        yield Line(f"{BLOCKS} {split.code}", place[total], tuple(own))


def _areas(nodes: Sequence[Node], parents: Wheres, place: Mapping[Node, int]) -> Iterator[Line]:
    parts: defaultdict[Node, list[int]] = defaultdict(list)
    for number, node in enumerate(nodes):
        above = parents[node.edition].get(node.key.area, "")
        total = Node(node.edition, node.key._replace(area=above))
        if above and total in place:
            parts[total].append(number)
    for total, own in parts.items():
        yield Line(AREAS, place[total], tuple(own))


def _quarters(nodes: Sequence[Node], sums: Mapping[str, Sequence[str]], place: Mapping[Node, int]) -> Iterator[Line]:
    for number, node in enumerate(nodes):
        own = [Node(edition, node.key) for edition in sums.get(node.edition, ())]
        yield Line(f"{QUARTERS} {node.edition}", number, tuple(place[part] for part in own if part in place))
