"""The secret of a period, by which its counts are changed (R3): drawn once, kept beside the frozen tables, never shown."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable

from collector.db import Database
from collector.errors import ReleaseError
from collector.releases.refusals import refusal

BYTES = 32
Draw = Callable[[str], bytes]
"""Draws the secret of a period, given its code."""

KEEP = "INSERT INTO period_secret (period, secret) VALUES (:period, :secret) ON CONFLICT (period) DO NOTHING"
MISSING = """
    SELECT period FROM period WHERE frozen_on IS NOT NULL AND period NOT IN (SELECT period FROM period_secret)
    ORDER BY period"""


def fresh(period: str) -> bytes:
    """A secret that nobody can guess."""
    return secrets.token_bytes(BYTES)


def seeded(period: str) -> bytes:
    """For invented answers: the same every time, so that practice data is the same everywhere. It protects nobody."""
    return hashlib.sha256(f"collector synthetic {period}".encode()).digest()


def draw_for(synthetic: bool) -> Draw:
    """How an installation draws its secrets."""
    return seeded if synthetic else fresh


def keep(database: Database, periods: Iterable[str], draw: Draw) -> None:
    """Draw the secrets that are not there yet, inside a transaction."""
    for period in periods:
        database.execute(KEEP, {"period": period, "secret": draw(period)})


def kept(database: Database, period: str) -> bytes:
    """The secret of a period. Raises ReleaseError when it is lost."""
    found = database.one("SELECT secret FROM period_secret WHERE period = :period", {"period": period})
    if found is None:
        raise ReleaseError(refusal("secret_missing", period=period))
    return bytes(found[0])


def missing(database: Database) -> list[str]:
    """Frozen periods without a secret."""
    return [row[0] for row in database.rows(MISSING)]
