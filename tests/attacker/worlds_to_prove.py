"""Made-up worlds, published by the program and attacked. More by `make attack`."""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.attacker import making, truth, worlds

WORLDS, TOGETHER = 150, 6


def what_is_wrong(plan: worlds.Plan) -> list[str]:
    """What an attack on a world finds, and what of the truth it takes for impossible."""
    with tempfile.TemporaryDirectory() as folder:
        made, attack = making.attacked(Path(folder), plan)
    return [*map(str, attack.findings), *truth.impossible(attack, made.truth)]


@pytest.mark.parametrize("first", range(0, WORLDS, TOGETHER))
def test_no_world_gives_its_hidden_figures_away(first: int) -> None:
    plans = list(worlds.plans(TOGETHER, first))
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        found = dict(zip((plan.seed for plan in plans), pool.map(what_is_wrong, plans), strict=True))
    assert not {seed: wrong for seed, wrong in found.items() if wrong}


@settings(max_examples=5)
@given(
    st.integers(1000, 1_000_000), st.sampled_from(worlds.FLAVOURS), st.sampled_from(["tiny", "small", "sixty"])
)  # fmt: skip
def test_no_world_that_hypothesis_thinks_of_does(seed: int, flavour: str, size: str) -> None:
    assert what_is_wrong(worlds.plan(seed, flavour, size)) == []
