"""Ranges and changes, against vectors worked out beforehand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.summaries.figures import newcombe, wilson

RANGES = [
    (0, 10, 0.0, 27.8), (1, 10, 1.8, 40.4), (5, 10, 23.7, 76.3), (10, 10, 72.2, 100.0), (18, 28, 45.8, 79.3),
    (20, 30, 48.8, 80.8), (45, 60, 62.8, 84.2), (120, 200, 53.1, 66.5), (90, 100, 82.6, 94.5), (15, 50, 19.1, 43.8),
]  # fmt: skip
CHANGES = [
    (36, 60, 24, 58, 18.6, 0.6, 35.0), (45, 60, 40, 62, 10.5, -5.8, 26.0), (56, 70, 48, 80, 20.0, 5.2, 33.4),
    (20, 30, 15, 30, 16.7, -7.9, 38.6), (70, 100, 50, 100, 20.0, 6.4, 32.6),
]  # fmt: skip


@pytest.mark.parametrize(("favourable", "people", "low", "high"), RANGES)
def test_a_range_is_wilsons(favourable: int, people: int, low: float, high: float) -> None:
    assert [round(100 * limit, 1) for limit in wilson(favourable, people)] == [low, high]


@pytest.mark.parametrize(("x1", "n1", "x2", "n2", "difference", "low", "high"), CHANGES)
def test_a_change_is_newcombes(x1: int, n1: int, x2: int, n2: int, difference: float, low: float, high: float) -> None:
    found = newcombe(x1 / n1, wilson(x1, n1), x2 / n2, wilson(x2, n2))
    assert [round(100 * number, 1) for number in found] == [difference, low, high]


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_a_range_lies_between_0_and_1_and_holds_its_figure(people: int, share: float) -> None:
    low, high = wilson(share * people, people)
    assert 0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1


@given(st.integers(0, 500), st.integers(1, 500), st.integers(0, 500), st.integers(1, 500))
def test_a_change_turned_round_is_the_same_with_the_other_sign(x1: int, n1: int, x2: int, n2: int) -> None:
    one, other = (min(x1, n1) / n1, wilson(min(x1, n1), n1)), (min(x2, n2) / n2, wilson(min(x2, n2), n2))
    there, back = newcombe(*one, *other), newcombe(*other, *one)
    assert there == pytest.approx((-back[0], -back[2], -back[1]))
