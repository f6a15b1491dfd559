"""Errors turned into pages, in the person's language where it is known. The only broad `except` of the program."""

from __future__ import annotations

import logging
import sqlite3
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from collector.errors import CollectorError, IntakeError, StoreError
from collector.languages.catalogue import Words
from collector.web import messages
from collector.web.front import survey_path
from collector.web.respond import full
from collector.web.site import Site, site
from collector.web.views import html, plain_page, say, words_for

BY_STATUS = {404: "missing", 405: "method", 413: "large", 400: "odd", 403: "elsewhere", 503: "shut"}
log = logging.getLogger("collector.web")


def install(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(HTTPException, on_http)
    for kind in (StoreError, IntakeError, sqlite3.Error):
        app.register_error_handler(kind, on_store)
    app.register_error_handler(Exception, on_fault)


def on_http(error: HTTPException) -> Response:
    """A plain page for what the web layer refuses."""
    here = site()
    status = error.code or 500
    tag = (request.view_args or {}).get("language", "")
    pick = status in (404, 503) and request.method in ("GET", "HEAD")
    words = words_for(here, str(tag))
    link = _the_form(here, words) if status == 403 else _form_again(here, words)
    response = plain_page(here, words, BY_STATUS.get(status, "fault"), link, pick=pick)
    response.status_code = status
    if status == 503:
        response.headers["Retry-After"] = "3600"
    return response


def _the_form(here: Site, words: Words) -> tuple[str, Any] | None:
    """Where to open the form itself, with our own address: a page that another website passes on stands at theirs."""
    code = (request.view_args or {}).get("code", "")
    if code not in here.live().venues:
        return None
    return f"{here.settings.public_url}/v/{code}?to={words.tag}", say(words, messages.BACK_TO_START)


def _form_again(here: Site, words: Words) -> tuple[str, Any] | None:
    """The form that was sent, where it was one: what was filled in is still in its tab."""
    given = request.view_args or {}
    if request.method != "POST" or request.endpoint != "respond.answer" or given["code"] not in here.live().venues:
        return None
    path = survey_path(given["code"], words.tag, given.get("variant", "full"))
    return path, say(words, messages.FORM_AGAIN)


def on_store(error: Exception) -> Response:
    """The database cannot be written, or the clock is wrong: the sender keeps all that was typed and can try again."""
    log.error("not stored: %s", error.reason if isinstance(error, IntakeError) else type(error).__name__)
    given = request.view_args or {}
    if request.method == "POST" and request.endpoint == "respond.answer":
        again = full(site(), given["code"], given["language"], given.get("variant", "full"))
        if again is not None:
            again.headers["Retry-After"] = "60"
            return again
    return on_fault(error)


def on_fault(error: Exception) -> Response:
    """Anything else: a plain page; the log has the kind and the place, never what was sent."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "unknown place"
    log.error("fault: %s at %s", type(error).__name__, place)
    try:
        here = site()
        words = words_for(here, str((request.view_args or {}).get("language", "")))
        return plain_page(here, words, "fault", _form_again(here, words))
    except (CollectorError, sqlite3.Error):
        return html(
            "<!doctype html><title>Collector</title><p>Something went wrong on our side. Please try again later.", 503
        )
