"""What every chart is made of: SVG elements, a picture with its words, and what hidden looks like."""

from __future__ import annotations

from markupsafe import Markup, escape

Box = tuple[float, float, float, float]
"""x, y, width, height: across in per cent, down in pixels."""


def draw(name: str, *children: Markup, text: str = "", **attributes: object) -> Markup:
    """An SVG element; everything is escaped."""
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())
    inside = escape(text) + Markup("").join(children)
    whole = f"<{name}{given}>{inside}</{name}>" if inside else f"<{name}{given}/>"
    return Markup(whole)  # noqa: S704


def picture(title: str, height: int, *children: Markup) -> Markup:
    """A chart with its figures in words."""
    return draw("svg", draw("title", text=title), *children, role="img", width="100%", height=height)


def percent(value: float) -> str:
    return f"{value:.4g}%"


def hatched(box: Box, words: str) -> Markup:
    """What hidden looks like: the same box everywhere, with the word on it."""
    x, y, width, height = box
    frame = draw("rect", x=percent(x), y=y, width=percent(width), height=height, rx=6, class_="hid")
    place = {"x": percent(x + width / 2), "y": y + height / 2 + 6, "text_anchor": "middle"}
    return frame + draw("text", text=words, class_="on", **place)
