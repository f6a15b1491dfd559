"""For anybody who would rather listen: recordings, by their hash; and the player that pages show for them."""

from __future__ import annotations

import io

from flask import Blueprint, Response, abort, send_file
from markupsafe import Markup

from collector.languages.catalogue import Words
from collector.languages.sound import Recordings, Spoken
from collector.web import messages
from collector.web.guard import public
from collector.web.site import site

sound = Blueprint("sound", __name__)
A_YEAR = 31_536_000


@sound.get("/sound/<tag>/<digest>/<name>")
@public
def play(tag: str, digest: str, name: str) -> Response:
    """One recording, in parts if asked so. Its address changes with its bytes, so it may be kept for good."""
    here = site()
    language = here.catalogues.registry.get(tag)
    if language is None:
        abort(404)
    found = (s for r in here.recordings.all(language).values() for s in r.sounds)
    file = next((s for s in found if s.path.name == name and s.digest == digest), None)
    if file is None:
        abort(404)
    response = send_file(
        io.BytesIO(file.path.read_bytes()), mimetype=file.kind, conditional=True, max_age=A_YEAR, etag=file.digest
    )
    response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


def player(recordings: Recordings, words: Words, code: str, spoken: Spoken) -> Markup:
    """A player for a fresh recording, which loads nothing before it is pressed; nothing where there is none."""
    found = recordings.fresh(words, code, spoken)
    if found is None or not found.sounds:
        return Markup()
    label = words.plain(*messages.LISTEN, text=words.plain(*spoken[0]))
    sources = Markup().join(
        Markup('<source src="/sound/%s/%s/%s" type="%s">') % (words.tag, s.digest, s.path.name, s.kind)
        for s in found.sounds
    )
    return Markup('<audio controls preload="none" aria-label="%s">%s</audio>') % (label, sources)
