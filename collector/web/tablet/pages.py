"""All that a tablet keeps: each file as constant bytes by its address, and the list by which it is fetched whole.

The same bytes for everybody: no page names a place or a tablet; what differs stands in the tablet's own store.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from collector.languages.catalogue import Words
from collector.languages.sound import KINDS
from collector.periods import Quarter, period_of
from collector.responses.versions import Published
from collector.web import compact
from collector.web.pages import FULL_STYLE, compress, minified
from collector.web.site import Site
from collector.web.tablet.drawing import curtain, helper, questions
from collector.web.tablet.words import complete

HERE = Path(__file__).parent
PARTS = (
    "seal.js",
    "store.js",
    "keep.js",
    "send.js",
    "steps.js",
    "person.js",
    "curtain.js",
    "visit.js",
    "helper.js",
    "begin.js",
)
"""The script of all pages, in the order in which its parts stand."""
STYLE = FULL_STYLE + minified(HERE / "static" / "tablet.css", compact.style)
ICONS = ("icon-180.png", "icon-192.png", "icon-512.png")
HTML, SCRIPT = "text/html; charset=utf-8", "text/javascript; charset=utf-8"
SOUND = re.compile(r'src="(/sound/[^"]+)"')
DIGEST = 16
"""Hex digits by which a tablet sees that it got the file that was meant; nobody has to be kept from forging one."""


@dataclass(frozen=True)
class File:
    """One file in each encoding, packed when first asked for."""

    body: bytes
    kind: str
    packed: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:DIGEST]

    def packed_as(self, encoding: str) -> bytes:
        """The body for a browser that takes `encoding`: br, gzip or identity."""
        if encoding == "identity":
            return self.body
        if encoding not in self.packed:
            self.packed[encoding] = compress(self.body, encoding)
        return self.packed[encoding]


@dataclass(frozen=True)
class Shelf:
    """The files of one build by address, with the list that names them all."""

    files: Mapping[str, File]
    build: str


class Shelves:
    """The shelf of today: made anew when a survey is published, a quarter begins or the key changes."""

    def __init__(self, site: Site, key: Callable[[], str]) -> None:
        self._site = site
        self._key = key
        self._lock = threading.Lock()
        self._made: tuple[tuple[str, Quarter, str], Shelf] | None = None

    def today(self) -> Shelf:
        """What is served now."""
        version, period, key = self._site.live().current, period_of(self._site.today()), self._key()
        wanted = (version.hash, period, key)
        with self._lock:
            if self._made is None or self._made[0] != wanted:
                self._made = wanted, _shelf(self._site, version, period, key)
            return self._made[1]


def offered(site: Site) -> list[Words]:
    """Languages that have every word of the tablet; the others stay on phones."""
    return [words for language in site.offered if complete(words := site.catalogues.words(language.tag))]


def _shelf(site: Site, version: Published, period: Quarter, key: str) -> Shelf:
    languages = offered(site)
    files = dict(_pages(site, version, period, languages)) | dict(_still(version))
    kept = {path: file.digest for path, file in files.items() if path != "/t/sw.js"} | _sounds(files)
    until = period.end.isoformat()
    build = hashlib.sha256(json.dumps([kept, key, until], sort_keys=True).encode()).hexdigest()[:DIGEST]
    listed = {"build": build, "until": until, "key": key, "files": kept}
    files["/t/pages.json"] = File(json.dumps(listed).encode(), "application/json")
    return Shelf(files, build)


def _pages(site: Site, version: Published, period: Quarter, languages: list[Words]) -> Iterator[tuple[str, File]]:
    def page(html: str) -> File:
        return File(html.encode(), HTML)

    yield "/t/", page(helper(site, languages, STYLE, period.end))
    yield "/t/pair", page(helper(site, languages, STYLE, period.end))
    yield "/t/curtain", page(curtain(site, languages, STYLE))
    for words in languages:
        for variant in version.survey.asked_by:
            path = f"/t/{words.tag}" + ("" if variant == "full" else f"/{variant}")
            yield path, page(questions(site, words, version, variant, STYLE))


def _still(version: Published) -> Iterator[tuple[str, File]]:
    """What does not hang on a language: scripts, icons, and what a home screen shows."""
    parts = "".join(minified(HERE / "static" / part, compact.plain_script) for part in PARTS)
    yield "/t/app.js", File(f"(()=>{{'use strict';\n{parts}}})();\n".encode(), SCRIPT)
    yield "/t/sw.js", File(minified(HERE / "static" / "sw.js", compact.plain_script).encode(), SCRIPT)
    icons = [{"src": f"/t/{name}", "sizes": "x".join(2 * [name[5:8]]), "type": "image/png"} for name in ICONS]
    manifest = {
        "name": version.survey.title, "short_name": version.survey.title, "id": "/t/", "start_url": "/t/", "scope": "/t/",
        "display": "standalone", "background_color": "#fbf7f0", "theme_color": "#0f5c55", "icons": icons,
    }  # fmt: skip
    yield "/t/manifest.json", File(json.dumps(manifest).encode(), "application/manifest+json")
    for name in ICONS:
        yield f"/t/{name}", File((HERE / "static" / name).read_bytes(), "image/png")


def _sounds(files: Mapping[str, File]) -> dict[str, str]:
    """Recordings that pages play, with the hash that stands in their address."""
    found = (path for file in files.values() if file.kind == HTML for path in SOUND.findall(file.body.decode()))
    return {path: path.split("/")[3] for path in found if path.endswith(tuple(KINDS))}
