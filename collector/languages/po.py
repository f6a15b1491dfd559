"""Catalogue files (.po): read with Babel, written by us, as Babel drops the former source and adds today's date."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from gettext import c2py
from pathlib import Path
from textwrap import TextWrapper

from babel.messages.catalog import Message
from babel.messages.pofile import PoFileError, normalize, read_po, unescape

from collector import files
from collector.errors import SettingsError

HEADER = re.compile(r'\A(?:#.*\n)*msgid ""\nmsgstr ""\n((?:".*"\n)+)')
PLACEHOLDER = re.compile(r"%(?:\((\w*)\)([a-zA-Z])?|(.?))")
FORMS = "\n"
"""Between the forms of a counted sentence: English has two ("%(n)s question", "%(n)s questions"), others one to six.
Everywhere but in the file they stand in one text, a form a line; no other text has lines."""
PLURAL = re.compile(r"nplurals\s*=\s*(\d)\s*;\s*plural\s*=\s*([^;]+)")
Plural = Callable[[int], int]
"""Which form a language takes for a number."""

COMMENTS = TextWrapper(width=76, break_long_words=False, break_on_hyphens=True)


@dataclass(frozen=True, slots=True)
class Entry:
    """One message. `former` is the English that the translation was made from, when the source has moved on."""

    context: str
    source: str
    text: str = ""
    former: str = ""
    fuzzy: bool = False
    note: str = ""
    remarks: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)

    @property
    def used(self) -> bool:
        """True when pages may show it: translated, and not set aside because its source changed."""
        return bool(self.text) and not self.fuzzy

    @property
    def stale(self) -> bool:
        """True when the translation was made from another English text."""
        return bool(self.text) and (self.fuzzy or bool(self.former))

    @property
    def made_from(self) -> str:
        """The English text that was translated."""
        return self.former or self.source

    @property
    def whole(self) -> bool:
        """True when the translation can be filled in: the same placeholders as the English."""
        return placeholders(self.text) == placeholders(self.source)


@dataclass(frozen=True)
class PoFile:
    """A catalogue: header fields, messages in their order, and translations that no page needs any more."""

    header: Mapping[str, str]
    entries: tuple[Entry, ...] = ()
    obsolete: tuple[Entry, ...] = ()


def english_form(number: int) -> int:
    """Which form English takes."""
    return int(number != 1)


def plural_rule(file: PoFile) -> Plural:
    """Which form a catalogue's language takes, by its header."""
    found = PLURAL.search(file.header.get("Plural-Forms", ""))
    return c2py(found[2]) if found else english_form


def forms_wanted(file: PoFile) -> int:
    """How many forms a catalogue's language has."""
    found = PLURAL.search(file.header.get("Plural-Forms", ""))
    return int(found[1]) if found else 2


def placeholders(text: str) -> frozenset[str]:
    """What a text asks to have filled in: %(name)s. A broken one stands as it is, so that it is seen to differ."""
    if "%(" not in text:
        return frozenset()
    return frozenset(match[0] for match in PLACEHOLDER.finditer(text) if match[0] != "%%")


def read(path: Path) -> PoFile:
    """A catalogue file. Raises SettingsError when it cannot be read."""
    try:
        content = path.read_text(encoding="utf-8")
        with path.open("rb") as lines:
            catalogue = read_po(lines, abort_invalid=True)
    except (OSError, PoFileError, ValueError) as error:
        raise SettingsError(f"The translations in {path} cannot be read: {error}. Mend or restore the file.") from error
    entries = tuple(_entry(message) for message in catalogue if message.context)
    obsolete = tuple(_entry(message) for message in catalogue.obsolete.values() if message.context)
    return PoFile(_header(content), entries, obsolete)


def _entry(message: Message) -> Entry:
    comments = message.user_comments
    return Entry(
        context=str(message.context),
        source=_joined(message.id),
        text=_joined(message.string).rstrip(FORMS),
        former=_former(comments),
        fuzzy=bool(message.fuzzy),
        note=" ".join(message.auto_comments),
        remarks=tuple(comment for comment in comments if not comment.startswith("|")),
        line=message.lineno or 0,
    )


def _joined(text: object) -> str:
    """A text, or the forms of a counted one, as one."""
    return FORMS.join(map(str, text)) if isinstance(text, list | tuple) else str(text or "")


def _former(comments: list[str]) -> str:
    """The former source out of `#| msgid "…"`, which Babel reads as a comment; it may run over several lines."""
    found, inside = "", False
    for comment in comments:
        body = comment.removeprefix("|").strip()
        if not comment.startswith("|") or body.startswith("msgctxt"):
            inside = False
            continue
        if body.startswith("msgid "):
            found, inside, body = "", True, body.removeprefix("msgid ")
        if inside and body.startswith('"'):
            found += unescape(body)
    return found


def _header(content: str) -> dict[str, str]:
    match = HEADER.match(content.replace("\r\n", "\n"))
    lines = "".join(unescape(line) for line in match[1].splitlines()) if match else ""
    pairs = (line.partition(":") for line in lines.splitlines() if ":" in line)
    return {name.strip(): value.strip() for name, _, value in pairs}


def write(path: Path, file: PoFile) -> bool:
    """Write a catalogue; False when it stood there already, byte for byte."""
    content = as_text(file)
    if path.is_file() and path.read_text(encoding="utf-8") == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    files.replace(path, content.encode(), files.SHARED)
    return True


def as_text(file: PoFile) -> str:
    """A catalogue as .po text: no dates, no line numbers, nothing that changes by itself."""
    blocks = ["\n".join(_header_lines(file.header))]
    blocks += ["\n".join(_lines(entry)) for entry in file.entries]
    blocks += ["\n".join(f"#~ {line}" for line in _message(entry)) for entry in file.obsolete]
    return "\n\n".join(blocks) + "\n"


def _header_lines(header: Mapping[str, str]) -> Iterator[str]:
    yield 'msgid ""'
    yield 'msgstr ""'
    for name, value in header.items():
        yield normalize(f"{name}: {value}\n", width=0)


def _lines(entry: Entry) -> Iterator[str]:
    yield from (f"# {remark}" for remark in entry.remarks)
    yield from (f"#. {line}" for line in COMMENTS.wrap(entry.note))
    flags = [name for name, on in (("fuzzy", entry.fuzzy), ("python-format", "%(" in entry.source)) if on]
    if flags:
        yield f"#, {', '.join(flags)}"
    if entry.former:
        yield from (f"#| {line}" for line in f"msgid {normalize(entry.former, width=0)}".splitlines())
    yield from _message(entry)


def _message(entry: Entry) -> Iterator[str]:
    yield f"msgctxt {normalize(entry.context, width=0)}"
    if FORMS not in entry.source:
        yield f"msgid {normalize(entry.source, width=0)}"
        yield f"msgstr {normalize(entry.text, width=0)}"
        return
    one, many = entry.source.split(FORMS)
    yield f"msgid {normalize(one, width=0)}"
    yield f"msgid_plural {normalize(many, width=0)}"
    for number, form in enumerate(entry.text.split(FORMS)):
        yield f"msgstr[{number}] {normalize(form, width=0)}"
