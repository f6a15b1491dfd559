"""Which addresses stand on posters that were printed, and until when: a sheet on a wall does not change with a setting."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

NOTED = "printed"
EXAMPLE = re.compile(r"(^|\.)example\.(org|com|net)$")


def leads_nowhere(address: str) -> str:
    """Why no phone could open what stands on paper, as the end of a sentence; empty when one can."""
    name = urlsplit(address).hostname or ""
    if not name:
        return "is not set"
    if name in ("localhost", "::1") or name.startswith("127."):
        return "leads to this machine only"
    return f"is an example ({name})" if EXAMPLE.search(name) else ""


def note_printed(data: Path, address: str, today: date) -> None:
    """Write down that a sheet with this address was made: once a day for each address."""
    known = printed(data)
    if not address or known.get(address) == today:
        return
    part = data / f".{NOTED}.{os.getpid()}.part"
    with suppress(OSError):  # a full disk keeps nobody from printing
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.writelines(f"{day.isoformat()} {one}\n" for one, day in {**known, address: today}.items())
        part.replace(data / NOTED)


def printed(data: Path) -> dict[str, date]:
    """Each address that was printed, and the last day of it."""
    with suppress(OSError, ValueError):
        lines = (data / NOTED).read_text(encoding="utf-8").splitlines()
        return {address: date.fromisoformat(day) for day, _, address in (line.partition(" ") for line in lines)}
    return {}
