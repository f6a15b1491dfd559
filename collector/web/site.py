"""What every page needs: settings, words, the database, and a snapshot of venues and versions."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from flask import current_app

from collector.community.venues import Venue, all_venues
from collector.db import Writer
from collector.db.store import Readers
from collector.errors import SurveyError
from collector.governance.promises import Promise
from collector.languages import meaning
from collector.languages.catalogue import Catalogues, Words
from collector.languages.registry import Language
from collector.languages.sound import Recordings
from collector.responses.keys import Sealer
from collector.responses.periods import Period
from collector.responses.versions import Published, published
from collector.settings import Settings
from collector.web.crowding import Crowding
from collector.web.fields import SurveyForm

FRESH = 1.0
"""Seconds that a snapshot of venues and versions is used before the database is asked again."""


@dataclass(frozen=True)
class Live:
    """Venues by code, the version that pages show, and every published version."""

    venues: dict[str, Venue]
    current: Published
    versions: dict[tuple[str, str], Published]


@dataclass
class Site:
    """One running program, over an installation. `now`, `today` and `random_bytes` come from outside, so that tests can choose them."""

    settings: Settings
    catalogues: Catalogues
    recordings: Recordings
    readers: Readers
    writer: Writer
    sealer: Sealer
    promises: tuple[Promise, ...]
    synthetic: bool
    now: Callable[[], datetime]
    today: Callable[[], date]
    random_bytes: Callable[[int], bytes]
    crowding: Crowding
    thanks: dict[tuple[str, str, str, Period], str] = field(default_factory=dict)
    forms: dict[tuple[str, str], type[SurveyForm]] = field(default_factory=dict)
    _live: Live | None = None
    _asked: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def offered(self) -> tuple[Language, ...]:
        """Languages a respondent may pick."""
        return self.catalogues.offered(self.settings.draft_languages)

    def words(self, tag: str) -> Words | None:
        """Words of an offered language; None for any other tag."""
        return self.catalogues.words(tag) if any(language.tag == tag for language in self.offered) else None

    def live(self) -> Live:
        """Venues and versions, at most a second old. Raises SurveyError when nothing is published."""
        if self._live is None or time.monotonic() - self._asked > FRESH:
            with self._lock:
                if self._live is None or time.monotonic() - self._asked > FRESH:
                    self._live = self._read()
                    self._asked = time.monotonic()
        return self._live

    def _read(self) -> Live:
        database = self.readers.get()
        versions = published(database)
        shown = [p for p in versions if p.superseded_on is None]
        if not shown:
            raise SurveyError("No survey is published. Run `collector publish`.")
        by_version = {(p.survey.code, p.survey.version): p for p in versions}
        self.catalogues.follow(meaning.editions(p.survey for p in versions))
        return Live({venue.code: venue for venue in all_venues(database)}, shown[0], by_version)


def site() -> Site:
    """The running program, inside a request."""
    found: Site = current_app.extensions["collector"]
    return found
