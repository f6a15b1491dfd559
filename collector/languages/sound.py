"""Recordings by people of the community: `audio/<set>/<code>.opus` or `.mp3`, with the version of the text they speak.

A recording of an older text is not offered. `manifest.csv` beside the files says for each code which text was read.
"""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from collector.errors import SettingsError
from collector.languages.catalogue import Words
from collector.languages.registry import AUDIO, MANIFEST, Language
from collector.survey.definition import OptionSet, Question, Survey
from collector.survey.words import SPECIAL_LABELS

COLUMNS = ("code", "text", "voice")
KINDS = {".opus": "audio/ogg; codecs=opus", ".mp3": "audio/mpeg"}
"""File endings with their types, in the order in which browsers are offered them."""

Spoken = Sequence[tuple[str, str]]
"""What one recording says: contexts with their English, in the order in which they are read out."""


@dataclass(frozen=True)
class Sound:
    """One file: where it stands, what it is, and a hash of its bytes for its address."""

    path: Path
    kind: str

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.path.read_bytes()).hexdigest()[:16]


@dataclass(frozen=True)
class Recording:
    """What a set has for one code: the version of the text read, who read it, and the files."""

    code: str
    text: str
    voice: str
    sounds: tuple[Sound, ...]


def of_question(question: Question) -> Spoken:
    """A question with its hint."""
    hint = [(f"{question.code}/hint", question.hint_msgid)] if question.hint_msgid else []
    return [(question.code, question.msgid), *hint]


def of_options(option_set: OptionSet) -> Spoken:
    """The answers of an option set, then the special ones."""
    options = [(f"{option_set.code}/{option.code}", option.label) for option in option_set.options]
    return [*options, *((f"special/{code}", SPECIAL_LABELS[code]) for code in option_set.special)]


def wanted(survey: Survey, promises: Iterable[tuple[str, str, str]]) -> dict[str, Spoken]:
    """Everything that can be read out, by code."""
    sets = {q.option_set.code: q.option_set for q in survey.asked if q.option_set}
    return {
        **{context: [(context, english)] for context, english, _ in promises},
        **{question.code: of_question(question) for question in survey.asked},
        **{code: of_options(option_set) for code, option_set in sets.items()},
    }


def read_out(words: Words, spoken: Spoken) -> str:
    """The text that a recording has to speak."""
    return "\n".join(words.plain(context, english) for context, english in spoken)


def version(text: str) -> str:
    """The version of a text: it changes when a letter does."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Recordings:
    """The recordings of every language, read when first asked for and kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / AUDIO
        self._sets: dict[str, dict[str, Recording]] = {}

    def fresh(self, words: Words, code: str, spoken: Spoken) -> Recording | None:
        """The recording for a code, if it speaks the text as it is now."""
        found = self.all(words.language).get(code)
        return found if found and found.text == version(read_out(words, spoken)) else None

    def all(self, language: Language) -> dict[str, Recording]:
        """Every recording of a language by code, fresh or not."""
        name = language.recordings
        if name not in self._sets:
            self._sets[name] = {r.code: r for r in read(self._folder / name)}
        return self._sets[name]


def file_name(code: str) -> str:
    """A code as the name of a file: a promise's code has a slash."""
    return code.replace("/", ".")


def read(folder: Path) -> list[Recording]:
    """The recordings of a folder; none without a manifest. Raises SettingsError when that cannot be read."""
    try:
        with (folder / MANIFEST).open(encoding="utf-8-sig", newline="") as lines:
            rows = [(row["code"], row["text"], row["voice"]) for row in csv.DictReader(lines)]
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError, csv.Error, KeyError) as error:
        raise SettingsError(
            f"{folder / MANIFEST} cannot be read: {error}. Its columns are {', '.join(COLUMNS)}."
        ) from error
    return [Recording(code, text, voice, tuple(_sounds(folder, code))) for code, text, voice in rows]


def _sounds(folder: Path, code: str) -> list[Sound]:
    found = [Sound(folder / (file_name(code) + ending), kind) for ending, kind in KINDS.items()]
    return [sound for sound in found if sound.path.is_file()]


def take(folder: Path, words: Words, code: str, spoken: Spoken, source: Path, voice: str) -> Path:
    """Put a recording in its place and note which text it speaks. Raises SettingsError for another kind of file."""
    if source.suffix not in KINDS:
        raise SettingsError(f"{source.name}: recordings are {' or '.join(KINDS)} files.")
    home = folder / AUDIO / words.language.recordings
    home.mkdir(parents=True, exist_ok=True)
    target = home / (file_name(code) + source.suffix)
    shutil.copyfile(source, target)
    now = Recording(code, version(read_out(words, spoken)), voice, ())
    others = [r for r in read(home) if r.code != code]
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows((r.code, r.text, r.voice) for r in sorted((*others, now), key=lambda r: r.code))
    (home / MANIFEST).write_text(out.getvalue(), encoding="utf-8")
    return target
