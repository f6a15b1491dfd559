"""R3: a small change of every count, decided by a secret key (cell key perturbation).

Method: Fraser and Wooton (2005), as the Australian Bureau of Statistics' TableBuilder and the Census 2021 of England
and Wales use it. Theirs adds random keys of the people in a cell; ours takes an HMAC of the cell's true counts, as no
key of a person is kept once a period is frozen. Integers only, so that every machine draws the same.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from collector.disclosure.rules import CHANCES
from collector.summaries.counts import Cell, Count, Key, Topic


class Perturbed:
    """The counts of one cell, each changed as the secret decides.

    `place` is where the cell stands (`publish.home`). The same people in the same place are changed alike however often
    they are printed; where anybody comes, goes or answers otherwise, every count of the cell is drawn anew.
    """

    def __init__(self, secret: bytes, place: Key, cell: Cell, counts: Mapping[Topic, Count]) -> None:
        self.cell, self.counts = cell, counts
        self._secret = secret
        self._cell = hashlib.sha256(canonical(place, cell, counts)).digest()

    def people(self, people: int) -> int:
        """People of the cell, or those of them who were asked."""
        return self._changed(people, "people", people)

    def visits(self) -> int:
        """Visits of the cell: each has somebody, so they tell of people."""
        return self._changed(self.cell.visits, "visits", self.cell.visits)

    def favourable(self, count: Count) -> int:
        """People with a favourable score, or who chose an option."""
        return self._changed(count.favourable, "favourable", count.asked, count.answered, count.favourable)

    def answered(self, count: Count) -> int:
        """People with a score: the favourable and the others, each as changed."""
        others = count.answered - count.favourable
        return self.favourable(count) + self._changed(others, "others", count.asked, count.answered, count.favourable)

    def who_answered(self, count: Count) -> int:
        """People who answered a question of several answers, whichever they chose."""
        return self._changed(count.answered, "answered", count.asked, count.answered)

    def special(self, name: str, count: Count) -> int:
        """People who gave one kind of special answer."""
        own: int = getattr(count, name)
        return self._changed(own, name, count.asked, count.answered, count.favourable, count.dk, count.na, count.unsaid)

    def _changed(self, true: int, quantity: str, *topic: int) -> int:
        message = self._cell + " ".join([quantity, *map(str, topic)]).encode()
        return true + change(true, hmac.digest(self._secret, message, "sha256")[0])


def canonical(place: Key, cell: Cell, counts: Mapping[Topic, Count]) -> bytes:
    """The true counts of a cell over all topics, and its place, in one order and spelling."""
    lines = [" ".join(place), str(cell.respondents)]
    for topic, count in sorted(counts.items()):
        numbers = (count.asked, count.answered, count.favourable, count.score_sum, count.dk, count.na, count.unsaid)
        lines.append(" ".join([*topic, *map(str, numbers)]))
    return "\n".join(lines).encode()


def change(true: int, draw: int) -> int:
    """By how much a count is changed by a draw of 0 to 255: its rest by 16 picks a sixteenth of the table."""
    sixteenth = draw % 16
    for step, chances in CHANCES[min(true, len(CHANCES) - 1)].items():
        sixteenth -= chances
        if sixteenth < 0:
            return step
    raise AssertionError("the chances of a row are sixteen sixteenths")
