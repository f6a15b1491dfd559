"""A measured figure beside its baseline and its limit, and the table of them."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One row of the table. A limit is on the figure itself (`least`, `most`) or on its ratio to the baseline."""

    name: str
    measured: float
    unit: str
    against: str = ""
    baseline: float | None = None
    least: float | None = None
    most: float | None = None
    least_ratio: float | None = None

    @property
    def ratio(self) -> float | None:
        """Measured to baseline."""
        return self.measured / self.baseline if self.baseline else None

    @property
    def limit(self) -> str:
        """The limit in words; blank when the figure stands for comparison only."""
        if self.least_ratio is not None:
            return f"ratio >= {self.least_ratio:g}"
        if self.least is not None:
            return f">= {number(self.least)}"
        return "" if self.most is None else f"<= {number(self.most)}"

    @property
    def met(self) -> bool | None:
        """Whether the limit is kept; None without one."""
        if self.least_ratio is not None:
            return self.ratio is not None and self.ratio >= self.least_ratio
        if self.least is not None:
            return self.measured >= self.least
        return None if self.most is None else self.measured <= self.most


HEAD = ("figure", "measured", "baseline", "ratio", "limit", "met")
LEFT = 1
WORDS = {True: "yes", False: "NO", None: ""}


def number(value: float) -> str:
    """Three significant digits or all whole ones, thousands apart."""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.2f}"


def table(figures: Sequence[Figure]) -> str:
    """All figures as aligned text."""
    rows = [HEAD, *(_row(figure) for figure in figures)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    lines = ["  ".join(_cell(text, i, widths[i]) for i, text in enumerate(row)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def _row(figure: Figure) -> tuple[str, ...]:
    baseline = "" if figure.baseline is None else f"{number(figure.baseline)} {figure.against}"
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    measured = f"{number(figure.measured)} {figure.unit}"
    return figure.name, measured, baseline, ratio, figure.limit, WORDS[figure.met]


def _cell(text: str, column: int, width: int) -> str:
    return text.ljust(width) if column < LEFT or column == len(HEAD) - 1 else text.rjust(width)


def median_of(repeats: int, measure: Callable[[], float]) -> float:
    """The median of several measurements."""
    return statistics.median(measure() for _ in range(repeats))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of them lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
