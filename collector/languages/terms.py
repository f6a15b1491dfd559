"""Agreed words: `translations/terms.csv`, one word a language for each key term; words that are not to be used; notes."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from collector.errors import SettingsError

TERMS, FORBIDDEN, NOTES = "terms.csv", "forbidden.csv", "notes.csv"
BETWEEN = " / "
FILLED_IN = re.compile(r"%\(\w+\)s")
HEAD = ("term", "note")


@dataclass(frozen=True)
class Term:
    """An English term, what is meant, and for each language the agreed word with its other forms."""

    english: tuple[str, ...]
    note: str
    agreed: dict[str, tuple[str, ...]]

    def asked_in(self, english: str) -> bool:
        """True when a source text uses the term, in one of its forms, as a word of its own that people read."""
        said = FILLED_IN.sub(" ", english)
        return any(re.search(rf"\b{re.escape(form)}\b", said, re.IGNORECASE) for form in self.english)

    def kept_in(self, text: str, tag: str) -> bool:
        """True when a translation uses the agreed word in one of its forms, or none is agreed."""
        forms = self.agreed.get(tag)
        return not forms or any(form.casefold() in text.casefold() for form in forms)


@dataclass(frozen=True, slots=True)
class Forbidden:
    """A word that is not to be used in a language, and why."""

    tag: str
    word: str
    why: str


def load(folder: Path) -> tuple[Term, ...]:
    """The agreed words. A cell holds the word, then other forms or beginnings, each after a slash."""
    return tuple(_term(row) for row in _rows(folder / TERMS))


def _term(row: dict[str, str]) -> Term:
    agreed = {tag: _forms(cell) for tag, cell in row.items() if tag not in HEAD and cell}
    return Term(_forms(row["term"]), row["note"], agreed)


def _forms(cell: str) -> tuple[str, ...]:
    return tuple(form.strip() for form in cell.split(BETWEEN))


def forbidden(folder: Path) -> tuple[Forbidden, ...]:
    """Words not to be used, with the reason."""
    return tuple(Forbidden(row["language"], row["word"], row["why"]) for row in _rows(folder / FORBIDDEN))


def notes(folder: Path) -> dict[str, str]:
    """What translators are told of a message beyond what its survey says, by context."""
    return {row["context"]: row["note"] for row in _rows(folder / NOTES)}


def _rows(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file; a folder without one has none. Raises SettingsError when it cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = [{k: (v or "").strip() for k, v in row.items() if k} for row in csv.DictReader(lines)]
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"{path} cannot be read: {error}. Compare it with the shipped one.") from error
    return rows
