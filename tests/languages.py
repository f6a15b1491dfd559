"""Small translations folders for tests: a registry of four languages and catalogues written in the test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from collector.languages import merge, po, registry
from collector.languages.po import Entry, PoFile
from collector.languages.registry import Language

REGISTRY = """
- {tag: en, native_name: English, name: English, script: Latn, babel_locale: en_GB}
- {tag: ro, native_name: română, name: Romanian, script: Latn, babel_locale: ro, catalogue: ro}
- {tag: ur, native_name: اردو, name: Urdu, script: Arab, babel_locale: ur, catalogue: ur}
- {tag: phr, native_name: پہاڑی, name: Pahari, script: Arab, babel_locale: ur, fallback: [ur], audio_set: phr}
"""
ROMANIAN = Language("ro", "română", "Romanian", "Latn", "ro", "ro")


def folder(path: Path, **catalogues: Iterable[Entry]) -> Path:
    """A translations folder with these catalogues."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "languages.yaml").write_text(REGISTRY, encoding="utf-8")
    known = registry.load(path)
    for tag, entries in catalogues.items():
        po.write(path / tag / "messages.po", catalogue(known.languages[tag], entries))
    return path


def catalogue(language: Language, entries: Iterable[Entry]) -> PoFile:
    """A catalogue with a header as the program writes it."""
    empty = merge.new(language, "nplurals=2; plural=(n != 1);")
    return PoFile(empty.header, tuple(entries))


def template(messages: Sequence[tuple[str, str]], surveys: str = "") -> PoFile:
    """A template of (context, English) pairs."""
    return merge.template([(context, english, "note") for context, english in messages], surveys)


def texts(file: PoFile) -> dict[str, tuple[str, str, bool]]:
    """context -> (translation, former source, set aside)"""
    return {entry.context: (entry.text, entry.former, entry.fuzzy) for entry in file.entries}
