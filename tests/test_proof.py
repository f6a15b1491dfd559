"""R7's proof: what it takes for possible is possible. Counts are changed as it says, and every published figure is made again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from collector.community.areas import load
from collector.releases.build import surveys
from collector.releases.freeze import freeze
from collector.responses.periods import parse
from collector.summaries.audit import Audit
from collector.summaries.bounds import A, U, X
from collector.summaries.counts import Count, Series, Topic
from collector.summaries.disclosure import NO_ONE, NOBODY, primary
from collector.summaries.frame import Frame, frame
from collector.summaries.frozen import frozen_tables
from collector.summaries.known import ENDLESS, NOT_FOR_ME, SCORES, Change, known
from collector.summaries.people import Block, blocks
from collector.summaries.program import Program
from collector.summaries.publishing import by_family, edition_of
from collector.summaries.withhold import show_again
from tests.attacker import worlds

COMPARED = ("pct_favourable", "mean_score", "pct_dk", "pct_na", "pct_pns_or_skipped", "pct_option", "respondents")
SEEDS = (16, 22, 30, 33, 44, 69)


def world_of(seed: int, folder: Path) -> tuple[Audit, Series, Frame]:
    """The first quarter of a made-up world, before anything is hidden beyond R1 to R5."""
    plan = next(worlds.plans(1, seed))
    database = worlds.open_world(folder, plan)
    (folder / "areas.csv").write_text(worlds.AREAS, encoding="utf-8")
    worlds.answer(database, plan, plan.quarters[0])
    freeze(database, parse(plan.quarters[0]), load(folder / "areas.csv"), date(2030, 1, 1), by="test", entry_id="f")
    frozen = frozen_tables(database, plan.quarters[0])
    assert frozen is not None
    seen = frame(list(surveys(database).values()))
    database.close()
    series = frozen.tables.series[0]
    audit = Audit([edition_of(plan.quarters[0], frozen, series, seen)], seen)
    audit.narrow()
    return audit, series, seen


def changed(series: Series, audit: Audit, block: Block, topic: int, change: Change) -> Series:
    """The tables in which some people answered otherwise."""
    rows = change @ block.members.T
    cells, counts = dict(series.cells), {key: dict(topics) for key, topics in series.counts.items()}
    for place, row in enumerate(block.rows.tolist()):
        good, bad, dk, rest, short = (round(number) for number in rows[:SCORES, place])
        na, *chosen = (round(number) for number in rows[NOT_FOR_ME:, place])
        if not np.abs(rows[:, place]).max() > 1e-6:
            continue
        key = audit.nodes[row].key
        old = series.counts.get(key, {}).get(audit.topics[topic], NO_ONE)
        counts.setdefault(key, {})[audit.topics[topic]] = Count(
            old.asked + good + bad + dk + rest, old.answered + good + bad, old.favourable + good,
            old.score_sum + Fraction(float(rows[SCORES, place])).limit_denominator(1000), old.dk + dk, old.na + na,
            old.unsaid + rest - na,
        )  # fmt: skip
        for code, more in zip(audit.answers[topic], chosen, strict=True):
            option = Topic(code.level, code.code)
            if option in counts[key]:
                counts[key][option] = _chosen(counts[key][option], counts[key][audit.topics[topic]], more)
        cell = cells.get(key, NOBODY)
        cells[key] = replace(cell, respondents=cell.respondents + good + bad + dk + rest + short)
    return replace(series, cells=cells, counts=counts)


def _chosen(old: Count, question: Count, more: int) -> Count:
    """An option that so many more people chose of those who now answer its question."""
    return replace(
        old, asked=question.asked, answered=question.answered, favourable=old.favourable + more, dk=question.dk,
        na=question.na, unsaid=question.unsaid,
    )  # fmt: skip


def reads(series: Series, seen: Frame, audit: Audit, topic: int) -> dict[tuple[object, ...], object]:
    """What the files say of one topic and of people, without the visits."""
    edition = next(iter(audit.editions.values()))
    found = by_family(primary(series, seen, edition.rows))
    options = {code.code for code in audit.answers[topic]}
    return {
        tuple(figure.place): (figure.value, figure.bound, figure.base)
        for key, topics in edition.shown.items()
        for own in topics
        if own.level == "participation" or own == audit.topics[topic] or own.code in options
        for figure in found.get(key, {}).get(own, ())
        if figure.place.measure in COMPARED
    }


def solutions(audit: Audit, seen: Frame) -> Iterator[tuple[Block, int, Change, int, int]]:
    """Whole solutions that move counts of hidden rows, some from each block and topic."""
    for block in blocks(audit, seen):
        for topic in range(len(audit.topics)):
            program = Program(block, known(audit, block, topic))
            hidden = [place for place, row in enumerate(block.rows) if audit.hidden()[row, topic]]
            for place in hidden[:4]:
                for quantity in (X, U, A):
                    change = program.in_whole(place, quantity, 1, ENDLESS)
                    if change is not None:
                        yield block, topic, change, place, quantity


@pytest.mark.parametrize("seed", SEEDS)
def test_after_a_change_that_is_called_possible_every_figure_reads_the_same(seed: int, tmp_path: Path) -> None:
    audit, series, seen = world_of(seed, tmp_path)
    found = list(solutions(audit, seen))
    assert len(found) >= 10
    for block, topic, change, place, quantity in found:
        other = changed(series, audit, block, topic, change)
        key, own = audit.nodes[block.rows[place]].key, audit.topics[topic]
        before, after = (one.counts.get(key, {}).get(own, NO_ONE) for one in (series, other))
        moved = {
            X: after.favourable - before.favourable,
            A: after.answered - before.answered,
            U: (after.answered - after.favourable) - (before.answered - before.favourable),
        }
        assert moved[quantity] >= 1
        assert reads(other, seen, audit, topic) == reads(series, seen, audit, topic)


def test_the_search_finds_the_same_whatever_it_looked_for_before(tmp_path: Path) -> None:
    audit, _, seen = world_of(SEEDS[0], tmp_path)
    block = next(iter(blocks(audit, seen)))
    fresh, used = (Program(block, known(audit, block, 0)) for _ in range(2))
    for place in range(len(block.rows)):
        used.in_whole(place, A, 2, ENDLESS)
        used.furthest(place, A, -1)
        one, other = fresh.reach(place, X, 1), used.reach(place, X, 1)
        assert (one is None) == (other is None)
        assert one is None or np.allclose(one, other)  # type: ignore[arg-type]
        fresh = Program(block, known(audit, block, 0))


@pytest.mark.parametrize("seed", [33, 69])
def test_what_is_hidden_needlessly_is_shown_again_and_all_is_still_proven(seed: int, tmp_path: Path) -> None:
    audit, _, _ = world_of(seed, tmp_path)
    audit.protect()
    before = len(audit.withheld.families)
    assert show_again(audit)
    audit.proof.forget()
    audit.protect()
    assert len(audit.withheld.families) < before
    audit.proof.forget()
    assert not audit.unprotected()
    assert not audit.unproven()
