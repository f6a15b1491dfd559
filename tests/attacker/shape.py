"""What is asked, and how it hangs together: all that an attacker needs to know of a survey to read its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Sets = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Breakdowns that are attacked together: the finest groups of each, and the group that each of these adds to."""


@dataclass(frozen=True)
class Asked:
    """A question with its special answers, or the mean of its `parts`. Of a pillar at least `needs` of them have a score."""

    full: bool
    special: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    needs: int = 1


@dataclass(frozen=True)
class Shape:
    """A survey: its topics, the options of each question with whether they are favourable, its breakdowns, and the topics
    that hang together. Others meet in the numbers of people only."""

    topics: Mapping[str, Asked]
    options: Mapping[str, Mapping[str, bool]]
    sets: Sets
    blocks: tuple[tuple[str, ...], ...]

    def asked(self, code: str) -> str:
        """Who gets a question: everybody, or those with the full form."""
        return "F" if self.topics[code].full else "N"
