"""The words of one language, with fallback per string: each piece carries the language it is really in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from babel.core import Locale
from babel.dates import format_date
from babel.messages.pofile import PoFileError, read_po
from markupsafe import Markup, escape

from collector.errors import SettingsError
from collector.languages.registry import Language, Registry

Messages = Mapping[str, tuple[str, str]]
"""message context -> (English source it was translated from, translation)"""


@dataclass(frozen=True)
class Words:
    """What pages ask for text. `chain` are the languages to look in, with their messages; English is last."""

    language: Language
    chain: tuple[tuple[Language, Messages], ...]
    revision: str

    @property
    def tag(self) -> str:
        return self.language.tag

    @property
    def dir(self) -> str:
        return self.language.dir

    @property
    def draft(self) -> bool:
        return self.language.draft

    @property
    def native_name(self) -> str:
        return self.language.native_name

    def find(self, context: str, english: str) -> tuple[str, Language | None]:
        """The text for a message and the language it is in; None stands for the page's own language."""
        for language, messages in self.chain:
            entry = messages.get(context)
            if entry and entry[0] == english:
                return entry[1], None if language is self.language else language
        return english, None if self.language.tag == "en" else self.chain[-1][0]

    def text(self, context: str, english: str, **values: object) -> Markup:
        """Safe HTML: a piece that is not in the page's language says so with its own lang and dir."""
        words, language = self.find(context, english)
        filled = _fill(words, values)
        if language is None:
            return filled
        return Markup('<span class="other" lang="%s" dir="%s">%s</span>') % (language.tag, language.dir, filled)

    def plain(self, context: str, english: str, **values: object) -> str:
        """The same without marks, for titles and attributes. Values are filled in as they are."""
        words, _ = self.find(context, english)
        return words % values if values else words

    def date(self, day: date) -> str:
        """A day as the language writes it, with Latin digits."""
        return format_date(day, format="long", locale=Locale.parse(self.language.babel_locale))


def _fill(words: str, values: Mapping[str, object]) -> Markup:
    return escape(words) % values if values else escape(words)


def isolate(text: str) -> Markup:
    """A name inside a sentence, kept from turning the sentence's direction."""
    return Markup("<bdi>%s</bdi>") % text


class Catalogues:
    """Loads each language's messages when first asked for, and keeps them."""

    def __init__(self, registry: Registry, folder: Path) -> None:
        self.registry = registry
        self._folder = folder
        self._loaded: dict[str, tuple[Messages, str]] = {}
        self._words: dict[str, Words] = {}

    def words(self, tag: str) -> Words:
        """The words of an offered language. Raises KeyError for an unknown tag."""
        if tag not in self._words:
            chain = tuple((language, self._messages(language)[0]) for language in self.registry.chain(tag))
            revisions = "".join(self._messages(language)[1] for language, _ in chain)
            revision = hashlib.sha256(revisions.encode()).hexdigest()[:12]
            self._words[tag] = Words(self.registry.languages[tag], chain, revision)
        return self._words[tag]

    def _messages(self, language: Language) -> tuple[Messages, str]:
        if not language.catalogue:
            return {}, ""
        if language.tag not in self._loaded:
            self._loaded[language.tag] = read_messages(self._folder / language.catalogue / "messages.po")
        return self._loaded[language.tag]


def read_messages(path: Path) -> tuple[Messages, str]:
    """Messages of a .po file by context, fuzzy and empty ones left out; and the hash of the file."""
    try:
        content = path.read_bytes()
        with path.open("rb") as lines:
            catalogue = read_po(lines, abort_invalid=True)
    except (OSError, PoFileError, ValueError) as error:
        raise SettingsError(f"The translations in {path} cannot be read: {error}. Mend or restore the file.") from error
    found = {
        str(message.context): (str(message.id), str(message.string))
        for message in catalogue
        if message.context and message.string and not message.fuzzy
    }
    return found, hashlib.sha256(content).hexdigest()
