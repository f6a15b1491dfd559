"""Checking translations: one function a kind of fault, in one table; then each file as a whole."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from collector.errors import SettingsError
from collector.languages import coverage, letters, po, signing
from collector.languages.faults import Fault
from collector.languages.po import Entry, PoFile
from collector.languages.registry import SOURCE, Language, Registry
from collector.languages.terms import Forbidden, Term

Found = Iterator[Mapping[str, str]]
CODE = re.compile(r"</?[a-zA-Z][^>]*>|<!--|&#?\w+;")
NUMBER = re.compile(r"\d+")
STRAY = re.compile(r"^\s|\s$|\s\s|[ \t][,.;:!?؟،؛۔।)»]|[(«] ")
FRENCH_STRAY = re.compile(r"^\s|\s$| {2}| [,.)”]|[(“] |(?<![\u00a0\u202f])[;:!?»]|«(?![\u00a0\u202f])| [;:!?»]|« ")
QUESTION = ("?", "؟", ";")
KEEP = re.compile(r"keep (\w+)")
"""A translator's remark above a message, `# keep length: why`, that a thing is meant so."""


@dataclass(frozen=True)
class Rules:
    """What is settled for all languages: agreed words, and words not to be used."""

    terms: Sequence[Term] = field(default_factory=tuple)
    forbidden: Sequence[Forbidden] = field(default_factory=tuple)


def _placeholder(entry: Entry, language: Language, rules: Rules) -> Found:
    if not entry.whole:
        found, wanted = (sorted(po.placeholders(text)) for text in (entry.text, entry.source))
        yield {"found": " ".join(found) or "none", "wanted": " ".join(wanted) or "none"}


def _tag(entry: Entry, language: Language, rules: Rules) -> Found:
    yield from ({"found": code} for code in CODE.findall(entry.text) if code not in entry.source)


def _direction(entry: Entry, language: Language, rules: Rules) -> Found:
    yield from ({"found": letters.named(c)} for c in letters.DIRECTION.findall(entry.text))


def _invisible(entry: Entry, language: Language, rules: Rules) -> Found:
    yield from ({"found": letters.named(c)} for c in letters.INVISIBLE.findall(entry.text))
    if language.script not in letters.JOINING:
        yield from ({"found": letters.named(c)} for c in letters.JOINERS.findall(entry.text))


def _script(entry: Entry, language: Language, rules: Rules) -> Found:
    words = po.PLACEHOLDER.sub("", entry.text) if "%(" in entry.text else entry.text
    for word in letters.foreign(words, language.script, entry.source):
        yield {"found": word, "script": language.script}


def _letter(entry: Entry, language: Language, rules: Rules) -> Found:
    for wrong, right in letters.WRONG.get(language.tag, {}).items():
        if wrong in entry.text:
            yield {"found": letters.named(wrong), "right": letters.named(right)}


def _normal(entry: Entry, language: Language, rules: Rules) -> Found:
    if not unicodedata.is_normalized("NFC", entry.text):
        yield {}


def _digits(entry: Entry, language: Language, rules: Rules) -> Found:
    found = next((c for c in entry.text if c.isdigit() and not c.isascii()), "")
    if found:
        yield {"found": found}


def _numbers(entry: Entry, language: Language, rules: Rules) -> Found:
    found, wanted = (sorted({str(int(n)) for n in NUMBER.findall(text)}) for text in (entry.text, entry.source))
    if found != wanted:
        yield {"found": ", ".join(found) or "none", "wanted": ", ".join(wanted) or "none"}


def _spaces(entry: Entry, language: Language, rules: Rules) -> Found:
    stray = FRENCH_STRAY if language.tag.partition("-")[0] == "fr" else STRAY
    match = stray.search(entry.text)
    if match:
        yield {"found": entry.text[max(0, match.start() - 6) : match.end() + 6]}


def _ending(entry: Entry, language: Language, rules: Rules) -> Found:
    if ("?" in entry.source) != any(mark in entry.text for mark in QUESTION[:2]):
        yield {}


LEGEND, HEADING, BUTTON, BODY = (24.0, 280.0), (30.0, 280.0), (20.0, 240.0), (18.0, 250.0)
BUTTONS = (
    "first/start",
    "first/no-thanks",
    "survey/send",
    "nav/",
    "receipt/yes",
    "receipt/no",
    "receipt/go",
    "words/send",
)
HEADINGS = ("first/heading", "receipt/heading", "thanks/heading", "words/heading")
MOST_LETTERS = {"nav/": 40, "first/start": 30, "first/no-thanks": 30, "FREQ5/": 40, "special/": 45, "part/": 60}
"""Letters that fit where room is short, by the beginning of the context; notes of parts may be long."""


def _room(context: str) -> tuple[float, float]:
    """(size of the letters, width of the line) in pixels, on a screen of 320."""
    if context.startswith(BUTTONS):
        return BUTTON
    if context in HEADINGS or (context.startswith("page/") and context.count("/") == 1):
        return HEADING
    return LEGEND if "/" not in context else BODY


def _length(entry: Entry, language: Language, rules: Rules) -> Found:
    size, most = _room(entry.context)
    for word in re.split(r"[\s/–—-]+", po.PLACEHOLDER.sub("", entry.text) if "%(" in entry.text else entry.text):
        if letters.width(word, language.script, size) > most:
            yield {"found": word}


def _long(entry: Entry, language: Language, rules: Rules) -> Found:
    most = next((n for start, n in MOST_LETTERS.items() if entry.context.startswith(start)), 0)
    count = sum(unicodedata.category(c) not in ("Mn", "Mc", "Cf") for c in entry.text)
    if most and count > most and not entry.context.endswith("/note"):
        yield {"found": str(count), "most": str(most)}


def _same(entry: Entry, language: Language, rules: Rules) -> Found:
    letters_in = any(c.isalpha() for c in po.PLACEHOLDER.sub("", entry.source))
    if letters_in and entry.text.casefold() == entry.source.casefold():
        yield {}


def _forbidden(entry: Entry, language: Language, rules: Rules) -> Found:
    for rule in rules.forbidden:
        if rule.tag == language.tag and rule.word.casefold() in entry.text.casefold():
            yield {"found": rule.word, "why": rule.why}


def _term(entry: Entry, language: Language, rules: Rules) -> Found:
    for term in rules.terms:
        if term.asked_in(entry.made_from) and not term.kept_in(entry.text, language.tag):
            yield {"term": term.english[0], "agreed": term.agreed[language.tag][0]}


CHECKS: dict[str, Callable[[Entry, Language, Rules], Found]] = {
    "placeholder": _placeholder,
    "tag": _tag,
    "direction": _direction,
    "invisible": _invisible,
    "script": _script,
    "letter": _letter,
    "normal": _normal,
    "digits": _digits,
    "numbers": _numbers,
    "spaces": _spaces,
    "ending": _ending,
    "length": _length,
    "long": _long,
    "same": _same,
    "forbidden": _forbidden,
    "term": _term,
}


NEVER_KEPT = ("placeholder", "tag", "direction", "invisible", "digits", "normal")
"""Faults that no remark excuses: pages would break, or be read wrongly."""


def messages(file: PoFile, name: str, language: Language, rules: Rules) -> Iterator[Fault]:
    """Faults of each translated message."""
    for entry in file.entries:
        kept = {match[1] for match in map(KEEP.match, entry.remarks) if match}
        for kind in CHECKS if entry.text else ():
            if kind not in kept or kind in NEVER_KEPT:
                for values in (values for form in _forms(entry) for values in CHECKS[kind](form, language, rules)):
                    yield Fault(name, entry.line, entry.context, kind, tuple(values.items()))
        found, wanted = len(_forms(entry)), po.forms_wanted(file)
        if entry.text and po.FORMS in entry.source and found != wanted:
            yield Fault(name, entry.line, entry.context, "forms", (("found", str(found)), ("wanted", str(wanted))))


def _forms(entry: Entry) -> list[Entry]:
    """A sentence that counts, as one entry a form: each beside the English for more than one. Others as they are."""
    if po.FORMS not in entry.source:
        return [entry]
    many = entry.source.rpartition(po.FORMS)[2]
    return [replace(entry, source=many, text=form) for form in entry.text.split(po.FORMS)]


def whole(file: PoFile, name: str, language: Language, template: PoFile) -> Iterator[Fault]:
    """Faults of the file as a whole: its header, its signatures, and whether it is merged."""
    if "charset=utf-8" not in file.header.get("Content-Type", "").lower():
        yield Fault(name, 1, "", "not_utf8")
    wanted = language.tag.replace("-", "_")
    if file.header.get("Language") != wanted:
        found = file.header.get("Language", "")
        yield Fault(name, 1, "", "wrong_language", (("found", found), ("wanted", wanted)))
    differ = {(e.context, e.source) for e in file.entries} ^ {(e.context, e.source) for e in template.entries}
    if differ:
        yield Fault(name, 1, "", "not_merged", (("count", str(len(differ))),))
    void = [s.name for s in signing.signatures(file) if s not in signing.valid(file)]
    if void:
        yield Fault(name, 1, "", "unsigned", (("names", ", ".join(void)),))
    if signing.signed(file) and coverage.reasons(file, template):
        yield Fault(name, 1, "", "not_live", (("why", "; ".join(coverage.reasons(file, template))),))


def catalogue(folder: Path, language: Language, template: PoFile, rules: Rules) -> list[Fault]:
    """All faults of one language's catalogue, in the order of the file."""
    path = folder / language.catalogue / "messages.po"
    name = f"{language.catalogue}/messages.po"
    if not path.is_file():
        return [Fault(name, 1, "", "missing")]
    try:
        file = po.read(path)
    except SettingsError as error:
        return [Fault(name, 1, "", "unread", (("detail", str(error)),))]
    return sorted([*whole(file, name, language, template), *messages(file, name, language, rules)])


def everything(folder: Path, registry: Registry, fresh: PoFile, rules: Rules, tags: Sequence[str] = ()) -> list[Fault]:
    """Faults of the template and of every catalogue (or of those named)."""
    path = folder / "messages.pot"
    old = not path.is_file() or path.read_text(encoding="utf-8") != po.as_text(fresh)
    faults = [Fault("messages.pot", 1, "", "pot_old")] if old else []
    for language in registry.languages.values():
        if language.tag != SOURCE and language.catalogue and (not tags or language.tag in tags):
            faults += catalogue(folder, language, fresh, rules)
    return faults
