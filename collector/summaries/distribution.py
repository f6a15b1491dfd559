"""One question's answer options beside its own figures: what numbers a hidden option may still have.

Those with a score, the favourable among them and their scores stay as they truly are. So whatever is found here is possible
beside everything else that is told of the question, in any area and period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from collector.summaries.counts import Count
from collector.summaries.disclosure import Figure
from collector.summaries.frame import Code
from collector.summaries.rules import LIMIT
from collector.summaries.told import ALL, SHORT_OF, reach


class Distribution:
    """The options of a question in one row as a program in whole numbers. `shown` and `small` are options: those shown,
    and those hidden that fewer than ten people chose.
    """

    def __init__(self, options: Sequence[Code], count: Count, shown: Mapping[str, Figure], small: set[str]) -> None:
        import highspy

        self.optimal = highspy.HighsModelStatus.kOptimal
        self.solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (("output_flag", False), ("threads", 1), ("mip_max_nodes", 1000)):
            self.solver.setOptionValue(option, value)
        self.place = {code.option: number for number, code in enumerate(options)}
        for number, code in enumerate(options):
            low, high = self._interval(code.option, count.answered, shown.get(code.option), small)
            self.solver.addVar(float(low), float(high))
            self.solver.changeColIntegrality(number, highspy.HighsVarType.kInteger)
        self._sum([(code.option, 1.0) for code in options], count.answered)
        self._sum([(code.option, 1.0) for code in options if code.favourable], count.favourable)
        self._sum([(code.option, code.score or 0.0) for code in options], float(count.score_sum))

    @staticmethod
    def _interval(option: str, answered: int, shown: Figure | None, small: set[str]) -> tuple[float, float]:
        least = LIMIT["least_people"]
        if shown is None:
            return (0, least - 1) if option in small else (least, answered)
        low, high = reach(shown)
        return max(least, low * answered), high * answered - (SHORT_OF if high < ALL[1] else 0)

    def _sum(self, terms: Sequence[tuple[str, float]], total: float) -> None:
        columns = [self.place[option] for option, _ in terms]
        self.solver.addRow(total, total, len(columns), columns, [factor for _, factor in terms])

    def values(self, option: str, enough: int) -> int:
        """How many numbers a small option may have; counting stops at `enough`."""
        column, found = self.place[option], 0
        for value in range(LIMIT["least_people"]):
            self.solver.changeColBounds(column, float(value), float(value))
            self.solver.run()
            found += self.solver.getModelStatus() == self.optimal
            if found == enough:
                break
        self.solver.changeColBounds(column, 0.0, float(LIMIT["least_people"] - 1))
        return found
