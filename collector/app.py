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
from collector.db.migrations import pending, refuse_newer
from collector.db.store import Readers, hold
from collector.errors import CollectorError, SettingsError, StoreError
from collector.governance import promised, promises
from collector.languages import registry
from collector.languages.catalogue import Catalogues
from collector.languages.sound import Recordings
from collector.logs import log_to
from collector.parent import end_with_parent
from collector.responses import gone
from collector.responses.keys import load_sealer
from collector.responses.versions import current
from collector.settings import TOML, Settings, load
from collector.tablets.key import Queue
from collector.web import errors
from collector.web.addresses import straight
from collector.web.body import MAX_BODY, UNREAD
from collector.web.crowding import Crowding
from collector.web.figures.views import releases
from collector.web.front import Front
from collector.web.guard import sent_from_elsewhere
from collector.web.limits import Limits
from collector.web.packing import pack
from collector.web.pages import has_sound, security_headers
from collector.web.place_poster import place_poster
from collector.web.public import public
from collector.web.receipt import receipt
from collector.web.respond import respond
from collector.web.senders import patient
from collector.web.site import LONDON, Site
from collector.web.sound import sound
from collector.web.suggest import suggest
from collector.web.tablet.door import tablet_door
from collector.web.tablet.pages import Shelves
from collector.web.tablet.views import tablet
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
    site = _site(settings, now, random_bytes)
    app = Application("collector", static_folder=None, template_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # it would lead on to whatever stands in the path
    app.extensions["collector"] = site
    app.extensions["collector-watch"] = Watch(settings, site.writer)
    app.extensions["collector-tries"] = Limits(random_bytes(32))
    queue = app.extensions["collector-queue"] = Queue(settings.queue_file)
    app.extensions["collector-codes"] = Limits(random_bytes(32))
    app.extensions["collector-tablet"] = Shelves(site, queue.public)
    for blueprint in (thanks, place_poster, respond, receipt, suggest, sound, public, releases, tablet, tablet_door):
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


def _site(settings: Settings, now: Callable[[], datetime], random_bytes: Callable[[int], bytes]) -> Site:
    database = connect(settings.database)
    if pending(database):
        raise StoreError("The database is from an older Collector. Run `collector migrate` (it is quick and safe).")
    refuse_newer(database)
    row = database.one("SELECT synthetic FROM installation WHERE id = 1")
    if row is None:
        raise StoreError("The data folder is not set up. Run `collector init`.")
    gone.mend(database, settings.withdrawn_file)
    with database.transaction():
        promised.remember_today(database, promised.keeping(settings), now().astimezone(LONDON).date())
    database.close()
    languages = registry.load(settings.translations)
    _facts_in_known_languages(settings, languages)
    return Site(
        settings=settings,
        catalogues=Catalogues(languages, settings.translations),
        recordings=Recordings(settings.translations),
        readers=Readers(settings.database),
        writer=Writer(settings.database),
        sealer=load_sealer(settings.secret_file),
        promises=promises.load(settings.forms),
        synthetic=bool(row[0]),
        now=now,
        random_bytes=random_bytes,
        crowding=Crowding(random_bytes(32)),
    )


def _facts_in_known_languages(settings: Settings, languages: registry.Registry) -> None:
    """Raise SettingsError for a fact in a language that nobody can pick: nobody would ever read it."""
    for key in settings.facts:
        tag = key.partition(".")[2]
        if languages.get(tag) is None:
            raise SettingsError(
                f"`{key}` in {TOML}: no language has the tag `{tag}`. The tags are {', '.join(languages.languages)}."
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
