"""Addresses of places as people type and print them: capitals, a slash at the end, the punctuation of a sentence."""

from __future__ import annotations

import re
from urllib.parse import quote

from collector.web.site import Site

TYPED = re.compile(r"/+v/+([^/]+)(?:/+([^/]+))?(?:/+([^/]+))?/*", re.IGNORECASE)
EDGES = " \t.,;:!?…()[]{}<>\"'“”„‘’‚«»*_|\\"
INSIDE = re.compile(r"[\s\-‐‑–]")
"""Spaces and hyphens: no code has any."""


def straight(site: Site, path: str) -> str | None:
    """The address that was meant, when it is that of a known place and another than `path`."""
    found = TYPED.fullmatch(path)
    if not found:
        return None
    code, language, variant = (piece.strip(EDGES) for piece in found.groups(default=""))
    code = INSIDE.sub("", code).lower()
    if code not in site.live().venues:
        return None
    tags = {language.tag.lower(): language.tag for language in site.offered}
    pieces = [code, tags.get(language.lower(), language.lower()), variant.lower()]
    meant = "/v/" + "/".join(quote(piece, safe="") for piece in pieces if piece)
    return meant if meant != path else None
