"""Which offered language suits a phone best: likely subtags, script before region, never a needless jump to English."""

from __future__ import annotations

import re
from collections.abc import Sequence

from babel.core import get_global

from collector.languages.registry import SOURCE, Language, Registry

TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z")
MAX_HEADER = 500
Full = tuple[str, str, str]


def best(header: str, offered: Sequence[Language], registry: Registry, first: Sequence[str] = ()) -> Language:
    """The language to show for an Accept-Language header.

    With no match it is the first of `first` (the venue's own) that is offered, else English.
    """
    for tag in wanted(header):
        found = _match(tag, offered, registry)
        if found:
            return found
    by_tag = {language.tag: language for language in offered}
    return next((by_tag[tag] for tag in (*first, SOURCE) if tag in by_tag), offered[0])


def wanted(header: str) -> list[str]:
    """Tags of an Accept-Language header, most wanted first; refused (q=0) and malformed ones left out."""
    weighed: list[tuple[float, int, str]] = []
    for position, piece in enumerate(header[:MAX_HEADER].split(",")):
        tag, _, rest = piece.strip().partition(";")
        tag = tag.strip()
        quality = _quality(rest)
        if TAG.match(tag) and quality > 0:
            weighed.append((-quality, position, tag))
    return [tag for _, _, tag in sorted(weighed)]


def _quality(rest: str) -> float:
    name, _, value = rest.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    return float(value) if re.fullmatch(r"[01](\.\d{0,3})?", value.strip()) else 0.0


def _match(tag: str, offered: Sequence[Language], registry: Registry) -> Language | None:
    for candidate in (tag, *_neighbours(tag, registry)):
        language, script, region = full(candidate)
        same = [o for o in offered if full(o.tag)[:2] == (language, script)]
        if same:
            return next((o for o in same if full(o.tag)[2] == region), same[0])
    return None


def _neighbours(tag: str, registry: Registry) -> list[str]:
    """Where a language that is not offered reads instead: what it is another name of, then the fallback chain."""
    wanted = full(tag)[:2]
    for known in registry.languages.values():
        if wanted == full(known.tag)[:2] or any(wanted == full(name)[:2] for name in known.also):
            return [known.tag, *known.fallback]
    return []


def full(tag: str) -> Full:
    """(language, script, region) with what is likely filled in: pa-PK is (pa, Arab, PK), prs is (fa, Arab, AF)."""
    first, *rest = tag.replace("_", "-").split("-")
    aliases: dict[str, str] = get_global("language_aliases")  # type: ignore[assignment]
    parts = [*aliases.get(first.lower(), first).split("_"), *rest]
    language = parts[0].lower()
    script = next((p.title() for p in parts[1:] if len(p) == 4 and p.isalpha()), "")
    region = next((p.upper() for p in parts[1:] if len(p) == 2 or (len(p) == 3 and p.isdigit())), "")
    likely: dict[str, str] = get_global("likely_subtags")  # type: ignore[assignment]
    for key in (_join(language, script, region), _join(language, "", region), _join(language, script), language):
        if key in likely:
            _, likely_script, likely_region = (likely[key].split("_") + ["", ""])[:3]
            return language, script or likely_script, region or likely_region
    return language, script, region


def _join(*parts: str) -> str:
    return "_".join(part for part in parts if part)
