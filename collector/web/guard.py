"""Who may enter: every view says so, and a test fails on one that does not. And what may come in at all."""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Request

View = TypeVar("View", bound=Callable[..., object])
MAX_BODY = 64 * 1024
"""Bytes of the largest form that is read."""


def public(view: View) -> View:
    """Anybody may enter."""
    view.audience = "public"  # type: ignore[attr-defined]
    return view


def sent_from_elsewhere(request: Request, public_url: str) -> bool:
    """True for a form that another website sent. Browsers say so; what is no browser may send what it likes."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin", "")
    if not origin or origin == "null":
        return False
    return origin != public_url and urlsplit(origin).netloc != request.host


@dataclass
class Tries:
    """Limits wrong guesses: each sender some, all together more. Senders are hashed, in memory, for an hour only."""

    secret: bytes
    each: int = 10
    together: int = 600
    seconds: float = 3600.0
    most_senders: int = 10_000
    _wrong: OrderedDict[bytes, tuple[float, int]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def allowed(self, sender: str, now: float) -> bool:
        """False when this sender, or all together, guessed wrong too often within the hour."""
        with self._lock:
            return self._count(self._name(sender), now) < self.each and self._count(b"", now) < self.together

    def wrong(self, sender: str, now: float) -> None:
        """Note a wrong guess."""
        with self._lock:
            for name in (self._name(sender), b""):
                count = self._count(name, now)
                since = self._wrong[name][0] if count else now
                self._wrong[name] = (since, count + 1)
            while len(self._wrong) > self.most_senders:
                self._wrong.popitem(last=False)

    def _count(self, name: bytes, now: float) -> int:
        since, count = self._wrong.get(name, (now, 0))
        if now - since >= self.seconds:
            self._wrong.pop(name, None)
            return 0
        return count

    def _name(self, sender: str) -> bytes:
        return hmac.digest(self.secret, sender.encode(), hashlib.sha256)[:8]
