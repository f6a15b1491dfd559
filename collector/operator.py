"""One mail to whoever keeps the server when something turns wrong, and one when all is well again.

An empty file in the data folder says that the first has been sent: it can be made on a full disk, and beside a
database that cannot be read. It is made before the mail goes, so that none is sent twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from collector.finding import Finding
from collector.mail import SENT, try_to_send
from collector.settings import Settings

MARK = "operator-told"


def is_set(settings: Settings) -> bool:
    """Whether there is a server, a sender and an operator to write to."""
    return bool(settings.smtp_host and settings.mail_from and settings.mail_operator)


def tell(settings: Settings, now: datetime, findings: Iterable[Finding]) -> str:
    """Send the mail that is due, if any; what came of it, in words. One that could not be sent is due again."""
    mark = settings.data / MARK
    wrong = [finding for finding in findings if finding.kind == "machine"]
    if not is_set(settings) or bool(wrong) == mark.exists():
        return "nothing to tell"
    _set(settings, told=bool(wrong))
    outcome = try_to_send(message(settings, now, wrong), settings)
    if not outcome.startswith(SENT):
        _set(settings, told=not wrong)
    return outcome


def _set(settings: Settings, *, told: bool) -> None:
    mark = settings.data / MARK
    if told:
        mark.touch(mode=0o600)
    else:
        mark.unlink()


def message(settings: Settings, now: datetime, wrong: list[Finding]) -> EmailMessage:
    """What `doctor` says of the machine; nothing of anybody's answers."""
    found = EmailMessage()
    name = settings.public_url.partition("://")[2] or settings.host or "this installation"
    found["Subject"] = f"Collector: {'something is wrong' if wrong else 'all is well again'} ({name})"
    found["From"], found["To"] = settings.mail_from, settings.mail_operator
    found["Date"] = format_datetime(now)
    lines = [f"- {finding.what} {finding.cure}" for finding in wrong] or ["What was wrong is mended."]
    end = "`collector doctor` says it again. You get no further mail until this has changed."
    found.set_content("\n".join([*lines, "", end]) + "\n")
    return found
