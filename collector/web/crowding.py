"""Many answers from one sender in a short time are held: a machine or a joke, not a queue at a barber's."""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from ipaddress import IPv6Address, IPv6Network, ip_address


def sender_name(address: str) -> str:
    """What counts as one sender: an IPv4 address, or the /64 network that a household or phone has of IPv6."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(IPv6Network((found, 64), strict=False))
    return str(getattr(found, "ipv4_mapped", None) or found)


@dataclass
class Crowding:
    """Counts answers by sender. Senders are hashed with a key that lives in memory only; nothing is written."""

    secret: bytes = field(repr=False)
    most: int = 20
    seconds: float = 600.0
    most_senders: int = 10_000
    _recent: OrderedDict[bytes, list[float]] = field(default_factory=OrderedDict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def beyond(self, address: str, now: float) -> bool:
        """Note an answer; True when its sender has had its share of the last minutes before."""
        name = hmac.digest(self.secret, sender_name(address).encode(), hashlib.sha256)[:8]
        with self._lock:
            times = [at for at in self._recent.pop(name, ()) if now - at < self.seconds]
            beyond = len(times) >= self.most
            self._recent[name] = [*times, now][-self.most :]
            while len(self._recent) > self.most_senders:
                self._recent.popitem(last=False)
        return beyond
