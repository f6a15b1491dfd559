"""From a survey file to a `Survey`, with every fault named by file, line, what and cure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from collector.survey import check
from collector.survey.definition import (
    Breakdown,
    Element,
    Label,
    Option,
    OptionSet,
    Part,
    Pillar,
    Question,
    Survey,
    Variant,
)
from collector.survey.faults import Fault
from collector.survey.nodes import Source, clean, load

PROMISES = "promises.yaml"
"""Stands beside the surveys but is not one."""

LABELS, TEXT = "a list of labels", "text"

# What each kind of entry may hold: key -> (kind of value, required, what the value's own entries are).
Shape = dict[str, tuple[str, bool, str]]
SHAPES: dict[str, Shape] = {
    "the survey": {
        "survey": ("text", True, ""),
        "version": ("text", True, ""),
        "title": ("text", True, ""),
        "pillars": ("list", True, "a pillar"),
        "option_sets": ("map", True, "an option set"),
        "questions": ("list", True, "a question"),
        "variants": ("map", True, "a variant"),
        "breakdowns": ("list", False, "a breakdown"),
    },
    "a pillar": {
        "code": ("text", True, ""),
        "name": ("text", True, ""),
        "definition": ("text", True, ""),
        "elements": ("list", True, "an element"),
    },
    "an element": {"code": ("text", True, ""), "name": ("text", True, ""), "definition": ("text", True, "")},
    "an option set": {
        "options": ("list", True, "an option"),
        "special": ("words", False, ""),
        "sign": ("text", False, ""),
        "scheme": ("text", False, ""),
        "blocks": ("list", False, "a label"),
        "rollups": ("map", False, LABELS),
    },
    "an option": {
        "code": ("text", True, ""),
        "label": ("text", True, ""),
        "score": ("number", False, ""),
        "favourable": ("flag", False, ""),
        "exclusive": ("flag", False, ""),
        "stops": ("flag", False, ""),
        "block": ("text", False, ""),
        "rollup": ("map", False, TEXT),
        "census": ("number", False, ""),
        "nhs": ("text", False, ""),
        "tag": ("text", False, ""),
    },
    "a label": {"code": ("text", True, ""), "label": ("text", True, "")},
    "a question": {
        "code": ("text", True, ""),
        "type": ("text", True, ""),
        "msgid": ("text", True, ""),
        "hint_msgid": ("text", False, ""),
        "concept_note": ("text", False, ""),
        "pillar": ("text", False, ""),
        "element": ("text", False, ""),
        "option_set": ("text", False, ""),
        "reversed": ("flag", False, ""),
        "na_allowed": ("flag", False, ""),
        "enabled": ("flag", False, ""),
        "max": ("number", False, ""),
    },
    "a variant": {"minutes": ("number", True, ""), "parts": ("list", True, "a part")},
    "a part": {
        "code": ("text", True, ""),
        "title": ("text", True, ""),
        "questions": ("words", True, ""),
        "note": ("text", False, ""),
    },
    "a breakdown": {
        "code": ("text", True, ""),
        "label": ("text", True, ""),
        "question": ("text", True, ""),
        "rollup": ("text", False, ""),
    },
}

KINDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "text": ("text", lambda v: isinstance(v, str)),
    "number": ("a whole number", lambda v: isinstance(v, int) and not isinstance(v, bool)),
    "flag": ("true or false", lambda v: isinstance(v, bool)),
    "list": ("a list", lambda v: isinstance(v, list)),
    "map": ("a list of `key: value` lines", lambda v: isinstance(v, dict)),
    "words": ("a list of words", lambda v: isinstance(v, list) and all(isinstance(i, str) for i in v)),
}


def read_file(path: Path) -> tuple[Survey | None, list[Fault]]:
    """The survey in a file and its faults. The survey is None when a fault stops it from being used."""
    name = path.name
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None, [Fault(name, 1, "not_utf8")]
    except OSError as error:
        return None, [Fault(name, 1, "unreadable", (("detail", error.strerror or "unknown reason"),))]
    return read_text(text, name)


def read_folder(folder: Path) -> tuple[list[tuple[Path, Survey]], list[Fault]]:
    """Every survey file of a folder in name order, with all faults, also those between files."""
    surveys: list[tuple[Path, Survey]] = []
    faults: list[Fault] = []
    seen: dict[tuple[str, str], str] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name == PROMISES:
            continue
        survey, found = read_file(path)
        faults += found
        if survey is None:
            continue
        key = (survey.code, survey.version)
        if key in seen:
            words = (("other", seen[key]), ("survey", survey.code), ("version", survey.version))
            faults.append(Fault(path.name, 1, "two_files", words))
        seen[key] = path.name
        surveys.append((path, survey))
    return surveys, faults


def read_text(text: str, file: str) -> tuple[Survey | None, list[Fault]]:
    """The survey in a text and its faults, sorted by line; None unless there are no faults."""
    source = Source(file)
    data = load(text, source)
    if data is None and not source.faults:
        source.fault("not_a_map", 1, where="the survey")
    if data is not None:
        _shape(data, "the survey", source, 1)
    if not source.faults:
        survey = build(data)
        check.check(survey, data, source)
        if not source.faults:
            return survey, []
    return None, sorted(source.faults)


def _shape(entry: Any, name: str, source: Source, line: int) -> None:
    """Check one entry and all below it: its keys, their kinds, what is missing."""
    if not isinstance(entry, dict):
        source.fault("not_a_map", line, where=name)
        return
    shape = SHAPES[name]
    for key, value in entry.items():
        if key in shape:
            _value(entry, key, value, name, source)
        else:
            source.fault("unknown_key", source.line(entry, key), key=key, where=name, known=", ".join(shape))
    for key, (_, required, _) in shape.items():
        if required and key not in entry:
            source.fault("missing_key", source.line(entry), key=key, where=name)


def _value(entry: dict[str, Any], key: str, value: Any, name: str, source: Source) -> None:
    kind, required, within = SHAPES[name][key]
    words, fits = KINDS[kind]
    line = source.line(entry, key)
    if not fits(value):
        source.fault("wrong_kind", line, key=key, where=name, expected=words)
    elif isinstance(value, str):
        _text(key, value, name, source, line)
    elif isinstance(value, list | dict) and not value and required:
        source.fault("empty_list", line, where=f"`{key}`")
    elif within:
        _within(value, within, source, line)


def _within(holder: list[Any] | dict[str, Any], name: str, source: Source, line: int) -> None:
    """Check the entries of a list or of a mapping by name."""
    entries = holder.items() if isinstance(holder, dict) else (("", item) for item in holder)
    for key, item in entries:
        at = source.line(holder, key) if key else source.line(item) if isinstance(item, dict) else line
        if name == TEXT and not isinstance(item, str):
            source.fault("wrong_kind", at, key=key, where="`rollup`", expected="text")
        elif name == LABELS and not isinstance(item, list):
            source.fault("not_a_list", at, where=f"`{key}`")
        elif name == LABELS:
            _within(item, "a label", source, at)
        elif name != TEXT:
            _shape(item, name, source, at)


def _text(key: str, value: str, name: str, source: Source, line: int) -> None:
    if not value.strip():
        source.fault("blank_text", line, key=key, where=name)
    elif not clean(value):
        source.fault("odd_character", line, key=key, where=name)


def build(data: dict[str, Any]) -> Survey:
    """A `Survey` from checked plain data (a survey file's, or a published version's)."""
    sets = {code: _option_set(code, entry) for code, entry in sorted(data["option_sets"].items())}
    return Survey(
        code=data["survey"],
        version=data["version"],
        title=data["title"],
        pillars=tuple(_pillar(p) for p in data["pillars"]),
        option_sets=tuple(sets.values()),
        questions=tuple(_question(q, sets) for q in data["questions"]),
        variants=tuple(
            Variant(code, v["minutes"], tuple(_part(p) for p in v["parts"]))
            for code, v in sorted(data["variants"].items())
        ),
        breakdowns=tuple(Breakdown(**b) for b in data.get("breakdowns", [])),
        source=data,
    )


def _pillar(entry: dict[str, Any]) -> Pillar:
    return Pillar(entry["code"], entry["name"], entry["definition"], tuple(Element(**e) for e in entry["elements"]))


def _part(entry: dict[str, Any]) -> Part:
    return Part(entry["code"], entry["title"], tuple(entry["questions"]), entry.get("note", ""))


def _option_set(code: str, entry: dict[str, Any]) -> OptionSet:
    return OptionSet(
        code=code,
        options=tuple(Option(**{**o, "rollup": tuple(sorted(o.get("rollup", {}).items()))}) for o in entry["options"]),
        special=tuple(entry.get("special", ())),
        sign=entry.get("sign", ""),
        scheme=entry.get("scheme", ""),
        blocks=tuple(Label(**b) for b in entry.get("blocks", ())),
        rollups=tuple(
            (name, tuple(Label(**g) for g in groups)) for name, groups in sorted(entry.get("rollups", {}).items())
        ),
    )


def _question(entry: dict[str, Any], sets: dict[str, OptionSet]) -> Question:
    rest = {"concept_note": "", **{k: v for k, v in entry.items() if k != "option_set"}}
    return Question(option_set=sets.get(entry.get("option_set", "")), **rest)
