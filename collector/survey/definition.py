"""The shape of a loaded, checked survey: frozen values, no behaviour but small look-ups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

SPECIAL = ("dk", "na", "pns")
"""Special answers a person can give; none of them is scored."""

SKIPPED, NOT_ASKED = "skipped", "not_asked"
"""Answers that nobody chooses: moved on without answering; the variant did not ask."""

Answer = str | tuple[str, ...]
"""An option code, a special answer, or (multi) the option codes chosen in the survey's order."""


@dataclass(frozen=True, slots=True)
class Element:
    """One of the eleven topics under a pillar."""

    code: str
    name: str
    definition: str


@dataclass(frozen=True, slots=True)
class Pillar:
    """One of the four pillars with its elements."""

    code: str
    name: str
    definition: str
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer a person can choose. `score` is 0 to 100, None where the set is not scored."""

    code: str
    label: str
    score: int | None = None
    favourable: bool = False
    exclusive: bool = False
    stops: bool = False
    block: str = ""
    rollup: tuple[tuple[str, str], ...] = ()
    census: int | None = None
    nhs: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A code and its English words: a block heading or a group of options."""

    code: str
    label: str


@dataclass(frozen=True)
class OptionSet:
    """A fixed, ordered list of options shared by questions."""

    code: str
    options: tuple[Option, ...]
    special: tuple[str, ...] = ()
    sign: str = ""
    scheme: str = ""
    blocks: tuple[Label, ...] = ()
    rollups: tuple[tuple[str, tuple[Label, ...]], ...] = ()

    @cached_property
    def by_code(self) -> dict[str, Option]:
        return {option.code: option for option in self.options}


@dataclass(frozen=True)
class Question:
    """One question. `type` is scale, single, multi or text; `max` is choices (multi) or characters (text)."""

    code: str
    type: str
    msgid: str
    concept_note: str
    hint_msgid: str = ""
    pillar: str = ""
    element: str = ""
    option_set: OptionSet | None = None
    reversed: bool = False
    na_allowed: bool = False
    enabled: bool = True
    max: int = 0

    @property
    def closed(self) -> bool:
        """True for questions whose answers stand on the card."""
        return self.type != "text"

    @cached_property
    def options(self) -> tuple[Option, ...]:
        return self.option_set.options if self.option_set else ()

    @cached_property
    def special(self) -> tuple[str, ...]:
        """Special answers offered, in the order they are shown: dk, na, pns."""
        given = self.option_set.special if self.option_set else ()
        return tuple(s for s in SPECIAL if s in given or (s == "na" and self.na_allowed))


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and its questions; pages may show one part at a time."""

    code: str
    title: str
    questions: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """The full or the short way through the one survey."""

    code: str
    minutes: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A question by whose answers figures may be split; `rollup` names a coarser grouping of its options."""

    code: str
    label: str
    question: str
    rollup: str = ""


@dataclass(frozen=True)
class Survey:
    """A whole survey definition, as read from its file or from the published copy."""

    code: str
    version: str
    title: str
    pillars: tuple[Pillar, ...]
    option_sets: tuple[OptionSet, ...]
    questions: tuple[Question, ...]
    variants: tuple[Variant, ...]
    breakdowns: tuple[Breakdown, ...] = ()
    source: dict[str, object] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def by_code(self) -> dict[str, Question]:
        return {question.code: question for question in self.questions}

    @cached_property
    def asked(self) -> tuple[Question, ...]:
        """Enabled questions in the survey's own order: the order of the card."""
        return tuple(q for q in self.questions if q.enabled)

    def variant(self, code: str) -> Variant:
        """The variant called `code`; KeyError when the survey has none."""
        return {v.code: v for v in self.variants}[code]

    def parts(self, variant: str) -> Iterator[tuple[Part, tuple[Question, ...]]]:
        """Each part of a variant with its enabled questions; parts left empty are passed over."""
        for part in self.variant(variant).parts:
            questions = tuple(self.by_code[c] for c in part.questions if self.by_code[c].enabled)
            if questions:
                yield part, questions

    @cached_property
    def asked_by(self) -> dict[str, frozenset[str]]:
        """Codes of the questions that each variant asks."""
        return {v.code: frozenset(q.code for _, qs in self.parts(v.code) for q in qs) for v in self.variants}

    def codes(self, variant: str) -> frozenset[str]:
        """Codes of the questions that a variant asks; KeyError when the survey has no such variant."""
        return self.asked_by[variant]

    @property
    def series(self) -> tuple[str, str]:
        """Survey code and major version: figures are compared only inside one series."""
        return self.code, self.version.split(".")[0]


Surveys = Mapping[tuple[str, str], Survey]
"""Definitions by code and version, oldest version first."""
