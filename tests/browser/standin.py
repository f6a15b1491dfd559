"""Stand-in for POST /t/pair and /t/sync until the real ones are there."""

import base64
import json
import threading
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric import ec

from tests.sealing import opened, point_of


class Desk:
    def __init__(self, world, now=lambda: datetime.now(UTC), venues=None, private=None):
        self.private = private or ec.generate_private_key(ec.SECP256R1())
        self.front = world.app()
        shelves = self.front.application.extensions["collector-tablet"]
        shelves._key = lambda: base64.urlsafe_b64encode(point_of(self.private.public_key())).rstrip(b"=").decode()
        self.world, self.now = world, now
        self.venues = venues or [{"code": world.venue, "name": "Fade Kings", "languages": ["bn", "ur", "en"]}]
        self.rows, self.visits, self.status, self.lock, self.requests = {}, {}, 200, threading.Lock(), []

    def __call__(self, environ, start_response):
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if method != "POST" or path not in ("/t/pair", "/t/sync"):
            return self.front(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        said = json.loads(body)
        with self.lock:
            status, answer = self.pair(said) if path == "/t/pair" else self.sync(said, len(body))
        start_response(
            f"{status} X",
            [("Content-Type", "application/json"), ("Set-Cookie", "tablet=x; Path=/t; HttpOnly; SameSite=Strict")],
        )
        return [json.dumps(answer).encode()]

    def pair(self, said):
        if said["code"] != "123456789":
            return 404, {"error": "code"}
        return 200, {"name": "Tablet 1", "language": "en", "venues": self.venues}

    def sync(self, said, length):
        self.requests.append(said)
        if self.status != 200:
            return self.status, {}
        assert length <= 48_000
        for visit in said["visits"]:
            self.visits.setdefault(visit["id"], {"boxes": set()}).update(visit)
        kept, aside = [], []
        for id_, visit, box in said["boxes"]:
            sealed = base64.urlsafe_b64decode(box + "=" * (-len(box) % 4))
            try:
                inside = opened(self.private, visit, id_, sealed)
            except Exception:
                aside.append([id_, "box"])
                continue
            self.rows[inside["key"]] = inside
            self.visits[visit]["boxes"].add(id_)
            kept.append(id_)
        visits = {
            v: [len(self.visits[v]["boxes"]), 0]
            for v in {*(x["id"] for x in said["visits"]), *(b[1] for b in said["boxes"])}
        }
        return 200, {
            "kept": kept,
            "aside": aside,
            "visits": visits,
            "now": self.now().isoformat(),
            "until": "2026-12-31",
        }
