"""The rules a survey must keep, each a small function; `check` runs them all and notes every fault."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from collector.survey.definition import NOT_ASKED, SKIPPED, SPECIAL, OptionSet, Survey, Variant
from collector.survey.letters import MOST_WRITTEN
from collector.survey.nodes import Source
from collector.survey.scoring import is_favourable

QUESTION_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,19}\Z")
OPTION_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
SURVEY_CODE = re.compile(r"[a-z][a-z0-9-]{0,39}\Z")
VERSION = re.compile(r"(0|[1-9]\d{0,3})(\.(0|[1-9]\d{0,3})){2}\Z")
TYPES = ("scale", "single", "multi", "text")
UNITS = {"multi": "how many may be picked", "text": "how many characters"}
MAX_OPTIONS = 60
RESERVED = {*SPECIAL, SKIPPED, NOT_ASKED}


def check(survey: Survey, data: dict[str, Any], source: Source) -> None:
    """Note every broken rule of a well-shaped survey. `data` is the plain data with line numbers in `source`."""
    for rule in (_head, _pillars, _option_sets, _questions, _scored, _coverage, _variants, _breakdowns):
        rule(survey, data, source)


def _head(survey: Survey, data: dict[str, Any], source: Source) -> None:
    if not SURVEY_CODE.match(survey.code):
        source.fault("bad_survey_code", source.line(data, "survey"), code=survey.code)
    if not VERSION.match(survey.version):
        source.fault("bad_version", source.line(data, "version"), version=survey.version)


def _codes(entries: list[dict[str, Any]], pattern: re.Pattern[str], kind: str, source: Source) -> None:
    seen: set[str] = set()
    for entry in entries:
        code, line = entry["code"], source.line(entry, "code")
        if code in RESERVED:
            source.fault("reserved_code", line, code=code)
        elif not pattern.match(code):
            source.fault(kind, line, code=code)
        if code in seen:
            source.fault("duplicate_code", line, code=code)
        seen.add(code)


def _pillars(survey: Survey, data: dict[str, Any], source: Source) -> None:
    _codes(data["pillars"], QUESTION_CODE, "bad_question_code", source)
    elements = [e for pillar in data["pillars"] for e in pillar["elements"]]
    _codes(elements, QUESTION_CODE, "bad_question_code", source)


def _option_sets(survey: Survey, data: dict[str, Any], source: Source) -> None:
    for option_set in survey.option_sets:
        entry = data["option_sets"][option_set.code]
        line = source.line(data["option_sets"], option_set.code)
        if not QUESTION_CODE.match(option_set.code):
            source.fault("bad_question_code", line, code=option_set.code)
        if len(option_set.options) > MAX_OPTIONS:
            source.fault("too_many_options", line, set=option_set.code, count=len(option_set.options))
        for special in option_set.special:
            if special not in SPECIAL:
                source.fault("unknown_special", source.line(entry, "special"), special=special)
        _codes(entry["options"], OPTION_CODE, "bad_option_code", source)
        _blocks(option_set, entry, source)
        _rollups(option_set, entry, source)


def _blocks(option_set: OptionSet, entry: dict[str, Any], source: Source) -> None:
    known = [b.code for b in option_set.blocks]
    _codes(entry.get("blocks", []), OPTION_CODE, "bad_option_code", source)
    done: list[str] = []
    for option, raw in zip(option_set.options, entry["options"], strict=True):
        if (option.block or known) and option.block not in known:
            source.fault("unknown_block", source.line(raw), code=option.code, block=option.block)
        if option.block in done[:-1]:
            source.fault("scattered_block", source.line(raw), block=option.block)
        if option.block and (not done or done[-1] != option.block):
            done.append(option.block)


def _rollups(option_set: OptionSet, entry: dict[str, Any], source: Source) -> None:
    groups = {name: {g.code for g in labels} for name, labels in option_set.rollups}
    for labels in entry.get("rollups", {}).values():
        _codes([label for label in labels if label["code"] != "other"], OPTION_CODE, "bad_option_code", source)
    for option, raw in zip(option_set.options, entry["options"], strict=True):
        given = dict(option.rollup)
        for name, group in given.items():
            if group not in groups.get(name, set()):
                source.fault("unknown_rollup", source.line(raw), code=option.code, rollup=name, group=group)
        for name in groups:
            if name not in given and not option.stops:
                source.fault("incomplete_rollup", source.line(raw), code=option.code, rollup=name)


def _questions(survey: Survey, data: dict[str, Any], source: Source) -> None:
    _codes(data["questions"], QUESTION_CODE, "bad_question_code", source)
    names = {s.code for s in survey.option_sets}
    for entry in data["questions"]:
        line, code, kind = source.line(entry), entry["code"], entry["type"]
        if not entry.get("concept_note"):
            source.fault("missing_concept_note", line, question=code)
        if kind not in TYPES:
            source.fault("unknown_type", source.line(entry, "type"), question=code, type=kind, known=", ".join(TYPES))
            continue
        if kind == "text" and "option_set" in entry:
            source.fault("no_set_for_text", source.line(entry, "option_set"), question=code)
        elif kind != "text" and "option_set" not in entry:
            source.fault("needs_set", line, question=code, type=kind)
        elif kind != "text" and entry["option_set"] not in names:
            source.fault("unknown_set", source.line(entry, "option_set"), question=code, set=entry["option_set"])
        if kind in UNITS and entry.get("max", 0) < 1:
            source.fault("missing_max", line, question=code, unit=UNITS[kind])
    written = sum(entry.get("max", 0) for entry in data["questions"] if entry["type"] == "text")
    if written > MOST_WRITTEN:
        source.fault("too_much_text", source.line(data, "questions"), now=written, most=MOST_WRITTEN)


def _scored(survey: Survey, data: dict[str, Any], source: Source) -> None:
    elements = {p.code: {e.code for e in p.elements} for p in survey.pillars}
    for question, entry in zip(survey.questions, data["questions"], strict=True):
        line = source.line(entry)
        if question.pillar and question.type != "scale":
            source.fault("pillar_on_unscored", line, question=question.code)
        elif question.pillar and question.pillar not in elements:
            source.fault("unknown_pillar", line, question=question.code, pillar=question.pillar)
        elif question.pillar and not question.element:
            source.fault("pillar_without_element", line, question=question.code)
        elif question.pillar and question.element not in elements[question.pillar]:
            source.fault("unknown_element", line, question=question.code, element=question.element)
        if question.type == "scale" and question.option_set:
            _scores(question.option_set, data, source)


def _scores(option_set: OptionSet, data: dict[str, Any], source: Source) -> None:
    for option, raw in zip(option_set.options, data["option_sets"][option_set.code]["options"], strict=True):
        kind = _score_fault(option.score, option.favourable)
        line = source.line(raw)
        if kind and not any(f.kind == kind and f.line == line for f in source.faults):
            source.fault(kind, line, code=option.code, set=option_set.code, score=option.score)


def _score_fault(score: int | None, favourable: bool) -> str:
    """The fault of one option's score, or nothing. The flag is there for readers; the 62.5 rule decides."""
    if score is None:
        return "no_score"
    if not 0 <= score <= 100:
        return "bad_score"
    return "" if favourable == is_favourable(Fraction(score)) else "favourable_disagrees"


def _coverage(survey: Survey, data: dict[str, Any], source: Source) -> None:
    pillars = {q.pillar for q in survey.asked}
    elements = {q.element for q in survey.asked if q.pillar}
    for pillar, entry in zip(survey.pillars, data["pillars"], strict=True):
        if pillar.code not in pillars:
            source.fault("pillar_without_question", source.line(entry), pillar=pillar.code)
            continue
        for element, raw in zip(pillar.elements, entry["elements"], strict=True):
            if element.code not in elements:
                source.fault("element_without_question", source.line(raw), element=element.code)


def _variants(survey: Survey, data: dict[str, Any], source: Source) -> None:
    names = {v.code for v in survey.variants}
    if "full" not in names or names - {"full", "short"}:
        source.fault("variant_names", source.line(data, "variants"))
        return
    known = {q.code for q in survey.questions}
    for variant in survey.variants:
        _part_questions(survey, variant, known, data["variants"][variant.code], source)
    if any(f.kind == "unknown_part_question" for f in source.faults):
        return
    asked = survey.codes("full")
    for question, entry in zip(survey.questions, data["questions"], strict=True):
        if question.enabled and question.code not in asked:
            source.fault("question_never", source.line(entry), question=question.code)
    if "short" in names:
        for code in sorted(survey.codes("short") - asked):
            source.fault("short_not_in_full", source.line(data["variants"], "short"), question=code)


def _part_questions(survey: Survey, variant: Variant, known: set[str], entry: dict[str, Any], source: Source) -> None:
    order = {q.code: i for i, q in enumerate(survey.questions)}
    seen: list[str] = []
    _codes(entry["parts"], OPTION_CODE, "bad_option_code", source)
    for part, raw in zip(variant.parts, entry["parts"], strict=True):
        for code in part.questions:
            if code not in known:
                source.fault("unknown_part_question", source.line(raw), part=part.code, question=code)
                continue
            if code in seen:
                source.fault("question_twice", source.line(raw), variant=variant.code, question=code)
            elif seen and order[code] < order[seen[-1]]:
                source.fault("part_out_of_order", source.line(raw), variant=variant.code, question=code)
            seen.append(code)


def _breakdowns(survey: Survey, data: dict[str, Any], source: Source) -> None:
    if any(f.kind in ("unknown_part_question", "variant_names") for f in source.faults):
        return
    _codes(data.get("breakdowns", []), OPTION_CODE, "bad_option_code", source)
    for breakdown, entry in zip(survey.breakdowns, data.get("breakdowns", []), strict=True):
        if not _breakdown_fits(survey, breakdown.question, breakdown.rollup):
            source.fault("bad_breakdown", source.line(entry), code=breakdown.code)


def _breakdown_fits(survey: Survey, code: str, rollup: str) -> bool:
    question = survey.by_code.get(code)
    if question is None or question.type != "single" or not question.enabled or question.option_set is None:
        return False
    everywhere = all(code in survey.codes(v.code) for v in survey.variants)
    return everywhere and (not rollup or rollup in dict(question.option_set.rollups))
