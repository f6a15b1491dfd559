"""The kept release: the same bytes again, and figures that were counted by hand.

220 people (tests/golden/world.py): 100 + 40 in Lambeth, 60 in Tower Hamlets, 20 in London itself. Counted by hand:
- everybody: 220 people, 4 venues of 10 visits each = 40 visits; odd numbers say "often", even ones "seldom":
  110 of 220 favourable = 50%.
- under 50: numbers not divisible by 4: 75 + 30 + 45 + 15 = 165, of them 110 odd: 66.7%.
- 50 or over: 55, none favourable: nought stays nought; 5 or less (R5: 200 / 55 rounded up to 5).
- Understanding needs the full form: 66 + 26 + 40 + 13 = 145; its mean ((25 + 100) / 2 + 75 + 100) / 3 = 79.2: all of
  them are favourable; 95 or more.
- Tower Hamlets has one venue only: R2 hides its figures, never its 60 people.
- the Census gives no figure for age, and every row says so.
Each count is then changed by up to two (R3) and written (R4, R5): what may come of a hand-counted number is worked out
here by trying all changes, without the program's own code.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.db import Database
from collector.releases.verify import verified
from tests.golden.world import KEPT, LONDON, NAME, correct, write

LAMBETH, TOWER_HAMLETS = "E09000022", "E09000030"
BY_HAND = [
    (LONDON, "all", "respondents", "respondents", (220, 220, 40)),
    (LONDON, "all", "OV", "pct_favourable", (110, 220, 40)),
    (LONDON, "young", "OV", "pct_favourable", (110, 165, None)),
    (LONDON, "older", "OV", "pct_favourable", (0, 55, None)),
    (LONDON, "all", "UN", "pct_favourable", (145, 145, 40)),
    (LAMBETH, "all", "respondents", "respondents", (140, 140, 20)),
    (LAMBETH, "all", "OV", "pct_favourable", (70, 140, 20)),
    (TOWER_HAMLETS, "all", "respondents", "respondents", (60, 60, 10)),
]
HIDDEN = (TOWER_HAMLETS, "all", "OV", "pct_favourable")


def changed(true: int) -> set[int]:
    """What may become of a true count."""
    return {0} if not true else {true + step for step in range(-2, 3) if true + step >= 0}


def possible(measure: str, part: int, people: int, fine: bool) -> set[tuple[str, str, str]]:
    """Value, bound and base that may be written of a true number of people, so many of them favourable."""
    found = set()
    if measure == "respondents":
        return {(str(n // 5 * 5), "", str(n // 5 * 5)) for n in changed(people)}
    for good in changed(part):
        for others in changed(people - part):
            base = (good + others) // 5 * 5
            step = 1 if fine and base >= 200 else 5
            least = max(5, -(-200 // (5 * base)) * 5)
            value = int(100 * good / (good + others) / step + 0.5) * step
            bound = "lte" if value <= least else "gte" if value >= 100 - least else ""
            found.add((str(min(max(value, least), 100 - least)), bound, str(base)))
    return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[Database, Path]]:
    database, exports = write(tmp_path)
    yield database, exports
    database.close()


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_kept_release_is_made_again_byte_for_byte(world: tuple[Database, Path]) -> None:
    again, kept = files(world[1] / NAME), files(KEPT / NAME)
    assert sorted(again) == sorted(kept)
    assert [name for name in kept if again[name] != kept[name]] == [], "wanted? Then: python -m tests.golden"


def test_the_kept_release_is_small() -> None:
    assert sum(map(len, files(KEPT / NAME).values())) < 400_000


def kept_row(area: str, group: str, code: str, measure: str) -> dict[str, str]:
    text = (KEPT / NAME / f"{NAME}.csv").read_bytes().decode()
    wanted = (area, "all" if group == "all" else "age2", group, code, measure)
    names = ("area_code", "breakdown", "breakdown_code", "code", "measure")
    [row] = [r for r in csv.DictReader(io.StringIO(text, newline="")) if tuple(r[n] for n in names) == wanted]
    return row


@pytest.mark.parametrize(("area", "group", "code", "measure", "counted"), BY_HAND)
def test_a_kept_figure_is_as_counted_by_hand(
    area: str, group: str, code: str, measure: str, counted: tuple[int, int, int | None]
) -> None:
    row, (part, people, visits) = kept_row(area, group, code, measure), counted
    assert tuple(row[name] for name in ("value", "bound", "base_rounded")) in possible(
        measure, part, people, group == "all"
    )
    written = {""} if visits is None else {str(n // 5 * 5) for n in changed(visits)}
    assert row["visits"] in written


def test_a_kept_figure_of_one_venue_is_hidden() -> None:
    row = kept_row(*HIDDEN)
    assert [row[name] for name in ("value", "value_marker", "base_rounded", "visits")] == ["", "[c]", "", ""]


def test_a_correction_stands_beside_the_kept_release_and_both_prove_well(world: tuple[Database, Path]) -> None:
    database, exports = world
    corrected = correct(database, exports)
    assert files(exports / NAME) == files(KEPT / NAME)
    assert b"Some answers were missed." in files(corrected)["changes.md"]
    assert verified(database, exports, synthetic=True) == {NAME: [], corrected.name: []}
