"""What the machine of `test_lifetime.py` knows: who answered what, and what became of it."""

from __future__ import annotations

import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path

from collector.community import areas
from collector.governance import promised
from collector.periods import parse
from tests.world import World, make_world, tiny


@cache
def template() -> tuple[World, areas.Areas, Path]:
    """One installation, made once and copied for each order."""
    folder = Path(tempfile.mkdtemp(prefix="lifetime-"))
    world = make_world(folder, tiny())
    world.database.one("PRAGMA wal_checkpoint(TRUNCATE)")
    world.database.close()
    return world, areas.load(world.settings.areas), folder


@dataclass
class Person:
    """What became of somebody's answers, as the model knows it."""

    key_mac: bytes
    day: date
    words: str
    text_until: date
    rows_until: date
    number: int = -1
    act: int = 0
    """The import that brought them; 0 for the page."""
    period: str = ""
    late: bool = False
    held: bool = False
    """Waits, and does not count."""
    has_words: bool = True

    def due(self, keeping: promised.Keeping) -> tuple[date, date]:
        """The nights in which words and rows go."""
        kept = promised.kept_until(parse(self.period), keeping)
        words, rows = min(kept.text, self.text_until), min(kept.rows, self.rows_until)
        return promised.begins(words, keeping), promised.begins(rows, keeping)


@dataclass
class Model:
    """All of it that a backup brings back; `gone` it does not."""

    people: dict[bytes, Person] = field(default_factory=dict)
    frozen: set[str] = field(default_factory=set)
    acts: dict[int, str] = field(default_factory=dict)
    left: dict[int, date] = field(default_factory=dict)
    came: set[bytes] = field(default_factory=set)
    """Keys of numbers that were left before, and then came."""

    def copy(self) -> Model:
        people = {key: replace(person) for key, person in self.people.items()}
        return Model(people, set(self.frozen), dict(self.acts), dict(self.left), set(self.came))


def unpacked(path: Path) -> Iterator[tuple[str, bytes]]:
    """Files of a backup."""
    with tarfile.open(path) as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content is not None:
                yield member.name, content.read()


def assert_without(name: str, content: bytes, words: Iterable[str]) -> None:
    found = [one for one in words if one.encode() in content]
    assert not found, f"{found} in {name}"
