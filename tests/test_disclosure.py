"""What may leave the count tables, rule by rule."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import astuple, replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.disclosure.figure import Figure, Place
from collector.disclosure.perturb import Perturbed, change
from collector.disclosure.publish import (
    bound,
    bounded,
    home,
    nearest,
    publish,
    row_keys,
    smallest_clear,
    with_change,
    written,
)
from collector.disclosure.revisions import people_changed
from collector.disclosure.rules import CHANCES, LIMIT, MARKERS, MEASURES, PARAMETERS, REASONS, RULES_VERSION
from collector.summaries.counts import Cell, Count, Key, Series, Topic
from collector.summaries.outline import Outline, outline
from tests.crowd import survey

AREA, TOP = "E09000022", "E12000007"
PARENTS = {AREA: TOP, "E09000030": TOP, TOP: ""}
SECRET = bytes(range(32))
ALL = Key(AREA, "all", "all")
YOUNG = Key(AREA, "age2", "young")
OV, UN, B1 = Topic("overall", "OV"), Topic("pillar", "UN"), Topic("question", "B1")
OFTEN = Topic("option", "B1.often")
ENOUGH = Cell(500, 40, 100)


def the_outline() -> Outline:
    return outline([survey()])


def count(answered: int, favourable: int, asked: int = 0, dk: int = 0, mean: int = 50) -> Count:
    asked = max(asked, answered + dk)
    return Count(asked, answered, favourable, Fraction(mean * answered), dk, 0, asked - answered - dk)


def series(cells: dict[Key, Cell], counts: dict[Key, dict[Topic, Count]] | None = None) -> Series:
    areas = dict.fromkeys([Key(AREA, "all", "all"), Key(TOP, "all", "all")], Cell(0, 0, 0))
    return Series("crowd", "1", {"1.0.0": 1}, {**areas, **cells}, counts or {})


def figures(
    found: Series, secret: bytes = SECRET, previous: Mapping[Place, Figure] | None = None
) -> dict[Place, Figure]:
    return {f.place: f for f in publish(found, the_outline(), PARENTS, secret, (previous or {}).values())}


def one(topic: Topic, counted: Count, measure: str = "pct_favourable", key: Key = ALL, cell: Cell = ENOUGH) -> Figure:
    """One figure of a row that has nothing else in it."""
    return figures(series({key: cell}, {key: {topic: counted}}))[Place(*key, *topic, measure)]


def people(cell: Cell, key: Key = ALL, secret: bytes = SECRET) -> Figure:
    return figures(series({key: cell}), secret)[Place(*key, "participation", "respondents", "respondents")]


def share(people: int, favourable: int, key: Key = ALL, topic: Topic = OV) -> Figure:
    """A percentage as it is written, of counts that are changed already."""
    return written(Place(*key, *topic, "pct_favourable"), "all", favourable, people)


def is_empty(figure: Figure) -> bool:
    return figure == Figure(figure.place, figure.variant, marker="[c]")


@pytest.mark.parametrize("key", [ALL, YOUNG])
def test_a_group_of_fewer_than_ten_is_never_shown(key: Key) -> None:
    for size in range(10):
        found = series({key: Cell(size, 9, 1)}, {key: {OV: count(size, size), UN: count(size, 0), B1: count(size, 1)}})
        assert all(is_empty(figure) for figure in figures(found).values())
    assert people(Cell(10, 9, 1), key).value == 10


def test_r1_a_family_is_shown_or_hidden_whole_by_its_true_number_of_people() -> None:
    for answered in (9, 10):
        counted = {ALL: {OV: count(answered, 5, asked=60, dk=40)}}
        for secret in (bytes([n]) * 32 for n in range(20)):
            found = figures(series({ALL: ENOUGH}, counted), secret)
            family = [figure for place, figure in found.items() if place[:4] == (*ALL, "overall")]
            assert {is_empty(figure) for figure in family} == {answered == 9}


@pytest.mark.parametrize(("visits", "largest", "shown"), [
    (3, 80, True), (2, 80, False), (3, 81, False), (0, 0, False), (40, 10, True),
])  # fmt: skip
def test_r2_a_figure_that_is_really_one_visit_or_one_venue_is_hidden(visits: int, largest: int, shown: bool) -> None:
    cell = Cell(100, visits, largest)
    assert is_empty(one(OV, count(90, 45), cell=cell)) is not shown
    assert people(cell).value in (95, 100), "the number of people is not hidden by it"


def test_r3_a_count_is_changed_by_two_at_most_and_nought_stays() -> None:
    for true in range(30):
        found = {true + change(true, draw) for draw in range(256)}
        assert found == ({0} if not true else set(range(max(0, true - min(true, 2)), true + 3)))


def test_r3_the_mean_of_all_draws_is_the_true_count_and_the_variance_is_one() -> None:
    assert all(sum(row.values()) == 16 for row in CHANCES)
    for true in range(1, 30):
        changes = [change(true, draw) for draw in range(256)]
        assert (sum(changes), sum(one * one for one in changes)) == (0, 256)


@pytest.mark.parametrize("true", [2, 3, 7, 40])
def test_r3_the_mean_of_many_secrets_is_the_true_count(true: int) -> None:
    chance = random.Random(true)
    cells = (Perturbed(chance.randbytes(32), ALL, Cell(true, 3, 1), {}) for _ in range(4000))
    assert abs(sum(cell.people(true) for cell in cells) / 4000 - true) < 0.06


def test_r3_the_same_people_are_changed_alike_wherever_they_are_printed() -> None:
    """A pillar of one question has the counts of that question; a board of one borough has its rows."""
    counts = {OV: count(60, 20, asked=70), UN: count(60, 20, asked=70), B1: count(60, 20, asked=70)}
    cell = Perturbed(SECRET, ALL, Cell(70, 9, 9), counts)
    assert len({(cell.favourable(own), cell.answered(own)) for own in counts.values()}) == 1
    assert cell.people(70) == cell.people(counts[OV].asked), "everybody was asked"
    alone = {AREA: "E54000030", "E54000030": TOP, "E09000030": TOP, TOP: ""}
    assert [home(area, alone) for area in alone] == [AREA, AREA, "E09000030", TOP]


def test_r3_a_total_of_one_large_part_and_an_empty_one_does_not_read_like_the_part() -> None:
    cell, counts = Cell(90, 9, 9), {OV: count(80, 40), UN: count(70, 30), B1: count(60, 20)}
    keys = (ALL, ALL._replace(area=TOP), YOUNG)
    found = [Perturbed(bytes([n]) * 32, key, cell, counts) for n in range(40) for key in keys]
    drawn = [tuple(own.answered(counts[topic]) for topic in counts) for own in found]
    assert sum(a == b for a, b in zip(drawn[::3], drawn[1::3], strict=True)) < 10
    assert sum(a == b for a, b in zip(drawn[::3], drawn[2::3], strict=True)) < 10


def test_r3_the_change_is_the_same_on_every_machine() -> None:
    """Worked out once and kept: another spelling of the counts, or another hash, would change what is published."""
    cell = Perturbed(SECRET, ALL, Cell(70, 9, 9), {OV: count(60, 20, asked=70, dk=5)})
    own = cell.counts[OV]
    drawn = (cell.people(70), cell.visits(), cell.favourable(own), cell.answered(own), cell.special("dk", own))
    assert drawn == KEPT


KEPT = (71, 8, 19, 58, 5)


@pytest.mark.parametrize(("key", "people", "favourable", "value"), [
    (ALL, 199, 63, 30), (ALL, 200, 63, 32), (YOUNG, 400, 126, 30), (ALL, 40, 15, 40), (ALL, 40, 13, 35),
])  # fmt: skip
def test_r4_percentages_are_to_the_nearest_5_but_for_large_bases_of_everyone(
    key: Key, people: int, favourable: int, value: int
) -> None:
    assert share(people, favourable, key).value == value


def test_r4_bases_are_the_changed_ones_rounded_down_and_never_below_ten() -> None:
    assert [share(base, 3).base for base in (8, 10, 14, 15, 64)] == [10, 10, 10, 15, 60]
    found = {people(Cell(64, 19, 20), secret=bytes([n]) * 32).base for n in range(60)}
    assert found == {60, 65}
    assert {people(Cell(10, 19, 20), secret=bytes([n]) * 32).base for n in range(60)} == {10}


def test_r4_no_mean_is_published() -> None:
    assert {measure.unit for measure in MEASURES} == {"people", "percent"}


@pytest.mark.parametrize(("base", "least"), [(10, 20), (15, 15), (20, 10), (35, 10), (40, 5), (45, 5), (1000, 5)])
def test_r5_how_near_the_ends_a_figure_may_come_depends_on_its_base(base: int, least: int) -> None:
    assert bound(base) == least
    assert bounded(0, least) == bounded(least, least) == (least, "lte")
    assert bounded(100, least) == bounded(100 - least, least) == (100 - least, "gte")
    assert bounded(50, least) == (50, "")


def test_r5_nobody_learns_that_all_said_the_same() -> None:
    assert (share(12, 12).value, share(12, 12).bound) == (80, "gte")
    assert (share(12, 0).value, share(12, 0).bound) == (20, "lte")
    assert (share(400, 400).value, share(400, 400).bound) == (95, "gte"), "in every row, however large"


@pytest.mark.parametrize(("answered", "marker", "reliability", "ranged"), [
    (10, "[u]", "low", False), (29, "[u]", "low", False), (30, "", "ok", True),
])  # fmt: skip
def test_r6_below_thirty_a_figure_is_marked_and_has_no_range(
    answered: int, marker: str, reliability: str, ranged: bool
) -> None:
    found = share(answered, answered // 2)
    assert (found.marker, found.reliability, found.low is not None) == (marker, reliability, ranged)


def test_r6_a_range_comes_from_the_written_numbers_allows_for_the_change_and_is_rounded_outward() -> None:
    """55% of 45: Wilson's range is 40.7 to 68.5, with 3.1 points of change and 2.5 of rounding 40.1 to 69.1."""
    found = share(49, 26)
    assert (found.value, found.base, found.low, found.high) == (55, 45, 40, 70)
    assert found == share(45, 25)


def test_r6_a_range_is_open_where_the_figure_is_a_bound() -> None:
    assert share(1000, 0).low == 0
    assert share(1000, 1000).high == 100


@pytest.mark.parametrize(("before", "now", "word"), [
    ((100, 30), (100, 60), "up"),
    ((100, 60), (100, 30), "down"),
    ((100, 50), (100, 55), "no_clear_change"),
    ((29, 5), (100, 60), ""),
    ((100, 60), (29, 5), ""),
])  # fmt: skip
def test_r6_a_change_is_said_only_between_written_figures_on_thirty_people(
    before: tuple[int, int], now: tuple[int, int], word: str
) -> None:
    assert with_change(share(*now), share(*before)).change == word
    special = OV, "pct_dk"
    ones = (written(Place(*ALL, *special[0], special[1]), "all", x, n) for n, x in (now, before))
    assert with_change(*ones).change == "", "said of favourable shares only"


def test_r6_a_change_is_not_said_after_a_hidden_figure_or_none() -> None:
    hidden = Figure(share(100, 60).place, "all", marker="[c]")
    assert with_change(share(100, 60), hidden).change == ""
    assert with_change(share(100, 60), None).change == ""
    assert with_change(share(100, 60), replace(share(100, 10), variant="full")).change == "", "full only and pooled"


def test_r6_the_smallest_clear_change_is_told() -> None:
    assert [smallest_clear(people) for people in (30, 50, 100, 200, 400)] == [30, 25, 15, 10, 7]


@pytest.mark.parametrize(("answered", "chose", "shown"), [(204, 60, True), (190, 60, False), (204, 9, False)])
def test_r8_single_options_are_shown_for_large_bases_only(answered: int, chose: int, shown: bool) -> None:
    found = one(OFTEN, count(answered, chose), "pct_option")
    assert is_empty(found) is not shown
    assert not shown or found.value == 30, "to the nearest 5 even on a large base"


def test_r8_all_options_of_a_question_share_its_base() -> None:
    """Else each would be a draw more of the same people, and their mean would tell how many they are."""
    options = {
        Topic("option", f"B1.{code}"): count(400, n) for code, n in (("often", 100), ("mostly", 110), ("seldom", 190))
    }
    for secret in (bytes([n]) * 32 for n in range(20)):
        found = figures(series({ALL: ENOUGH}, {ALL: {B1: count(400, 210), **options}}), secret)
        assert len({found[Place(*ALL, *topic, "pct_option")].base for topic in options}) == 1
        assert {found[Place(*ALL, *topic, "pct_option")].base for topic in options} == {
            found[Place(*ALL, *B1, "pct_favourable")].base
        }


def test_r8_options_elements_and_special_answers_have_no_rows_in_a_breakdown() -> None:
    found = figures(series({}))
    levels = {(place.level, place.measure) for place in found if place.breakdown == "age2"}
    assert levels == {
        ("participation", "respondents"), ("question", "pct_favourable"), ("pillar", "pct_favourable"),
        ("overall", "pct_favourable"), ("overall", "pct_dk"), ("overall", "pct_pns_or_skipped"),
    }  # fmt: skip


def test_r10_people_who_moved_swapped_or_came_are_counted_as_few_as_the_tables_allow() -> None:
    other = Key("E09000030", "all", "all")

    def counted(here: int, there: int, good: int) -> list[Series]:
        cells = {ALL: Cell(here, 9, 9), other: Cell(there, 9, 9), Key(TOP, "all", "all"): Cell(here + there, 9, 9)}
        return [series(cells, {ALL: {OV: count(here, good)}, other: {OV: count(there, 5)}})]

    assert people_changed(counted(60, 40, 30), counted(60, 40, 30), PARENTS) == 0
    assert people_changed(counted(60, 40, 30), counted(69, 40, 30), PARENTS) == 9
    assert people_changed(counted(60, 40, 30), counted(48, 52, 30), PARENTS) == 12, "a place in the wrong area"
    assert people_changed(counted(60, 40, 30), counted(60, 40, 18), PARENTS) == 12, "answers typed the wrong way round"
    assert people_changed(counted(60, 40, 30), [], PARENTS) == 100, "a survey series that should not be there"


def test_r10_every_reason_is_a_sentence() -> None:
    assert all(words.endswith(".") and code.islower() for code, words in REASONS.items())


def test_r12_a_fine_breakdown_has_rows_in_the_top_area_only() -> None:
    assert "age4" not in {key.breakdown for key in row_keys(the_outline(), AREA, is_top=False)}
    assert "age4" in {key.breakdown for key in row_keys(the_outline(), TOP, is_top=True)}


def test_r13_every_possible_row_is_there_whoever_answered_and_hidden_ones_are_alike() -> None:
    nobody, some = figures(series({})), figures(series({ALL: ENOUGH}, {ALL: {OV: count(200, 90)}}))
    assert nobody.keys() == some.keys()
    assert all(is_empty(figure) for figure in nobody.values())


def test_a_special_answer_that_a_question_does_not_offer_has_no_row() -> None:
    measures = {place.measure for place in figures(series({})) if place.code == "A1"}
    assert "pct_na" not in measures
    assert "pct_na" in {place.measure for place in figures(series({})) if place.code == "A2"}


def test_every_parameter_measure_and_marker_says_what_it_is() -> None:
    assert all(all(astuple(parameter)) for parameter in PARAMETERS)
    assert len(LIMIT) == len(PARAMETERS)
    assert all(measure.meaning.endswith(".") and measure.levels for measure in MEASURES)
    assert set(MARKERS) == {"[c]", "[u]"}
    assert RULES_VERSION == "2"


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
        for code in (code for code in the_outline().items if code.code in DRAWN):
            asked = draw(st.integers(0, size))
            answered = draw(st.integers(0, asked))
            dk = draw(st.integers(0, asked - answered))
            favourable = draw(st.integers(0, answered))
            score = Fraction(draw(st.integers(0, 100 * answered)))
            counts[key][Topic(code.level, code.code)] = Count(
                asked, answered, favourable, score, dk, 0, asked - answered - dk
            )
    return series(cells, counts)


@given(worlds(), worlds(), st.binary(min_size=32, max_size=32))
def test_what_is_shown_keeps_every_rule_in_any_world(now: Series, before: Series, secret: bytes) -> None:
    earlier = figures(before)
    for place, figure in figures(now, secret, earlier).items():
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
    """Counts are multiples of 5 from 10 on; percentages on their grid and within their bounds."""
    assert figure.base is not None
    assert figure.value is not None
    assert figure.base >= 10
    assert figure.base % 5 == 0 == (figure.visits or 0) % 5
    assert (figure.visits is not None) == (figure.place.breakdown == "all")
    if figure.place.level == "participation":
        assert figure.value == figure.base
        return
    fine = figure.place.breakdown == "all" and figure.base >= 200 and figure.place.level not in ("option", "channel")
    step, least = (1 if fine else 5), bound(figure.base)
    assert figure.value % step == 0
    assert least <= figure.value <= 100 - least
    assert bool(figure.bound) == (figure.value in (least, 100 - least))
    if figure.low is not None and figure.high is not None:
        assert figure.base >= 30
        assert 0 <= figure.low <= figure.value <= figure.high <= 100
        assert figure.low % step == 0 == figure.high % step


@settings(max_examples=40)
@given(worlds(), st.randoms())
def test_the_same_counts_have_the_same_figures_in_any_order(world: Series, chance: random.Random) -> None:
    def shuffled(mapping: Mapping) -> dict:
        pairs = list(mapping.items())
        chance.shuffle(pairs)
        return dict(pairs)

    again = replace(
        world, cells=shuffled(world.cells), counts={k: shuffled(v) for k, v in shuffled(world.counts).items()}
    )
    assert figures(world) == figures(again)


@settings(max_examples=40)
@given(worlds(), worlds())
def test_a_rows_figures_depend_on_no_other_row(world: Series, other: Series) -> None:
    mixed = series({**other.cells, ALL: world.cells[ALL]}, {**other.counts, ALL: world.counts[ALL]})
    own, beside = ([f for p, f in figures(one).items() if p[:3] == ALL] for one in (world, mixed))
    assert own == beside


def test_one_person_more_or_less_and_every_count_of_the_row_is_drawn_anew() -> None:
    """The chance that two draws of eleven counts are the same is small, so most rows must differ."""
    counts = {Topic("question", f"Q{n}"): count(40 + n, 20) for n in range(10)}
    moved = {**counts, Topic("question", "Q0"): count(41, 20)}
    alike = 0
    for secret in (bytes([n]) * 32 for n in range(50)):
        one, other = (Perturbed(secret, ALL, Cell(60, 9, 9), own) for own in (counts, moved))
        rest = [topic for topic in counts if topic.code != "Q0"]
        alike += all(one.answered(counts[topic]) == other.answered(counts[topic]) for topic in rest)
    assert alike == 0


@given(st.integers(1, 2000), st.integers(0, 2000), st.sampled_from([1, 5]))
def test_rounding_is_to_the_nearest_step_and_half_goes_up(people: int, part: int, step: int) -> None:
    value = Fraction(100 * min(part, people), people)
    assert -step <= 2 * (value - nearest(value, step)) < step


def test_published_numbers_depend_on_nothing_else_than_what_is_written() -> None:
    """Two counts that are written the same have the same range and reliability."""
    assert share(104, 52) == share(100, 49)
