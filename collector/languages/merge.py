"""Bringing a catalogue up to date with what is said now: by context, keeping the former source, losing nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from collector.languages import meaning
from collector.languages.meaning import Editions
from collector.languages.po import Entry, PoFile
from collector.languages.registry import Language

Message = tuple[str, str, str]
"""(context, English, note for translators)"""

SURVEYS = "X-Surveys"
STATUS = "X-Status"
DRAFT = "draft, machine-assisted, awaiting community review"
EMPTY = "draft, not translated yet"


def template(messages: Sequence[Message], surveys: str) -> PoFile:
    """The template (.pot): every message once, untranslated. Two versions may say one context differently."""
    once = {(context, english): note for context, english, note in reversed(messages)}
    order = dict.fromkeys((context, english) for context, english, _ in messages)
    entries = tuple(Entry(context, english, note=once[context, english]) for context, english in order)
    return PoFile(_head("", surveys), entries)


def new(language: Language, plural_forms: str) -> PoFile:
    """A catalogue without a message, for a language that has none yet."""
    head = _head(language.tag.replace("-", "_"), "")
    return PoFile({**head, "Plural-Forms": plural_forms, STATUS: EMPTY})


def _head(tag: str, surveys: str) -> dict[str, str]:
    head = {
        "Project-Id-Version": "Collector",
        "Language": tag,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    return {**head, SURVEYS: surveys} if surveys else head


def merge(held: PoFile, wanted: PoFile, known: Editions) -> PoFile:
    """`held` with exactly the messages of the template `wanted`; what is no longer wanted is kept as obsolete.

    Merging twice changes nothing more.
    """
    before = meaning.read(held.header.get(SURVEYS, ""))
    entries = tuple(_merged(held, entry, known, before) for entry in wanted.entries)
    placed = {(e.context, e.made_from, e.text) for e in entries if e.text}
    left = {
        (e.context, e.made_from): Entry(e.context, e.made_from, e.text, remarks=e.remarks)
        for e in (*held.obsolete, *held.entries)
        if e.text and (e.context, e.made_from, e.text) not in placed
    }
    header = _with_surveys(held.header, wanted.header.get(SURVEYS, ""))
    return PoFile(header, entries, tuple(left[key] for key in sorted(left)))


def _merged(held: PoFile, wanted: Entry, known: Editions, before: frozenset[meaning.Edition]) -> Entry:
    """One wanted message with the best translation that the catalogue has for its context."""
    same = [e for e in held.entries if e.context == wanted.context]
    gone = [e for e in held.obsolete if e.context == wanted.context]
    exact = next((e for e in same if e.source == wanted.source), None)
    if exact and exact.text:
        return replace(exact, note=wanted.note)
    again = next((e for e in gone if e.source == wanted.source), None)
    if again:
        return replace(wanted, text=again.text, remarks=again.remarks)
    other = next((e for e in reversed((*gone, *same)) if e.text), None)
    if other is None:
        return replace(wanted, remarks=exact.remarks if exact else ())
    if other.made_from == wanted.source:
        return replace(wanted, text=other.text, remarks=other.remarks)
    keeps = meaning.means_the_same(known, wanted.context, other.made_from, wanted.source, before)
    return replace(
        wanted, text=other.text, former=other.made_from, fuzzy=other.fuzzy or not keeps, remarks=other.remarks
    )


def _with_surveys(header: Mapping[str, str], surveys: str) -> dict[str, str]:
    """The header with the versions merged, in the place where the field stands or before the status."""
    found = {name: value for name, value in header.items() if name != STATUS}
    found[SURVEYS] = surveys
    return {**found, STATUS: header.get(STATUS, DRAFT)}


def confirmed(entry: Entry, text: str) -> Entry:
    """The entry with a translation that a person made from its English as it is now."""
    return replace(entry, text=text, former="", fuzzy=False)
