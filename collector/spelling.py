"""Whether a text is spelled as what a setting asks for: a time of day, an address of a machine or of a person."""

from __future__ import annotations

from ipaddress import ip_address


def is_time(raw: str) -> bool:
    hours, _, minutes = raw.partition(":")
    return len(raw) == 5 and hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60


def is_ip(raw: str) -> bool:
    """An IP address, or this machine's name for itself."""
    try:
        ip_address(raw)
    except ValueError:
        return raw == "localhost"
    return True


def is_address(text: str) -> bool:
    """Enough to catch slips; the mail server knows the rest."""
    name, at, host = text.strip().rpartition("@")
    return bool(name and at and "." in host.strip(".")) and not set(text.strip()) & set(' "<>()[]\\:;')
