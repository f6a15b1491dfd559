"""Cards as the cells of a CSV file: a column a question; a column of 0 and 1 an option of a multiple choice.

Neighbouring columns are turned together and each pattern once, so that a card costs a few look-ups.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter

from collector.errors import CardError
from collector.survey.card import OFF, ON, Column, Layout, answer_in

Guard = Callable[[str], str]
"""What happens to the words of a cell before they are written: nothing, or formulas disarmed."""

MOST = 5_000
"""Patterns that stretches are cut for and that are remembered at most: what bounds the memory."""


class Remembered(dict[object, str]):
    """What each pattern became. It forgets all when there are too many to keep."""

    def __init__(self, make: Callable[..., str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, pattern: object) -> str:
        if len(self) >= MOST:
            self.clear()
        text = self[pattern] = self._make(pattern)
        return text


class Stretch:
    """Columns that stand side by side and are turned together."""

    def __init__(self, columns: Sequence[Column], *, last: bool, guard: Guard) -> None:
        self.columns, self.guard = columns, guard
        self.start, self.stop = columns[0].start, columns[-1].start + columns[-1].width
        self._cut = itemgetter(slice(self.start, None if last else self.stop))
        self._known = Remembered(self._text)

    def texts(self, cards: Iterable[str]) -> Iterator[str]:
        """The cells of each card, as CSV text. Raises CardError for a card that does not fit."""
        return map(self._known.__getitem__, map(self._cut, cards))

    def _text(self, part: str) -> str:
        if len(part) != self.stop - self.start:
            raise CardError(f"a card that ends in {part!r} does not fit the layout of its survey version")
        card = " " * self.start + part
        return csv_text([cell for column in self.columns for cell in _cells(column, card)], self.guard)


class Cells:
    """Turns cards of one survey version into CSV text."""

    def __init__(self, layout: Layout, guard: Guard) -> None:
        runs = _runs(layout.columns)
        self._stretches = [Stretch(run, last=run is runs[-1], guard=guard) for run in runs]

    def texts(self, cards: Sequence[str]) -> list[Iterator[str]]:
        """The text of each stretch for each card; a card's texts, put together with commas, are its cells."""
        return [stretch.texts(cards) for stretch in self._stretches]


def headings(layout: Layout) -> list[str]:
    """The name of each cell: the question's code, with a multiple choice also the option's."""
    return [name for column in layout.columns for name in column_headings(column)]


def column_headings(column: Column) -> list[str]:
    """The names of one question's cells."""
    return [f"{column.code}.{option}" for option in column.options] if column.multi else [column.code]


def csv_text(cells: Iterable[str], guard: Guard) -> str:
    """One line of CSV without its end."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(map(guard, cells))
    return out.getvalue()[:-2]


def _cells(column: Column, card: str) -> list[str]:
    """An option's code, 0 or 1, or a special answer, which then stands in every cell of a multiple choice."""
    answer = answer_in(column, card)
    if isinstance(answer, str):
        return [answer] * len(column_headings(column))
    return [ON if option in answer else OFF for option in column.options]


def _runs(columns: Sequence[Column]) -> list[list[Column]]:
    """Neighbours put together as long as their patterns stay few; a multiple choice stands alone."""
    runs: list[list[Column]] = []
    patterns = MOST + 1
    for column in columns:
        possible = MOST if column.multi else len(column.to_answer)
        if patterns * possible > MOST:
            runs.append([])
            patterns = 1
        runs[-1].append(column)
        patterns *= possible
    return runs
