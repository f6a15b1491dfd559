"""What is known of a block's rows in one topic, written as limits of changes from the true counts.

People are of one of five parts. Scores and visits are added up beside them, and for everybody of an area who chose which
answer option, as far as options are offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from collector.summaries.bounds import MANY, SHORT, A, K, M, N, R, Real, U, Whole, X
from collector.summaries.counts import Topic
from collector.summaries.frame import ALL, Code
from collector.summaries.people import Block
from collector.summaries.told import ALL as ALL_OF_IT
from collector.summaries.told import MEAN_SHORT_OF, NOTHING, SHORT_OF
from collector.summaries.world import World

PEOPLE = 5
SCORES, VISITS, NOT_FOR_ME = 5, 6, 7
PARTS = 8
"""What one person is: X, U, K, R or not asked. Beside them: the sum of scores, visits, and those of R to whom a question
does not apply. Then the options.
"""
OF = {
    N: (1, 1, 1, 1, 1, 0, 0, 0), M: (1, 1, 1, 1, 0, 0, 0, 0), A: (1, 1, 0, 0, 0, 0, 0, 0), X: (1, 0, 0, 0, 0, 0, 0, 0),
    U: (0, 1, 0, 0, 0, 0, 0, 0), K: (0, 0, 1, 0, 0, 0, 0, 0), R: (0, 0, 0, 1, 0, 0, 0, 0), SHORT: (0, 0, 0, 0, 1, 0, 0, 0),
}  # fmt: skip
"""The parts that each count adds up."""
PART = np.eye(PARTS)
UNSAID = PART[3] - PART[NOT_FOR_ME]
SHARES = (
    (PART[0], A, 1, SHORT_OF), (PART[SCORES], A, 100, MEAN_SHORT_OF), (PART[2], M, 1, SHORT_OF),
    (PART[3], M, 1, SHORT_OF), (PART[NOT_FOR_ME], M, 1, SHORT_OF), (UNSAID, M, 1, SHORT_OF),
)  # fmt: skip
"""Told shares in order: what of which count, the unit, and how far below its highest share it stays."""
ENDLESS = float(MANY)
Change = npt.NDArray[np.float64]
"""How many more there are of each part in each kind: shape (parts, kinds)."""


@dataclass(frozen=True)
class Known:
    """What is known of a block's rows in one topic: `low` ≤ Σ factor × change ≤ `high`, by place of the row.

    So many at most can leave, `fewer[part, kind]`, or come, `more[part, kind]`.
    """

    place: Whole
    factor: Real
    low: Real
    high: Real
    fewer: Real
    more: Real

    @property
    def parts(self) -> list[int]:
        """The parts of which anything is known or that can change."""
        return [int(part) for part in np.flatnonzero(self.factor.any(axis=0))]


@dataclass(frozen=True)
class _Limits:
    """Some rows with the factors of their parts, and between what the sum lies."""

    place: Whole
    factor: Real
    low: Real
    high: Real


def known(world: World, block: Block, topic: int) -> Known:
    """Everything that is known of the rows, written as limits of changes from the true counts."""
    found = [*_counts(world, block, topic), *_shares(world, block, topic), *_visits(world, block)]
    found += _options(world, block, topic)
    if any(limits.factor[..., SCORES].any() for limits in found):
        found += _scores(block, world.codes[topic])
    true = _true(world, block, topic)
    place = np.concatenate([limits.place for limits in found])
    factor = np.concatenate([_wide(limits, len(true)) for limits in found])
    now = (factor * true[:, place].T).sum(axis=1)
    low, high = (np.concatenate([getattr(one, side) for one in found]) for side in ("low", "high"))
    low, high = np.where(low > -ENDLESS, low - now, low), np.where(high < ENDLESS, high - now, high)
    fewer, more = _most(world, block, true)
    if not world.start.high[block.rows, SHORT, topic].any():
        factor[:, 4] = 0
    return _fewer(Known(block.twins[place], factor, low, high, fewer, more))


def _wide(limits: _Limits, parts: int) -> Real:
    """The factors of all parts, by limit."""
    factor = np.zeros((len(limits.place), parts))
    factor[:, : limits.factor.shape[-1]] = limits.factor
    return factor


def _most(world: World, block: Block, true: Real) -> tuple[Real, Real]:
    """So many of each part can leave a kind, or come. Of visits and options one kind stands for everybody in its area."""
    fewer = np.array([true[:, list(places)].min(axis=1) for places in block.counted]).T
    more = np.full(fewer.shape, ENDLESS)
    fewer[SCORES], fewer[VISITS:], more[VISITS:] = ENDLESS, 0, 0
    seen: set[tuple[str, str]] = set()
    everybody = set(_everybody(world, block).tolist())
    for number, (kind, places) in enumerate(zip(block.kinds, block.counted, strict=True)):
        if (kind.edition, kind.area) not in seen:
            seen.add((kind.edition, kind.area))
            own = [place for place in places if place in everybody]
            more[VISITS:, number] = ENDLESS
            fewer[VISITS:, number] = true[VISITS:, own].min(axis=1) if own else 0
    return fewer, more


def _everybody(world: World, block: Block) -> Whole:
    """The places of everybody's rows."""
    return np.flatnonzero([world.nodes[row].key.breakdown == ALL.code for row in block.rows])


def _fewer(limits: Known) -> Known:
    """The same in fewer limits and parts: twins together; where nothing tells "don't know" from the rest, both as one."""
    factor, fewer = limits.factor, limits.fewer
    if (factor[:, 2] == factor[:, 3]).all():
        factor, fewer = factor.copy(), fewer.copy()
        fewer[2] += fewer[3]
        factor[:, 3] = fewer[3] = 0
    own = factor.any(axis=1)
    keys = np.column_stack([limits.place, factor])[own]
    found, number = np.unique(keys, axis=0, return_inverse=True)
    low, high = np.full(len(found), -ENDLESS), np.full(len(found), ENDLESS)
    np.maximum.at(low, number.ravel(), limits.low[own])
    np.minimum.at(high, number.ravel(), limits.high[own])
    return Known(found[:, 0].astype(np.int64), found[:, 1:], low, high, fewer, limits.more)


def _true(world: World, block: Block, topic: int) -> Real:
    """What is true of each part in each row, of the last parts in everybody's rows only: shape (parts, rows)."""
    counts = world.true[block.rows, :, topic].T
    beside = np.zeros((1 + len(world.answers[topic]), len(block.rows)))
    for place in _everybody(world, block):
        row = int(block.rows[place])
        beside[:, place] = [
            world.count(row, world.topics[topic]).na,
            *(world.count(row, Topic(code.level, code.code)).favourable for code in world.answers[topic]),
        ]
    return np.vstack([
        counts[[X, U, K, R, SHORT]], world.scores[block.rows, topic], world.true_visits[block.rows], beside,
    ]).astype(float)  # fmt: skip


def _counts(world: World, block: Block, topic: int) -> list[_Limits]:
    """Intervals of counts, with all that other blocks tell of them."""
    found = []
    several = ~block.sums & (block.members.sum(axis=1) > 1)
    for count, parts in OF.items():
        low = world.bounds.low[block.rows, count, topic].astype(float)
        high = world.bounds.high[block.rows, count, topic].astype(float)
        told = (low > 0) | (high < ENDLESS) | (several & (sum(parts) == 1))
        own = np.flatnonzero(told)
        found.append(_Limits(own, np.array(parts, dtype=float), low[own], np.minimum(high[own], ENDLESS)))
    return found


def _visits(world: World, block: Block) -> list[_Limits]:
    """Visits are given for everybody of an area only. Each has somebody, so there are never more visits than people.

    Those of groups, which are not given, can always be made to fit.
    """
    rows = block.rows
    given = np.flatnonzero(world.visits[rows])
    if not len(given):
        return []
    everybody = _everybody(world, block)
    low, high = world.start.low_visits[rows[given]], world.start.high_visits[rows[given]]
    people = np.array(OF[N], dtype=float) - PART[VISITS]
    return [
        _Limits(given, PART[VISITS], low.astype(float), high.astype(float)),
        _Limits(everybody, people, np.zeros(len(everybody)), np.full(len(everybody), ENDLESS)),
    ]


def _options(world: World, block: Block, topic: int) -> list[_Limits]:
    """Who chose which answer option, as far as everybody's rows tell of any."""
    options, found = world.answers[topic], []
    own = np.array([p for p in _everybody(world, block) if world.exists[block.rows[p], topic]], dtype=np.int64)
    part = np.eye(PARTS + len(options))
    scored = part[0] + part[1]
    for code, chosen in zip(options, part[PARTS:], strict=True):
        own_topic = Topic(code.level, code.code)
        told = np.array([world.option(int(row), topic, own_topic) for row in block.rows[own]]).reshape(-1, 4)
        least, most, low, high = told.T
        whole, above, below = (least > 0) | (most < ENDLESS), low > 0, high < 1
        zero, endless = np.zeros(len(own)), np.full(len(own), ENDLESS)
        found += [
            _Limits(own[whole], chosen, least[whole], most[whole]),
            _Limits(own[above], chosen - low[above, None] * scored, zero[above], endless[above]),
            _Limits(own[below], chosen - high[below, None] * scored, -endless[below], zero[below] - SHORT_OF),
        ]
    told_any = any(len(limits.place) for limits in found)
    return [*found, *_of_question(options, own, part)] if told_any else []


def _of_question(options: Sequence[Code], own: Whole, part: Real) -> list[_Limits]:
    """Options add up to those with a score, to the favourable among them and to their scores."""
    good = np.array([code.favourable for code in options])
    scores = np.array([code.score or 0.0 for code in options])
    zero = np.zeros(len(own))
    return [
        _Limits(own, good @ part[PARTS:] - part[0], zero, zero),
        _Limits(own, ~good @ part[PARTS:] - part[1], zero, zero),
        _Limits(own, scores @ part[PARTS:] - part[SCORES], zero, zero),
    ]


def _shares(world: World, block: Block, topic: int) -> list[_Limits]:
    """A part of a whole: at least its lowest share, less than its highest."""
    told = [(place, world.told.get((int(row), topic), NOTHING)) for place, row in enumerate(block.rows)]
    found = []
    for number, (own, whole, unit, short) in enumerate(SHARES):
        shares = [
            (place, (one.favourable, one.mean, one.not_known, one.rest, one.not_for_me, one.unsaid)[number])
            for place, one in told
        ]
        everybody = np.array(OF[whole], dtype=float) * unit
        for side, low, high in ((0, 0.0, ENDLESS), (1, -ENDLESS, -short)):
            given = [(place, share[side]) for place, share in shares if share[side] != side]
            if given:
                factor = own - np.array([[share] for _, share in given]) * everybody
                places = np.array([place for place, _ in given])
                found.append(_Limits(places, factor, np.full(len(given), low), np.full(len(given), high)))
    parted = np.array([place for place, one in told if one.not_for_me != ALL_OF_IT], dtype=np.int64)
    return [*found, _Limits(parted, UNSAID, np.zeros(len(parted)), np.full(len(parted), ENDLESS))]


def _scores(block: Block, code: Code) -> list[_Limits]:
    """The favourable have scores of so much at least, the others at most, in every row that is no sum of others."""
    ends = np.flatnonzero(~block.sums)
    zero, endless = np.zeros(len(ends)), np.full(len(ends), ENDLESS)
    return [
        _Limits(ends, np.array([-code.least_good, 0, 0, 0, 0, 1.0, 0]), zero, endless),
        _Limits(ends, np.array([-100.0, -code.most_bad, 0, 0, 0, 1.0, 0]), -endless, zero),
    ]
