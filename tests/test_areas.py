"""Areas and venues: data with dates, nothing in code."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest

from collector.audit.act import Act
from collector.community import areas, venues
from collector.errors import CommunityError, SettingsError
from tests.world import SHIPPED_SETTINGS, TODAY, World

SHIPPED = areas.load(SHIPPED_SETTINGS.areas)


def names(code: str, day: date) -> list[str]:
    return [area.name for area in SHIPPED.ancestors(code, day)]


def test_the_two_boards_that_merged_are_one_from_april_2026() -> None:
    assert names("E09000003", date(2026, 3, 31)) == ["North Central London ICB", "London"]
    assert names("E09000003", date(2026, 4, 1)) == ["North West and North Central London ICB", "London"]
    boards = [a for a in SHIPPED.on(date(2026, 4, 1)).values() if a.type == "icb"]
    assert len(boards) == 4
    assert "to confirm" in next(a.note for a in boards if a.code == "NWNCL")
    merged = [a for a in SHIPPED.on(TODAY).values() if a.parent == "NWNCL"]
    assert len(merged) == 13


def test_every_borough_lies_in_a_board_and_in_london() -> None:
    boroughs = [a for a in SHIPPED.on(TODAY).values() if a.type == "borough"]
    assert len(boroughs) == 33
    assert all(names(b.code, TODAY)[-1] == "London" and len(names(b.code, TODAY)) == 2 for b in boroughs)
    assert SHIPPED.top(TODAY).code == "E12000007"


HEAD = ",".join(areas.COLUMNS) + "\n"
BAD = {
    "the first line must be": "code,name\n",
    "dates are written": HEAD + "E1,One,region,,tomorrow,,,\n",
    "code, name and type are needed": HEAD + "e1,One,region,,2020-01-01,,,\n",
    "points to E2": HEAD + "E1,One,region,E2,2020-01-01,,,\n",
    "has two rows": HEAD + "E1,One,region,,2020-01-01,,,\nE1,One,region,,2021-01-01,,,\n",
    "exactly one area has no parent": HEAD + "E1,One,region,,2020-01-01,,,\nE2,Two,region,,2020-01-01,,,\n",
}


@pytest.mark.parametrize("words", BAD)
def test_a_register_with_a_fault_is_refused_by_name(tmp_path: Path, words: str) -> None:
    (tmp_path / "areas.csv").write_text(BAD[words])
    with pytest.raises(SettingsError, match=words):
        areas.load(tmp_path / "areas.csv")


def add(world: World, **changes: object) -> venues.Venue:
    given = {"name": "Nine to Five", "kind": "salon", "area": "E09000005", "languages": ("en",), **changes}
    with world.database.transaction():
        return venues.add(
            world.database, given["name"], given["kind"], given["area"], given["languages"], SHIPPED,
            frozenset({"en", "gu"}), Act("test", TODAY, str(given)), random.Random(3).choice,
        )  # type: ignore[arg-type]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "  "}, "needs a name"),
        ({"name": "x" * 81}, "needs a name"),
        ({"name": "bad\u202ename"}, "needs a name"),
        ({"kind": "pub"}, "not a kind"),
        ({"area": "E99999999"}, "not an area"),
        ({"area": "E54000028"}, "not an area today"),
        ({"languages": ("xx",)}, "not a language"),
    ],
)
def test_a_venue_that_does_not_fit_is_refused(world: World, changes: dict[str, object], words: str) -> None:
    with pytest.raises(CommunityError, match=words):
        add(world, **changes)
    assert len(venues.all_venues(world.database)) == 1


def test_a_venue_has_a_short_code_without_letters_that_look_alike(world: World) -> None:
    venue = add(world)
    assert len(venue.code) == 6
    assert not set(venue.code) & set("aeiou01lyu")
    assert world.database.rows(
        "SELECT verb, target FROM audit WHERE verb = 'venue add' AND target = :c", {"c": venue.code}
    )


def test_a_code_is_never_given_twice(world: World) -> None:
    one = add(world)
    other = add(world, name="Another")
    assert one.code != other.code
