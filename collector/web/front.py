"""A thin WSGI layer before Flask: answers a GET of a survey page from memory, with a fresh key in a cookie.

The page is constant; what makes a submission one is the key. Everything else goes on to Flask.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from werkzeug.http import parse_accept_header

from collector.errors import CollectorError
from collector.proxies import note_proxy
from collector.responses.keys import is_key
from collector.web.body import UNREAD, read_body
from collector.web.guard import HEALTH, PROXY_HEADERS, from_this_machine, passed_on
from collector.web.pages import StoredPage, SurveyPages, survey_headers
from collector.web.site import Site

Environ = dict[str, Any]
VARIANTS = {"short": "short"}
ENDED = "ended"
"""What stands in a key's cookie once its answers are acknowledged: a form sent again is then not another person's."""
MOST_ACCEPTED = 200
"""Letters of an Accept-Encoding header that are looked at."""


def cookie_name(variant: str) -> str:
    """The name of the cookie that holds a variant's key."""
    return f"key_{variant}"


def key_cookie(path: str, variant: str, key: str, secure: bool) -> str:
    """A Set-Cookie value; an empty key expires the cookie."""
    ending = "; Secure" if secure else ""
    age = "" if key else "; Max-Age=0"
    return f"{cookie_name(variant)}={key}; Path={path}; HttpOnly; SameSite=Strict{age}{ending}"


def survey_path(code: str, tag: str, variant: str) -> str:
    """The address of a survey page."""
    return f"/v/{code}/{tag}" + ("/short" if variant == "short" else "")


class Front:
    """The WSGI application that servers run."""

    def __init__(self, application: Any, site: Site) -> None:
        self.application = application
        self.site = site
        self._pages = SurveyPages(site)
        self._shut = bool(site.settings.missing() or site.settings.example)
        self._listens = not site.settings.trusted_proxies
        self._headers = {sound: _headers(site.settings.secure, sound) for sound in (False, True)}

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if self._shut and environ["PATH_INFO"] != HEALTH and not from_this_machine(environ):
            environ[UNREAD] = 503
            return self._hand_on(environ, start_response)
        if self._listens and not PROXY_HEADERS.isdisjoint(environ):
            self._listens = False
            note_proxy(self.site.settings.data, passed_on(environ), self.site.today())
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            read_body(environ)
        elif environ["PATH_INFO"].startswith("/v/"):
            found = self._find(environ["PATH_INFO"])
            if found is not None:
                return self._answer(environ, start_response, *found)
        return self._hand_on(environ, start_response)

    def _hand_on(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        answer: Iterable[bytes] = self.application(environ, start_response)
        return answer

    def _find(self, path: str) -> tuple[str, StoredPage] | None:
        """(variant, page) of a survey page's address; None for all that is not one."""
        pieces = path.split("/")
        variant = "full" if len(pieces) == 4 else VARIANTS.get(pieces[4]) if len(pieces) == 5 else None
        if variant is None:
            return None
        try:
            venue = self.site.live().venues.get(pieces[2])
            page = self._pages.get(variant, pieces[3]) if venue and not venue.closed else None
        except (CollectorError, sqlite3.Error):
            return None
        return (variant, page) if page else None

    def _answer(self, environ: Environ, start_response: Any, variant: str, page: StoredPage) -> Iterable[bytes]:
        key = _kept(environ.get("HTTP_COOKIE", ""), variant) or self.site.random_bytes(16).hex()
        cookie = key_cookie(environ["PATH_INFO"], variant, key, self.site.settings.secure)
        headers = [*self._headers[page.sound], ("Set-Cookie", cookie), ("ETag", f'"{page.etag}"')]
        if page.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start_response("304 Not Modified", headers[1:])
            return []
        encoding = encoding_for(environ.get("HTTP_ACCEPT_ENCODING", ""))
        body = page.bodies[encoding]
        if encoding != "identity":
            headers.append(("Content-Encoding", encoding))
        headers.append(("Content-Length", str(len(body))))
        start_response("200 OK", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _kept(cookies: str, variant: str) -> str:
    """The key that a browser brings and has not ended: its answers may be on their way, so it stays the same."""
    value = cookies.partition(f"{cookie_name(variant)}=")[2].partition(";")[0]
    return value if is_key(value) else ""


def _headers(secure: bool, sound: bool) -> list[tuple[str, str]]:
    return [
        ("Content-Type", "text/html"),  # its charset stands at its head
        ("Cache-Control", "private, no-cache"),
        ("Vary", "Accept-Encoding"),
        *survey_headers(secure, sound=sound),
    ]


def encoding_for(accepted: str) -> str:
    """The smallest encoding that a browser takes, by its Accept-Encoding header."""
    return _encoding(accepted[:MOST_ACCEPTED])


@lru_cache(maxsize=256)
def _encoding(accepted: str) -> str:
    offers = parse_accept_header(accepted)
    return next((name for name in ("br", "gzip") if offers[name] > 0), "identity")
