"""Requests that no browser would make: odd bodies, paths and headers, by seed; whatever comes must not be a fault."""

from __future__ import annotations

import io
import random
from typing import Any

from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.world import World

PATHS = (
    "/v/{code}", "/v/{code}/en", "/v/{code}/ur/short", "/v/{code}/no-thanks", "/receipt", "/words", "/figures", "/releases",
    "/releases/x/y.csv", "/healthz", "/", "/sound/en/x", "/figures/one-page", "/V/{code}.",
    "/t/pair", "/t/sync", "/t/sync", "/v/{code}/poster", "/v/{code}/cards", "/{code}",
)  # fmt: skip
HEADERS = (
    "ORIGIN", "HOST", "COOKIE", "ACCEPT_LANGUAGE", "ACCEPT_ENCODING", "IF_NONE_MATCH", "IF_MODIFIED_SINCE", "REFERER",
    "X_FORWARDED_FOR", "X_FORWARDED_HOST", "X_FORWARDED_PROTO", "FORWARDED", "SEC_FETCH_SITE", "RANGE", "EXPECT",
    "TRANSFER_ENCODING", "CONTENT_ENCODING", "AUTHORIZATION", "DATE", "USER_AGENT",
)  # fmt: skip
TYPES = (
    "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "application/json",
    "application/json", "application/json",
    "application/x-www-form-urlencoded; charset=utf-16", "text/plain", "", "multipart/form-data; boundary=" + "y" * 300, ";;=",
)  # fmt: skip
PIECES = (
    "[", "]", "http://[", "://", "%", "%00", "%ff", "\x00", "\xff", "\u0663", "&", "=", ";", ",", "q=", "q=0.0", "*", "..", "/",
    "version=1.1.0", "end=1", "OV1=always", "OV1=%ff", "key=" + "0" * 32, "to=ur", "to=zz", "number=1234567890123456", "sure=yes",
    "key_full=" + "a" * 32, "a" * 70, "bytes=0-", "999999999999", "-1", "\r\n", '"', "W/\"x\"", "br;q=nan", "--x\r\n",
    'Content-Disposition: form-data; name="end"\r\n\r\n1\r\n', "--x--", "period=2026-27-Q1", "area=E09", "revision=x", "by=sex",
    '{"code": "123456789"}', '{"clock": "2026-11-23T12:00:00Z", "visits": [], "boxes": []}', "{", '"boxes": [["', "null", "1e999",
    "tablet=" + "0" * 64, "\\ud800",
)  # fmt: skip
METHODS = ("GET", "GET", "POST", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "X")


def fuzz(world: World, chance: random.Random, count: int) -> list[str]:
    """So many requests to the program in this process; those that were answered with a fault."""
    app, found = world.app(), []
    base = EnvironBuilder("/").get_environ()
    for _ in range(count):
        odd = request(world, chance)
        _, status, _ = run_wsgi_app(app, base | odd, buffered=True)
        if status.startswith("5"):
            found.append(f"{status}: {odd}")
    return found


def request(world: World, chance: random.Random) -> dict[str, Any]:
    """One of them, as the server hands it over."""
    body = noise(chance).encode("utf-8") if chance.random() < 0.9 else chance.randbytes(chance.randrange(300))
    path = chance.choice(PATHS).format(code=world.venue)
    while chance.random() < 0.25:
        at = chance.randrange(len(path) + 1)
        path = path[:at] + chance.choice(PIECES) + path[at:]
    length = chance.choice((str(len(body)), str(len(body)), str(len(body) + 9), "", "0", "x", "-1", "99999999"))
    odd: dict[str, Any] = {
        "REQUEST_METHOD": chance.choice(METHODS), "PATH_INFO": latin(path), "QUERY_STRING": latin(noise(chance)),
        "CONTENT_TYPE": chance.choice(TYPES), "CONTENT_LENGTH": length, "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True, "REMOTE_ADDR": chance.choice(("127.0.0.1", "::1", "2001:db8::1", "", "unknown")),
    }  # fmt: skip
    for name in chance.sample(HEADERS, chance.randrange(4)):
        odd[f"HTTP_{name}"] = latin(noise(chance))
    return odd


def noise(chance: random.Random) -> str:
    """Pieces of what could be meant, in no order."""
    return chance.choice(("", "&", ",", ";")).join(chance.choices(PIECES, k=chance.randrange(6)))


def latin(text: str) -> str:
    """Text as WSGI carries it: bytes as Latin-1."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")
