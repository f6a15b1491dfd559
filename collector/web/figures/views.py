"""For commissioners and communities alike: what has been published, as pages and as files. The same for everybody."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, request

from collector import __version__
from collector.disclosure.publish import smallest_clear
from collector.disclosure.rules import PLAINLY
from collector.releases.published import by_question, phrasing
from collector.releases.published.area_figures import AreaFigures
from collector.releases.published.folder import AreaPeriod, Release
from collector.releases.published.index import Index, current, former
from collector.releases.published.over_time import over_time, quarters
from collector.releases.published.who_answered import by_group, heard
from collector.releases.register import listings
from collector.web.figures import charts
from collector.web.figures.one_page import page_address, qr
from collector.web.figures.page_cache import PageCache, reply
from collector.web.guard import public
from collector.web.pages import FIGURES_STYLE, policy, render
from collector.web.site import site

releases = Blueprint("releases", __name__)
HTML = "text/html; charset=utf-8"
TYPES = {
    ".csv": "text/csv; charset=utf-8; header=present",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
CLEAR_FROM = tuple((people, smallest_clear(people)) for people in (30, 50, 100, 200, 400))
"""People in each quarter, and the smallest change in points that can be clear around 50%."""

Shown = tuple[Release, ...]


@releases.get("/releases")
@public
def releases_page() -> Response:
    """Every release with its files."""
    shown = _cache().index.releases()
    return _answer(shown, ("releases",), lambda: _render("releases.html", releases=shown))


@releases.get("/releases/<release>/<name>")
@public
def download(release: str, name: str) -> Response:
    """One file of a release, as it was published: looked up among those listed, never by a path."""
    offered = {(one.name, file.name): (one, file) for one in _cache().index.releases() for file in one.files}
    if (release, name) not in offered:
        abort(404)
    own, file = offered[release, name]
    try:
        stored = _cache().file(file.sha256, file.name, (own.folder / file.name).read_bytes)
    except (OSError, ValueError):
        abort(404)
    response = reply(stored, TYPES.get(Path(name).suffix, "application/octet-stream"))
    response.headers["Content-Disposition"] = f"attachment; filename={file.name}"
    return response


@releases.get("/figures")
@public
def figures() -> Response:
    """The figures of an area in a period; the latest of the whole region unless the address says otherwise."""
    by = request.args.get("by", "")
    if by:
        return _figures(("by", by), lambda sheet, shown: _by_page(sheet, shown, by))
    return _figures(("all",), _whole_page)


@releases.get("/figures/one-page")
@public
def poster() -> Response:
    """The same on one sheet of paper."""
    return _figures(("poster",), _poster_page)


def _figures(kind: tuple[str, ...], make: Callable[[AreaFigures, Shown], str]) -> Response:
    """A page of the figures that the address asks for, or one that says why there are none."""
    shown = _cache().index.releases()
    there = current(shown)
    if not there:
        return _answer(shown, ("none",), lambda: _render("none.html", picker=None))
    place = _asked(there)
    if place not in there:
        return _answer(shown, ("none", place), lambda: _render("none.html", picker=_picker(there, place)))
    release = _edition(shown, there[place], place)
    return _answer(shown, (kind, place, release.name), lambda: make(AreaFigures(release, place), shown))


def _asked(there: dict[AreaPeriod, Release]) -> AreaPeriod:
    """The place that the address names. Ends with 404 when there is no such period or no such area."""
    period = request.args.get("period", next(iter(there.values())).head["period"])
    area = request.args.get("area") or _whole(there, period)
    if area not in {code for _, code in there} or period not in {code for code, _ in there}:
        abort(404)
    return period, area


def _whole(there: dict[AreaPeriod, Release], period: str) -> str:
    """The area that the release of a period is named by."""
    own = [(place[1], release) for place, release in there.items() if place[0] == period]
    return next((area for area, release in own if f"_{area}_" in release.tidy), own[0][0] if own else "")


def _edition(shown: Shown, newest: Release, place: AreaPeriod) -> Release:
    """The latest edition, or an older one that the address asks for by its revision."""
    wanted, edition = request.args.get("revision"), newest
    while wanted is not None and str(edition.revision) != wanted:
        edition = former(edition, place, shown) or abort(404)
    return edition


def _whole_page(sheet: AreaFigures, shown: Shown) -> str:
    beside = quarters(sheet, shown)
    values = {
        "clear_from": CLEAR_FROM, "quarters": beside, "over_time": over_time(sheet, beside),
        "pillars": by_question.pillars(sheet), "channels": by_question.channels(sheet), "heard": heard(sheet),
        "spreads": [spread for spread in by_question.spreads(sheet) if spread.shown],
    }  # fmt: skip
    return _sheet("page.html", sheet, shown, **values)


def _by_page(sheet: AreaFigures, shown: Shown, by: str) -> str:
    split = next((split for split in heard(sheet) if split.code == by), None)
    if split is None:
        abort(404)
    return _sheet("by.html", sheet, shown, split=split, parts_by_group=list(by_group(sheet, split)))


def _poster_page(sheet: AreaFigures, shown: Shown) -> str:
    address = page_address(site().settings.public_url, sheet)
    picture = qr(address) if address else ""
    return _sheet("one_page.html", sheet, shown, heard=heard(sheet), address=address, qr=picture)


def _sheet(template: str, sheet: AreaFigures, shown: Shown, **values: Any) -> str:
    """A page about a sheet: what to choose from, and which edition corrects which."""
    there = current(shown)
    newest, old = there[sheet.place], former(sheet.release, sheet.place, shown)
    return _render(template, sheet=sheet, newest=newest, former=old, picker=_picker(there, sheet.place), **values)


def _picker(there: dict[AreaPeriod, Release], place: AreaPeriod) -> dict[str, Any]:
    """Periods, newest first, and areas: the region, then the others by name."""
    heads = {at: release.blocks[at][0].head for at, release in there.items()}
    periods = {head["period"]: phrasing.period(head) for head in heads.values()}
    areas = {head["area_code"]: (head["area_type"] != "region", head["area_name"]) for head in reversed(heads.values())}
    ordered = sorted(areas.items(), key=lambda one: one[1])
    return {"place": place, "periods": periods, "areas": [(code, name) for code, (_, name) in ordered]}


def _render(template: str, **values: Any) -> str:
    here = site()
    words = here.catalogues.words("en")
    return render(
        here,
        words,
        f"figures/{template}",
        style=FIGURES_STYLE,
        plainly=PLAINLY,
        charts=charts,
        reading=phrasing,
        **values,
    )


def _answer(shown: Shown, key: tuple[object, ...], make: Callable[[], str]) -> Response:
    """A page from the cache: made anew when what is published has changed."""
    state = hashlib.sha256("".join([__version__, *(release.hash for release in shown)]).encode()).digest()
    response = reply(_cache().page((state, *key), make), HTML)
    response.headers["Content-Security-Policy"] = policy(FIGURES_STYLE)
    return response


def _cache() -> PageCache:
    here = site()
    index = Index(here.settings.exports, lambda: listings(here.readers.get()))
    cache: PageCache = current_app.extensions.setdefault("collector-releases", PageCache(index))
    return cache
