"""The counts of many rows in little memory: each row packed, and unpacked when it is looked at.

Three hundred areas have some 400,000 counts. As Python objects they fill 200 MB, packed a few.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from fractions import Fraction

from collector.summaries.counts import Count, Key, Topic

Counts = Mapping[Topic, Count]
PIECE = 1 << 16
"""Bytes that are unpacked at a time."""


class PackedCounts(Mapping[Key, Counts]):
    """Counts by row, as any mapping of them; rows are put in one by one and never change."""

    def __init__(self) -> None:
        self._rows: dict[Key, bytes] = {}

    def put(self, key: Key, counts: Counts) -> None:
        self.put_line(key, line_of(counts))

    def put_line(self, key: Key, line: str) -> None:
        """A row as `line_of` spells it."""
        self._rows[key] = zlib.compress(line.encode(), 1)

    def __getitem__(self, key: Key) -> Counts:
        return counts_of(json.loads(zlib.decompress(self._rows[key])))

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __iter__(self) -> Iterator[Key]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def line_of(counts: Counts) -> str:
    """The counts of one row in one order and spelling."""
    rows = [[*topic, *_numbers(count)] for topic, count in sorted(counts.items())]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def _numbers(count: Count) -> tuple[int, ...]:
    score = count.score_sum
    return (
        count.asked, count.answered, count.favourable, score.numerator, score.denominator, count.dk, count.na,
        count.unsaid,
    )  # fmt: skip


def counts_of(rows: list[tuple[str, str, int, int, int, int, int, int, int, int]]) -> dict[Topic, Count]:
    """What a line says, read as JSON."""
    return {
        Topic(level, code): Count(asked, answered, good, Fraction(up, down), dk, na, unsaid)
        for level, code, asked, answered, good, up, down, dk, na, unsaid in rows
    }


def unpacked_lines(packed: bytes) -> Iterator[bytes]:
    """The lines of what zlib packed, a piece at a time."""
    unpacker, rest, left = zlib.decompressobj(), packed, b""
    while not unpacker.eof:
        piece = unpacker.decompress(rest, PIECE)
        rest = unpacker.unconsumed_tail
        *lines, left = (left + piece).split(b"\n")
        yield from lines
        if not piece and not rest and not unpacker.eof:
            raise zlib.error("the packed lines end too early")
