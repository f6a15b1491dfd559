"""Worlds in whole numbers that explain every file at once: what they show to be possible needs no further proof."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Sequence

import numpy as np

from tests.attacker.blocks import Block, Timeout
from tests.attacker.criterion import Target
from tests.attacker.propagate import Vector

ROUNDS = 12
WORTH = 0.02
"""Seconds that a target is worth: a round that takes longer for each that it settles is the last."""


def settled(block: Block, target: Target) -> bool:
    """Whether the solutions in whole numbers seen so far keep a target."""
    values = block.values(block.place[target.unknown])
    return max(values, default=-1.0) >= target.need if target.is_most else len(values) >= target.need


def look(world: Block, targets: Iterable[Target]) -> list[Target]:
    """Make witnesses with all open targets large, then all small, then by chance; what they leave open."""
    left, chance = list(targets), random.Random(1)
    for number in range(ROUNDS):
        if not left:
            break
        start = time.monotonic()
        try:
            world.solve(_aim(world, left, number, chance), True)
        except Timeout:
            break
        before, left = len(left), [target for target in left if not settled(world, target)]
        if time.monotonic() - start > WORTH * (before - len(left)):
            break
    return left


def _aim(world: Block, left: Sequence[Target], number: int, chance: random.Random) -> Vector:
    aim = np.zeros(len(world.low))
    for target in left:
        sign = (-1.0, 1.0)[number] if number < 2 else chance.choice((-1.0, 1.0))
        aim[world.place[target.unknown]] = -1.0 if target.is_most and number != 1 and chance.random() < 0.7 else sign
    return aim


def hand_down(world: Block, block: Block) -> None:
    """Let a block know the witnesses of its world."""
    columns = np.array([world.place[int(unknown)] for unknown in block.unknowns])
    block.seen += [witness[columns] for witness in world.seen]
