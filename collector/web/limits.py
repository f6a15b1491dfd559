"""How often somebody may guess: a bucket of tries that refills, so that nobody is shut out for long, and nobody by others.

Senders are held as keyed hashes, in memory only.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address


@dataclass(frozen=True)
class Rate:
    """So many at once, then one more every so many seconds."""

    at_once: float
    seconds: float


EACH = Rate(20, 30.0)
TOGETHER = Rate(100, 0.2)
MOST_SENDERS = 10_000


@dataclass
class Limits:
    """Limits wrong guesses: of each sender, and of all together."""

    secret: bytes
    each: Rate = EACH
    together: Rate = TOGETHER
    _left: OrderedDict[bytes, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def allowed(self, address: str, now: float) -> bool:
        """Whether a sender may guess at a moment (seconds of a clock that never goes back)."""
        with self._lock:
            return all(self._now(name, rate, now) >= 1 for name, rate in self._buckets(address))

    def wrong(self, address: str, now: float) -> None:
        """Note a wrong guess."""
        with self._lock:
            for name, rate in self._buckets(address):
                self._left[name] = (max(0.0, self._now(name, rate, now) - 1), now)
                self._left.move_to_end(name)
            while len(self._left) > MOST_SENDERS:
                self._left.popitem(last=False)

    def _buckets(self, address: str) -> tuple[tuple[bytes, Rate], ...]:
        name = hmac.digest(self.secret, sender(address).encode(), hashlib.sha256)[:8]
        return (name, self.each), (b"", self.together)

    def _now(self, name: bytes, rate: Rate, now: float) -> float:
        left, since = self._left.get(name, (rate.at_once, now))
        return min(rate.at_once, left + (now - since) / rate.seconds)


def sender(address: str) -> str:
    """Who an address stands for: of IPv6 its /64, for one line has billions of addresses."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Address(int(found) >> 64 << 64))
