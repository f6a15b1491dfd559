"""Made-up worlds, published by the program and attacked: none gives its hidden figures away. More by `make attack`."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.attacker import making, truth, worlds

WORLDS = 22
"""Each kind of world twice, in two sizes."""
MOST_SECONDS = 300


def what_is_wrong(plan: worlds.Plan) -> list[str]:
    """What an attack on a world finds, and what of the truth it takes for impossible."""
    with tempfile.TemporaryDirectory() as folder:
        made, attack = making.attacked(Path(folder), plan)
    wrong = [*map(str, attack.findings), *truth.impossible(attack, made.truth)]
    return [f"seed {plan.seed} ({plan.flavour}, {plan.size} an area): {one}" for one in wrong]


@pytest.mark.timeout(MOST_SECONDS)
@pytest.mark.parametrize("plan", list(worlds.plans(WORLDS)), ids=lambda plan: f"{plan.seed}-{plan.flavour}-{plan.size}")
def test_no_world_gives_its_hidden_figures_away(plan: worlds.Plan) -> None:
    wrong = what_is_wrong(plan)
    assert not wrong, "\n".join(wrong)


@pytest.mark.timeout(MOST_SECONDS)
@settings(max_examples=1)
@given(st.integers(1000, 1_000_000), st.sampled_from(worlds.FLAVOURS), st.sampled_from(["tiny", "small", "sixty"]))
def test_no_world_that_hypothesis_thinks_of_does(seed: int, flavour: str, size: str) -> None:
    wrong = what_is_wrong(worlds.plan(seed, flavour, size))
    assert not wrong, "\n".join(wrong)


def test_the_worlds_have_every_flavour_in_two_sizes() -> None:
    plans = list(worlds.plans(WORLDS))
    assert {plan.flavour for plan in plans} == set(worlds.FLAVOURS)
    for flavour in worlds.FLAVOURS:
        assert len({worlds.size_of(plan.seed) for plan in plans if plan.flavour == flavour}) == 2
