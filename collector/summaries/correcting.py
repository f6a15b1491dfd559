"""R10: in a correction a row changes only if ten people or more entered, left or changed in it; else it keeps its value.

Two revisions side by side tell what the people between them said. So few people never make a row change, and where the
two figures would prove that all of those between them said the same, the row is withdrawn.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from collector.summaries.counts import Key, Series, Topic
from collector.summaries.disclosure import HIDDEN, NO_ONE, NOBODY, PEOPLE, Figure
from collector.summaries.frame import Code, Frame
from collector.summaries.rules import LIMIT
from collector.summaries.told import Told, told

Families = dict[tuple[Key, Topic], list[Figure]]


def kept(
    now: Sequence[Figure], before: Sequence[Figure], old: Series, new: Series, frame: Frame, why: Counter[str]
) -> list[Figure]:
    """The figures of a correction, family by family: the new ones, the former ones, or none."""
    codes = {Topic(code.level, code.code): code for code in frame.codes}
    former, found = _families(before), []
    for (key, topic), figures in _families(now).items():
        earlier = former.get((key, topic), [])
        chosen = figures
        if earlier and moved(old, new, key, topic) < LIMIT["changed_people"]:
            chosen = _still(earlier, figures)
        elif earlier and _tells(earlier, figures, codes[topic]):
            chosen = [Figure(figure.place, figure.variant, marker=HIDDEN) for figure in figures]
        why["R10"] += chosen is not figures
        found += chosen
    return found


def moved(old: Series, new: Series, key: Key, topic: Topic) -> int:
    """How many people at least entered, left or changed in a family."""
    if topic == PEOPLE:
        return abs(old.cells.get(key, NOBODY).respondents - new.cells.get(key, NOBODY).respondents)
    one = old.counts.get(key, {}).get(topic, NO_ONE)
    other = new.counts.get(key, {}).get(topic, NO_ONE)
    pairs = (
        (one.answered, other.answered),
        (one.favourable, other.favourable),
        (one.answered - one.favourable, other.answered - other.favourable),
        (one.dk, other.dk),
    )
    return max(abs(before - after) for before, after in pairs)


def _families(figures: Sequence[Figure]) -> Families:
    found: defaultdict[tuple[Key, Topic], list[Figure]] = defaultdict(list)
    for figure in figures:
        found[Key(*figure.place[:3]), Topic(*figure.place[3:5])].append(figure)
    return found


def _still(earlier: list[Figure], figures: list[Figure]) -> list[Figure]:
    """The former figures; a row that must be hidden now is withdrawn."""
    return figures if figures[0].marker == HIDDEN else earlier


def _tells(earlier: list[Figure], figures: list[Figure], code: Code) -> bool:
    """True where both revisions together show that everybody between them said the same."""
    if HIDDEN in (earlier[0].marker, figures[0].marker) or "pct_favourable" not in {f.place.measure for f in figures}:
        return False
    one, other = _numbers(told(earlier, code)), _numbers(told(figures, code))
    return any(
        max(after[1] - before[0], before[1] - after[0]) < LIMIT["unanimous"]
        for before, after in zip(one, other, strict=True)
    )


def _numbers(known: Told) -> tuple[tuple[float, float], tuple[float, float]]:
    """Intervals of the favourable and of the others."""
    (low, high), (least, most) = known.counts[0], known.share
    return (least * low, most * high), ((1 - most) * low, (1 - least) * high)
