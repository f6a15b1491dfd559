"""What a sheet of paper needs besides the figures: where to read more, as words and as a code for phones."""

from __future__ import annotations

from markupsafe import Markup

from collector.qr import svg
from collector.web.sheet import Sheet


def page_address(public_url: str, sheet: Sheet) -> str:
    """The address of the whole page; nothing when nobody has said where people open the program."""
    return f"{public_url}/figures?{sheet.address}" if public_url else ""


def qr(address: str) -> Markup:
    """The address as a QR code."""
    return Markup(svg(address, "The address of these figures, for a phone"))  # noqa: S704
