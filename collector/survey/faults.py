"""The catalogue of faults a survey file can have: each says what is wrong and what to do."""

from __future__ import annotations

from dataclasses import dataclass

FAULTS = {
    "not_yaml": ("this is not valid YAML: %(detail)s", "mend the line; a colon or quote often needs quoting"),
    "not_a_map": ("%(where)s must be a list of `key: value` lines", "look at forms/trust-core.yaml for the shape"),
    "not_a_list": ("%(where)s must be a list", "start each entry with `- `"),
    "empty_list": ("%(where)s is empty", "give it at least one entry"),
    "unknown_key": ("unknown key `%(key)s` in %(where)s", "remove it, or use one of: %(known)s"),
    "duplicate_key": ("the key `%(key)s` stands twice in %(where)s", "keep one of the two"),
    "missing_key": ("%(where)s has no `%(key)s`", "add `%(key)s:`"),
    "wrong_kind": ("`%(key)s` in %(where)s must be %(expected)s", "write %(expected)s"),
    "yaml_bool": (
        "`%(text)s` in %(where)s is read by YAML as true or false, not as a word",
        'put it in quotes: "%(text)s"',
    ),
    "blank_text": ("`%(key)s` in %(where)s is blank", "write the words, or remove the line"),
    "odd_character": (
        "`%(key)s` in %(where)s holds a control character or is not in normal form (NFC)",
        "type the text again without it",
    ),
    "bad_question_code": (
        "the code `%(code)s` is not a question code",
        "use capitals, digits and _, starting with a capital: UN_ACC2",
    ),
    "bad_option_code": (
        "the code `%(code)s` is not an option code",
        "use small letters, digits and _, starting with a letter: age_16_24",
    ),
    "reserved_code": ("the code `%(code)s` has a fixed meaning", "choose another code"),
    "duplicate_code": ("the code `%(code)s` is used twice", "give each its own code"),
    "bad_version": ("the version `%(version)s` is not three numbers", "write it as 1.0.0"),
    "bad_survey_code": ("the survey code `%(code)s` is not usable in file names", "use a-z, 0-9 and -"),
    "no_score": (
        "the option `%(code)s` of %(set)s has no score, but a scale question uses the set",
        "give it `score:` from 0 to 100 and `favourable:`",
    ),
    "bad_score": ("the score %(score)s of `%(code)s` is outside 0 to 100", "use 0 to 100"),
    "favourable_disagrees": (
        "the favourable flag of `%(code)s` does not agree with its score %(score)s",
        "flag it true from 62.5 on, false below",
    ),
    "unknown_set": ("%(question)s uses the option set `%(set)s`, which is not defined", "define it or mend the name"),
    "needs_set": ("%(question)s is of type %(type)s and has no option_set", "add `option_set:`"),
    "no_set_for_text": ("%(question)s is a text question and cannot have an option_set", "remove `option_set:`"),
    "unknown_type": ("the type `%(type)s` of %(question)s is unknown", "use one of: %(known)s"),
    "missing_max": ("%(question)s needs `max:` (%(unit)s)", "add `max:` with a number above 0"),
    "too_much_text": (
        "the written answers together may have %(now)s letters, and %(most)s are the most that can be sent",
        "lower their `max:`",
    ),
    "unknown_pillar": ("%(question)s names the pillar `%(pillar)s`, which is not defined", "define it or mend it"),
    "unknown_element": (
        "%(question)s names the element `%(element)s`, which its pillar does not have",
        "mend the element",
    ),
    "pillar_without_element": ("%(question)s has a pillar but no element", "add `element:`"),
    "pillar_on_unscored": ("%(question)s has a pillar but is not a scale question", "remove `pillar:` and `element:`"),
    "pillar_without_question": ("the pillar %(pillar)s has no enabled question", "add a question or remove the pillar"),
    "element_without_question": ("the element %(element)s has no enabled question", "add a question or remove it"),
    "missing_concept_note": ("%(question)s has no concept_note", "tell translators what is meant, in one sentence"),
    "unknown_special": ("`%(special)s` is not a special answer", "use: dk, na, pns"),
    "unknown_block": ("the option `%(code)s` names the block `%(block)s`, which its set does not list", "mend it"),
    "scattered_block": ("the options of the block `%(block)s` do not stand together", "put them side by side"),
    "unknown_rollup": ("the option `%(code)s` rolls up to `%(rollup)s: %(group)s`, which is not listed", "mend it"),
    "incomplete_rollup": ("the option `%(code)s` has no group in the rollup `%(rollup)s`", "add it under `rollup:`"),
    "too_many_options": ("%(set)s has %(count)s options; a card holds at most 60", "use fewer"),
    "unknown_part_question": ("the part `%(part)s` lists `%(question)s`, which is not a question", "mend the code"),
    "question_twice": ("the variant %(variant)s asks `%(question)s` twice", "list it once"),
    "question_never": ("%(question)s is enabled but no part of the full variant asks it", "add it to a part"),
    "part_out_of_order": (
        "the variant %(variant)s asks `%(question)s` out of the order of the questions list",
        "move it; both variants keep one order",
    ),
    "variant_names": ("variants must be `full` and, if wanted, `short`", "rename or remove the other"),
    "short_not_in_full": ("the short variant asks `%(question)s`, which the full one does not", "add it to full"),
    "bad_breakdown": (
        "the breakdown `%(code)s` needs an enabled single-choice question that every variant asks, and a rollup it has",
        "mend `question:` or `rollup:`",
    ),
    "two_files": ("%(survey)s %(version)s is also in %(other)s", "keep one file for a version"),
    "changed_version": (
        "%(survey)s %(version)s is published, and this file now says something else",
        "give the changed survey a new version: patch for a typo, minor for a new question, major for wording or scores",
    ),
    "not_utf8": ("the file is not UTF-8 text", "save it as UTF-8"),
    "unreadable": ("the file cannot be read: %(detail)s", "check that it exists and who may read it"),
}


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault: where it is (line counts from 1), which kind, and the words that fill its sentence."""

    file: str
    line: int
    kind: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def what(self) -> str:
        return FAULTS[self.kind][0] % dict(self.values)

    @property
    def cure(self) -> str:
        return FAULTS[self.kind][1] % dict(self.values)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}. {self.cure[0].upper()}{self.cure[1:]}."
