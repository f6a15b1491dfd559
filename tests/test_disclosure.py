"""What may leave the count tables, rule by rule."""

from __future__ import annotations

from dataclasses import astuple, replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.summaries import rules
from collector.summaries.counts import Cell, Count, Key, Series, Topic
from collector.summaries.disclosure import Figure, Place, bound, bounded, nearest, publishable, row_keys
from collector.summaries.frame import Frame, frame
from collector.summaries.rules import LIMIT, MARKERS, MEASURES, PARAMETERS
from tests.crowd import survey

AREA, TOP = "E09000022", "E12000007"
ALL = Key(AREA, "all", "all")
YOUNG = Key(AREA, "age2", "young")
OV, UN, B1 = Topic("overall", "OV"), Topic("pillar", "UN"), Topic("question", "B1")
OFTEN = Topic("option", "B1.often")
ENOUGH = Cell(500, 40, 100)


def the_frame() -> Frame:
    return frame([survey()])


def count(answered: int, favourable: int, asked: int = 0, dk: int = 0, mean: int = 50) -> Count:
    asked = max(asked, answered + dk)
    return Count(asked, answered, favourable, Fraction(mean * answered), dk, 0, asked - answered - dk)


def series(cells: dict[Key, Cell], counts: dict[Key, dict[Topic, Count]] | None = None) -> Series:
    return Series("crowd", "1", {"1.0.0": 1}, cells, counts or {})


def figures(found: Series, previous: list[Figure] | None = None) -> dict[Place, Figure]:
    return {figure.place: figure for figure in publishable(found, the_frame(), [AREA, TOP], TOP, previous or ())}


def one(topic: Topic, counted: Count, measure: str = "pct_favourable", key: Key = ALL, cell: Cell = ENOUGH) -> Figure:
    """One figure of a row that has nothing else in it."""
    return figures(series({key: cell}, {key: {topic: counted}}))[Place(*key, *topic, measure)]


def people(cell: Cell, key: Key = ALL) -> Figure:
    return figures(series({key: cell}))[Place(*key, "participation", "respondents", "respondents")]


def is_empty(figure: Figure) -> bool:
    return figure == Figure(figure.place, figure.variant, marker="[c]")


@pytest.mark.parametrize("key", [ALL, YOUNG])
def test_a_group_of_fewer_than_ten_is_never_shown(key: Key) -> None:
    for size in range(10):
        found = series({key: Cell(size, 9, 1)}, {key: {OV: count(size, size), UN: count(size, 0), B1: count(size, 1)}})
        assert all(is_empty(figure) for figure in figures(found).values())
    assert people(Cell(10, 9, 1), key).value == 10


def test_r1_a_family_is_shown_or_hidden_whole() -> None:
    for answered in (9, 10):
        counted = {ALL: {OV: count(answered, 5, asked=60, dk=40)}}
        found = figures(series({ALL: ENOUGH}, counted))
        family = [figure for place, figure in found.items() if place[:4] == (*ALL, "overall")]
        assert {is_empty(figure) for figure in family} == {answered == 9}


@pytest.mark.parametrize(("visits", "largest", "shown"), [
    (3, 80, True), (2, 80, False), (3, 81, False), (0, 0, False), (40, 10, True),
])  # fmt: skip
def test_r2_a_figure_that_is_really_one_visit_or_one_venue_is_hidden(visits: int, largest: int, shown: bool) -> None:
    cell = Cell(100, visits, largest)
    assert is_empty(one(OV, count(90, 45), cell=cell)) is not shown
    assert people(cell).value == 100, "the number of people is not hidden by it"


def test_r3_counts_are_rounded_down_to_a_multiple_of_five() -> None:
    found = people(Cell(64, 19, 20))
    assert (found.value, found.base, found.visits) == (60, 60, 15)
    assert one(OV, count(54, 27)).base == 50


@pytest.mark.parametrize(("key", "people", "favourable", "value"), [
    (ALL, 199, 63, 30), (ALL, 200, 63, 32), (YOUNG, 400, 126, 30), (ALL, 40, 15, 40), (ALL, 40, 13, 35),
])  # fmt: skip
def test_r4_percentages_are_to_the_nearest_5_but_for_large_bases_of_everyone(
    key: Key, people: int, favourable: int, value: int
) -> None:
    assert one(OV, count(people, favourable), key=key).value == value


def test_r4_a_mean_is_given_only_on_thirty_people_or_more() -> None:
    below = one(OV, count(29, 20, mean=64), "mean_score")
    assert (below.value, below.marker, below.base) == (None, "[x]", 25)
    shown = one(OV, count(30, 20, mean=64), "mean_score")
    assert (shown.value, shown.marker, shown.low) == (65, "", None)


@pytest.mark.parametrize(("base", "least"), [(10, 20), (15, 15), (20, 10), (35, 10), (40, 5), (45, 5), (1000, 5)])
def test_r5_how_near_the_ends_a_figure_may_come_depends_on_its_base(base: int, least: int) -> None:
    assert bound(base) == least
    assert bounded(0, least) == bounded(least, least) == (least, "lte")
    assert bounded(100, least) == bounded(100 - least, least) == (100 - least, "gte")
    assert bounded(50, least) == (50, "")


def test_r5_nobody_learns_that_all_said_the_same() -> None:
    assert (one(OV, count(12, 12)).value, one(OV, count(12, 12)).bound) == (80, "gte")
    assert (one(OV, count(12, 0)).value, one(OV, count(12, 0)).bound) == (20, "lte")
    mean = one(OV, count(50, 0, mean=0), "mean_score")
    assert (mean.value, mean.bound) == (5, "lte")


@pytest.mark.parametrize(("answered", "marker", "reliability", "ranged"), [
    (10, "[u]", "low", False), (29, "[u]", "low", False), (30, "", "ok", True),
])  # fmt: skip
def test_r6_below_thirty_a_figure_is_marked_and_has_no_range(
    answered: int, marker: str, reliability: str, ranged: bool
) -> None:
    found = one(OV, count(answered, answered // 2))
    assert (found.marker, found.reliability, found.low is not None) == (marker, reliability, ranged)


def test_r6_a_range_comes_from_the_published_numbers_and_is_rounded_outward() -> None:
    found = one(OV, count(49, 26))
    assert (found.value, found.base, found.low, found.high) == (55, 45, 40, 70), "worked out by hand"
    assert found == replace(one(OV, count(45, 25)), place=found.place)


def test_r6_a_range_is_open_where_the_figure_is_a_bound() -> None:
    assert one(OV, count(1000, 0)).low == 0
    assert one(OV, count(1000, 1000)).high == 100


@pytest.mark.parametrize(("before", "now", "word"), [
    ((100, 30), (100, 60), "up"),
    ((100, 60), (100, 30), "down"),
    ((100, 50), (100, 55), "no_clear_change"),
    ((29, 5), (100, 60), ""),
    ((100, 60), (29, 5), ""),
    ((9, 5), (100, 60), ""),
])  # fmt: skip
def test_r6_a_change_is_said_only_between_published_figures_on_thirty_people(
    before: tuple[int, int], now: tuple[int, int], word: str
) -> None:
    earlier = figures(series({ALL: ENOUGH}, {ALL: {OV: count(*before)}}))
    found = figures(series({ALL: ENOUGH}, {ALL: {OV: count(*now)}}), list(earlier.values()))
    assert found[Place(*ALL, *OV, "pct_favourable")].change == word
    assert found[Place(*ALL, *OV, "mean_score")].change == ""


def test_a_change_between_a_full_only_and_a_pooled_figure_is_not_said() -> None:
    earlier = figures(series({ALL: ENOUGH}, {ALL: {OV: count(100, 30)}})).values()
    found = figures(
        series({ALL: ENOUGH}, {ALL: {OV: count(100, 60)}}), [replace(figure, variant="full") for figure in earlier]
    )
    assert found[Place(*ALL, *OV, "pct_favourable")].change == ""


def test_without_a_quarter_before_nothing_is_said_of_change() -> None:
    assert one(OV, count(100, 60)).change == ""


@pytest.mark.parametrize(("answered", "chose", "shown"), [(204, 60, True), (199, 60, False), (204, 9, False)])
def test_r8_single_options_are_shown_for_large_bases_only(answered: int, chose: int, shown: bool) -> None:
    found = one(OFTEN, count(answered, chose), "pct_option")
    assert is_empty(found) is not shown
    assert not shown or found.value == 30, "to the nearest 5 even on a large base"


def test_r8_options_elements_and_special_answers_have_no_rows_in_a_breakdown() -> None:
    found = figures(series({}))
    levels = {(place.level, place.measure) for place in found if place.breakdown == "age2"}
    assert levels == {
        ("participation", "respondents"), ("question", "pct_favourable"),
        ("pillar", "pct_favourable"), ("pillar", "mean_score"),
        ("overall", "pct_favourable"), ("overall", "mean_score"), ("overall", "pct_dk"),
        ("overall", "pct_pns_or_skipped"),
    }  # fmt: skip


def test_r12_a_fine_breakdown_has_rows_in_the_top_area_only() -> None:
    assert "age4" not in {key.breakdown for key in row_keys(the_frame(), AREA, is_top=False)}
    assert "age4" in {key.breakdown for key in row_keys(the_frame(), TOP, is_top=True)}


def test_every_possible_row_is_there_whoever_answered() -> None:
    assert figures(series({})).keys() == figures(series({ALL: ENOUGH}, {ALL: {OV: count(200, 90)}})).keys()


def test_a_special_answer_that_a_question_does_not_offer_has_no_row() -> None:
    measures = {place.measure for place in figures(series({})) if place.code == "A1"}
    assert "pct_na" not in measures
    assert "pct_na" in {place.measure for place in figures(series({})) if place.code == "A2"}


def test_every_parameter_measure_and_marker_says_what_it_is() -> None:
    assert all(all(astuple(parameter)) for parameter in PARAMETERS)
    assert len(LIMIT) == len(PARAMETERS)
    assert all(measure.meaning.endswith(".") and measure.levels for measure in MEASURES)
    assert set(MARKERS) == {"[c]", "[u]", "[x]"}
    assert rules.RULES_VERSION


DRAWN = ("OV", "UN", "UN_A", "B1", "A2", "B1.often", "M1.home")


@st.composite
def worlds(draw: st.DrawFn) -> Series:
    """Any count tables that people could make."""
    sizes = st.one_of(st.integers(0, 45), st.integers(0, 1000))
    cells: dict[Key, Cell] = {}
    counts: dict[Key, dict[Topic, Count]] = {}
    for key in (ALL, YOUNG, Key(AREA, "age2", "unsaid"), Key(TOP, "age4", "age_50"), Key(TOP, "mode", "paper")):
        size = draw(sizes)
        cells[key] = Cell(size, draw(st.integers(min(size, 1), max(size, 1))), draw(st.integers(0, size)))
        counts[key] = {}
        for code in (code for code in the_frame().codes if code.code in DRAWN):
            asked = draw(st.integers(0, size))
            answered = draw(st.integers(0, asked))
            dk = draw(st.integers(0, asked - answered))
            favourable = draw(st.integers(0, answered))
            score = Fraction(draw(st.integers(0, 100 * answered)))
            counts[key][Topic(code.level, code.code)] = Count(
                asked, answered, favourable, score, dk, 0, asked - answered - dk
            )
    return series(cells, counts)


@given(worlds(), worlds())
def test_what_is_shown_keeps_every_rule_in_any_world(now: Series, before: Series) -> None:
    earlier = figures(before)
    for place, figure in figures(now, list(earlier.values())).items():
        key, topic = Key(*place[:3]), Topic(place.level, place.code)
        counted = now.counts.get(key, {}).get(topic)
        if figure.marker == "[c]":
            assert is_empty(figure)
            continue
        assert now.cells[key].respondents >= 10
        assert counted is None or counted.answered >= 10
        check_numbers(figure)
        if figure.change:
            assert earlier[place].value is not None
            assert min(figure.base or 0, earlier[place].base or 0) >= 30


def check_numbers(figure: Figure) -> None:
    """Counts are multiples of 5 from 10 on; percentages and means on their grid and within their bounds."""
    assert figure.base is not None
    assert figure.base >= 10
    assert figure.base % 5 == 0 == (figure.visits or 0) % 5
    assert (figure.visits is not None) == (figure.place.breakdown == "all")
    if figure.place.level == "participation" or figure.value is None:
        assert figure.value in (figure.base, None)
        return
    fine = figure.place.breakdown == "all" and figure.base >= 200 and figure.place.level not in ("option", "channel")
    step, least = (1 if fine else 5), (5 if figure.place.measure == "mean_score" else bound(figure.base))
    assert figure.value % step == 0
    assert least <= figure.value <= 100 - least
    assert bool(figure.bound) == (figure.value in (least, 100 - least))
    if figure.low is not None and figure.high is not None:
        assert figure.base >= 30
        assert 0 <= figure.low <= figure.value <= figure.high <= 100
        assert figure.low % step == 0 == figure.high % step


@given(st.integers(1, 2000), st.integers(0, 2000), st.sampled_from([1, 5]))
def test_rounding_is_to_the_nearest_step_and_half_goes_up(people: int, part: int, step: int) -> None:
    value = Fraction(100 * min(part, people), people)
    assert -step <= 2 * (value - nearest(value, step)) < step


def test_published_numbers_depend_on_nothing_else_than_what_is_written() -> None:
    """Two counts that are written the same have the same range and reliability."""
    assert one(OV, count(104, 52)) == one(OV, count(100, 49))
