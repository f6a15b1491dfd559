"""R7, R9: what the rows shown give away about those hidden, and which further rows to hide until nothing is.

The attacker reads every release, knows the rules and is told which hidden rows are below ten. First all that adding and
subtracting tells is worked out (`bounds`); then other possible numbers are looked for behind every hidden count (`witness`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from collector.errors import ReleaseError
from collector.summaries.bounds import MANY, SHORT, A, Flags, N, U, X
from collector.summaries.frame import Frame
from collector.summaries.lines import Line, Node
from collector.summaries.rules import LIMIT
from collector.summaries.witness import Proof, prove
from collector.summaries.world import Edition, Family, World


class Unprotected(ReleaseError):
    """A hidden figure that nothing protects."""


@dataclass
class Withheld:
    """What the audit hides: families, rows with their number of people, visits. `why` counts families by rule."""

    families: set[Family] = field(default_factory=set)
    people: set[Node] = field(default_factory=set)
    visits: set[Node] = field(default_factory=set)
    why: Counter[str] = field(default_factory=Counter)


class Bad(NamedTuple):
    """A count that is not protected: N, A (for all that a family says) or SHORT. Tightest first."""

    slack: int
    node: int
    topic: int
    quantity: int


def audit(editions: Sequence[Edition], frame: Frame) -> Withheld:
    """What must be hidden so that no hidden count can be worked out. Raises Unprotected when nothing helps."""
    world = Audit(editions, frame)
    while True:
        bad = world.unprotected() or world.unproven()
        if not bad:
            return world.withheld
        if not world.hide(bad):
            raise Unprotected("A hidden figure cannot be protected by hiding others. Nothing was released.")


class Audit(World):
    """A world in which more and more is hidden."""

    def __init__(self, editions: Sequence[Edition], frame: Frame) -> None:
        super().__init__(editions, frame)
        self.frame = frame
        self.withheld = Withheld()
        self.proof = Proof()

    def unprotected(self) -> list[Bad]:
        """Counts that adding and subtracting gives away, tightest first."""
        self.narrow()
        return sorted([*self._bad_people(), *self._bad_short(), *self._bad_families()])

    def _bad_people(self) -> Iterator[Bad]:
        small = self.counted & ~self.people & (self.true[:, N, 0] < LIMIT["least_people"])
        width = self.bounds.high[:, N, 0] - self.bounds.low[:, N, 0]
        for node in np.flatnonzero(small & (width + 1 < LIMIT["values"])):
            yield Bad(int(width[node]), int(node), 0, N)

    def _bad_short(self) -> Iterator[Bad]:
        """Few people who were not asked: the people less those asked (nested populations)."""
        width = self.bounds.high[:, SHORT] - self.bounds.low[:, SHORT]
        for node, topic in np.argwhere(self.few_short & (width + 1 < LIMIT["values"])):
            if self.is_first_alike(int(node), int(topic)):
                yield Bad(int(width[node, topic]), int(node), int(topic), SHORT)

    def _bad_families(self) -> Iterator[Bad]:
        hidden = self.hidden()
        width = self.bounds.high[:, A] - self.bounds.low[:, A]
        bad = self.small(hidden) & (width + 1 < self.values()) | self._too_few(hidden)
        for node, topic in np.argwhere(bad):
            yield Bad(int(width[node, topic]), int(node), int(topic), A)

    def _too_few(self, hidden: Flags) -> Flags:
        """Families of which it is known that all, or all but a few, said the same."""
        low, high = self.bounds.low, self.bounds.high
        most = np.minimum(high[:, X], high[:, U])
        given: Flags = hidden & ((most < LIMIT["unanimous"]) | (high[:, X] == low[:, X]))
        given |= self.shown & (most < LIMIT["reach"])
        return given

    def unproven(self) -> list[Bad]:
        """Counts behind which no other numbers were found."""
        found = prove(self, self.frame, self.proof)
        return sorted({Bad(0, row, topic, count if count in (N, SHORT) else A) for row, topic, count in found})

    def hide(self, bad: Sequence[Bad]) -> bool:
        """One step a line a round, tightest first; False when nothing is left to hide."""
        used: set[tuple[str, int, int]] = set()
        done = False
        for one in bad:
            as_people = one._replace(quantity=N)
            done |= self._hide_for(one, used) or (self.counted[one.node] and self._hide_for(as_people, used))
        return bool(done)

    def _hide_for(self, bad: Bad, used: set[tuple[str, int, int]]) -> bool:
        """One step for one count: of its line, else all of its breakdown."""
        if bad.quantity == N and self._hide_visits_above(bad.node):
            return True
        if bad.quantity == SHORT and self._hide_asked_alike(bad):
            return True
        chosen = self._choice(bad)
        if chosen is None:
            return self._hide_whole(bad)
        line, row = chosen
        place = (line.family, line.total, bad.topic)
        if place not in used:
            used.add(place)
            self._hide_row(row, bad, "R9" if line.of_quarters else "R7")
        return True

    def _hide_visits_above(self, node: int) -> bool:
        """Where visits tell of a row's people, the totals above it do not give theirs."""
        if not self.bounds.low_visits[node]:
            return False
        above, seen = [node], {node}
        while above:
            above = sorted({line.total for row in above for line in self.lines_of[row]} - seen)
            seen.update(above)
        free = [row for row in sorted(seen) if self.visits[row] and not self.frozen[row]]
        for row in free:
            self.withheld.visits.add(self.nodes[row])
            self.hide_visits(row)
        return bool(free)

    def _hide_asked_alike(self, bad: Bad) -> bool:
        """Everything of a row that was asked of all but a few."""
        if self.frozen[bad.node]:
            return False
        alike = self.start.asked_alike == self.start.asked_alike[bad.topic]
        topics = np.flatnonzero(self.shown[bad.node] & alike)
        for topic in topics:
            self._hide_family(bad.node, int(topic), "R7")
        return bool(len(topics))

    def _choice(self, bad: Bad) -> tuple[Line, int] | None:
        """The line that gives most away, and the row to hide in it. Behind a hidden total the lines of that one tell."""
        shown = self._shown_of(bad)
        seen, near = {bad.node}, [bad.node]
        while near:
            own = [(line, node) for node in near for line in self.lines_of[node] if shown[line.total]]
            own.sort(key=lambda found: self._slack(found[0], bad._replace(node=found[1])))
            own += [(line, node) for node in near for line in self.sums_of[node]]
            for line, node in own:
                if (row := self._row(line, bad._replace(node=node), shown)) is not None:
                    return line, row
            near = sorted({line.total for node in near for line in self.lines_of[node]} - seen)
            seen.update(near)
        return None

    def _shown_of(self, bad: Bad) -> Flags:
        shown: Flags = self.people if bad.quantity == N else self.shown[:, bad.topic]
        return shown

    def _slack(self, line: Line, bad: Bad) -> int:
        count = N if bad.quantity == N else A
        members = [node for node in (line.total, *line.parts) if node != bad.node]
        width = self.bounds.high[members, count, bad.topic] - self.bounds.low[members, count, bad.topic]
        return int(np.minimum(width, MANY).sum())

    def _row(self, line: Line, bad: Bad, shown: Flags) -> int | None:
        """The smallest part with anybody in it, else the total; of a line of quarters the total."""
        size = self.true[:, N if bad.quantity == N else A, bad.topic]
        parts = [p for p in line.parts if p != bad.node and shown[p] and not self.frozen[p] and size[p] > 0]
        if parts and not line.of_quarters:
            return min(parts, key=lambda part: (size[part], part))
        free = shown[line.total] and not self.frozen[line.total] and line.total != bad.node
        return line.total if free else None

    def _hide_row(self, row: int, bad: Bad, rule: str) -> None:
        if bad.quantity == N:
            self._hide_people(row, rule)
        else:
            self._hide_family(row, bad.topic, rule)

    def _hide_people(self, row: int, rule: str) -> None:
        self.withheld.people.add(self.nodes[row])
        self.withheld.why[rule] += 1
        for topic in np.flatnonzero(self.shown[row]):
            self._hide_family(row, int(topic), rule)
        self.hide_people(row)

    def _hide_family(self, row: int, topic: int, rule: str) -> None:
        if self.shown[row, topic]:
            node = self.nodes[row]
            self.withheld.families.add(Family(node.edition, node.key, self.topics[topic]))
            self.withheld.why[rule] += 1
            self.hide_family(row, topic)

    def _hide_whole(self, bad: Bad) -> bool:
        """Where nothing can be hidden to protect a row, the breakdown for that area goes, and for a year the year; where
        not even that is enough, it goes in every area.
        """
        node = self.nodes[bad.node]
        years = {e.code for e in self.editions.values() if node.edition in e.sum_of}
        editions = years if self.frozen[bad.node] else {node.edition, *years}
        shown = self._shown_of(bad)
        free = [int(row) for row in np.flatnonzero(shown & ~self.frozen) if self.nodes[row].edition in editions]
        same = [row for row in free if self.nodes[row].key.breakdown == node.key.breakdown]
        here = [row for row in same if self.nodes[row].key.area == node.key.area]
        for row in here or same or free:
            self._hide_row(row, bad, "R9" if self.nodes[row].edition in years else "R7")
        return bool(here or same or free)
