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
from collector.summaries.bounds import MANY, SHORT, A, Bounds, Flags, N, U, X
from collector.summaries.frame import ALL, Frame
from collector.summaries.lines import Line, Node
from collector.summaries.rules import LIMIT
from collector.summaries.witness import Proof
from collector.summaries.world import Edition, Family, World


class Unprotected(ReleaseError):
    """A hidden figure that nothing protects."""


@dataclass
class Withheld:
    """What the audit hides: families and rows with their number of people, each by which rule, and visits."""

    families: dict[Family, str] = field(default_factory=dict)
    people: dict[Node, str] = field(default_factory=dict)
    visits: set[Node] = field(default_factory=set)

    @property
    def why(self) -> Counter[str]:
        """How much each rule hides."""
        return Counter([*self.families.values(), *self.people.values()])


class Bad(NamedTuple):
    """A count that is not protected: N, A (for all that a family says) or SHORT. Tightest first."""

    slack: int
    node: int
    topic: int
    quantity: int


class Audit(World):
    """A world in which more and more is hidden."""

    def __init__(self, editions: Sequence[Edition], frame: Frame) -> None:
        super().__init__(editions, frame)
        self.withheld = Withheld()
        self.proof = Proof(self, frame)

    def protect(self) -> None:
        """Hide until everything hidden is protected. Raises Unprotected when nothing helps."""
        while bad := self.unprotected() or self.unproven():
            if not self.hide(bad):
                raise Unprotected("A hidden figure cannot be protected by hiding others. Nothing was released.")

    def unprotected(self) -> list[Bad]:
        """Counts that adding and subtracting gives away, tightest first."""
        self.narrow()
        return sorted(self.given_away(self.bounds, range(len(self.topics))))

    def given_away(self, bounds: Bounds, topics: Sequence[int]) -> Iterator[Bad]:
        """The same, by the bounds of some topics."""
        yield from self._bad_people(bounds)
        yield from self._bad_short(bounds, topics)
        yield from self._bad_families(bounds, topics)

    def _bad_people(self, bounds: Bounds) -> Iterator[Bad]:
        small = self.counted & ~self.people & (self.true[:, N, 0] < LIMIT["least_people"])
        width = bounds.high[:, N, 0] - bounds.low[:, N, 0]
        for node in np.flatnonzero(small & (width + 1 < LIMIT["values"])):
            yield Bad(int(width[node]), int(node), 0, N)

    def _bad_short(self, bounds: Bounds, topics: Sequence[int]) -> Iterator[Bad]:
        """Few people who were not asked: the people less those asked (nested populations)."""
        width = bounds.high[:, SHORT] - bounds.low[:, SHORT]
        for node, place in np.argwhere(self.few_short[:, topics] & (width + 1 < LIMIT["values"])):
            if self.is_first_alike(int(node), topics[place]):
                yield Bad(int(width[node, place]), int(node), topics[place], SHORT)

    def _bad_families(self, bounds: Bounds, topics: Sequence[int]) -> Iterator[Bad]:
        hidden = self.hidden()
        width = bounds.high[:, A] - bounds.low[:, A]
        bad = self.small(hidden)[:, topics] & (width + 1 < self.values())
        bad |= self._too_few(bounds, hidden[:, topics], self.shown[:, topics])
        for node, place in np.argwhere(bad):
            yield Bad(int(width[node, place]), int(node), topics[place], A)

    def _too_few(self, bounds: Bounds, hidden: Flags, shown: Flags) -> Flags:
        """Families of which it is known that all, or all but a few, said the same."""
        low, high = bounds.low, bounds.high
        most = np.minimum(high[:, X], high[:, U])
        given: Flags = hidden & ((most < LIMIT["unanimous"]) | (high[:, X] == low[:, X]))
        return given | shown & (most < LIMIT["reach"])

    def unproven(self) -> list[Bad]:
        """Counts behind which no other numbers were found."""
        found = self.proof.missing()
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
        """A line that gives the count away, and the row to hide in it: for a group rather one of a group, as all
        breakdowns need the rows of everybody.
        """
        found = list(self._choices(bad))
        of_groups = [one for one in found if self.nodes[one[1]].key.breakdown != ALL.code]
        first = found if self.nodes[bad.node].key.breakdown == ALL.code else of_groups + found
        return next(iter(first), None)

    def _choices(self, bad: Bad) -> Iterator[tuple[Line, int]]:
        """The lines, those that give most away first. Behind a hidden total the lines of that one tell."""
        shown = self._shown_of(bad)
        seen, near = {bad.node}, [bad.node]
        while near:
            own = [(line, node) for node in near for line in self.lines_of[node] if shown[line.total]]
            own.sort(key=lambda found: self._slack(found[0], bad._replace(node=found[1])))
            own += [(line, node) for node in near for line in self.sums_of[node]]
            for line, node in own:
                if (row := self._row(line, bad._replace(node=node), shown)) is not None:
                    yield line, row
            near = sorted({line.total for node in near for line in self.lines_of[node]} - seen)
            seen.update(near)

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
        self.withheld.people[self.nodes[row]] = rule
        for topic in np.flatnonzero(self.shown[row]):
            self._hide_family(row, int(topic), rule)
        self.hide_people(row)

    def _hide_family(self, row: int, topic: int, rule: str) -> None:
        if self.shown[row, topic]:
            node = self.nodes[row]
            self.withheld.families[Family(node.edition, node.key, self.topics[topic])] = rule
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
