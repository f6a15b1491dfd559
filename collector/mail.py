"""Sending one message by the mail server of the settings."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage

from collector.settings import Settings

SECONDS = 20
SENT = "sent"


def try_to_send(mail: EmailMessage, settings: Settings) -> str:
    """Send a message; what came of it, in words that begin with `sent` when the server took it."""
    try:
        refused = _send(mail, settings)
    except (OSError, smtplib.SMTPException) as error:
        return f"not sent: {type(error).__name__}"
    return f"{SENT}, {len(refused)} addresses refused" if refused else SENT


def _send(mail: EmailMessage, settings: Settings) -> dict[str, tuple[int, bytes]]:
    """The addresses that the server refused; it takes the message for the others. Raises OSError, SMTPException."""
    safe = ssl.create_default_context()
    tls = settings.smtp_security == "tls"
    server = (
        smtplib.SMTP_SSL(settings.smtp_host, settings.smtp_port, timeout=SECONDS, context=safe)
        if tls
        else smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=SECONDS)
    )
    with server:
        if settings.smtp_security == "starttls":
            server.starttls(context=safe)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        return server.send_message(mail)
