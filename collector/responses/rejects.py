"""The report of an import: rows that were not stored, with line and reason, for their owner's eyes only."""

from __future__ import annotations

import csv
import os
from codecs import BOM_UTF8
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from collector.errors import ImportRefusedError
from collector.responses.columns import REPORTED
from collector.responses.rows import ROW_REASONS, Rejected

BEGINNING = ",".join(REPORTED).encode() + b","


def path_for(file: Path) -> Path:
    """Where the report of a file stands unless somebody says otherwise: beside it."""
    return file.with_name(file.name + ".rejected.csv")


class Report:
    """An open report. It is there before the first row is stored, and goes when there was nothing to say."""

    def __init__(self, path: Path, file: Path, names: tuple[str, ...], *, marked: bool) -> None:
        self.path = path.resolve()
        _refuse_other(self.path, file)
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            os.fchmod(descriptor, 0o600)
        except OSError as error:
            raise ImportRefusedError(
                f"{self.path} cannot be written ({error.strerror}), and rejected rows would be lost. Nothing was stored. "
                "Name another file for them: --rejected FILE.",
            ) from error
        _give_to_owner(descriptor, file)
        encoding = "utf-8-sig" if marked else "utf-8"
        self._out = os.fdopen(descriptor, "w", encoding=encoding, errors="surrogateescape", newline="")
        self._names = names
        self._skip = len(REPORTED) if names[: len(REPORTED)] == REPORTED else 0
        self._rows = 0

    def add(self, bad: Iterable[Rejected]) -> None:
        """Write down rows, and be sure that they are written."""
        writer: Any = csv.writer(self._out)
        for entry in bad:
            if not self._rows:
                writer.writerow([*REPORTED, *self._names[self._skip :]])
            writer.writerow([entry.line, f"{ROW_REASONS[entry.reason]} ({entry.detail})", *entry.cells[self._skip :]])
            self._rows += 1
        self._out.flush()

    def close(self) -> None:
        """Close the file; one without rows goes."""
        with suppress(OSError):  # a full disk: what was flushed is there
            self._out.close()
        if not self._rows:
            self.path.unlink(missing_ok=True)


def _refuse_other(path: Path, file: Path) -> None:
    """Raise ImportRefusedError rather than write over a file that is no report."""
    if path == file.resolve() or (path.exists() and not (path.is_file() and _is_report(path))):
        raise ImportRefusedError(
            f"{path} is there already and is no report of an import. Name another: --rejected FILE."
        )


def _is_report(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(BOM_UTF8) + len(BEGINNING)).removeprefix(BOM_UTF8)[: len(BEGINNING)] in (
                BEGINNING,
                b"",
            )
    except OSError:
        return True  # whether it can be written is found out next


def _give_to_owner(descriptor: int, file: Path) -> None:
    """A command run by root leaves the report to whoever owns the file."""
    if os.geteuid() == 0:
        owner = file.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
