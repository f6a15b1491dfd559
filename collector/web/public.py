"""For anybody: the home page, and health for whoever watches over the server."""

from __future__ import annotations

import shutil
import sqlite3

from flask import Blueprint, Response, jsonify

from collector.db import Database
from collector.errors import CollectorError
from collector.web.guard import public as anybody
from collector.web.pages import render
from collector.web.site import site
from collector.web.views import html, words_for

public = Blueprint("public", __name__)
LOW_DISK = 200 * 1024 * 1024


@public.get("/")
@anybody
def home() -> Response:
    """What this is, for somebody who came without a code."""
    here = site()
    words = words_for(here)
    return html(render(here, words, "home.html", host=here.settings.organisation))


@public.get("/healthz")
@anybody
def health() -> Response:
    """Whether it can write, the free disk, and the last job: 200 when well, 503 when not."""
    here = site()
    free = shutil.disk_usage(here.settings.data).free
    try:
        here.writer.write(_touch)
        writes = True
    except (CollectorError, OSError, sqlite3.Error):
        writes = False
    well = writes and free > LOW_DISK
    answer = jsonify(
        well=well, writes=writes, disk_free_mb=free // 1024 // 1024, last_job=_last_job(here.readers.get())
    )
    answer.status_code = 200 if well else 503
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _touch(database: Database) -> None:
    """A real write that changes nothing."""
    database.execute("UPDATE installation SET id = id WHERE id = 1")


def _last_job(database: Database) -> dict[str, str] | None:
    row = database.one("SELECT job, due, outcome FROM job_run ORDER BY started DESC LIMIT 1")
    return {"job": row[0], "due": row[1], "outcome": row[2]} if row else None
