"""What a host says of itself in the languages that people read: in the TOML, `lawful_basis.bn` beside `lawful_basis`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

FACTS = ("funder", "controller", "contact", "lawful_basis", "last_change", "local_help")
"""Settings that may be given in several languages. Without a tag they are in English."""
PLAIN = "en"
KEY = re.compile(rf"({'|'.join(FACTS)})\.([A-Za-z]{{2,3}}(?:-[A-Za-z0-9]+)*)")
LINE = re.compile(rf"^{KEY.pattern}(?=\s*=)", re.M)


def quoted(toml: str) -> str:
    """TOML in which `lawful_basis.bn` may stand beside `lawful_basis`: as it is, the one forbids the other."""
    return LINE.sub(r'"\1.\2"', toml)


def flat(found: Mapping[str, Any]) -> dict[str, Any]:
    """What a TOML file holds, each line of a table as a key of its own; a fact in English is the fact itself."""
    rows: dict[str, Any] = {}
    for name, value in found.items():
        rows |= {f"{name}.{tag}": text for tag, text in value.items()} if isinstance(value, dict) else {name: value}
    return {key.removesuffix(f".{PLAIN}") if is_fact(key) else key: value for key, value in rows.items()}


def is_fact(key: str) -> bool:
    """True for a fact in a language, such as `lawful_basis.bn`."""
    return KEY.fullmatch(key) is not None
