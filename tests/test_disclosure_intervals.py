"""R6: ranges and changes, against vectors worked out beforehand, and wider ones against many draws."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.disclosure.figure import Place
from collector.disclosure.intervals import allowance, newcombe, range_of, wilson
from collector.disclosure.publish import written

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


WIDER = [
    (0.5, 30, 0.05, 32.4, 67.6), (0.5, 100, 0.05, 40.0, 60.0), (0.2, 50, 0.05, 10.3, 33.7), (0.5, 400, 0.01, 45.1, 54.9),
]  # fmt: skip


@pytest.mark.parametrize(("share", "people", "step", "low", "high"), WIDER)
def test_a_range_is_wider_by_what_the_change_and_the_rounding_add(
    share: float, people: int, step: float, low: float, high: float
) -> None:
    """By hand for 50% of 30: Wilson 16.85 points either way, the change 1.96 x 0.7071 / 30 = 4.62, the rounding 2.5;
    the root of the sum of their squares is 17.65."""
    found = range_of(share, people, allowance(share, people, step))
    assert [round(100 * limit, 1) for limit in found] == [low, high]
    assert range_of(share, people) == pytest.approx(wilson(share * people, people)), "with none, it is Wilson's"


@pytest.mark.parametrize(("people", "share"), [(30, 0.5), (30, 0.8), (60, 0.3), (150, 0.6), (300, 0.4)])
def test_a_written_range_holds_the_true_share_in_95_of_100_draws(people: int, share: float) -> None:
    """The chance of who comes, the change of their counts and the rounding together."""
    chance, held, draws = random.Random(people), 0, 2000
    for _ in range(draws):
        true = sum(chance.random() < share for _ in range(people))
        good, others = (max(0, n + sum(chance.random() < 0.5 for _ in range(4)) - 2) for n in (true, people - true))
        figure = written(Place("A", "all", "all", "overall", "OV", "pct_favourable"), "all", good, good + others)
        if figure.low is None or figure.high is None:
            held += 1
            continue
        held += figure.low <= 100 * share <= figure.high
    assert held / draws >= 0.95
