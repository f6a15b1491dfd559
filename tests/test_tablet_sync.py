"""What tablets send becomes rows once, in any order and however often; and what cannot is put aside and blocks nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tablet import Tablet, paired
from tests.world import World, make_world, tiny


@pytest.fixture
def small(tmp_path: Path) -> World:
    return make_world(tmp_path, tiny())


@pytest.fixture
def tablet(small: World) -> Tablet:
    return paired(small)


def test_an_answer_sealed_on_a_tablet_becomes_a_row(small: World, tablet: Tablet) -> None:
    visit = tablet.begin()
    box = tablet.box(visit, {"Q1": "often", "M1": ["home", "shop"], "T1": "words"}, help="read")
    said = tablet.sync([box])
    assert said == {
        "kept": [box[0]], "aside": [], "visits": {visit: [1, 0]}, "now": "2026-11-23T12:00:00+00:00",
        "until": "2026-12-31",
    }  # fmt: skip
    assert small.database.rows("SELECT venue, day, visit, mode, help, language, held FROM response") == [
        (small.venue, "2026-11-23", visit, "assisted", "read", "bn", 0)
    ]
    assert small.database.rows("SELECT words FROM comment") == [("words",)]
    assert tablet.sync([box])["visits"] == {visit: [1, 0]}
    assert small.count("response") == 1
