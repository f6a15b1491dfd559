"""What is done to catalogues: bring up to date, take in a translator's file, sign. Files in, files out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from babel.messages.plurals import get_plural

from collector.errors import SettingsError
from collector.languages import check, coverage, exchange, merge, po, signing
from collector.languages.check import Rules
from collector.languages.faults import Fault
from collector.languages.meaning import Editions
from collector.languages.po import PoFile
from collector.languages.registry import SOURCE, Language, Registry

TEMPLATE = "messages.pot"
BREAKING = ("placeholder", "tag", "direction", "invisible")
"""Faults for which a translator's file is not taken in: pages could not be filled in or would be read wrongly."""


def path_of(folder: Path, language: Language) -> Path:
    """Where a language's catalogue stands."""
    return folder / language.catalogue / "messages.po"


def translated(registry: Registry) -> Iterator[Language]:
    """Languages that have a catalogue, or should have."""
    yield from (x for x in registry.languages.values() if x.catalogue and x.tag != SOURCE)


def one(registry: Registry, tag: str) -> Language:
    """The language to work on. Raises SettingsError when it has no catalogue."""
    found = {language.tag: language for language in translated(registry)}
    if tag not in found:
        raise SettingsError(f"{tag!r} has no catalogue. Use one of: {', '.join(found)}; or add it to languages.yaml.")
    return found[tag]


def catalogue(folder: Path, language: Language) -> PoFile:
    """A language's catalogue; an empty one when there is none yet."""
    path = path_of(folder, language)
    return po.read(path) if path.is_file() else merge.new(language, str(get_plural(language.babel_locale).plural_forms))


def update(folder: Path, registry: Registry, wanted: PoFile, known: Editions) -> dict[str, bool]:
    """Write the template and merge it into every catalogue; which files changed. Doing it twice changes nothing."""
    changed = {TEMPLATE: po.write(folder / TEMPLATE, wanted)}
    for language in translated(registry):
        merged = signing.refresh(merge.merge(catalogue(folder, language), wanted, known))
        changed[f"{language.catalogue}/messages.po"] = po.write(path_of(folder, language), merged)
    return changed


@dataclass(frozen=True)
class Taken:
    """What a translator's file changed, and what `check` says of it."""

    changed: tuple[str, ...]
    faults: tuple[Fault, ...]


def take(folder: Path, language: Language, rows: list[exchange.Row], rules: Rules) -> Taken:
    """Take in a translator's rows, all or none. Raises SettingsError when the source has moved on or pages would break."""
    held = catalogue(folder, language)
    new, changed = exchange.apply(held, rows)
    faults = [
        f for f in check.messages(new, f"{language.catalogue}/messages.po", language, rules) if f.context in changed
    ]
    breaking = [fault for fault in faults if fault.kind in BREAKING]
    if breaking:
        raise SettingsError(f"Nothing is taken in. {breaking[0]} ({len(breaking)} such faults.)")
    po.write(path_of(folder, language), signing.refresh(new))
    return Taken(tuple(changed), tuple(faults))


def sign(
    folder: Path, language: Language, template: PoFile, rules: Rules, name: str, role: str, day: date
) -> list[signing.Signature]:
    """Add a person's signature; all that hold. Raises SettingsError when the translation is not whole or has faults."""
    file = catalogue(folder, language)
    faults = check.catalogue(folder, language, template, rules)
    faults = [fault for fault in faults if fault.kind not in ("unsigned", "not_live")]
    missing = [
        f"{len(contexts)} of {gate}" for gate, contexts in coverage.cover(file, template).missing.items() if contexts
    ]
    if missing:
        raise SettingsError(f"{language.tag} cannot be signed yet: not translated are {', '.join(missing)}.")
    if faults:
        raise SettingsError(f"{language.tag} cannot be signed yet. {faults[0]} ({len(faults)} faults in all.)")
    signed = signing.sign(file, name, role, day)
    po.write(path_of(folder, language), signed)
    return signing.valid(signed)
