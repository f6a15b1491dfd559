"""What the figures of one family tell on their own: the counts from which they can have been written (R3 to R5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from collector.summaries.disclosure import Figure, step_of
from collector.summaries.frame import Code
from collector.summaries.rules import LIMIT

Interval = tuple[int, int]
Share = tuple[float, float]
ANY: Interval = (0, 10_000_000)
EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Told:
    """Intervals of people with a score, asked, "don't know", and the rest; and of favourable ÷ scored."""

    counts: tuple[Interval, Interval, Interval, Interval]
    share: Share


def told(figures: Sequence[Figure], code: Code) -> Told:
    """What a shown family tells. Every family has `pct_favourable`."""
    by_measure = {figure.place.measure: figure for figure in figures}
    main = by_measure["pct_favourable"]
    asked = of_base(by_measure.get("pct_pns_or_skipped"))
    not_known = _part(by_measure.get("pct_dk"), asked)
    rest = _part(by_measure.get("pct_pns_or_skipped"), asked)
    if "na" in code.special:
        others = _part(by_measure.get("pct_na"), asked)
        rest = rest[0] + others[0], rest[1] + others[1]
    return Told((of_base(main), asked, not_known, rest), _share(main, by_measure.get("mean_score"), code))


def of_base(figure: Figure | None) -> Interval:
    """R3: the bases that are written so."""
    if figure is None or figure.base is None:
        return ANY
    return figure.base, figure.base + LIMIT["count_step"] - 1


def reach(figure: Figure) -> Share:
    """R4 and R5: the percentages or means that are written so, as shares of one."""
    if figure.value is None or figure.base is None:
        return 0.0, 1.0
    half = step_of(figure.place, figure.base) / 2
    low = 0.0 if figure.bound == "lte" else (figure.value - half) / 100
    high = 1.0 if figure.bound == "gte" else (figure.value + half) / 100
    return max(0.0, low), min(1.0, high)


def _part(figure: Figure | None, whole: Interval) -> Interval:
    if figure is None or figure.value is None:
        return ANY
    low, high = reach(figure)
    return ceil(low * whole[0] - EXACT), floor(high * whole[1] + EXACT)


def _share(favourable: Figure, mean: Figure | None, code: Code) -> Share:
    """A mean tells of the favourable too: each of them has at least `least_good`, the others at most `most_bad`."""
    low, high = reach(favourable)
    if mean is not None and mean.value is not None:
        least, most = reach(mean)
        low = max(low, (100 * least - code.most_bad) / (100 - code.most_bad))
        high = min(high, 100 * most / code.least_good)
    return low, high
