"""The language registry: `translations/languages.yaml`, checked and frozen. Direction comes from the script."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml
from babel import localedata

from collector.errors import SettingsError

RIGHT_TO_LEFT = frozenset({"Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Rohg", "Adlm"})
SOURCE = "en"
AUDIO, MANIFEST = "audio", "manifest.csv"
"""Folder of recordings under translations/, and the list in each set of it."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language: how it is written and where its words come from. How far it is stands in its catalogue.

    `dates` is a pattern of days, or the name of one of its locale's. `order` is the list of languages to choose from as
    its readers look through it: their own and English first, the others by their alphabet, another language last.
    """

    tag: str
    native_name: str
    name: str
    script: str
    babel_locale: str
    catalogue: str = ""
    fallback: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    audio_set: str = ""
    dates: str = "long"
    order: tuple[str, ...] = ()

    @property
    def dir(self) -> str:
        return "rtl" if self.script in RIGHT_TO_LEFT else "ltr"

    @property
    def recordings(self) -> str:
        """The folder of its recordings."""
        return self.audio_set or self.tag


@dataclass(frozen=True)
class Registry:
    """All languages by tag, in the order of the file."""

    languages: dict[str, Language]

    def get(self, tag: str) -> Language | None:
        return self.languages.get(tag)

    def chain(self, tag: str) -> tuple[Language, ...]:
        """The language itself, then where its missing strings come from; English last."""
        language = self.languages[tag]
        tags = dict.fromkeys((tag, *language.fallback, SOURCE))
        return tuple(self.languages[t] for t in tags)


def load(folder: Path) -> Registry:
    """The registry in a translations folder. Raises SettingsError saying which entry is wrong."""
    path = folder / "languages.yaml"
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        languages = [_language(entry) for entry in entries]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, KeyError) as error:
        raise SettingsError(
            f"The language list {path} cannot be read: {error}. Compare it with the shipped one."
        ) from error
    found = {language.tag: language for language in languages}
    for language in languages:
        missing = [t for t in language.fallback if t not in found]
        if missing or len(found) != len(languages) or SOURCE not in found:
            raise SettingsError(
                f"{path.name}: {language.tag} falls back to an unknown language, or a tag stands twice."
            )
    return Registry(found)


def _language(entry: dict[str, object]) -> Language:
    values = {k: tuple(v) if isinstance(v, list) else str(v) for k, v in entry.items()}
    language = Language(**values)  # type: ignore[arg-type]
    if not localedata.exists(language.babel_locale):
        raise KeyError(f"{language.tag}: babel_locale {language.babel_locale!r} has no dates; name a neighbour's")
    return language
