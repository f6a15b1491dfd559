"""For a tablet: pages that are the same bytes for everybody, which its worker keeps for a quarter."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, request

from collector.web.front import encoding_for
from collector.web.guard import public
from collector.web.pages import style_hash
from collector.web.tablet.pages import HTML, STYLE, Shelves

tablet = Blueprint("tablet", __name__)
POLICY = (
    f"default-src 'none';script-src 'self';style-src {style_hash(STYLE)};connect-src 'self';img-src 'self';"
    "media-src 'self';manifest-src 'self';worker-src 'self';form-action 'none';base-uri 'none';frame-ancestors 'none'"
)
"""No form can be sent from here, even by mistake: answers leave the tablet sealed, by the script."""


@tablet.get("/t/", strict_slashes=True)
@tablet.get("/t/pair")
@tablet.get("/t/curtain")
@tablet.get("/t/pages.json")
@tablet.get("/t/app.js")
@tablet.get("/t/sw.js")
@tablet.get("/t/manifest.json")
@tablet.get("/t/icon-<int:size>.png")
@tablet.get("/t/<language>")
@tablet.get("/t/<language>/<variant>")
@public
def page(language: str = "", variant: str = "", size: int = 0) -> Response:
    """One file of today's shelf. Nothing of who asks is looked at but how it may be packed."""
    found = shelves().today().files.get(request.path)
    if found is None:
        abort(404)
    encoding = encoding_for(request.headers.get("Accept-Encoding", ""))
    response = Response(found.packed_as(encoding), content_type=found.kind)
    if encoding != "identity":
        response.headers["Content-Encoding"] = encoding
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "no-store" if found.kind == HTML else "no-cache"
    response.headers["Content-Security-Policy"] = POLICY
    response.set_etag(found.digest)
    response.make_conditional(request)
    return response


def shelves() -> Shelves:
    """The shelves of the running program, inside a request."""
    found: Shelves = current_app.extensions["collector-tablet"]
    return found
