"""What anybody can look up: which areas lie in which, and what the survey asks. Read from the shipped data files."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2] / "collector"
AREAS = ROOT / "community" / "areas.csv"
SURVEY = ROOT / "shipped" / "forms" / "trust-core.yaml"
ELSEWHERE = "-elsewhere"
FAVOURABLE = 62.5


@dataclass(frozen=True)
class Choice:
    """An option of a scale question."""

    code: str
    score: float

    @property
    def favourable(self) -> bool:
        return self.score >= FAVOURABLE


@dataclass(frozen=True)
class Public:
    """Areas with their dates, options by question, and the coarse group of each fine one, by breakdowns."""

    areas: tuple[Mapping[str, str], ...]
    options: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    single: frozenset[str] = frozenset()
    coarse: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)

    def parent(self, area: str, day: str) -> str | None:
        """The area that one lies in on a day."""
        if area.endswith(ELSEWHERE):
            return area.removesuffix(ELSEWHERE)
        found = [one for one in self.areas if one["code"] == area and _valid(one, day)]
        return found[0]["parent"] or None if found else None

    def valid(self, area: str, day: str) -> bool:
        code = area.removesuffix(ELSEWHERE)
        return any(one["code"] == code and _valid(one, day) for one in self.areas)


def _valid(one: Mapping[str, str], day: str) -> bool:
    return one["valid_from"] <= day and (not one["valid_to"] or day <= one["valid_to"])


def load(areas: Path = AREAS, survey: Path = SURVEY) -> Public:
    """The shipped areas and survey, or others."""
    return public(areas.read_text(encoding="utf-8"), survey.read_text(encoding="utf-8"))


def public(areas: str, survey: str) -> Public:
    """From the text of an areas file and of a survey file."""
    asked: dict[str, Any] = yaml.safe_load(survey)
    sets = asked["option_sets"]
    scales = {q["code"]: q for q in asked["questions"] if q["type"] == "scale"}
    return Public(
        tuple(csv.DictReader(areas.splitlines())),
        {code: tuple(_choices(q, sets[q["option_set"]])) for code, q in scales.items()},
        frozenset(scales),
        _coarse(asked, {q["code"]: q.get("option_set") for q in asked["questions"]}),
    )


def _choices(question: Mapping[str, Any], options: Mapping[str, Any]) -> list[Choice]:
    turned = question.get("reversed", False)
    return [
        Choice(f"{question['code']}.{o['code']}", 100 - o["score"] if turned else o["score"])
        for o in options["options"]
        if not o.get("stops")
    ]


def _coarse(asked: Mapping[str, Any], set_of: Mapping[str, str]) -> dict[tuple[str, str], dict[str, str]]:
    """For each fine breakdown and the coarse one of the same question: the coarse group of each fine group."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    splits = asked.get("breakdowns", [])
    for fine in (s for s in splits if not s.get("rollup")):
        for coarse in (s for s in splits if s.get("rollup") and s["question"] == fine["question"]):
            options = asked["option_sets"][set_of[fine["question"]]]["options"]
            groups = {o["code"]: o["rollup"][coarse["rollup"]] for o in options if not o.get("stops")}
            found[fine["code"], coarse["code"]] = {**groups, "unsaid": "unsaid"}
    return found
