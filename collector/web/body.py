"""The body of a request, read whole before anything looks at it: a part of one is no answer."""

from __future__ import annotations

import io
from typing import Any

Environ = dict[str, Any]
MAX_BODY = 64 * 1024
"""Bytes of the largest form that is read."""
UNREAD = "collector.unread"
"""Where the status of a body that was not taken stands: 400 when it broke off, 413 when it is too large."""


def read_body(environ: Environ) -> None:
    """Put the whole body in the place of the stream, or nothing and a status at `UNREAD`."""
    told = environ.get("CONTENT_LENGTH") or ""
    length = int(told) if told.isascii() and told.isdigit() else None
    chunked = "HTTP_TRANSFER_ENCODING" in environ
    body, status = b"", 0
    if told and length is None:
        status = 400
    elif length is not None and length > MAX_BODY:
        status = 413
    elif length or chunked:
        body = _read(environ["wsgi.input"], MAX_BODY + 1 if length is None else length)
        status = 413 if len(body) > MAX_BODY else 400 if length is not None and len(body) != length else 0
    if status:
        environ[UNREAD] = status
        body = b""
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)


def _read(stream: Any, size: int) -> bytes:
    """So many bytes, or all there are; what a broken connection raises means that no more came."""
    try:
        body: bytes = stream.read(size)
    except (OSError, RuntimeError, ValueError):
        return b""
    return body
