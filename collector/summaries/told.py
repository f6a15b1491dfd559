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
ALL: Share = (0.0, 1.0)
EXACT = 1e-9
SHORT_OF = 0.005
"""Half-way is rounded up, so a part is less than its highest share: by this at least, as counts are whole."""
MEAN_SHORT_OF = 0.002
"""The same where a mean tells it."""


@dataclass(frozen=True, slots=True)
class Told:
    """Intervals of people with a score and asked; shares of favourable, of the mean (÷ 100), "don't know" and the rest.

    The rest are those to whom it does not apply, and the unsaid. `reach` is what share and mean together tell of the
    favourable.
    """

    answered: Interval
    asked: Interval
    favourable: Share
    mean: Share
    not_known: Share
    rest: Share
    not_for_me: Share
    unsaid: Share
    reach: Share

    @property
    def counts(self) -> tuple[Interval, Interval, Interval, Interval]:
        """Answered, asked, "don't know" and the rest."""
        return self.answered, self.asked, _part(self.not_known, self.asked), _part(self.rest, self.asked)


NOTHING = Told(ANY, ANY, ALL, ALL, ALL, ALL, ALL, ALL, ALL)


def told(figures: Sequence[Figure], code: Code) -> Told:
    """What a shown family tells. Every family has `pct_favourable`."""
    by_measure = {figure.place.measure: figure for figure in figures}
    main = by_measure["pct_favourable"]
    rest = unsaid = reach(by_measure.get("pct_pns_or_skipped"))
    not_for_me = reach(by_measure.get("pct_na"))
    if "na" in code.special:
        rest = unsaid[0] + not_for_me[0], min(1.0, unsaid[1] + not_for_me[1])
    mean = reach(by_measure.get("mean_score"))
    return Told(
        of_base(main), of_base(by_measure.get("pct_pns_or_skipped")), reach(main), mean,
        reach(by_measure.get("pct_dk")), rest, not_for_me, unsaid, _both(reach(main), mean, code),
    )  # fmt: skip


def of_base(figure: Figure | None) -> Interval:
    """R3: the bases that are written so."""
    if figure is None or figure.base is None:
        return ANY
    return figure.base, figure.base + LIMIT["count_step"] - 1


def reach(figure: Figure | None) -> Share:
    """R4 and R5: the percentages or means that are written so, as shares of one."""
    if figure is None or figure.value is None or figure.base is None:
        return ALL
    half = step_of(figure.place, figure.base) / 2
    low = 0.0 if figure.bound == "lte" else (figure.value - half) / 100
    high = 1.0 if figure.bound == "gte" else (figure.value + half) / 100
    return max(0.0, low), min(1.0, high)


def _part(share: Share, whole: Interval) -> Interval:
    return ceil(share[0] * whole[0] - EXACT), floor(share[1] * whole[1] + EXACT)


def _both(favourable: Share, mean: Share, code: Code) -> Share:
    """A mean tells of the favourable too: each of them has at least `least_good`, the others at most `most_bad`."""
    low, high = favourable
    low = max(low, (100 * mean[0] - code.most_bad) / (100 - code.most_bad))
    return low, min(high, 100 * mean[1] / code.least_good)
