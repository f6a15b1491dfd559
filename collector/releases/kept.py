"""Figures and long files in little memory: packed as they are made, unpacked as they are gone through."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from itertools import zip_longest

from collector.disclosure.figure import Figure, Place
from collector.summaries.packed import PIECE, unpacked_lines

TOLD = tuple(one.name for one in fields(Figure))[1:]
WIDTH = len(Place._fields)


@dataclass(frozen=True, eq=False)
class Figures(Iterable[Figure]):
    """Figures of a series and period, sorted by area: one line of JSON each behind one for their `head`."""

    packed: bytes = field(repr=False)

    def __iter__(self) -> Iterator[Figure]:
        lines = unpacked_lines(self.packed)
        next(lines)
        for line in lines:
            row = json.loads(line)
            yield Figure(Place(*row[:WIDTH]), *row[WIDTH:])

    def __len__(self) -> int:
        return sum(1 for _ in unpacked_lines(self.packed)) - 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Figures) and all(one == also for one, also in zip_longest(self, other))

    __hash__ = None  # type: ignore[assignment]

    @property
    def head(self) -> list[str]:
        """Survey, major version and period."""
        found: list[str] = json.loads(next(unpacked_lines(self.packed)))
        return found


def packed_figures(head: Iterable[str], figures: Iterable[Figure]) -> Figures:
    """Pack figures as they come."""
    packer = zlib.compressobj(6)
    packed = bytearray(packer.compress(json.dumps([*head]).encode() + b"\n"))
    for figure in figures:
        told = [*figure.place, *(getattr(figure, name) for name in TOLD)]
        packed += packer.compress(json.dumps(told, separators=(",", ":")).encode() + b"\n")
    return Figures(bytes(packed + packer.flush()))


@dataclass(frozen=True, eq=False)
class Long:
    """A long file: its bytes packed, its size, and the SHA-256 of it."""

    packed: bytes = field(repr=False)
    size: int
    sha256: str


Content = bytes | Long
Files = Mapping[str, Content]


def long(pieces: Iterable[bytes]) -> Long:
    """A long file from its pieces, in order."""
    packer, digest, size = zlib.compressobj(1), hashlib.sha256(), 0
    packed = bytearray()
    for piece in pieces:
        packed += packer.compress(piece)
        digest.update(piece)
        size += len(piece)
    return Long(bytes(packed + packer.flush()), size, digest.hexdigest())


def pieces(content: Content) -> Iterator[bytes]:
    """The bytes of a file, a piece at a time."""
    if isinstance(content, bytes):
        yield content
        return
    unpacker, rest = zlib.decompressobj(), content.packed
    while not unpacker.eof:
        yield unpacker.decompress(rest, PIECE)
        rest = unpacker.unconsumed_tail


def sized(content: Content) -> tuple[int, str]:
    """The size of a file, and the SHA-256 of it."""
    if isinstance(content, bytes):
        return len(content), hashlib.sha256(content).hexdigest()
    return content.size, content.sha256
