"""Addresses as QR codes: for a page, for a file to print, and for a terminal."""

from __future__ import annotations

import io
from pathlib import Path

import segno

BLOCKS = {(1, 1): " ", (1, 0): "▄", (0, 1): "▀", (0, 0): "█"}
"""Two rows of a code as one line of letters, dark where the terminal is."""


def svg(text: str, title: str) -> str:
    """Black on white also in the dark, with the quiet border that phones need; `title` is what is read out."""
    out = io.BytesIO()
    _code(text).save(
        out, kind="svg", xmldecl=False, svgns=False, svgclass="qr", lineclass=None, border=4, omitsize=True,
        dark="#000", light="#fff", title=title, nl=False,
    )  # fmt: skip
    return out.getvalue().decode()


def picture(text: str, file: Path) -> None:
    """Write a picture of the kind that the file's name ends in."""
    _code(text).save(str(file), scale=8, border=4)


def letters(text: str) -> str:
    """For a terminal, half as high as wide."""
    lines = [list(row) for row in _code(text).matrix_iter(border=2)]
    if len(lines) % 2:
        lines.append([0] * len(lines[0]))
    pairs = zip(lines[::2], lines[1::2], strict=True)
    return "\n".join("".join(BLOCKS[bool(a), bool(b)] for a, b in zip(*pair, strict=True)) for pair in pairs)


def _code(text: str) -> segno.QRCode:
    return segno.make(text, error="m")
