"""Charts: bounds are drawn as bounds, hidden as hidden, and nothing leaves its frame."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.releases.published.by_question import Spread
from collector.releases.published.phrasing import Reading, in_ten
from collector.web.figures import charts


def test_bounds_and_small_groups_are_drawn_as_what_they_are() -> None:
    most = charts.range_bar(Reading("Trust", 95, bound="gte", low=88, high=100))
    assert "<title>Trust: 95% or more, range 88 to 100%</title>" in most
    assert "onwards" in most
    assert "<circle" not in most
    for bound, head in (("gte", "L0-9Z"), ("lte", "L0 9Z")):
        assert head in charts.over_time("Trust", [("Sep 2026", False, Reading("Trust", 50, bound=bound))])
    few = charts.range_bar(Reading("Trust", 40, few=True))
    assert 'class="few"' in few
    assert "few people" in few
    assert 'class="band"' not in few


def test_no_line_of_a_small_multiple_goes_across_a_break() -> None:
    figure = Reading("?", 45)
    drawn = charts.over_time(
        "?", [("Jun 2026", False, figure), ("Sep 2026", True, figure), ("Dec 2026", False, figure)]
    )
    broken = float(re.findall(r'x1="([\d.]+)%"[^>]*class="break"', drawn)[0])
    across = re.findall(r'x1="([\d.]+)%" x2="([\d.]+)%"[^>]*class="axis"', drawn)
    assert len(across) == 6
    assert not [ends for ends in across if float(ends[0]) <= broken <= float(ends[1])]


@pytest.mark.parametrize(
    ("value", "bound", "words"),
    [
        (60, "", "about 6 in 10 people"), (48, "", "about 5 in 10 people"), (45, "", "4 to 5 in 10 people"),
        (33, "", "about 3 in 10 people"), (95, "gte", "more than 9 in 10 people"), (90, "gte", "9 in 10 people or more"),
        (5, "lte", "fewer than 1 in 10 people"), (20, "lte", "2 in 10 people or fewer"),
    ],
)  # fmt: skip
def test_a_share_is_told_as_people_in_ten(value: int, bound: str, words: str) -> None:
    assert in_ten(value, bound) == words


READINGS = st.builds(
    Reading,
    label=st.text(max_size=20),
    value=st.none() | st.integers(0, 100),
    marker=st.sampled_from(["", "[c]", "[u]", "[x]"]),
    bound=st.sampled_from(["", "gte", "lte"]),
    few=st.booleans(),
).map(lambda one: Reading(one.label, None, marker="[c]") if one.marker == "[c]" else one)


@given(st.lists(st.tuples(st.sampled_from(["left", "middle", "right"]), READINGS), min_size=1, max_size=7))
def test_no_mark_leaves_its_chart(pieces: list[tuple[str, Reading]]) -> None:
    drawn = charts.spread_bar(Spread(Reading("?"), tuple(pieces)))
    drawn += charts.over_time("?", [("Sep 2026", side == "left", figure) for side, figure in pieces])
    drawn += charts.count_bar(pieces[0][1], 50) + charts.range_bar(pieces[0][1])
    for place in re.findall(r'\s(?:x|x1|x2|cx|width)="([^"]*)%"', drawn):
        assert 0 <= float(place) <= 100


@given(st.integers(2, 4), st.integers(0, 3))
def test_a_hidden_answer_takes_the_same_room_in_every_bar(options: int, hidden: int) -> None:
    def bar(value: int) -> set[str]:
        shown = [Reading(str(i), value) for i in range(options)]
        shown.insert(min(hidden, options), Reading("x", None, marker="[c]"))
        return set(
            re.findall(
                r'width="([^"]*)"[^>]*class="part hid"',
                charts.spread_bar(Spread(Reading("?"), tuple(("left", one) for one in shown))),
            )
        )

    assert bar(5) == bar(10) != set()
