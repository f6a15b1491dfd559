"""Areas as data with dates: boroughs, health boards, the region. Nothing about a place stands in code."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from collector.errors import SettingsError

COLUMNS = ("code", "name", "type", "parent", "valid_from", "valid_to", "successor", "note")
CODE = re.compile(r"[A-Z0-9]{2,12}\Z")
OPEN_END = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Area:
    """One area while it was valid: an area that changes its parent has one row a time."""

    code: str
    name: str
    type: str
    parent: str
    valid_from: date
    valid_to: date
    successor: str
    note: str

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day <= self.valid_to


@dataclass(frozen=True)
class Areas:
    """The whole register."""

    rows: tuple[Area, ...]

    def on(self, day: date) -> dict[str, Area]:
        """Areas valid on a day, by code, in the register's order."""
        return {area.code: area for area in self.rows if area.valid_on(day)}

    def get(self, code: str, day: date) -> Area | None:
        """The area with a code on a day, or None."""
        return self.on(day).get(code)

    def ancestors(self, code: str, day: date) -> list[Area]:
        """Parents of an area on a day, nearest first. The parents that count are those at a period's end."""
        valid = self.on(day)
        found: list[Area] = []
        parent = valid[code].parent if code in valid else ""
        while parent in valid and valid[parent] not in found:
            found.append(valid[parent])
            parent = valid[parent].parent
        return found

    def top(self, day: date) -> Area:
        """The area that all others lie in; releases are named by it."""
        return next(area for area in self.on(day).values() if not area.parent)


def load(path: Path) -> Areas:
    """The register in a CSV file. Raises SettingsError naming file, line and what is wrong."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise SettingsError(f"{path.name}: the first line must be {','.join(COLUMNS)}.")
            rows = tuple(_area(row, f"{path.name}, line {reader.line_num}") for row in reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"The areas file {path} cannot be read: {error}.") from error
    _check(rows, path.name)
    return Areas(rows)


def _area(row: dict[str, str], where: str) -> Area:
    try:
        valid_from = date.fromisoformat(row["valid_from"])
        valid_to = date.fromisoformat(row["valid_to"]) if row["valid_to"] else OPEN_END
    except (ValueError, TypeError) as error:
        raise SettingsError(f"{where}: dates are written 2026-04-01.") from error
    if not CODE.match(row["code"]) or not row["name"].strip() or not row["type"].strip():
        raise SettingsError(f"{where}: code, name and type are needed; a code has capitals and digits only.")
    texts = {name: row[name].strip() for name in ("code", "name", "type", "parent", "successor", "note")}
    return Area(valid_from=valid_from, valid_to=valid_to, **texts)


def _check(rows: tuple[Area, ...], file: str) -> None:
    codes = {area.code for area in rows}
    for one in rows:
        for reference in (one.parent, one.successor):
            if reference and reference not in codes:
                raise SettingsError(f"{file}: {one.code} points to {reference}, which is not in the file.")
        for other in rows:
            if other is not one and other.code == one.code and other.valid_from <= one.valid_from <= other.valid_to:
                raise SettingsError(f"{file}: {one.code} has two rows for {one.valid_from}.")
    if len({area.code for area in rows if not area.parent}) != 1:
        raise SettingsError(f"{file}: exactly one area has no parent: the one that all others lie in.")
