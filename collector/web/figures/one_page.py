"""What a sheet of paper needs besides the figures: where to read more, as words and as a code for phones."""

from __future__ import annotations

import io

import segno
from markupsafe import Markup

from collector.releases.published.area_figures import AreaFigures


def page_address(public_url: str, sheet: AreaFigures) -> str:
    """The address of the whole page; nothing when nobody has said where people open the program."""
    return f"{public_url}/figures?{sheet.address}" if public_url else ""


def qr(address: str, says: str = "The address of these figures, for a phone") -> Markup:
    """The address as a QR code, black on white also in the dark, with the quiet border that phones need."""
    out = io.BytesIO()
    segno.make_qr(address, error="m").save(
        out, kind="svg", xmldecl=False, svgns=False, svgid="q", svgclass="qr", lineclass=None, border=4, omitsize=True,
        dark="#000", light="#fff", title=says, nl=False,
    )  # fmt: skip
    return Markup(out.getvalue().decode())  # noqa: S704
