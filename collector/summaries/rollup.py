"""The roll-up: recomputes an open period whole from its responses, every time. No drift, nothing to repair.

It reads the cards of one period only, area by area, so that neither memory nor time grows with history.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain, islice

from collector.community.areas import Areas
from collector.db import Database
from collector.errors import PeriodError, SurveyError
from collector.periods import Quarter, parse
from collector.responses.versions import published
from collector.summaries import rows, totals
from collector.summaries.counts import CountTables, SeriesKey
from collector.summaries.geography import Geography, geography
from collector.summaries.tally import Crowd, meet, tally
from collector.summaries.totals import Totals
from collector.summaries.weights import MODE_CHARS, Weighting, unit, weighting

Version = tuple[str, str]
ByVisit = dict[str | None, list[str]]
Progress = Callable[[int, int], None]
"""Called with the venues done and the venues in all."""

CHUNK = 25_000
"""Cards held before they are counted: what bounds the memory, whatever one venue or area holds."""


def roll_up(
    database: Database, period: Quarter, areas: Areas, today: date, progress: Progress = lambda done, of: None
) -> CountTables:
    """Count an open period and store its tables. Raises PeriodError when it is frozen."""
    tables = count_tables(database, period, areas, progress=progress)
    with database.transaction():
        store_tables(database, tables, today)
    return tables


def store_tables(database: Database, tables: CountTables, today: date) -> bool:
    """Store tables, inside a transaction; False when the same are there: then only the day is noted."""
    _refuse_frozen(database, tables.period)
    if rows.last_hash(database, tables.period) == tables.digest:
        rows.record(database, tables, today)
        return False
    rows.replace(database, tables, today)
    return True


def open_periods(database: Database) -> list[Quarter]:
    """Periods that a roll-up may change, oldest first: not frozen, and with answers now or at the last roll-up."""
    return [parse(code) for code in rows.periods(database) if not rows.is_frozen(database, code)]


def count_tables(
    database: Database,
    period: Quarter,
    areas: Areas,
    breakdowns: frozenset[str] | None = None,
    progress: Progress = lambda done, of: None,
    recount: bool = False,
) -> CountTables:
    """The count tables of an open period, or again of a frozen one; nothing is written. `breakdowns` are those to count beside all respondents,
    None for every one of the survey. Raises PeriodError when the period is frozen, CommunityError when a venue has no
    area.
    """
    if not recount:
        _refuse_frozen(database, period.code)
    where = geography(rows.area_of(database, period.start), areas, period.end)
    counting = _Counting(database, breakdowns, where)
    venues = sorted(rows.venues(database, period.code), key=lambda venue: (where.row(venue), venue))
    for done, venue in enumerate(venues, 1):
        counting.venue(period.code, venue, where.row(venue))
        progress(done, len(venues))
    counting.area_done()
    found = sorted(counting.so_far.items())
    return CountTables(period.code, tuple(totals.series(so_far, *key, where) for key, so_far in found))


def _refuse_frozen(database: Database, period: str) -> None:
    if rows.is_frozen(database, period):
        raise PeriodError(f"{period} is frozen: its figures are final. Choose a period that is still open.")


class _Counting:
    """One run: cards are pooled by area and version until there are enough of them to be worth counting."""

    def __init__(self, database: Database, breakdowns: frozenset[str] | None, where: Geography) -> None:
        self.database = database
        self.breakdowns = breakdowns
        self.where = where
        self.published = {(p.survey.code, p.survey.version): p for p in published(database)}
        self.weightings: dict[Version, Weighting] = {}
        self.so_far: dict[SeriesKey, Totals] = {}
        self.pools: defaultdict[Version, list[str]] = defaultdict(list)
        self.area = ""

    def venue(self, period: str, venue: str, area: str) -> None:
        """Count one venue's answers whole. Venues of an area come one after the other."""
        if area != self.area:
            self.area_done()
            self.area = area
        crowds: defaultdict[SeriesKey, Crowd] = defaultdict(Crowd)
        for version, by_visit in _chunks(rows.cards(self.database, period, venue)):
            meet(self.weighting(version), crowds[self.series(version)], by_visit)
            self.pools[version] += chain.from_iterable(by_visit.values())
            if len(self.pools[version]) >= CHUNK:
                self.count_pools()
        for key, crowd in crowds.items():
            totals.add_crowd(self.so_far[key], area, crowd)

    def count_pools(self) -> None:
        """Count what is pooled, and empty the pools."""
        for version, pool in self.pools.items():
            so_far = self.so_far[self.series(version)]
            so_far.versions[version[1]] += len(pool)
            totals.add_sums(so_far, self.area, tally(self.weighting(version), pool))
        self.pools.clear()

    def area_done(self) -> None:
        """Count what is left of an area, and close its sums."""
        self.count_pools()
        for so_far in self.so_far.values():
            totals.area_done(so_far, self.where)

    def series(self, version: Version) -> SeriesKey:
        return self.published[version].survey.series

    def weighting(self, version: Version) -> Weighting:
        """The weighting of a version; the first of a series opens its sums."""
        if version not in self.weightings:
            if version not in self.published:
                name = " ".join(version)
                raise SurveyError(f"There are answers to {name}, which is not published. Run `collector doctor`.")
            key, one = self.series(version), self.published[version]
            series = [p.survey for p in self.published.values() if p.survey.series == key]
            self.so_far.setdefault(key, Totals(unit(series)))
            self.weightings[version] = weighting(one.survey, one.layout, series, self.breakdowns)
        return self.weightings[version]


def _chunks(cards: Iterator[rows.CardRow]) -> Iterator[tuple[Version, ByVisit]]:
    """Cards by version and visit, in portions; each card with the character of its mode behind it."""
    while True:
        found: defaultdict[tuple[str, str, str | None], list[str]] = defaultdict(list)
        for survey, version, visit, mode, card in islice(cards, CHUNK):
            found[survey, version, visit].append(card + MODE_CHARS[mode])
        if not found:
            return
        by_version: defaultdict[Version, ByVisit] = defaultdict(dict)
        for (survey, version, visit), own in found.items():
            by_version[survey, version][visit] = own
        yield from by_version.items()
