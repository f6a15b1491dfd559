"""The promises of the first screen: each a sentence with the tests that enforce it. `forms/promises.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from collector.errors import SurveyError


@dataclass(frozen=True, slots=True)
class Promise:
    """One sentence, with a note for translators and the tests that fail when it is broken."""

    id: str
    text: str
    note: str
    enforced_by: tuple[str, ...]


def load(folder: Path) -> tuple[Promise, ...]:
    """The promises in a forms folder, in order. Raises SurveyError when the file is wrong."""
    path = folder / "promises.yaml"
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        promises = tuple(Promise(e["id"], e["text"], e["note"], tuple(e["enforced_by"])) for e in entries)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, KeyError) as error:
        raise SurveyError(f"{path} cannot be read: {error}. Compare it with the shipped one.") from error
    return promises


def as_data(promises: tuple[Promise, ...]) -> list[dict[str, str]]:
    """Ids and sentences, to freeze with a published version."""
    return [{"id": promise.id, "text": promise.text} for promise in promises]


def messages(promises: tuple[Promise, ...]) -> Iterator[tuple[str, str, str]]:
    """(msgctxt, English, note) of each promise."""
    for promise in promises:
        yield f"promise/{promise.id}", promise.text, promise.note
