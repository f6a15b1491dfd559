"""For anybody: the home page, and health for whoever watches over the server."""

from __future__ import annotations

import shutil

from flask import Blueprint, Response, current_app, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from collector.db import Database
from collector.web import messages
from collector.web.addresses import code_in
from collector.web.guard import public as anybody
from collector.web.pages import render
from collector.web.site import site
from collector.web.views import html, say, words_for
from collector.web.watch import Watch

public = Blueprint("public", __name__)
MOST_TYPED = 200
"""Letters that are looked at of what stands in the box for a code: an address may be pasted."""


@public.get("/")
@anybody
def home() -> AnyResponse:
    """What this is, for somebody who came without a code; and a box for one that was read or heard."""
    here = site()
    words = words_for(here)
    typed, chose = request.args.get("code", "")[:MOST_TYPED], "to" in request.args
    code = code_in(typed)
    if code in here.live().venues:
        return redirect(f"/v/{code}?to={words.tag}" if chose else f"/v/{code}", 303)
    fault = say(words, messages.PAGES["venue"].lines[0]) if typed.strip() else ""
    body = render(here, words, "home.html", host=here.settings.organisation, typed=typed, fault=fault, chose=chose)
    return html(body, 404 if fault else 200)


@public.get("/healthz")
@anybody
def health() -> Response:
    """Whether all is well with the machine, whether it can write, the free disk, and the last job: 200 or 503."""
    here = site()
    watch: Watch = current_app.extensions["collector-watch"]
    wrong, writes = watch.look(here.now())
    well = writes and not wrong
    free = shutil.disk_usage(here.settings.data).free
    answer = jsonify(
        well=well, writes=writes, disk_free_mb=free // 1024 // 1024, last_job=_last_job(here.readers.get())
    )
    answer.status_code = 200 if well else 503
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _last_job(database: Database) -> dict[str, str] | None:
    row = database.one("SELECT job, due, outcome FROM job_run ORDER BY started DESC LIMIT 1")
    return {"job": row[0], "due": row[1], "outcome": row[2]} if row else None
