"""Telling those who asked that figures are out: a message with the link, never the data.

It is sent after the release and apart from it, so no release waits for a mail server. Every try is written down; one
that fails is made again, each time after a longer wait.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from collector.db import Database
from collector.mail import SENT, try_to_send
from collector.releases.changes import Reason
from collector.releases.register import Record, records
from collector.settings import Settings

FRESH = timedelta(days=14)
"""Older releases are not announced: those that were out before mail was set up."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=45), timedelta(hours=12)
MOST_TRIES = 24
WHAT = {"": "New figures", "correction": "A correction of the figures", "notice": "A note on the figures"}
"""By why a revision was made."""


@dataclass(frozen=True)
class Try:
    """One try to tell of a release: when, and what came of it."""

    at: datetime
    outcome: str


def is_set(settings: Settings) -> bool:
    """Whether there is a server, a sender and somebody to write to, and an address for the link."""
    return bool(settings.smtp_host and settings.mail_from and settings.mail_to and settings.public_url)


def announce(database: Database, settings: Settings, now: datetime, synthetic: bool) -> str:
    """Tell of every release that is due; what was done, in words. A server's failure is written down, not raised."""
    if not is_set(settings):
        return "mail is not set"
    outcomes = []
    for release in due(database, now):
        outcome = try_to_send(message(release, settings, now, synthetic), settings)
        with database.transaction():
            database.execute(
                "INSERT INTO delivery (release, at, outcome) VALUES (:release, :at, :outcome)",
                {"release": release.number, "at": now.isoformat(), "outcome": outcome},
            )
        outcomes.append(f"{release.name} {outcome}")
    return "; ".join(outcomes) or "nothing to tell"


def due(database: Database, now: datetime) -> Iterator[Record]:
    """Releases to tell of now, oldest first: out, fresh, not told of, and past the wait after the last try."""
    for release in records(database):
        out = max(release.published_on, release.made_on)  # one that comes late is as new to its readers
        if now.date() - FRESH <= out <= now.date() and _is_due(tries(database, release.number), now):
            yield release


def tries(database: Database, number: int) -> list[Try]:
    """Every try to tell of a release, in order."""
    rows = database.rows("SELECT at, outcome FROM delivery WHERE release = :number ORDER BY at", {"number": number})
    return [Try(datetime.fromisoformat(at), outcome) for at, outcome in rows]


def _is_due(made: list[Try], now: datetime) -> bool:
    if not made:
        return True
    if made[-1].outcome.startswith(SENT) or len(made) >= MOST_TRIES:
        return False
    wait: timedelta = FIRST_WAIT * 2 ** min(len(made) - 1, 10)
    return now >= made[-1].at + min(wait, LONGEST_WAIT)


def message(release: Record, settings: Settings, now: datetime, synthetic: bool) -> EmailMessage:
    """The message: the link, and the checksum by which the files can be compared. No figure, and nothing to open."""
    what = WHAT[Reason.read(release.reason).kind]
    found = EmailMessage()
    found["Subject"] = f"{what}: {release.period}"
    found["From"], found["To"] = settings.mail_from, settings.mail_to
    found["Date"] = format_datetime(now)
    host = settings.public_url.partition("://")[2]
    found["Message-ID"] = f"<{hashlib.sha256(release.name.encode()).hexdigest()[:32]}@{host.partition(':')[0]}>"
    sums = hashlib.sha256(release.checksums.encode()).hexdigest()
    lines = [
        f"{what} for {release.period}. Read them and download the files here:",
        f"{settings.public_url}/releases#{release.name}",
        "",
        *(["These answers are invented: they show how it works.", ""] if synthetic else []),
        "The files' checksums are in checksums.txt. Its own SHA-256 is:",
        sums,
        "",
        f"Sent by Collector for {settings.organisation or 'the organisation that asks'}. Nobody reads answers to this message.",
    ]
    found.set_content("\n".join(lines) + "\n")
    return found
