"""What the rows of a file are checked against: surveys, places, languages, and the words that stand for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from collector.community.venues import all_venues
from collector.db import Database
from collector.errors import ImportRefusedError
from collector.languages.catalogue import Catalogues, Words
from collector.responses.columns import Read, Series
from collector.responses.keys import Sealer
from collector.responses.labels import Labels, plain
from collector.responses.sheets import fold
from collector.responses.submission import Since, Terms
from collector.responses.versions import Published, published
from collector.survey.answers import Checker

MAX_SOURCE = 200


class Setting(NamedTuple):
    """What the cells beside the answers stand for: the same for many rows of a file."""

    version: Published
    checker: Checker
    read: Read
    venue: str
    visit: str
    language: str
    mode: str
    help: str


@dataclass(frozen=True)
class World:
    """What a row is checked against: fixed while a file is read. Names are folded, and stand for codes."""

    source: str
    terms: Terms
    versions: dict[tuple[str, str], Published]
    venues: Mapping[str, str]
    languages: Mapping[str, str]
    order: str = ""
    words: Callable[[str], Words | None] = lambda _: None
    days: dict[str, date] = field(default_factory=dict)
    settings: dict[tuple[str, ...], Setting] = field(default_factory=dict)
    labels: dict[Series, Labels] = field(default_factory=dict)


def world(
    database: Database,
    source: str,
    today: date,
    sealer: Sealer,
    languages: frozenset[str],
    catalogues: Catalogues | None = None,
    order: str = "",
    since: Since | None = None,
) -> World:
    """What there is to check against, read once. Raises ImportRefusedError when the source has no name."""
    folded = fold(source)
    if not folded or len(folded) > MAX_SOURCE or not folded.isprintable():
        raise ImportRefusedError("The source needs a name. Say where the file comes from: --source paper.")
    versions = {(p.survey.code, p.survey.version): p for p in published(database)}
    places = _only([(v.code, v.code) for v in all_venues(database)], [(v.name, v.code) for v in all_venues(database)])
    known = catalogues.registry.languages.values() if catalogues else ()
    named = [(name, entry.tag) for entry in known if entry.tag in languages for name in (entry.name, entry.native_name)]
    tags = _only([(tag, tag) for tag in languages], named)
    words = (lambda tag: catalogues.words(tag)) if catalogues else (lambda _: None)
    return World(folded, Terms(sealer, today, since), versions, places, tags, order, words)


def _only(codes: Iterable[tuple[str, str]], names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What each code and name stands for; a name of two is nobody's, and a code wins over a name."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, code in names:
        found[plain(name)].add(code)
    certain = {name: next(iter(stand_for)) for name, stand_for in found.items() if len(stand_for) == 1}
    return {**certain, **{plain(name): code for name, code in codes}}
