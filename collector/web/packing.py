"""Pages made for one request are compressed too, but for those on which a number or what somebody sent may stand.

The size of a compressed page tells of what is in it (BREACH), so a page takes part by its door and only when it was asked for.
"""

from __future__ import annotations

import gzip

import brotli
from flask import Response, request

PACKED = frozenset({"respond", "public", "suggest", "place_poster"})
"""Doors whose pages hold nothing of one person when they are asked for; releases and the survey page pack their own."""
QUALITY = 5
"""More takes longer than it saves on a page that is sent once."""


def pack(response: Response) -> Response:
    """The page in the smallest form that the browser takes."""
    if request.blueprint not in PACKED or request.method != "GET" or response.mimetype != "text/html":
        return response
    response.vary.add("Accept-Encoding")
    accepted = request.accept_encodings
    if accepted.quality("br") > 0:
        response.set_data(brotli.compress(response.get_data(), mode=brotli.MODE_TEXT, quality=QUALITY))
        response.headers["Content-Encoding"] = "br"
    elif accepted.quality("gzip") > 0:
        response.set_data(gzip.compress(response.get_data(), QUALITY, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
