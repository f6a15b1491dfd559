"""What a web process notices about a proxy in front, for `doctor`, which is another process."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

NOTED = "proxy-seen"
REMEMBERED = timedelta(days=7)


def note_proxy(data: Path, header: str, today: date) -> None:
    """Write down that a request came with a header that only a proxy sets: the day and its name, nothing of the sender."""
    with suppress(OSError):
        descriptor = os.open(data / NOTED, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as out:
            out.write(f"{today.isoformat()} {header}\n")


def proxy_seen(data: Path, today: date) -> str:
    """The header noted within the last days; empty without any."""
    try:
        day, _, header = (data / NOTED).read_text(encoding="utf-8").strip().partition(" ")
        return header if today - date.fromisoformat(day) <= REMEMBERED else ""
    except (OSError, ValueError):
        return ""
