"""Survey files: every fault is found, with file, line, what is wrong and what to do."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.survey.canonical import canonical, fingerprint
from collector.survey.definition import Option, Survey
from collector.survey.faults import FAULTS
from collector.survey.read import build, read_file, read_folder, read_text
from tests.world import SHIPPED_SETTINGS, TINY, tiny

# fault -> (what to change in the tiny survey, into what)
CASES: dict[str, tuple[str, str]] = {
    "not_yaml": ("title: Tiny survey", "title: 'Tiny"),
    "not_a_map": ("{code: UN_A, name: Listening, definition: Being heard.}", "UN_A"),
    "not_a_list": ("      - {code: grown", "    rollups: {a: b}\n    x:\n      - {code: grown"),
    "empty_list": ("questions: [Q1, Q2, M1]", "questions: []"),
    "unknown_key": ("special: [pns]", "speshul: [pns]"),
    "duplicate_key": ("title: Tiny survey", "title: Tiny\ntitle: Tiny"),
    "missing_key": ("title: Tiny survey\n", ""),
    "wrong_kind": ("version: 1.0.0", "version: 1.0"),
    "yaml_bool": ("label: Often", "label: Yes"),
    "blank_text": ("title: Tiny survey", 'title: " "'),
    "odd_character": ("title: Tiny survey", 'title: "Ti\\u0007ny"'),
    "bad_question_code": ("code: Q1,", "code: q1,"),
    "bad_option_code": ("code: often", "code: Often"),
    "reserved_code": ("code: often", "code: dk"),
    "duplicate_code": ("code: Q2", "code: Q1"),
    "bad_version": ("version: 1.0.0", "version: v1"),
    "bad_survey_code": ("survey: tiny", "survey: Tiny Survey"),
    "no_score": ("label: Often, score: 100, favourable: true", "label: Often"),
    "bad_score": ("score: 100", "score: 110"),
    "favourable_disagrees": ("score: 50, favourable: false", "score: 50, favourable: true"),
    "unknown_set": ("max: 2, option_set: PLACES", "max: 2, option_set: PLAICES"),
    "needs_set": ("max: 2, option_set: PLACES", "max: 2"),
    "no_set_for_text": ("type: text, max: 40", "type: text, max: 40, option_set: AGE"),
    "unknown_type": ("type: text", "type: essay"),
    "too_much_text": ("type: text, max: 40", "type: text, max: 1801"),
    "missing_max": ("type: text, max: 40", "type: text"),
    "unknown_pillar": ("code: Q1, type: scale, pillar: UN", "code: Q1, type: scale, pillar: XX"),
    "unknown_element": ("element: UN_A, option_set: YES3, msgid", "element: UN_B, option_set: YES3, msgid"),
    "pillar_without_element": (
        "pillar: UN, element: UN_A, option_set: YES3, msgid",
        "pillar: UN, option_set: YES3, msgid",
    ),
    "pillar_on_unscored": ("code: A1, type: single", "code: A1, pillar: UN, type: single"),
    "pillar_without_question": ("pillar: UN, element: UN_A, ", ""),
    "element_without_question": (
        "      - {code: UN_A, ",
        "      - {code: UN_B, name: Other, definition: Other.}\n      - {code: UN_A, ",
    ),
    "missing_concept_note": ('msgid: "Where?", concept_note: n', 'msgid: "Where?"'),
    "unknown_special": ("special: [dk, pns]", "special: [dk, maybe]"),
    "unknown_block": ("label: Home}", "label: Home, block: indoors}"),
    "scattered_block": (
        "{code: home, label: Home}\n      - {code: shop, label: Shop}\n      - {code: yard, label: Yard}",
        "{code: home, label: Home, block: b}\n      - {code: shop, label: S, block: c}\n      - {code: yard, label: Y, block: b}",
    ),
    "unknown_rollup": ("label: 16 or over}", "label: 16 or over, rollup: {wide: all}}"),
    "incomplete_rollup": (
        "  AGE:\n    special: [pns]\n",
        "  AGE:\n    special: [pns]\n    rollups:\n      wide: [{code: all, label: All}]\n",
    ),
    "too_many_options": (
        "      - {code: grown, label: 16 or over}",
        "\n".join(f"      - {{code: g{n}, label: G{n}}}" for n in range(61)),
    ),
    "unknown_part_question": ("questions: [T1, A1]", "questions: [T1, A1, ZZ]"),
    "question_twice": ("questions: [T1, A1]", "questions: [T1, Q1, A1]"),
    "question_never": ("questions: [T1, A1]", "questions: [A1]"),
    "part_out_of_order": ("questions: [Q1, Q2, M1]", "questions: [Q2, Q1, M1]"),
    "variant_names": ("  short:\n", "  brief:\n"),
    "short_not_in_full": ("questions: [T1, A1]}\n  short:", "questions: [T1]}\n  short:"),
    "bad_breakdown": ("variants:", "breakdowns:\n  - {code: where, label: Where, question: M1}\nvariants:"),
}
ELSEWHERE = {"two_files", "changed_version", "not_utf8", "unreadable"}


def change(kind: str) -> str:
    old, new = CASES[kind]
    assert old in TINY, kind
    count = 2 if kind in ("pillar_without_question",) else 1
    return TINY.replace(old, new, count)


def test_the_table_of_faults_is_complete() -> None:
    assert set(CASES) | ELSEWHERE == set(FAULTS)


@pytest.mark.parametrize("kind", CASES)
def test_a_fault_is_named_with_line_what_and_cure(kind: str) -> None:
    survey, faults = read_text(change(kind), "tiny.yaml")
    assert survey is None
    found = [fault for fault in faults if fault.kind == kind]
    assert found, [str(fault) for fault in faults]
    assert re.match(r"tiny\.yaml:\d+: .+\. [A-Z].+\.$", str(found[0]))
    assert 1 <= found[0].line <= len(change(kind).splitlines()) + 1
    assert "%(" not in str(found[0])


def test_the_line_is_the_line_of_the_fault() -> None:
    _, faults = read_text(TINY.replace("score: 100", "score: 110"), "tiny.yaml")
    assert [TINY.splitlines()[fault.line - 1].strip()[:15] for fault in faults] == ["- {code: often,"]


def test_the_shipped_survey_has_no_fault_and_the_promised_shape() -> None:
    surveys, faults = read_folder(SHIPPED_SETTINGS.forms)
    assert faults == []
    survey = surveys[-1][1]
    assert [(path.name, survey.version) for path, survey in surveys] == [
        ("trust-core-1.0.0.yaml", "1.0.0"), ("trust-core.yaml", "1.1.0"),
    ]  # fmt: skip
    scales = [q for q in survey.asked if q.type == "scale"]
    assert len(scales) == 13
    assert [len(p.elements) for p in survey.pillars] == [3, 3, 3, 2]
    assert {q.code for q in survey.questions if not q.enabled} == {"A_DIS", "A_USE", "A_FAITH", "A_BORO"}
    assert len(list(survey.parts("full"))) == 8
    assert len(list(survey.parts("short"))) == 3
    assert [q.code for _, qs in survey.parts("short") for q in qs][:6] == [
        "OV1", "UN_PCC1", "CO_CON1", "IN_DEM1", "DG_GOV1", "O1",
    ]  # fmt: skip
    assert [code for code in ("UN_ACC2", "UN_CMH1", "DG_STD1") if "na" in survey.by_code[code].special] == [
        "UN_ACC2", "UN_CMH1", "DG_STD1",
    ]  # fmt: skip


def test_a_version_that_was_shipped_never_changes() -> None:
    first, _ = read_file(SHIPPED_SETTINGS.forms / "trust-core-1.0.0.yaml")
    assert first is not None
    assert fingerprint(canonical(first)) == "dc104a543f8c1fb92c2f57d667c49f857ab7fc61809318cf6b99f7e62b386778"


def test_a_minor_version_adds_answers_and_changes_no_score_and_no_figure() -> None:
    first, second = (
        read_file(SHIPPED_SETTINGS.forms / name)[0] for name in ("trust-core-1.0.0.yaml", "trust-core.yaml")
    )
    assert first is not None
    assert second is not None

    def counted(survey: Survey) -> tuple[object, ...]:
        asked = [(q.code, q.type, q.element, q.special, q.max, q.enabled, q.msgid) for q in survey.questions]
        variants = [(v.code, survey.codes(v.code)) for v in survey.variants]
        return asked, variants, survey.breakdowns, [o.rollups for o in survey.option_sets]

    def options(survey: Survey) -> dict[tuple[str, str], Option]:
        return {(s.code, o.code): replace(o, label="") for s in survey.option_sets for o in s.options}

    assert counted(first) == counted(second)
    assert options(first).items() <= options(second).items()
    assert {key[1]: option.rollup for key, option in options(second).items() if key not in options(first)} == {
        "kurdish": (("language", "other"),),
        "pahari": (("language", "other"),),
    }


def test_a_survey_file_survives_the_round_trip_through_its_published_form() -> None:
    import json

    survey = tiny()
    again = build(json.loads(canonical(survey)))
    assert again == survey
    assert canonical(again) == canonical(survey)


@given(st.randoms(use_true_random=False))
def test_the_order_of_keys_and_comments_do_not_change_the_hash(chance) -> None:
    lines = TINY.strip().splitlines()
    head, rest = lines[:3], lines[3:]
    chance.shuffle(head)
    shuffled = "\n".join(["# a comment", *head, *rest])
    assert fingerprint(canonical(tiny(shuffled))) == fingerprint(canonical(tiny()))


@given(st.text(max_size=300))
def test_any_text_at_all_gets_an_answer_and_never_a_traceback(text: str) -> None:
    survey, faults = read_text(text, "any.yaml")
    assert survey is None
    assert faults
    assert all(str(fault) for fault in faults)


@given(st.integers(0, len(TINY) - 1), st.integers(1, 12), st.text("abc:{}[]-\n #&*!|>'\"%@`", max_size=3))
def test_a_damaged_survey_file_gets_an_answer(at: int, length: int, instead: str) -> None:
    survey, faults = read_text(TINY[:at] + instead + TINY[at + length :], "cut.yaml")
    assert (survey is None) == bool(faults)


def test_a_file_that_is_not_text_or_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe")
    assert read_file(tmp_path / "bad.yaml")[1][0].kind == "not_utf8"
    assert read_file(tmp_path / "none.yaml")[1][0].kind == "unreadable"


def test_two_files_with_one_version_are_a_fault(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(TINY)
    assert [fault.kind for fault in read_folder(tmp_path)[1]] == ["two_files"]


def test_a_small_file_cannot_blow_up_by_aliases() -> None:
    bomb = "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n"
    assert read_text(bomb, "bomb.yaml")[1][0].kind == "not_yaml"
