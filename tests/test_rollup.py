"""From stored cards to count tables."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.db import Database
from collector.errors import CardError, CommunityError, PeriodError, SurveyError
from collector.responses.submission import MODES
from collector.summaries import frame, rollup, store
from collector.summaries.counts import Cell, Count, CountTables, Key, Series, Topic
from collector.summaries.plan import pack, unpack
from collector.summaries.rollup import count_tables, open_periods, roll_up
from collector.survey.definition import Answer
from tests.crowd import AREAS, MAJOR, MINOR, PERIOD, SURVEY, VENUES, Person, add_venue, make_database, put_in, survey
from tests.slow_counts import slow_tables

TODAY = date(2026, 7, 1)
LAMBETH, TOWER_HAMLETS, LONDON = "E09000022", "E09000030", "E12000007"
EVERYONE = ("all", "all")
FULL = {"OV": "often", "B1": "often", "A1": "never", "A2": "never", "C1": "mostly", "D1": "seldom"}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = make_database(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with three versions in two series, emptied by each test that uses it."""
    made = make_database(tmp_path_factory.mktemp("versions"), SURVEY, MINOR, MAJOR)
    yield made
    made.close()


def counted(database: Database) -> Series:
    """The one series of the period."""
    (found,) = count_tables(database, PERIOD, AREAS).series
    return found


def test_a_person_is_counted_in_the_borough_the_board_and_the_region(database: Database) -> None:
    put_in(database, [Person("aaa", FULL)])
    cells = counted(database).cells
    assert {area: cells[Key(area, *EVERYONE)] for area in (LAMBETH, "E54000030", LONDON)} == {
        area: Cell(1, 1, 1) for area in (LAMBETH, "E54000030", LONDON)
    }


def test_an_area_with_a_venue_and_no_answers_has_an_empty_cell(database: Database) -> None:
    put_in(database, [Person("aaa", FULL)])
    assert counted(database).cells[Key(TOWER_HAMLETS, *EVERYONE)] == Cell(0, 0, 0)


def test_a_venue_in_the_region_itself_counts_in_a_row_elsewhere_and_in_the_region(database: Database) -> None:
    put_in(database, [Person("ddd", FULL), Person("aaa", FULL)])
    cells = counted(database).cells
    assert cells[Key("E12000007-elsewhere", *EVERYONE)].respondents == 1
    assert cells[Key(LONDON, *EVERYONE)].respondents == 2


def test_parents_are_those_at_the_end_of_the_period(database: Database) -> None:
    with database.transaction():
        add_venue(database, "eee", "E09000003")
    put_in(database, [Person("eee", FULL)])
    areas = {key.area for key in counted(database).cells}
    assert "NWNCL" in areas, "Barnet's board since April 2026"
    assert "E54000028" not in areas


def test_a_pillar_score_is_the_mean_of_its_elements_and_not_of_its_questions(database: Database) -> None:
    put_in(database, [Person("aaa", FULL)])
    counts = counted(database).counts[Key(LAMBETH, *EVERYONE)]
    assert counts[Topic("element", "UN_A")].score_sum == 50, "never fair 0, never rude 100"
    assert counts[Topic("pillar", "UN")] == Count(1, 1, 1, Fraction(225, 3), 0, 0, 0)
    assert counts[Topic("pillar", "CO")] == Count(1, 1, 0, Fraction(25), 0, 0, 0)


def test_a_pillar_needs_half_of_its_elements(database: Database) -> None:
    put_in(database, [Person("aaa", {"B1": "often", "D1": "dk"})])
    counts = counted(database).counts[Key(LAMBETH, *EVERYONE)]
    assert counts[Topic("pillar", "UN")] == Count(1, 0, 0, Fraction(0), 0, 0, 0)
    assert counts[Topic("question", "D1")] == Count(1, 0, 0, Fraction(0), 1, 0, 0)


def test_what_the_short_form_does_not_ask_is_not_counted_as_asked(database: Database) -> None:
    put_in(database, [Person("aaa", {"OV": "often"}, variant="short"), Person("aaa", FULL)])
    counts = counted(database).counts[Key(LAMBETH, *EVERYONE)]
    assert counts[Topic("overall", "OV")].asked == 2
    assert counts[Topic("question", "A1")].asked == 1
    assert counts[Topic("pillar", "UN")].asked == 1
    assert counts[Topic("question", "B1")].unsaid == 1, "asked in the short form, and skipped"


def test_people_who_would_rather_not_say_are_a_group_of_their_own(database: Database) -> None:
    put_in(database, [Person(answers={"AGE": "pns"}), Person(answers={"OV": "dk"}), Person(answers={"AGE": "age_35"})])
    cells = counted(database).cells
    assert cells[Key(LAMBETH, "age2", "unsaid")].respondents == 2
    assert cells[Key(LAMBETH, "age4", "unsaid")].respondents == 2
    assert cells[Key(LAMBETH, "age2", "young")].respondents == 1


def test_options_and_channels_are_counted_for_all_respondents_only(database: Database) -> None:
    put_in(database, [Person(answers={**FULL, "M1": ("home", "shop")}), Person(answers={"M1": "pns"})])
    counts = counted(database).counts
    assert counts[Key(LAMBETH, *EVERYONE)][Topic("channel", "M1.shop")] == Count(2, 1, 1, Fraction(0), 0, 0, 1)
    assert counts[Key(LAMBETH, *EVERYONE)][Topic("option", "A1.often")] == Count(2, 1, 0, Fraction(0), 0, 0, 1)
    assert all(t.level not in ("option", "channel") for k, ts in counts.items() if k.breakdown != "all" for t in ts)


def test_one_place_on_one_day_is_one_visit_whatever_was_opened_there(database: Database) -> None:
    first, second = date(2026, 5, 1), date(2026, 5, 3)
    put_in(
        database,
        [
            Person("aaa", FULL, visit="v1", day=first),
            Person("aaa", FULL, visit="v2", day=first - timedelta(days=1)),
            Person("aaa", FULL, visit="v0", day=first + timedelta(days=1)),
            Person("aaa", FULL, day=first + timedelta(days=1), mode="paper"),
            Person("aaa", FULL, day=second),
            Person("bbb", FULL, day=first),
        ],
    )
    cells = counted(database).cells
    assert cells[Key(LAMBETH, *EVERYONE)] == Cell(6, 3, 5)
    assert cells[Key(LAMBETH, "mode", "paper")] == Cell(1, 1, 1)
    assert cells[Key(LAMBETH, "mode", "self_phone")] == Cell(5, 3, 4)


def test_held_answers_and_other_periods_are_left_out(database: Database) -> None:
    put_in(database, [Person(held=True), Person(period=PERIOD.previous), Person()])
    assert counted(database).cells[Key(LONDON, *EVERYONE)].respondents == 1
    assert open_periods(database) == [PERIOD.previous, PERIOD]


def test_versions_of_one_series_are_added_and_two_series_are_kept_apart(versions: Database) -> None:
    empty(versions)
    put_in(versions, [Person(version=v, answers={"OV": "often"}) for v in ("1.0.0", "1.1.0", "2.0.0", "1.1.0")])
    found = {(s.survey, s.major): s for s in count_tables(versions, PERIOD, AREAS).series}
    assert found["crowd", "1"].versions == {"1.0.0": 1, "1.1.0": 2}
    assert found["crowd", "1"].counts[Key(LONDON, *EVERYONE)][Topic("overall", "OV")].favourable == 3
    assert found["crowd", "2"].cells[Key(LONDON, *EVERYONE)].respondents == 1


def test_a_roll_up_again_changes_nothing_and_a_withdrawal_leaves_no_trace(database: Database) -> None:
    put_in(database, [Person("aaa", FULL), Person("ccc", FULL)])
    first = roll_up(database, PERIOD, AREAS, TODAY)
    assert store.load(database, PERIOD.code) == first
    with database.transaction():
        assert not rollup.store_tables(database, count_tables(database, PERIOD, AREAS), TODAY)
        database.execute("DELETE FROM response WHERE venue = 'ccc'")
    roll_up(database, PERIOD, AREAS, TODAY)
    left = store.load(database, PERIOD.code)
    assert left is not None
    assert left.responses == 1
    assert not left.series[0].cells[Key(TOWER_HAMLETS, *EVERYONE)].respondents


def test_when_the_last_answer_is_withdrawn_its_period_is_still_rolled_up(database: Database) -> None:
    put_in(database, [Person("aaa", FULL)])
    roll_up(database, PERIOD, AREAS, TODAY)
    with database.transaction():
        database.execute("DELETE FROM response")
    assert open_periods(database) == [PERIOD]
    roll_up(database, PERIOD, AREAS, TODAY)
    assert store.load(database, PERIOD.code) == CountTables(PERIOD.code, ())


def test_a_frozen_period_is_refused_and_no_longer_open(database: Database) -> None:
    put_in(database, [Person()])
    tables = count_tables(database, PERIOD, AREAS)
    with database.transaction():
        database.execute("INSERT INTO period (period, frozen_on) VALUES ('2026-27-Q1', '2026-07-20')")
    assert open_periods(database) == []
    with pytest.raises(PeriodError, match="frozen"):
        roll_up(database, PERIOD, AREAS, TODAY)
    with pytest.raises(PeriodError, match="frozen"), database.transaction():
        rollup.store_tables(database, tables, TODAY)


def test_a_period_that_was_never_rolled_up_has_no_tables(database: Database) -> None:
    assert store.load(database, PERIOD.code) is None


def test_a_venue_outside_every_area_is_named(database: Database) -> None:
    with database.transaction():
        add_venue(database, "lost", "E09999999")
    count_tables(database, PERIOD, AREAS)
    put_in(database, [Person("lost")])
    with pytest.raises(CommunityError, match="Venue lost has answers"):
        count_tables(database, PERIOD, AREAS)


@pytest.mark.parametrize(("column", "value", "error"), [
    ("card", "0", CardError), ("card", "~" * 11, CardError), ("version", "9.0.0", SurveyError),
])  # fmt: skip
def test_a_row_that_cannot_be_read_is_an_error_and_not_a_wrong_figure(
    database: Database, column: str, value: str, error: type[Exception]
) -> None:
    put_in(database, [Person()])
    statements = {"card": "UPDATE response SET card = :value", "version": "UPDATE response SET version = :value"}
    with database.transaction():
        database.execute(statements[column], {"value": value})
    with pytest.raises(error):
        count_tables(database, PERIOD, AREAS)


def test_progress_is_told_venue_by_venue(database: Database) -> None:
    put_in(database, [Person("aaa"), Person("ccc"), Person("ccc")])
    told: list[tuple[int, int]] = []
    roll_up(database, PERIOD, AREAS, TODAY, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]


def test_a_roll_up_may_be_kept_to_some_breakdowns(database: Database) -> None:
    put_in(database, [Person("aaa", FULL)])
    (found,) = count_tables(database, PERIOD, AREAS, breakdowns=frozenset({"mode"})).series
    assert {key.breakdown for key in found.cells} == {"all", "mode"}
    assert {key.breakdown for key in found.counts} == {"all", "mode"}


def test_every_way_of_answering_is_a_group_of_the_mode_breakdown() -> None:
    assert tuple(mode.code for mode in frame.MODES) == MODES


def test_what_is_counted_is_what_may_have_figures(database: Database) -> None:
    put_in(database, [Person("aaa", {**FULL, "M1": ("home",)})])
    codes = {Topic(c.level, c.code) for c in frame.frame([survey()]).codes if c.level != "participation"}
    assert set(counted(database).counts[Key(LONDON, *EVERYONE)]) == codes


@given(st.lists(st.integers(0, 10**9), min_size=7, max_size=7))
def test_a_weight_keeps_its_numbers_apart(numbers: list[int]) -> None:
    fields, score = unpack(pack(*numbers))
    assert [*fields.values(), score] == numbers


SCALE = st.sampled_from(["often", "mostly", "seldom", "never", "dk", "pns", None])
ANSWERS: dict[str, st.SearchStrategy[Answer | None]] = {
    **dict.fromkeys(("OV", "B1", "A1", "C1", "D1"), SCALE),
    "A2": st.sampled_from(["often", "mostly", "seldom", "never", "dk", "na", None]),
    "M1": st.sampled_from([("home",), ("home", "shop"), ("nowhere",), "pns", None]),
    "AGE": st.sampled_from(["age_16", "age_35", "age_50", "pns", None]),
    "SEX": st.sampled_from(["female", "male", "pns", None]),
}


@st.composite
def persons(draw: st.DrawFn) -> Person:
    variant = draw(st.sampled_from(["full", "full", "short"]))
    answers = {
        code: draw(kinds) for code, kinds in ANSWERS.items() if variant == "full" or code in survey().codes("short")
    }
    return Person(
        venue=draw(st.sampled_from(list(VENUES))),
        answers={code: answer for code, answer in answers.items() if answer is not None},
        variant=variant,
        version=draw(st.sampled_from(["1.0.0", "1.1.0", "2.0.0"])),
        mode=draw(st.sampled_from(MODES)),
        visit=draw(st.sampled_from([None, "v1", "v2"])),
        day=date(2026, 5, draw(st.integers(1, 3))),
        held=draw(st.sampled_from([False, False, False, True])),
    )


def empty(database: Database) -> None:
    with database.transaction():
        database.execute("DELETE FROM response")


@given(st.lists(persons(), min_size=12, max_size=30), st.sampled_from([1, 3, 25_000]))
def test_the_fast_count_agrees_with_the_slow_and_obvious_one(
    versions: Database, people: list[Person], chunk: int
) -> None:
    empty(versions)
    put_in(versions, people)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rollup, "CHUNK", chunk)  # portions must not show in the result
        found = {series.major: series for series in count_tables(versions, PERIOD, AREAS).series}
    surveys = {s.version: s for s in map(survey, (SURVEY, MINOR, MAJOR))}
    for major, breakdowns in {"1": ("age2", "age4", "sex"), "2": ("age2", "age4")}.items():
        own = [person for person in people if person.version.startswith(major) and not person.held]
        assert (major in found) == bool(own)
        if own:
            cells, counts = slow_tables(own, surveys, breakdowns)
            assert found[major].cells == cells
            assert found[major].counts == counts


@given(st.lists(persons(), min_size=1, max_size=25))
def test_the_groups_of_a_breakdown_add_up_to_all_respondents(versions: Database, people: list[Person]) -> None:
    empty(versions)
    put_in(versions, [replace(person, held=False) for person in people])
    for series in count_tables(versions, PERIOD, AREAS).series:
        for area, _, _ in (key for key in series.cells if key.breakdown == "all"):
            for breakdown in {key.breakdown for key in series.cells if key.area == area}:
                groups = [cell for key, cell in series.cells.items() if (key.area, key.breakdown) == (area, breakdown)]
                total = series.cells[Key(area, *EVERYONE)].respondents
                assert sum(cell.respondents for cell in groups) == total


@given(st.lists(persons(), max_size=15), st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter(versions: Database, people: list[Person], chance: random.Random) -> None:
    empty(versions)
    put_in(versions, people)
    first = count_tables(versions, PERIOD, AREAS).digest
    empty(versions)
    chance.shuffle(people)
    put_in(versions, people)
    assert count_tables(versions, PERIOD, AREAS).digest == first
