"""Pages and files of what is published, each compressed once and answered in what the browser takes."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

import brotli
from flask import Response, request

from collector.releases.published.index import Index
from collector.web.pages import ENCODINGS, StoredPage, compress

MOST_BYTES = 64_000_000
"""Bytes that are kept, pages and files together; the least used ones go first."""
FAST = 9
"""Brotli's quality for files, which are large: far faster than the best, and hardly larger."""
PACKED = (".xlsx",)
"""Files that are compressed within."""


@dataclass
class PageCache:
    """The index of releases, and what was made from it. A key must tell the content: then nothing kept goes stale."""

    index: Index
    _kept: OrderedDict[Hashable, StoredPage] = field(default_factory=OrderedDict)
    _bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def page(self, key: Hashable, make: Callable[[], str]) -> StoredPage:
        """The page of a key, made and compressed once."""
        return self._found(key, lambda: _page(make().encode()))

    def file(self, sha256: str, name: str, read: Callable[[], bytes]) -> StoredPage:
        """A file by its checksum. Raises ValueError when what is read is no longer what that says."""
        return self._found((sha256, name.endswith(PACKED)), lambda: _file(sha256, name, read()))

    def _found(self, key: Hashable, make: Callable[[], StoredPage]) -> StoredPage:
        found = self._kept.get(key) or make()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = found
                self._bytes += _size(found)
            self._kept.move_to_end(key)
            while self._bytes > MOST_BYTES and len(self._kept) > 1:
                self._bytes -= _size(self._kept.popitem(last=False)[1])
        return found


def _page(html: bytes) -> StoredPage:
    bodies = {name: html if name == "identity" else compress(html, name) for name in ENCODINGS}
    return StoredPage(hashlib.sha256(html).hexdigest()[:32], bodies)


def _file(sha256: str, name: str, content: bytes) -> StoredPage:
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(name)
    bodies = {"identity": content}
    if not name.endswith(PACKED):
        bodies |= {"br": bytes(brotli.compress(content, quality=FAST)), "gzip": compress(content, "gzip")}
    return StoredPage(sha256, bodies)


def _size(page: StoredPage) -> int:
    return sum(map(len, page.bodies.values()))


def reply(page: StoredPage, content_type: str) -> Response:
    """Something kept, in the smallest form that the browser takes, or word that it has not changed.

    Each form has a tag of its own, as strong tags must: the plain one is the tag itself.
    """
    taken = [name for name in ENCODINGS[:2] if name in page.bodies and request.accept_encodings.quality(name) > 0]
    encoding = taken[0] if taken else "identity"
    response = Response(page.bodies[encoding], content_type=content_type)
    if encoding != "identity":
        response.headers["Content-Encoding"] = encoding
    if len(page.bodies) > 1:
        response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(page.etag if encoding == "identity" else f"{page.etag}-{encoding}")
    response.make_conditional(request)
    return response
