"""The words of one language, with fallback per string: each piece carries the language it is really in."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from babel.core import Locale
from babel.dates import format_date
from markupsafe import Markup, escape

from collector.languages import coverage, meaning, po, signing
from collector.languages.meaning import Editions
from collector.languages.po import FORMS, Entry, Plural, PoFile
from collector.languages.registry import AUDIO, MANIFEST, SOURCE, Language, Registry

Messages = Mapping[str, tuple[Entry, ...]]
"""message context -> its translations; more than one when two accepted versions of a survey word it differently"""

TEMPLATE = "messages.pot"
GROUPS = re.compile(r"(?<=\d) (?=\d)")
"""The space inside a telephone number: kept from breaking, and from turning 116 123 into 123 116 between Arabic letters."""

HEAD = 4096
"""Bytes at the beginning of a catalogue in which its header stands."""


@dataclass(frozen=True)
class Words:
    """What pages ask for text. `chain` are the languages to look in, with their messages; English is last."""

    language: Language
    chain: tuple[tuple[Language, Messages], ...]
    revision: str
    draft: bool = False
    editions: Editions = field(default_factory=dict, repr=False)
    plurals: Mapping[str, Plural] = field(default_factory=dict, repr=False)

    @property
    def tag(self) -> str:
        return self.language.tag

    @property
    def dir(self) -> str:
        return self.language.dir

    @property
    def native_name(self) -> str:
        return self.language.native_name

    def find(self, context: str, english: str) -> tuple[str, Language | None]:
        """The text for a message and the language it is in; None stands for the page's own language."""
        for language, messages in self.chain:
            for entry in messages.get(context, ()):
                if entry.source == english or self._same(entry, english):
                    return entry.text, None if language is self.language else language
        return english, None if self.language.tag == SOURCE else self.chain[-1][0]

    def _same(self, entry: Entry, english: str) -> bool:
        return meaning.means_the_same(self.editions, entry.context, entry.made_from, english)

    def text(self, context: str, english: str, **values: object) -> Markup:
        """Safe HTML: a piece that is not in the page's language says so with its own lang and dir."""
        words, language = self.find(context, english)
        filled = _fill(words, values)
        return filled if language is None else _marked(filled, language)

    def plain(self, context: str, english: str, **values: object) -> str:
        """The same without marks, for titles and attributes. Values are filled in as they are."""
        words, _ = self.find(context, english)
        return words % values if values else words

    def counted(self, context: str, one: str, many: str, number: int, **values: object) -> Markup:
        """A sentence that counts something: `text` in the form that the language has for this number, filled in as `n`."""
        words, language = self.find(context, f"{one}{FORMS}{many}")
        forms = words.split(FORMS)
        rule = self.plurals.get((language or self.language).tag, po.english_form)
        filled = _fill(forms[min(rule(number), len(forms) - 1)], {"n": number, **values})
        return filled if language is None else _marked(filled, language)

    def date(self, day: date) -> str:
        """A day as the language writes it, with Latin digits."""
        return format_date(day, format=self.language.dates, locale=Locale.parse(self.language.babel_locale))


def _fill(words: str, values: Mapping[str, object]) -> Markup:
    return escape(words) % values if values else escape(words)


def _marked(filled: Markup, language: Language) -> Markup:
    return Markup('<span class="other" lang="%s" dir="%s">%s</span>') % (language.tag, language.dir, filled)


def isolate(text: str) -> Markup:
    """A name inside a sentence, kept from turning the sentence's direction."""
    return Markup("<bdi>%s</bdi>") % text


@dataclass(frozen=True)
class Loaded:
    """One catalogue in memory: its messages by context, a hash of the file, and whether people have signed it."""

    messages: Messages
    revision: str
    signed: bool
    plural: Plural = po.english_form


ENGLISH = Loaded({}, "", signed=True)
EMPTY = Loaded({}, "", signed=False)


class Catalogues:
    """Loads each language's messages when first asked for, and keeps them."""

    def __init__(self, registry: Registry, folder: Path) -> None:
        self.registry = registry
        self.folder = folder
        self._loaded: dict[str, Loaded] = {}
        self._words: dict[str, Words] = {}
        self._offered: dict[str, tuple[Language, ...]] = {}
        self._editions: Editions = {}

    def words(self, tag: str) -> Words:
        """The words of a known language. Raises KeyError for an unknown tag."""
        found = self._words.get(tag)
        return found or self._words.setdefault(tag, self._make(tag))

    def _make(self, tag: str) -> Words:
        loaded = [(language, self._load(language)) for language in self.registry.chain(tag)]
        read_in = next(have for language, have in loaded if language.catalogue or language.tag == SOURCE)
        revisions = "".join(have.revision for _, have in loaded)
        return Words(
            language=self.registry.languages[tag],
            chain=tuple((language, have.messages) for language, have in loaded),
            revision=hashlib.sha256(revisions.encode()).hexdigest()[:12],
            draft=not read_in.signed,
            editions=self._editions,
            plurals={language.tag: have.plural for language, have in loaded},
        )

    def follow(self, editions: Editions) -> None:
        """Take notice of what the published versions say, so that a mended typo keeps its translations."""
        if editions != self._editions:
            self._editions = editions
            self._words = {}

    def offered(self, draft_languages: str) -> tuple[Language, ...]:
        """Languages that a respondent may pick: all of them, or only those that are live."""
        found = self._offered.get(draft_languages)
        return found or self._offered.setdefault(draft_languages, tuple(self._offer(draft_languages)))

    def _offer(self, draft_languages: str) -> Iterator[Language]:
        for language in self.registry.languages.values():
            written = language.tag == SOURCE or self._written(language)
            if (written or self._spoken(language)) and (draft_languages == "all" or self.live(language)):
                yield language

    def says(self, language: Language, place: str) -> bool:
        """True when a language has all the words of one of coverage.PLACES, such as the poster, in its own catalogue."""
        if language.tag == SOURCE or self._template is None:
            return language.tag == SOURCE
        held = self._load(language).messages if self._written(language) else {}
        wanted = [one for one in self._template.entries if one.context.startswith(coverage.PLACES[place])]
        return all(any(have.source == one.source for have in held.get(one.context, ())) for one in wanted)

    def _written(self, language: Language) -> bool:
        """A language that was entered in the registry waits for its file."""
        return bool(language.catalogue) and self._path(language).is_file()

    def _spoken(self, language: Language) -> bool:
        """A language without a catalogue is offered when people can hear it."""
        return (self.folder / AUDIO / language.recordings / MANIFEST).is_file()

    def live(self, language: Language) -> bool:
        """True for a language that people have signed and of which all that matters is translated."""
        if language.tag == SOURCE:
            return True
        path = self._path(language)
        if not language.catalogue or not _says_signed(path):
            return False
        return not coverage.reasons(po.read(path), self._template)

    @cached_property
    def _template(self) -> PoFile | None:
        """All that is said, as `collector languages update` wrote it down."""
        path = self.folder / TEMPLATE
        return po.read(path) if path.is_file() else None

    def _path(self, language: Language) -> Path:
        return self.folder / language.catalogue / "messages.po"

    def _load(self, language: Language) -> Loaded:
        if language.tag == SOURCE or not language.catalogue:
            return ENGLISH
        if not self._written(language):
            return EMPTY
        found = self._loaded.get(language.tag)
        return found or self._loaded.setdefault(language.tag, load(self._path(language)))


def load(path: Path) -> Loaded:
    """A catalogue for pages: only what they may show. Raises SettingsError when the file cannot be read."""
    file = po.read(path)
    return Loaded(
        messages(file), hashlib.sha256(path.read_bytes()).hexdigest(), signing.signed(file), po.plural_rule(file)
    )


def messages(file: PoFile) -> Messages:
    """What pages may show of a catalogue, by context: broken, set-aside and empty messages are left out."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in file.entries:
        if coverage.usable(entry):
            found[entry.context].append(replace(entry, text=GROUPS.sub("\u00a0", entry.text)))
    return {context: tuple(entries) for context, entries in found.items()}


def _says_signed(path: Path) -> bool:
    """A quick look at the header, so that drafts are never read in full."""
    try:
        with path.open("rb") as file:
            return signing.FIELD.encode() in file.read(HEAD)
    except OSError:
        return False
