"""People who send slowly, and nobody waits behind them.

The server (granian) gives each request a thread and has no deadline for bodies. So it gets threads enough for WAITING
bodies beside those that work, and what is not whole after PATIENCE is answered with 408 and its connection ended; the
oldest sooner, when there are more than WAITING. See docs/decisions/012-slow-senders.md.
"""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

from collector.web import cutting

Environ = dict[str, Any]
Application = Callable[..., Iterable[bytes]]
PATIENCE = 5.0
"""Seconds in which a body has to arrive."""
WAITING = 4
"""Bodies that are waited for at once, in one process."""
TICK = 0.05
SLOW = 0.25
"""Seconds after which a body counts as slow."""
NUDGE = "/.nudge"
TOO_SLOW = b"Your answers did not arrive in time, so nothing was stored. Please send them again."
EMPTY = [("Content-Length", "0")]


class Body:
    """A request's body, as an application reads it. It is seen while it is waited for."""

    __slots__ = ("_among", "_input", "begun", "cut", "environ", "proto")

    def __init__(self, proto: Any, environ: Environ, among: dict[int, Body]) -> None:
        self.proto, self.environ, self._among = proto, environ, among
        self._input = environ["wsgi.input"]
        self.begun = 0.0
        self.cut = False

    def read(self, size: int = -1) -> bytes:
        """What was sent; nothing once its sender was told that it comes too late."""
        self.begun = time.monotonic()
        self._among[id(self)] = self
        try:
            found: bytes = self._input.read(size)
        finally:
            del self._among[id(self)]
        return b"" if self.cut else found


class Senders:
    """The bodies that are waited for, and a watch over them."""

    def __init__(self) -> None:
        self.bodies: dict[int, Body] = {}
        threading.Thread(target=self._watch, name="patience", daemon=True).start()

    def _watch(self) -> None:
        while True:
            time.sleep(TICK)
            if self.bodies:
                self._look(list(self.bodies.values()), time.monotonic())

    def _look(self, bodies: list[Body], now: float) -> None:
        """Cut what is too slow, oldest first, and wake the server."""
        slow = sorted((body for body in bodies if now - body.begun > SLOW), key=lambda body: body.begun)
        for place, body in enumerate(slow):
            if not body.cut and (now - body.begun > PATIENCE or place < len(slow) - WAITING):
                body.cut = True
                cutting.cut(body.environ.get("REMOTE_ADDR", ""), partial(too_slow, body.proto))
        if slow:
            nudge(slow[0].environ)


def nudge(environ: Environ) -> None:
    """Two small requests to ourselves: the server makes a further thread only when a second request waits."""
    for _ in range(2):
        with suppress(OSError, ValueError), socket.socket() as own:
            own.settimeout(SLOW)
            own.connect((environ["SERVER_NAME"], int(environ["SERVER_PORT"])))
            own.sendall(f"GET {NUDGE} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())


def too_slow(proto: Any, filling: bytes) -> None:
    """Tell somebody whose body did not come."""
    body = TOO_SLOW + filling
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"),
        ("Connection", "close"), ("Content-Length", str(len(body))),
    ]  # fmt: skip
    proto.response_bytes(408, headers, body)


def answer(application: Application, proto: Any, environ: Environ) -> int:
    """Let a WSGI application answer a request of the server; the status."""
    said: list[Any] = [500, EMPTY]

    def start(line: str, headers: list[tuple[str, str]], _: Any = None) -> None:
        said[:] = int(line[:3]), headers

    try:
        pieces = application(environ, start)
        body = b"".join(pieces)
        close = getattr(pieces, "close", None)
        if close is not None:
            close()
    except Exception as error:  # the application turns its own errors into pages; this is the last resort
        sys.stderr.write(f"collector: {type(error).__name__} while answering\n")
        said[:], body = (500, EMPTY), b""
    proto.response_bytes(said[0], said[1], body)
    return int(said[0])


def patient(front: Any) -> Callable[..., Callable[[Any, Environ], int]]:
    """What takes the place of granian's `_callback_wrapper`: it makes what is called for each request.

    The process's environment, which may hold passwords, stays out of every request's.
    """
    base = {
        "SCRIPT_NAME": "", "SERVER_SOFTWARE": "collector", "wsgi.errors": sys.stderr, "wsgi.input_terminated": True,
        "wsgi.multiprocess": False, "wsgi.multithread": True, "wsgi.run_once": False, "wsgi.version": (1, 0),
    }  # fmt: skip

    def wrap(*_: Any) -> Callable[[Any, Environ], int]:
        senders = Senders()

        def run(proto: Any, scope: Environ) -> int:
            environ = base | scope
            if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
                environ["wsgi.input"] = Body(proto, environ, senders.bodies)
            elif environ["PATH_INFO"] == NUDGE:
                proto.response_bytes(204, [], b"")
                return 204
            return answer(front, proto, environ)

        return run

    return wrap
