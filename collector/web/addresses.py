"""Addresses of places as people type, say and print them: capitals, a slash at the end, the marks of a sentence."""

from __future__ import annotations

import re
from urllib.parse import quote

from collector.community.codes import RESERVED, typed
from collector.web.site import Site

LONG = re.compile(r"/+v/+([^/]+)(?:/+([^/]+))?(?:/+([^/]+))?/*", re.IGNORECASE)
SHORT = re.compile(r"/+([^/]+)/*")
"""What is said on air: the address, a slash, and the code."""
EDGES = " \t.,;:!?…()[]{}<>\"'“”„‘’‚«»*_|\\"
PASTED = re.compile(r"(?:.*/)?v/+([^/?#]+).*|(?:.*/)?([^/?#]+)/*(?:[?#].*)?", re.IGNORECASE | re.DOTALL)


def straight(site: Site, path: str) -> str | None:
    """The address that was meant, when it is that of a known place and another than `path`."""
    if path.strip("/").lower() in RESERVED:
        return None
    found = LONG.fullmatch(path) or SHORT.fullmatch(path)
    if not found:
        return None
    code, *rest = found.groups(default="")
    code, tag, variant = typed(code), *[piece.strip(EDGES).lower() for piece in (*rest, "", "")[:2]]
    if code not in site.live().venues:
        return None
    tags = {language.tag.lower(): language.tag for language in site.offered}
    pieces = [code, tags.get(tag, tag), variant]
    meant = "/v/" + "/".join(quote(piece, safe="") for piece in pieces if piece)
    return meant if meant != path else None


def code_in(text: str) -> str:
    """The code in what somebody typed or pasted into the box for it: the code, or an address that ends with it."""
    found = PASTED.fullmatch(text.strip())
    return typed(found[1] or found[2]) if found else ""
