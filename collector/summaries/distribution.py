"""One question's answer options beside its own figures: what numbers a hidden option may still have.

Options add up to those with a score, the favourable ones to its favourable people, and their scores to its mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from collector.summaries.disclosure import Figure
from collector.summaries.frame import Code
from collector.summaries.rules import LIMIT
from collector.summaries.told import ALL, MEAN_SHORT_OF, SHORT_OF, Share, of_base, reach

Shown = Mapping[str, Figure]
"""The figures of options that are shown, by option."""


class Distribution:
    """The options of a question in one row as a program in whole numbers. `small`: hidden, and fewer than ten."""

    def __init__(self, options: Sequence[Code], question: Sequence[Figure], shown: Shown, small: set[str]) -> None:
        import highspy

        self.optimal = highspy.HighsModelStatus.kOptimal
        self.solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (("output_flag", False), ("threads", 1), ("mip_max_nodes", 1000)):
            self.solver.setOptionValue(option, value)
        main = next(figure for figure in question if figure.place.measure == "pct_favourable")
        mean = next((figure for figure in question if figure.place.measure == "mean_score"), None)
        self.place = {code.option: number for number, code in enumerate(options)}
        self.scored = self._column(highspy, *of_base(main), first=True)
        for code in options:
            self._column(highspy, *self._interval(code.option, small))
        everybody = [(code.option, 1.0) for code in options]
        self._add(everybody, (1.0, 1.0), 0)
        self._add([(code.option, 1.0) for code in options if code.favourable], reach(main), SHORT_OF)
        self._add([(code.option, (code.score or 0.0) / 100) for code in options], reach(mean), MEAN_SHORT_OF)
        for option, figure in shown.items():
            self._add([(option, 1.0)], reach(figure), SHORT_OF)

    @staticmethod
    def _interval(option: str, small: set[str]) -> tuple[int, int]:
        least = LIMIT["least_people"]
        return (0, least - 1) if option in small else (least, 10_000_000)

    def _column(self, highspy: Any, low: int, high: int, first: bool = False) -> int:
        self.solver.addVar(float(low), float(high))
        column = 0 if first else self.solver.getNumCol() - 1
        self.solver.changeColIntegrality(column, highspy.HighsVarType.kInteger)
        return column

    def _add(self, terms: Sequence[tuple[str, float]], share: Share, less: float) -> None:
        """A sum of options is at least its lowest share of the scored, less than its highest."""
        if share == ALL:
            return
        columns = [self.place[option] + 1 for option, _ in terms]
        factors = [factor for _, factor in terms]
        infinite = self.solver.getInfinity()
        self.solver.addRow(0.0, infinite, len(columns) + 1, [0, *columns], [-share[0], *factors])
        top = -less if share[1] < 1 else 0.0
        self.solver.addRow(-infinite, top, len(columns) + 1, [0, *columns], [-share[1], *factors])

    def values(self, option: str, enough: int) -> int:
        """How many numbers a small option may have; counting stops at `enough`."""
        column, found = self.place[option] + 1, 0
        for value in range(LIMIT["least_people"]):
            self.solver.changeColBounds(column, float(value), float(value))
            self.solver.run()
            found += self.solver.getModelStatus() == self.optimal
            if found == enough:
                break
        self.solver.changeColBounds(column, 0.0, float(LIMIT["least_people"] - 1))
        return found
