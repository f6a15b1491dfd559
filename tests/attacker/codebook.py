"""How a survey hangs together, read from the codebook of a release."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import ceil

from collector.survey.words import SPECIAL_LABELS
from tests.attacker.shape import Asked, Sets, Shape

Line = Mapping[str, str]


def read_codebook(lines: Iterable[str], mapping: Mapping[str, Mapping[str, str]]) -> Shape:
    """The shape of a survey. `mapping` is the group that each fine group adds to, by the code of the fine breakdown: the
    one thing that stands in the survey's own file only."""
    rows = list(csv.DictReader(lines))
    questions = {row["code"]: row for row in rows if row["kind"] in ("overall", "question")}
    options = {code: _options(rows, code) for code in questions}
    topics = {code: _question(row, whole=len(options[code]) > 0) for code, row in questions.items()}
    blocks = [(code,) for code, row in questions.items() if not row["pillar"] or row["kind"] == "overall"]
    for pillar in (row["code"] for row in rows if row["kind"] == "pillar"):
        found = dict(_means(pillar, [row for row in questions.values() if row["pillar"] == pillar], topics))
        topics |= found
        blocks.append((*(code for code, row in questions.items() if row["pillar"] == pillar), *found))
    return Shape(topics, {code: own for code, own in options.items() if own}, _sets(rows, mapping), tuple(blocks))


def _question(row: Line, whole: bool) -> Asked:
    told = row["definition"].partition(": ")[2].split("; ")
    special = [name for name in ("dk", "na") if SPECIAL_LABELS[name] in told]
    return Asked(row["variant"] == "full", (*special, "pns", *([] if whole else ["none"])))


def _options(rows: Iterable[Line], question: str) -> dict[str, bool]:
    """Whether each answer is favourable; empty where an answer has no score."""
    own = {row["code"]: row["favourable"] for row in rows
           if row["kind"] == "option" and row["code"].partition(".")[0] == question}  # fmt: skip
    return {} if "" in own.values() else {code: favourable == "yes" for code, favourable in own.items()}


def _means(pillar: str, questions: list[Line], topics: Mapping[str, Asked]) -> Iterator[tuple[str, Asked]]:
    """Elements of two questions or more, and the pillar of two elements or more: a mean of one is that one itself."""
    elements: defaultdict[str, list[str]] = defaultdict(list)
    for row in questions:
        elements[row["element"]].append(row["code"])
    for element, own in elements.items():
        if len(own) > 1:
            yield element, Asked(any(topics[code].full for code in own), parts=tuple(own))
    if len(elements) > 1:
        parts = tuple(element if len(own) > 1 else own[0] for element, own in elements.items())
        full = any(topics[row["code"]].full for row in questions)
        yield pillar, Asked(full, parts=parts, needs=ceil(len(parts) / 2))


def _sets(rows: list[Line], mapping: Mapping[str, Mapping[str, str]]) -> Sets:
    """Breakdowns of one question are attacked together, the finest last."""
    groups: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        if row["kind"] == "group":
            split, _, group = row["code"].partition(".")
            groups[split][group] = group
    asked = {row["code"]: row["definition"] or row["code"] for row in rows if row["kind"] == "breakdown"}
    found = {}
    for split in groups:
        fine = next((one for one in mapping if one != split and asked[one] == asked[split]), "")
        if fine:
            found[split] = {split: mapping[fine], fine: groups[fine]}
        elif split not in mapping:
            found[split] = {split: groups[split]}
    return found
