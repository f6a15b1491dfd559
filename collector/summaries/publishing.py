"""All that may be published of a period: its quarter's rows, those of the year and half-year, and corrections.

In the order of the rules: R12, R1 to R5, the audit over every release before (R7, R9), R10, R6.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from collector.summaries.audit import Unprotected, Withheld
from collector.summaries.correcting import corrected, withdrawn, without
from collector.summaries.counts import Cell, Count, Key, Series, Topic
from collector.summaries.disclosure import (
    HIDDEN,
    NO_ONE,
    NOBODY,
    OPTION_LEVELS,
    PEOPLE,
    Figure,
    Place,
    cell_hidden,
    measures,
    primary,
    row_keys,
    with_change,
)
from collector.summaries.frame import Frame
from collector.summaries.frozen import Frozen
from collector.summaries.lines import Node
from collector.summaries.options import audit_options
from collector.summaries.rules import LIMIT
from collector.summaries.withhold import withhold
from collector.summaries.world import Edition, Family, Figures

SeriesKey = tuple[str, str]


@dataclass(frozen=True)
class Past:
    """A release that is out: the tables it was made from, and its figures by series and edition."""

    frozen: Frozen
    figures: Mapping[SeriesKey, Mapping[str, Sequence[Figure]]]

    @property
    def period(self) -> str:
        return self.frozen.tables.period


@dataclass
class Publishable:
    """Figures by edition (the quarter, then a half-year and year), and how many families each rule hid."""

    editions: dict[str, list[Figure]] = field(default_factory=dict)
    why: Counter[str] = field(default_factory=Counter)


def publish(frozen: Frozen, series: Series, frame: Frame, history: Sequence[Past]) -> Publishable:
    """What may be published of one series of a frozen period, given every release before it.

    `history` has the latest revision of each earlier period, and this period's former revision when it is a correction.
    """
    own = (series.survey, series.major)
    earlier = {past.period: past for past in history if own in past.figures}
    quarter = frozen.tables.period
    result = Publishable()
    first = edition_of(quarter, frozen, series, frame)
    result.why.update(_primary(first, frame))
    former = next((past for past in history if past.period == quarter and own in past.figures), None)
    if former is not None:
        audited = [_correction(first, _past_edition(former, own, frame, quarter), frame, result)]
    else:
        audited = _audited([first], frame, result)
        past = _earlier(quarter, earlier, own, frame)
        for longer in (_year, _half_year):
            whole = longer(quarter, [*past, *audited], frame)
            audited += _beside(whole, [*past, *audited], frame, result)
    for one in audited:
        result.editions[one.code] = _figures(one, frame)
    _finish(result, quarter, history, own)
    return result


def edition_of(code: str, frozen: Frozen, series: Series, frame: Frame, sum_of: tuple[str, ...] = ()) -> Edition:
    """The rows of a series with all that R1 to R5 and R8 leave."""
    areas = sorted(set(frozen.places) & {key.area for key in series.cells})
    rows = tuple(key for area in areas for key in row_keys(frame, area, area == frozen.top))
    shown = by_family(primary(series, frame, rows))
    return Edition(code, series, rows, {a: p.parent for a, p in frozen.places.items()}, shown, sum_of=sum_of)


def by_family(figures: Iterable[Figure]) -> dict[Key, dict[Topic, tuple[Figure, ...]]]:
    """The figures that are shown, by row and topic."""
    found: defaultdict[Key, defaultdict[Topic, list[Figure]]] = defaultdict(lambda: defaultdict(list))
    for figure in figures:
        if figure.marker != HIDDEN:
            found[Key(*figure.place[:3])][Topic(*figure.place[3:5])].append(figure)
    return {key: {topic: tuple(own) for topic, own in topics.items()} for key, topics in found.items()}


def _past_edition(past: Past, own: SeriesKey, frame: Frame, code: str) -> Edition:
    series = next(s for s in past.frozen.tables.series if (s.survey, s.major) == own)
    found = edition_of(code, past.frozen, series, frame)
    shown = by_family(past.figures[own][code])
    return replace(
        found, shown=shown, frozen=True, kept=_kept(shown, found.shown) if past.frozen.revision else frozenset()
    )


def _kept(shown: Figures, fresh: Figures) -> frozenset[tuple[Key, Topic]]:
    """R10: families of a correction that say what they said before it, though the counts are others."""
    return frozenset(
        (key, topic)
        for key, topics in shown.items()
        for topic, figures in topics.items()
        if [_said(figure) for figure in figures] != [_said(figure) for figure in fresh.get(key, {}).get(topic, ())]
    )


def _said(figure: Figure) -> tuple[Place, int | None, str, int | None]:
    return figure.place, figure.value, figure.bound, figure.base


def _earlier(quarter: str, earlier: Mapping[str, Past], own: SeriesKey, frame: Frame) -> list[Edition]:
    """What is out of the same financial year: its lines reach this quarter. Other years are joined by none."""
    year = quarter[:7]
    same = {code: past for code, past in earlier.items() if code[:7] == year and code != quarter}
    found = {code: _past_edition(past, own, frame, code) for code, past in sorted(same.items())}
    for past in same.values():
        for code in past.figures[own]:
            parts = [f"{year}-Q{2 * int(code[-1]) - number}" for number in (1, 0)] if "-H" in code else []
            if parts and set(parts) <= set(found):
                whole = sum_of(code, [found[part] for part in parts], frame)
                figures = past.figures[own][code]
                offered = frozenset((Key(*f.place[:3]), Topic(*f.place[3:5])) for f in figures)
                found[code] = replace(whole, shown=by_family(figures), frozen=True, offered=offered)
    return list(found.values())


def _year(quarter: str, editions: Sequence[Edition], frame: Frame) -> Edition | None:
    """R9: the year, when this is its last quarter and the others are out."""
    codes = [f"{quarter[:7]}-Q{number}" for number in range(1, 5)]
    parts = [one for one in editions if one.code in codes]
    return sum_of(quarter[:7], parts, frame) if quarter == codes[-1] and len(parts) == len(codes) else None


def _half_year(quarter: str, editions: Sequence[Edition], frame: Frame) -> Edition | None:
    """R9: the half-year, when this is its last quarter: only the rows of which both quarters hide even the people."""
    number = int(quarter[-1])
    codes = [f"{quarter[:7]}-Q{number - 1}", quarter]
    parts = [one for one in editions if one.code in codes]
    if number % 2 or len(parts) < len(codes):
        return None
    whole = sum_of(f"{quarter[:7]}-H{number // 2}", parts, frame)
    rows = [key for key in whole.rows if not any(PEOPLE in part.shown.get(key, {}) for part in parts)]
    offered = {
        (key, Topic(code.level, code.code)) for key in rows for code in frame.codes if measures(code, key.breakdown)
    }
    shown = {key: whole.shown.get(key, {}) for key in rows}
    return replace(whole, shown=shown, offered=frozenset(offered)) if rows else None


def _beside(longer: Edition | None, editions: Sequence[Edition], frame: Frame, result: Publishable) -> list[Edition]:
    """R9: a longer period beside all that it adds up, which stays as it is. Where nothing of it can be shown, there is none."""
    if longer is None:
        return []
    try:
        found = _audited([*(replace(one, frozen=True) for one in editions), longer], frame, result)[-1]
        return [found] if any(found.shown.values()) else []
    except Unprotected:
        result.why["R9"] += sum(len(topics) for topics in longer.shown.values())
        return []


def sum_of(code: str, parts: Sequence[Edition], frame: Frame) -> Edition:
    """The sum of quarters: people and visits added. The largest venue cannot be known, so the largest are added too."""
    cells: defaultdict[Key, list[int]] = defaultdict(lambda: [0, 0, 0])
    counts: defaultdict[Key, dict[Topic, Count]] = defaultdict(dict)
    for part in parts:
        for key, cell in part.series.cells.items():
            for place, value in enumerate((cell.respondents, cell.visits, cell.largest_venue)):
                cells[key][place] += value
        for key, topics in part.series.counts.items():
            for topic, count in topics.items():
                counts[key][topic] = _plus(counts[key].get(topic, NO_ONE), count)
    last = parts[-1]
    series = Series(
        last.series.survey, last.series.major, {}, {key: Cell(*values) for key, values in cells.items()}, dict(counts)
    )
    rows = tuple(dict.fromkeys(key for part in reversed(parts) for key in part.rows))
    parents = {area: parent for part in parts for area, parent in part.parents.items()}
    moved = {area for part in parts for area, parent in part.parents.items() if parents[area] != parent}
    shown = {
        key: {topic: own for topic, own in topics.items() if not _options_in(parts, key, topic)}
        for key, topics in by_family(primary(series, frame, rows)).items()
    }
    return Edition(
        code, series, rows, {a: "" if a in moved else p for a, p in parents.items()}, shown,
        sum_of=tuple(part.code for part in parts),
    )  # fmt: skip


def _options_in(parts: Sequence[Edition], key: Key, topic: Topic) -> bool:
    """R9: single options of a longer period are not shown where those of a quarter in it are."""
    question = topic.code.partition(".")[0]
    return topic.level in OPTION_LEVELS and any(
        other.level == topic.level and other.code.partition(".")[0] == question
        for part in parts
        for other in part.shown.get(key, {})
    )


def _plus(one: Count, other: Count) -> Count:
    return Count(
        one.asked + other.asked, one.answered + other.answered, one.favourable + other.favourable,
        one.score_sum + other.score_sum, one.dk + other.dk, one.na + other.na, one.unsaid + other.unsaid,
    )  # fmt: skip


def _audited(editions: Sequence[Edition], frame: Frame, result: Publishable) -> list[Edition]:
    """The editions with what the audit hides taken away."""
    hidden = withhold(editions, frame)
    after = [_without(one, hidden) for one in editions]
    for place, one in enumerate(after):
        if not one.frozen:
            options = audit_options(one, frame)
            result.why.update(options.why)
            after[place] = _without(one, options)
    result.why.update(hidden.why)
    return after


def _without(edition: Edition, hidden: Withheld) -> Edition:
    """R1 too: without the number of people nothing of a row is shown; without its question no option."""
    shown = {}
    for key, topics in edition.shown.items():
        node = Node(edition.code, key)
        if node in hidden.people:
            continue
        own = {t: f for t, f in topics.items() if Family(edition.code, key, t) not in hidden.families}
        if node in hidden.visits:
            own = {t: tuple(replace(figure, visits=None) for figure in f) for t, f in own.items()}
        shown[key] = {t: f for t, f in own.items() if not _orphan(t, own)}
    return replace(edition, shown=shown)


def _orphan(topic: Topic, shown: Mapping[Topic, object]) -> bool:
    question = topic.code.partition(".")[0]
    return topic.level == "option" and not any(Topic(level, question) in shown for level in ("overall", "question"))


def _figures(edition: Edition, frame: Frame) -> list[Figure]:
    """Every figure of an edition in order, hidden ones as such."""
    shown = {f.place: f for topics in edition.shown.values() for family in topics.values() for f in family}
    return [
        shown.get(figure.place, Figure(figure.place, figure.variant, marker=HIDDEN))
        for figure in primary(edition.series, frame, edition.rows)
        if edition.offers(Key(*figure.place[:3]), Topic(*figure.place[3:5]))
    ]


def _primary(edition: Edition, frame: Frame) -> Counter[str]:
    """Families that R1, R2 and R8 hide."""
    why: Counter[str] = Counter()
    for key in edition.rows:
        cell, counts = edition.series.cells.get(key, NOBODY), edition.series.counts.get(key, {})
        shown = edition.shown.get(key, {})
        why["R1"] += PEOPLE not in shown
        offered = {Topic(code.level, code.code) for code in frame.codes if measures(code, key.breakdown)}
        for topic in offered - set(shown) - {PEOPLE}:
            count = counts.get(topic, NO_ONE)
            few = cell_hidden(cell) or count.answered < LIMIT["least_people"]
            why["R1" if few else "R8" if topic.level in ("option", "channel") else "R2"] += 1
    return why


def _correction(now: Edition, before: Edition, frame: Frame, result: Publishable) -> Edition:
    """R10: audited as it will stand beside what is out; what tells too much of those between the two is withdrawn."""
    edition = corrected(now, before, result.why)
    while True:
        (edition,) = _audited([edition], frame, result)
        gone = withdrawn(edition, before, frame)
        if not gone:
            return edition
        result.why["R10"] += len(gone)
        edition = without(edition, gone)


def _finish(result: Publishable, quarter: str, history: Sequence[Past], own: SeriesKey) -> None:
    """R6: the words for change since the quarter before."""
    before = next((past for past in history if past.period == previous(quarter) and own in past.figures), None)
    stated: dict[Place, Figure] = {f.place: f for f in before.figures[own][before.period]} if before else {}
    result.editions[quarter] = [with_change(figure, stated.get(figure.place)) for figure in result.editions[quarter]]


def previous(quarter: str) -> str:
    """The code of the quarter before."""
    year, number = int(quarter[:4]), int(quarter[-1])
    year, number = (year - 1, 4) if number == 1 else (year, number - 1)
    return f"{year}-{(year + 1) % 100:02d}-Q{number}"
