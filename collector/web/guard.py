"""Who may enter: every view says so, and a test fails on one that does not. And what may come in at all."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Request

View = TypeVar("View", bound=Callable[..., object])
Environ = dict[str, Any]
HEALTH = "/healthz"
PASSED_ON = (
    "HTTP_X_FORWARDED", "HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP", "HTTP_X_CLIENT_IP", "HTTP_X_CLUSTER_CLIENT_IP",
    "HTTP_X_ORIGINAL_", "HTTP_CLIENT_IP", "HTTP_TRUE_CLIENT_IP", "HTTP_CF_", "HTTP_CDN_LOOP", "HTTP_FASTLY_CLIENT_IP",
)  # fmt: skip
"""How the headers begin that say that a request was passed on."""
PROXY_HEADERS = frozenset(
    {
        "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_VIA",
        "HTTP_X_REAL_IP",
    }
)  # fmt: skip
"""Those that nearly every proxy sets."""

SIGNED_IN = ("/t/",)
"""Where cookies sign somebody in: there a page that hides where it comes from may send nothing."""


def public(view: View) -> View:
    """Anybody may enter."""
    view.audience = "public"  # type: ignore[attr-defined]
    return view


def sent_from_elsewhere(request: Request, public_url: str) -> bool:
    """True for a form that another website sent. Browsers say so; what is no browser may send what it likes."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin", "")
    if not origin or origin == "null":
        return bool(origin) and request.path.startswith(SIGNED_IN)
    try:
        return origin != public_url and urlsplit(origin).netloc != request.host
    except ValueError:  # an address that is none
        return True


def from_this_machine(environ: Environ) -> bool:
    """True for a request that somebody at this machine makes: no proxy passed it on, and it asks for this machine."""
    if any(name.startswith(PASSED_ON) for name in environ):
        return False
    host = environ.get("HTTP_HOST", "").strip().lower()
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return _is_loopback(environ.get("REMOTE_ADDR", "")) and (
        name == "localhost" or _is_loopback(name) or name.endswith(".localhost") or name == socket.gethostname().lower()
    )


def _is_loopback(address: str) -> bool:
    if address in ("127.0.0.1", "::1"):  # nearly always: no need to take it apart
        return True
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback


def passed_on(environ: Environ) -> str:
    """The first header that a proxy has set, as people write it; empty without any."""
    found = next((name for name in environ if name.startswith(PASSED_ON)), "")
    return found.removeprefix("HTTP_").replace("_", "-").title()
