"""Each line of docs/threats.md names tests, and they are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAMED = re.compile(r"`(test_\w+)`")


def lines() -> list[str]:
    text = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.startswith("|")][2:]


def test_every_threat_names_a_test_and_every_test_is_there() -> None:
    written = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    there = set(re.findall(r"^def (test_\w+)", written, re.MULTILINE))
    assert len(lines()) > 20
    for line in lines():
        named = NAMED.findall(line)
        assert named, line
        assert set(named) <= there, line
