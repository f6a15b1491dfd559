"""The attacker finds what is wrong in files that are broken on purpose, and leaves sound ones alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.attacker.attack import attack
from tests.attacker.handmade import Row, favourable, map_and_survey, people, write
from tests.attacker.released import Cell
from tests.attacker.told import Family, Told, read
from tests.attacker.told import write as write_told

Q1 = "2026-27-Q1"


def family(group: str, code: str = "", area: str = "AAA", period: str = f"{Q1}@0") -> Family:
    breakdown, _, one = group.partition(":")
    return Family(Cell(period, area, breakdown, one or "all"), code)


def rules_broken(folder: Path, rows: list[Row], *below: Family, **told: Any) -> set[str]:
    found = attack(write(folder, rows), Told(frozenset(below), **told), map_and_survey())
    return {finding.rule for finding in found.findings}


def sound() -> list[Row]:
    """One group shown, two hidden, with room between them."""
    return [
        people("all", 60), favourable("all", 60, 45),
        people("age2:young", 25), favourable("age2:young", 25, 50),
        people("age2:older", None), favourable("age2:older", None),
        people("age2:unsaid", None), favourable("age2:unsaid", None),
    ]  # fmt: skip


HIDDEN = (family("age2:unsaid"), family("age2:unsaid", "OV"))


def test_a_sound_file_is_left_alone(tmp_path: Path) -> None:
    assert rules_broken(tmp_path, sound(), *HIDDEN) == set()


def split(total: int, *shown: int, area: str = "AAA") -> list[Row]:
    """A row of everyone, some groups shown, and one hidden."""
    rows = [people("all", total, area), *(people(f"age4:g{n}", base, area) for n, base in enumerate(shown))]
    return [*rows, people("age4:last", None, area)]


def test_a_hidden_row_that_subtraction_reveals_is_found(tmp_path: Path) -> None:
    """70 less at most 29 and 34 leaves 7, 8 or 9; 65 leaves 2 to 9."""
    told = family("age4:last")
    assert rules_broken(tmp_path, split(70, 25, 30), told) == {"1a"}
    assert rules_broken(tmp_path, split(65, 25, 30), told) == set()


def test_two_hidden_rows_protect_each_other(tmp_path: Path) -> None:
    rows = [*split(70, 25, 30), people("age4:other", None)]
    assert rules_broken(tmp_path, rows, family("age4:last")) == set()


def test_a_borough_whose_people_follow_from_the_region_is_found(tmp_path: Path) -> None:
    """Each visit has somebody: 7 more visits in the region are at least 7 people."""
    rows = [people("all", 105, "TOP"), people("all", 95, "AAA"), people("all", None, "BBB")]
    rows[0]["visits"], rows[1]["visits"] = "36", "25"
    assert rules_broken(tmp_path, rows, family("all", area="BBB")) == {"1a"}


def test_a_percentage_with_too_fine_a_step_is_found(tmp_path: Path) -> None:
    rows = sound()
    rows[3] = favourable("age2:young", 25, 48)
    assert rules_broken(tmp_path, rows, *HIDDEN) == {"R4"}


def test_unanimity_at_a_small_base_is_found(tmp_path: Path) -> None:
    rows = [people("all", 10), favourable("all", 10, 95, "gte")]
    assert rules_broken(tmp_path, rows) == {"R5", "2"}
    assert rules_broken(tmp_path, [rows[0], favourable("all", 10, 80, "gte")]) == set()


def test_a_revision_that_changes_a_row_by_one_person_is_found(tmp_path: Path) -> None:
    rows = [people("all", 60), people("all", 65, revision=1)]
    small, large = ({family("all", period=f"{Q1}@1"): changed} for changed in (1, 10))
    assert rules_broken(tmp_path, rows, changed=small) == {"4"}
    assert "4" not in rules_broken(tmp_path, rows, changed=large)


def test_a_revision_that_keeps_its_rows_is_left_alone(tmp_path: Path) -> None:
    again = [*sound(), *({**row, "revision": "1"} for row in sound())]
    below = [one._replace(cell=one.cell._replace(period=f"{Q1}@1")) for one in HIDDEN]
    assert rules_broken(tmp_path, again, *HIDDEN, *below) == set()


def test_a_year_that_reveals_a_quarter_is_found(tmp_path: Path) -> None:
    """80 in the year less at most 24 in each of three quarters leaves 8 or 9 for the fourth."""
    quarters = [people("all", 20, period=f"2026-27-Q{number}") for number in (1, 2, 3)]
    quarters.append(people("all", None, period="2026-27-Q4"))
    told = family("all", period="2026-27-Q4@0")
    assert rules_broken(tmp_path, quarters, told) == set()
    assert rules_broken(tmp_path, [*quarters, people("all", 80, period="2026-27")], told) == {"1a"}
    assert rules_broken(tmp_path, [*quarters, people("all", 75, period="2026-27")], told) == set()


def test_a_base_beside_a_hidden_percentage_that_means_eight_or_nine_is_found(tmp_path: Path) -> None:
    """90 with a score less at most 29, 29 and 24 leaves 8 or 9 in the group of ten whose percentage is hidden."""
    rows = [people("all", 95), favourable("all", 90)]
    for name, base in (("a", 25), ("b", 25), ("c", 20)):
        rows += [people(f"age4:{name}", base), favourable(f"age4:{name}", base)]
    rows += [people("age4:last", 10), favourable("age4:last", None)]
    told = family("age4:last", "OV")
    assert rules_broken(tmp_path, rows, told) == {"1b"}
    rows[1] = favourable("all", 85)
    assert rules_broken(tmp_path, rows, told) == set()


def test_a_hidden_group_of_one_mind_is_found(tmp_path: Path) -> None:
    """At most 4 of everyone were unfavourable and at least 3 of the young: 1 of the others, or nobody."""
    rows = [people("all", 55), favourable("all", 55, 95, "gte"), people("age2:older", 10), people("age2:young", 40)]
    rows += [favourable("age2:young", 40, 90), favourable("age2:older", None)]
    assert rules_broken(tmp_path, rows) == {"2"}


def test_a_family_shown_in_part_is_found(tmp_path: Path) -> None:
    rows = [people("all", 10), favourable("all", None), {**favourable("all", 10, 20, "lte"), "measure": "pct_dk"}]
    assert rules_broken(tmp_path, rows) == {"R1"}


@pytest.mark.parametrize("change", [{"value": "40"}, {"base_rounded": "5"}, {"visits": "3"}, {"reliability": "ok"}])
def test_a_hidden_line_that_says_anything_is_found(tmp_path: Path, change: dict[str, str]) -> None:
    rows = sound()
    rows[5] |= change
    assert rules_broken(tmp_path, rows, *HIDDEN) == {"R13"}


def test_two_equal_figures_with_different_ranges_are_found(tmp_path: Path) -> None:
    rows = [people("all", 60, area) for area in ("AAA", "BBB")]
    rows += [{**favourable("all", 60, 45, area=area), "range_low": low} for area, low in (("AAA", "30"), ("BBB", "35"))]
    assert rules_broken(tmp_path, rows) == {"R6"}


def test_visits_left_blank_are_no_fault(tmp_path: Path) -> None:
    assert rules_broken(tmp_path, [{**row, "visits": ""} for row in sound()], *HIDDEN) == set()


def test_a_borough_is_safe_where_the_region_leaves_its_visits_blank(tmp_path: Path) -> None:
    rows = [people("all", 105, "TOP"), people("all", 95, "AAA"), people("all", None, "BBB")]
    rows[0]["visits"], rows[1]["visits"] = "", "25"
    assert rules_broken(tmp_path, rows, family("all", area="BBB")) == set()


def test_visits_left_blank_for_people_but_not_for_their_trust_are_found(tmp_path: Path) -> None:
    rows = [people("all", 105, "TOP"), people("all", 95, "AAA"), people("all", None, "BBB")]
    rows += [favourable("all", 105, area="TOP"), favourable("all", 95, area="AAA"), favourable("all", None, area="BBB")]
    for row, visits in zip(rows, ("", "25", "", "36", "25", ""), strict=True):
        row["visits"] = visits
    assert "1a" in rules_broken(tmp_path, rows, family("all", area="BBB"), family("all", "OV", area="BBB"))


def quarters(*shown: bool) -> list[Row]:
    """A row of young people in both quarters of a half-year, shown or not, beside everyone's."""
    rows = []
    for number, one in enumerate(shown, 1):
        period = f"2026-27-Q{number}"
        rows += [people("all", 60, period=period), people("age2:young", 20 if one else None, period=period)]
        rows += [people("age2:older", None, period=period)]
    return rows


def half(*groups: str) -> list[Row]:
    """Rows of the first half-year, all hidden."""
    return [people(group, None, period="2026-27-H1") for group in groups]


def test_a_half_year_has_the_rows_that_both_quarters_hide(tmp_path: Path) -> None:
    assert rules_broken(tmp_path, [*quarters(True, False), *half("age2:older")]) == set()
    assert rules_broken(tmp_path, [*quarters(False, False), *half("age2:older", "age2:young")]) == set()


@pytest.mark.parametrize("groups", [["age2:older"], ["age2:young"], ["age2:older", "age2:young", "all"]])
def test_a_half_year_whose_rows_tell_is_found(tmp_path: Path, groups: list[str]) -> None:
    """A row that one quarter shows, or a row missing though both hide it."""
    assert rules_broken(tmp_path, [*quarters(False, False), *half(*groups)]) == {"presence"}


def test_an_area_without_a_row_that_others_have_is_found(tmp_path: Path) -> None:
    rows = [people(group, None, area) for area in ("AAA", "BBB") for group in ("all", "age2:young", "age2:older")]
    assert rules_broken(tmp_path, rows) == set()
    assert rules_broken(tmp_path, rows[:-1]) == {"presence"}


def test_a_kept_row_that_tells_of_a_hidden_one_is_found(tmp_path: Path) -> None:
    """80 less at most 38 in the kept row leaves 42: two hidden groups below ten cannot hold them."""
    before = [people("all", 60), people("age4:a", 25), people("age4:b", None), people("age4:c", None)]
    after = [people("all", 80, revision=1), people("age4:a", 25, revision=1)]
    hidden = [people("age4:b", None, revision=1), people("age4:c", None, revision=1)]
    told = [family(f"age4:{group}", period=f"{Q1}@1") for group in "bc"]
    changed = {family("all", period=f"{Q1}@1"): 20}
    assert rules_broken(tmp_path, [*before, *after, *hidden], *told, changed=changed) == {"rules"}
    assert "rules" not in rules_broken(tmp_path, [*before, *after, *hidden], *told[1:], changed=changed)


def test_an_increment_that_its_groups_reveal_is_found(tmp_path: Path) -> None:
    """95 of four twenties is 23 or 24 each, and 155 of four 35s is 38 or 39 each: each gained 14, 15 or 16."""
    groups, rows = [f"age4:g{number}" for number in range(4)], []
    for revision, base, total in ((0, 20, 95), (1, 35, 155)):
        rows += [people("all", total, revision=revision), *(people(g, base, revision=revision) for g in groups)]
    changed = {family(group, period=f"{Q1}@1"): 14 for group in ("all", *groups)}
    assert rules_broken(tmp_path, rows, changed=changed) == {"increment"}
    changed_less = [row for row in rows if row["breakdown"] == "all"]
    assert rules_broken(tmp_path, changed_less, changed=changed) == set()


def test_two_known_dissenters_found_to_be_all_of_a_hidden_group_are_found(tmp_path: Path) -> None:
    """At most 6 of everyone said no and at least 4 of the young, so at most 2 of the others."""
    rows = [people("all", 80), favourable("all", 80, 95, "gte"), people("age2:older", 40), people("age2:young", 40)]
    rows += [favourable("age2:young", 40, 90), favourable("age2:older", None)]
    dissenters = family("age2:older", "OV")
    assert rules_broken(tmp_path, rows, known={dissenters: (3, 1)}) == set()
    assert rules_broken(tmp_path, rows, known={dissenters: (1, 2)}) == {"known"}


def test_the_side_file_comes_back_as_it_was_written(tmp_path: Path) -> None:
    told = Told(frozenset(HIDDEN), {HIDDEN[0]: 3}, {HIDDEN[1]: (1, 2)}, frozenset({HIDDEN[0].cell}))
    write_told(told, tmp_path / "told.json")
    assert read(tmp_path / "told.json") == told
    assert read(tmp_path / "none.json") == Told()
