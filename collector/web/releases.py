"""For commissioners and communities alike: what has been published, as pages and as files. The same for everybody."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, request

from collector import __version__
from collector.web import charts, reading
from collector.web.figures_page import Sheet, before
from collector.web.guard import public
from collector.web.pages import ENCODINGS, OFFICE_STYLE, StoredPage, compress, policy, render
from collector.web.published import File, Place, Release
from collector.web.shelf import Shelf, current
from collector.web.site import site

releases = Blueprint("releases", __name__)
MOST_PAGES = 512
TYPES = {
    ".csv": "text/csv; charset=utf-8; header=present",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
CLEAR_FROM = ((30, 27), (50, 20), (100, 14), (200, 10), (400, 7))
"""People in each quarter, and the smallest change in points that can be clear around 50% (domain 4.3)."""


@dataclass
class Desk:
    """The shelf of releases, and pages made from it: kept until the shelf changes, the least used ones go first."""

    shelf: Shelf
    _pages: OrderedDict[tuple[object, ...], StoredPage] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def page(self, key: tuple[object, ...], make: Callable[[], str]) -> StoredPage:
        """The page of a key, made and compressed once."""
        found = self._pages.get(key)
        if found is None:
            html = make().encode()
            bodies = {name: html if name == "identity" else compress(html, name) for name in ENCODINGS}
            found = StoredPage(hashlib.sha256(html).hexdigest()[:32], bodies)
        with self._lock:
            self._pages[key] = found
            self._pages.move_to_end(key)
            while len(self._pages) > MOST_PAGES:
                self._pages.popitem(last=False)
        return found


@releases.get("/releases")
@public
def shelf_page() -> Response:
    """Every release with its files."""
    shown = _desk().shelf.releases()
    return _answer(shown, ("releases",), lambda: _render("releases.html", releases=shown))


@releases.get("/releases/<release>/<name>")
@public
def download(release: str, name: str) -> Response:
    """One file of a release, as it was published."""
    offered = {(one.name, file.name): (one, file) for one in _desk().shelf.releases() for file in one.files}
    found = offered.get((release, name))
    if found is None:
        abort(404)
    return _send(*found)


@releases.get("/figures")
@public
def figures() -> Response:
    """The figures of an area in a period; the latest of the whole region unless the address says otherwise."""
    shown = _desk().shelf.releases()
    there = current(shown)
    if not there:
        return _answer(shown, ("none",), lambda: _render("no_figures.html", picker=None))
    place, by = _asked(there), request.args.get("by", "")
    if place not in there:
        return _answer(shown, ("none", place), lambda: _render("no_figures.html", picker=_picker(there, place)))
    return _answer(shown, ("figures", place, by), lambda: _sheet_page(shown, there, place, by))


def _asked(there: dict[Place, Release]) -> Place:
    """The place that the address names. Ends with 404 when there is no such period or no such area."""
    period = request.args.get("period", next(iter(there.values())).head["period"])
    areas = [area for _, area in there]
    area = request.args.get("area") or _whole(there, period)
    if area not in areas or all(period != other for other, _ in there):
        abort(404)
    return period, area


def _whole(there: dict[Place, Release], period: str) -> str:
    """The area that the release of a period is named by."""
    own = [(place[1], release) for place, release in there.items() if place[0] == period]
    return next((area for area, release in own if f"_{area}_" in release.tidy), own[0][0] if own else "")


def _sheet_page(shown: tuple[Release, ...], there: dict[Place, Release], place: Place, by: str) -> str:
    sheet = Sheet(there[place], place)
    values: dict[str, Any] = {"sheet": sheet, "picker": _picker(there, place), "clear_from": CLEAR_FROM}
    if not by:
        return _render("figures.html", quarters=before(sheet, shown), **values)
    split = next((split for split in sheet.splits if split.code == by), None)
    if split is None:
        abort(404)
    return _render("figures_by.html", split=split, **values)


def _picker(there: dict[Place, Release], place: Place) -> dict[str, Any]:
    """Periods, newest first, and areas: the region, then the others by name."""
    heads = {at: release.blocks[at][0].head for at, release in there.items()}
    periods = {head["period"]: Sheet(there[at], at).when for at, head in heads.items()}
    areas = {head["area_code"]: (head["area_type"] != "region", head["area_name"]) for head in reversed(heads.values())}
    ordered = sorted(areas.items(), key=lambda one: one[1])
    return {
        "period": place[0],
        "area": place[1],
        "periods": periods,
        "areas": [(code, name) for code, (_, name) in ordered],
    }


def _render(template: str, **values: Any) -> str:
    here = site()
    words = here.catalogues.words("en")
    return render(here, words, template, style=OFFICE_STYLE, charts=charts, reading=reading, **values)


def _answer(shown: tuple[Release, ...], key: tuple[object, ...], make: Callable[[], str]) -> Response:
    """A page from the desk, in the smallest encoding that the browser takes, or word that it has not changed."""
    state = hashlib.sha256("".join([__version__, *(release.hash for release in shown)]).encode()).digest()
    page = _desk().page((state, *key), make)
    encoding = next((name for name in ENCODINGS[:2] if request.accept_encodings.quality(name) > 0), "identity")
    response = Response(page.bodies[encoding], content_type="text/html; charset=utf-8")
    if encoding != "identity":
        response.headers["Content-Encoding"] = encoding
    response.headers.update({"Cache-Control": "no-cache", "Content-Security-Policy": policy(OFFICE_STYLE)})
    response.vary.add("Accept-Encoding")
    response.set_etag(page.etag)
    response.make_conditional(request)
    return response


def _send(release: Release, file: File) -> Response:
    """A file that still is what its checksum says; 404 for one that is no longer."""
    content = (release.folder / file.name).read_bytes()
    if hashlib.sha256(content).hexdigest() != file.sha256:
        abort(404)
    response = Response(content, content_type=TYPES.get(Path(file.name).suffix, "application/octet-stream"))
    response.headers["Content-Disposition"] = f"attachment; filename={file.name}"
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(file.sha256)
    response.make_conditional(request)
    return response


def _desk() -> Desk:
    desk: Desk = current_app.extensions.setdefault("collector-releases", Desk(Shelf(site().settings.exports)))
    return desk
