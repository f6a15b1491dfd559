"""The factory: from settings to the WSGI application that servers run."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from flask import Flask, Request, abort, redirect, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from collector.db import Writer, connect
from collector.db.store import Readers, hold
from collector.errors import CollectorError, StoreError
from collector.governance import promised
from collector.installation import Installation
from collector.logs import log_to
from collector.parent import end_with_parent
from collector.responses import gone
from collector.responses.versions import current
from collector.settings import Settings, load
from collector.web import errors
from collector.web.addresses import straight
from collector.web.body import MAX_BODY, UNREAD
from collector.web.crowding import Crowding
from collector.web.front import Front
from collector.web.guard import sent_from_elsewhere
from collector.web.limits import Limits
from collector.web.packing import pack
from collector.web.pages import has_sound, security_headers
from collector.web.public import public
from collector.web.receipt import receipt
from collector.web.releases import releases
from collector.web.respond import respond
from collector.web.senders import patient
from collector.web.site import Site
from collector.web.sound import sound
from collector.web.suggest import suggest
from collector.web.thanks import thanks
from collector.web.watch import Watch

QUERY = "%=&+;,/:@?!$'()*~"
"""What stays as it is in a query that is passed on."""


class BoundedRequest(Request):
    """A request whose form is small, whatever it claims."""

    max_content_length = MAX_BODY
    max_form_memory_size = MAX_BODY
    max_form_parts = 200


class Application(Flask):
    """Flask without sessions: nothing is carried from one respondent to the next."""

    request_class = BoundedRequest


def create_app(
    settings: Settings | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    random_bytes: Callable[[int], bytes] = os.urandom,
) -> Front:
    """The program for one data folder. Raises CollectorError when the folder or a setting does not fit."""
    settings = settings or load()
    site = _site(Installation(settings, now), random_bytes)
    app = Application("collector", static_folder=None, template_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # it would lead on to whatever stands in the path
    app.extensions["collector"] = site
    app.extensions["collector-watch"] = Watch(settings, site.writer)
    app.extensions["collector-tries"] = Limits(random_bytes(32))
    for blueprint in (thanks, respond, receipt, suggest, sound, public, releases):
        app.register_blueprint(blueprint)
    errors.install(app)
    _guard(app, settings)
    if settings.trusted_proxies:
        proxies = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    return Front(app, site)


def serve_app() -> Front:
    """What the web server loads in each of its processes; what cannot be used ends the server, in one sentence."""
    end_with_parent()
    try:
        settings = load()
        log_to(settings.data / "logs")
        front = create_app(settings)
        _be_patient(front)
        hold(settings.data)
    except (CollectorError, sqlite3.Error, OSError) as error:
        os.kill(os.getppid(), signal.SIGTERM)
        sys.exit(f"collector: {error}")
    if settings.scheduler:
        from collector.jobs import start_when_leading  # a server without scheduler need not load it

        start_when_leading(settings)
    return front


def look_ahead(settings: Settings) -> None:
    """Raise, before any process is made for it, what would keep the program from serving. Leaves nothing open."""
    here = create_app(settings).site
    log_to(settings.data / "logs")
    database = connect(settings.database)
    try:
        current(database)
    finally:
        database.close()
    for language in here.offered:
        here.catalogues.words(language.tag)
    _try_to_write(settings.exports)


def _try_to_write(folder: Path) -> None:
    """Raise StoreError when releases could not be written: better now than on release day."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o755)
        with tempfile.TemporaryFile(dir=folder):
            return
    except OSError as error:
        raise StoreError(
            f"Releases cannot be written to {folder}: {error.strerror}. Let this user write there, or set COLLECTOR_EXPORTS."
        ) from error


def _be_patient(front: Front) -> None:
    """Put our own way to answer in the place of the server's, which has no deadline for bodies."""
    from granian.server import mp  # only where it serves

    mp._wsgi_call_wrap = patient(front)  # type: ignore[attr-defined]


def _site(here: Installation, random_bytes: Callable[[int], bytes]) -> Site:
    """What pages need of an installation; it is brought in order first."""
    settings, synthetic = here.settings, here.synthetic
    gone.mend(here.database, settings.withdrawn_file)
    with here.database.transaction():
        promised.remember_today(here.database, promised.keeping(settings), here.today())
    here.close()
    return Site(
        settings=settings,
        catalogues=here.catalogues,
        recordings=here.recordings,
        readers=Readers(settings.database),
        writer=Writer(settings.database),
        sealer=here.sealer,
        promises=here.promises,
        synthetic=synthetic,
        now=here.now,
        today=here.today,
        random_bytes=random_bytes,
        crowding=Crowding(random_bytes(32)),
    )


def _guard(app: Flask, settings: Settings) -> None:
    """Refuse forms from elsewhere, and put the security headers on every page."""
    headers = security_headers(settings.secure)
    with_sound = security_headers(settings.secure, sound=True)

    def refuse_what_is_not_whole() -> None:
        if UNREAD in request.environ:
            abort(request.environ[UNREAD])

    def lead_to_the_place() -> Response | None:
        meant = straight(app.extensions["collector"], request.path) if request.method in ("GET", "HEAD") else None
        if meant is None:
            return None
        query = quote(request.query_string, safe=QUERY)
        return redirect(f"{meant}?{query}" if query else meant)

    def refuse_foreign_forms() -> None:
        if request.method == "POST" and sent_from_elsewhere(request, settings.public_url):
            abort(403)

    def add_headers(response: Response) -> Response:
        for name, value in with_sound if has_sound(response) else headers:
            response.headers.setdefault(name, value)
        return response

    app.before_request(refuse_what_is_not_whole)
    app.before_request(lead_to_the_place)
    app.before_request(refuse_foreign_forms)
    app.after_request(pack)
    app.after_request(add_headers)  # asked first of the two: it looks for players in what is not packed yet
