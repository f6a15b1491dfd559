"""The kept release: the same bytes again, and figures that were counted by hand.

220 people (tests/golden/world.py): 100 + 40 in Lambeth, 60 in Tower Hamlets, 20 in London itself. Counted by hand:
- everybody: 220 people, 4 venues of 10 visits each = 40 visits; odd numbers say "often" (100), even ones "seldom" (25):
  110 of 220 favourable = 50%; mean (110 x 100 + 110 x 25) / 220 = 62.5, written 63.
- under 50: numbers not divisible by 4: 75 + 30 + 45 + 15 = 165, of them 110 odd: 66.7%, to the nearest 5: 65.
- 50 or over: 55, none favourable: 5 or less (R5: 200 / 55 rounded up to 5).
- Understanding needs the full form: 66 + 26 + 40 + 13 = 145; its mean ((25 + 100) / 2 + 75 + 100) / 3 = 79.2, so 80.
- Tower Hamlets has one venue only: R2 hides its figures, never its 60 people.
- the Census gives no figure for age, and every row says so.
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
    (LONDON, "all", "respondents", "respondents", ("220", "", "220", "40")),
    (LONDON, "all", "OV", "pct_favourable", ("50", "", "220", "40")),
    (LONDON, "all", "OV", "mean_score", ("63", "", "220", "40")),
    (LONDON, "young", "OV", "pct_favourable", ("65", "", "165", "")),
    (LONDON, "older", "OV", "pct_favourable", ("5", "lte", "55", "")),
    (LONDON, "all", "UN", "mean_score", ("80", "", "145", "40")),
    (LAMBETH, "all", "respondents", "respondents", ("140", "", "140", "20")),
    (LAMBETH, "all", "OV", "pct_favourable", ("50", "", "140", "20")),
    (TOWER_HAMLETS, "all", "respondents", "respondents", ("60", "", "60", "10")),
    (TOWER_HAMLETS, "all", "OV", "pct_favourable", ("", "", "", "")),
]


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


@pytest.mark.parametrize(("area", "group", "code", "measure", "counted"), BY_HAND)
def test_a_kept_figure_is_as_counted_by_hand(area, group, code, measure, counted) -> None:
    text = (KEPT / NAME / f"{NAME}.csv").read_bytes().decode()
    breakdown = "all" if group == "all" else "age2"
    wanted = (area, breakdown, group, code, measure)
    names = ("area_code", "breakdown", "breakdown_code", "code", "measure")
    [row] = [r for r in csv.DictReader(io.StringIO(text, newline="")) if tuple(r[n] for n in names) == wanted]
    shown = tuple(row[name] for name in ("value", "bound", "base_rounded", "visits"))
    assert (shown[:3], shown[3] in (counted[3], "")) == (counted[:3], True)


def test_a_correction_stands_beside_the_kept_release_and_both_prove_well(world: tuple[Database, Path]) -> None:
    database, exports = world
    corrected = correct(database, exports)
    assert files(exports / NAME) == files(KEPT / NAME)
    assert b"Forty answers of one shop" in files(corrected)["changes.md"]
    assert verified(database, exports, synthetic=True) == {NAME: [], corrected.name: []}
