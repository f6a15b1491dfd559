"""The factory: from settings to the WSGI application that servers run."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, Request, abort, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from collector.db import Writer, connect
from collector.db.migrations import pending, refuse_newer
from collector.db.store import Readers, hold
from collector.errors import StoreError
from collector.governance import promises
from collector.languages import registry
from collector.languages.catalogue import Catalogues
from collector.languages.sound import Recordings
from collector.logs import log_to
from collector.responses.keys import load_sealer
from collector.settings import Settings, load
from collector.web import errors
from collector.web.front import Front
from collector.web.guard import MAX_BODY, Tries, sent_from_elsewhere
from collector.web.pages import has_sound, security_headers
from collector.web.public import public
from collector.web.receipt import receipt
from collector.web.releases import releases
from collector.web.respond import respond
from collector.web.site import Site
from collector.web.sound import sound
from collector.web.suggest import suggest
from collector.web.thanks import thanks


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
    app.extensions["collector"] = site
    app.extensions["collector-tries"] = Tries(random_bytes(32))
    for blueprint in (thanks, respond, receipt, suggest, sound, public, releases):
        app.register_blueprint(blueprint)
    errors.install(app)
    _guard(app, settings)
    if settings.trusted_proxies:
        proxies = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    return Front(app, site)


def serve_app() -> Front:
    """What the web server loads in each of its processes."""
    settings = load()
    log_to(settings.data / "logs")
    front = create_app(settings)
    hold(settings.data)
    if settings.scheduler:
        from collector.jobs import start_when_leading  # a server without scheduler need not load it

        start_when_leading(settings)
    return front


def _site(settings: Settings, now: Callable[[], datetime], random_bytes: Callable[[int], bytes]) -> Site:
    database = connect(settings.database)
    if pending(database):
        raise StoreError("The database is from an older Collector. Run `collector migrate` (it is quick and safe).")
    refuse_newer(database)
    row = database.one("SELECT synthetic FROM installation WHERE id = 1")
    database.close()
    if row is None:
        raise StoreError("The data folder is not set up. Run `collector init`.")
    return Site(
        settings=settings,
        catalogues=Catalogues(registry.load(settings.translations), settings.translations),
        recordings=Recordings(settings.translations),
        readers=Readers(settings.database),
        writer=Writer(settings.database),
        sealer=load_sealer(settings.secret_file),
        promises=promises.load(settings.forms),
        synthetic=bool(row[0]),
        now=now,
        random_bytes=random_bytes,
    )


def _guard(app: Flask, settings: Settings) -> None:
    """Refuse forms from elsewhere, and put the security headers on every page."""
    headers = security_headers(settings.secure)
    with_sound = security_headers(settings.secure, sound=True)

    def refuse_foreign_forms() -> None:
        if request.method == "POST" and sent_from_elsewhere(request, settings.public_url):
            abort(403)

    def add_headers(response: Response) -> Response:
        for name, value in with_sound if has_sound(response) else headers:
            response.headers.setdefault(name, value)
        return response

    app.before_request(refuse_foreign_forms)
    app.after_request(add_headers)
