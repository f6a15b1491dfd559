"""What tablets send: a code that pairs one, and sealed boxes. JSON both ways, by the script of `/t/` alone."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, request
from werkzeug.exceptions import HTTPException

from collector.errors import StoreError, SyncError
from collector.governance import promised
from collector.periods import period_of
from collector.tablets import devices, sync, wire
from collector.tablets.devices import Tablet
from collector.tablets.key import Queue
from collector.web.guard import public
from collector.web.limits import Limits
from collector.web.site import Site, site

tablet_door = Blueprint("tablet_door", __name__)
COOKIE = "tablet"
SECONDS = 400 * 24 * 3600
"""How long browsers keep a cookie at most. Each sync begins it anew."""
ERRORS = {
    400: "broken", 403: "elsewhere", 404: "code", 405: "method", 413: "large", 415: "json", 422: "form", 429: "tries",
    503: "later",
}  # fmt: skip
log = logging.getLogger("collector.web")


def tablet(view: Callable[[Tablet], Response]) -> Callable[[], Response]:
    """Only a paired tablet may enter. One that was stopped is told whom to ask, and keeps what is locked on it."""

    @wraps(view)
    def guarded() -> Response:
        here = site()
        known = devices.by_token(here.readers.get(), here.sealer, request.cookies.get(COOKIE, ""))
        if known is None or known.stopped:
            return refusal(403, "stopped" if known else "unknown", contact=here.settings.contact)
        return view(known)

    guarded.audience = "tablet"  # type: ignore[attr-defined]
    return guarded


def refusal(status: int, error: str, **more: str) -> Response:
    """What is wrong, for the script: it knows the words for it in the helper's language."""
    answer = jsonify(error=error, **more)
    answer.status_code = status
    answer.headers["Cache-Control"] = "no-store"
    if status == 503:
        answer.headers["Retry-After"] = "60"
    return answer


@tablet_door.errorhandler(HTTPException)
def on_http(error: HTTPException) -> Response:
    status = error.code or 500
    return refusal(status, ERRORS.get(status, "fault"))


@tablet_door.errorhandler(SyncError)
def on_form(error: SyncError) -> Response:
    return refusal(422, ERRORS[422], says=str(error))


@tablet_door.errorhandler(sqlite3.Error)
@tablet_door.errorhandler(StoreError)
@tablet_door.errorhandler(OSError)
def on_store(error: Exception) -> Response:
    """A full disk, a database that does not answer, a key that is not there: the tablet waits, and sends again."""
    log.error("not stored: %s", type(error).__name__)
    return refusal(503, ERRORS[503])


@tablet_door.post("/t/pair")
@public
def pair() -> Response:
    """A code: once, it signs a tablet in. What is no code is no guess; wrong ones are limited as numbers are."""
    here, tries, sender, now = site(), _tries(), request.remote_addr or "", time.monotonic()
    code = _code(_body())
    if not tries.allowed(sender, now):
        abort(429)
    if not code or not devices.is_waiting(here.readers.get(), here.sealer, code, here.now()):
        if code:
            tries.wrong(sender, now)
        abort(404)
    token, moment, today, address = here.random_bytes(32).hex(), here.now(), here.today(), here.settings.public_url
    paired = here.writer.write(
        lambda database: devices.pair(database, here.sealer, code, token, address, moment, today)
    )
    if paired is None:
        abort(404)
    return _signed_in(here, token, **_introduced(here, paired))


def _code(body: bytes) -> str:
    """The code that was sent; blank for what is none. Raises SyncError."""
    match wire.read_json(body):
        case {"code": str(code), **more} if not more:
            return devices.read_code(code)
    raise SyncError("The request needs `code`, and nothing else.")


def _introduced(here: Site, paired: Tablet) -> dict[str, Any]:
    """What a tablet is told of itself: its name, its language and its places."""
    venues = here.live().venues
    places = [venues[code] for code in paired.venues if code in venues and not venues[code].closed]
    listed = [{"code": one.code, "name": one.name, "languages": list(one.languages)} for one in places]
    return {"name": paired.name, "language": paired.language, "venues": listed}


@tablet_door.post("/t/sync")
@tablet
def send(known: Tablet) -> Response:
    """Visits and boxes: what is durable is said, and only that is deleted on the tablet."""
    here, queue = site(), _queue()
    sent, now = wire.read(_body()), here.now()
    opened = sync.open_new(here.readers.get(), sent, queue.private, queue.point)
    rules = _rules(here)
    answer = here.writer.write(lambda database: sync.take(database, known, sent, opened, now - sent.clock, rules))
    return _signed_in(
        here, request.cookies[COOKIE], kept=answer.kept, aside=answer.aside, visits=answer.visits, now=now.isoformat(),
        until=period_of(rules.today).end.isoformat(),
    )  # fmt: skip


def _rules(here: Site) -> sync.Rules:
    live, today, settings = here.live(), here.today(), here.settings
    return sync.Rules(
        today=today,
        versions=live.versions,
        venues=live.venues,
        languages=frozenset(here.catalogues.registry.languages),
        sealer=here.sealer,
        since=promised.since(here.readers.get(), today, promised.keeping(settings)),
        quota=settings.tablet_quota,
        new_id=lambda: here.random_bytes(16),
    )


def _body() -> bytes:
    """The JSON that was sent: no form of another website can send any."""
    if request.mimetype != "application/json":
        abort(415)
    body = request.get_data()
    if len(body) > wire.MOST_BYTES:
        abort(413)
    return body


def _signed_in(here: Site, token: str, **said: Any) -> Response:
    answer = jsonify(said)
    answer.headers["Cache-Control"] = "no-store"
    answer.set_cookie(
        COOKIE, token, max_age=SECONDS, path="/t", secure=here.settings.secure, httponly=True, samesite="Strict"
    )
    return answer


def _queue() -> Queue:
    found: Queue = current_app.extensions["collector-queue"]
    return found


def _tries() -> Limits:
    found: Limits = current_app.extensions["collector-codes"]
    return found
