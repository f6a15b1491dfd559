"""Charts as inline SVG, drawn from published readings only.

Widths are in per cent and heights in pixels, so that letters keep their size on a phone. There is no style attribute:
classes are in `figures.css`. A hidden figure is drawn as hidden, the same wherever it stands; a bound points onwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup

from collector.disclosure.figure import HIDDEN
from collector.releases.published.by_question import Spread
from collector.releases.published.over_time import BREAK, WHY_BREAK, Point
from collector.releases.published.phrasing import NOT_GIVEN, NOT_THERE, WHY_HIDDEN, Reading
from collector.web.figures.svg import draw, hatched, percent, picture

EDGE = 2.0
"""Per cent left free at both ends of a scale, for marks that stand at its end."""
REACH = 75
"""Points to each side of a diverging bar, unless a question needs more."""
UNKNOWN = 6
"""Points that a hidden answer takes in a diverging bar, whatever it is."""
FLOOR, HIGH = 160, 140
"""Where nought stands in a small multiple, in pixels from the top, and how far above it a hundred."""
LEFT, SCALE, GAP = 18.0, 82.0, 0.6
"""Where the quarters of a small multiple begin, how far they go, in per cent; the room of a break, in quarters."""


def _at(value: float) -> str:
    """A place on a scale from 0 to 100."""
    return percent(EDGE + value * (100 - 2 * EDGE) / 100)


def _anchor(value: float, text: str) -> tuple[str, str]:
    """Where a label stands above a mark, and from where it runs, so that it stays inside."""
    margin = 8 if len(text) < 5 else 28
    if value < margin:
        return _at(0), "start"
    return (_at(100), "end") if value > 100 - margin else (_at(value), "middle")


def scale() -> Markup:
    """The numbers above a column of ranges; each chart says its figures in words besides."""
    ends = ((0, "start"), (50, "middle"), (100, "end"))
    numbers = [draw("text", text=f"{v}%", x=_at(v), y=16, text_anchor=anchor) for v, anchor in ends]
    return draw("svg", *numbers, width="100%", height=22, aria_hidden="true", class_="scale")


def range_bar(figure: Reading) -> Markup:
    """A mark on a scale from 0 to 100 with its range, and its value above it."""
    if figure.value is None:
        words = WHY_HIDDEN if figure.hidden else NOT_GIVEN
        return picture(figure.whole, 46, hatched((EDGE, 12, 100 - 2 * EDGE, 26), words))
    text = figure.says + (" (few people)" if figure.few else "")
    x, anchor = _anchor(figure.value, text)
    ticks = [draw("line", x1=_at(v), x2=_at(v), y1=25, y2=41, class_="tick") for v in (0, 50, 100)]
    line = draw("line", x1=_at(0), x2=_at(100), y1=33, y2=33, class_="axis")
    band = _band(figure.low, figure.high)
    label = draw("text", text=text, x=x, y=17, text_anchor=anchor, class_="big")
    return picture(figure.whole, 46, line, *ticks, band, _mark(figure, 33), label)


def _band(low: int | None, high: int | None) -> Markup:
    if low is None or high is None:
        return Markup("")
    width = percent((high - low) * (100 - 2 * EDGE) / 100)
    return draw("rect", x=_at(low), y=27, width=width, height=12, rx=2, class_="band")


def _mark(figure: Reading, y: float) -> Markup:
    """An upright bar; a hollow dot where few people answered; an arrow head where the value is a bound."""
    x = _at(figure.value or 0)
    if figure.bound:
        end, turn = (_at(100), "M0-8L12 0L0 8Z") if figure.bound == "gte" else (_at(0), "M0-8L-12 0L0 8Z")
        onwards = draw("line", x1=x, x2=end, y1=y, y2=y, class_="onwards")
        head = draw("svg", draw("path", d=turn, class_="dot"), x=x, y=y, class_="free")
        return onwards + head
    if figure.few:
        return draw("circle", cx=x, cy=y, r=7, class_="few")
    return draw("rect", x=x, y=y - 10, width=8, height=20, rx=2, transform="translate(-4)", class_="dot")


def over_time(name: str, points: Sequence[Point]) -> Markup:
    """One small multiple: a pillar over quarters, each with its range.

    The quarters are not joined: no line says more than its ends. Where a new survey series begins there is a gap, over
    which not even the lines of the scale go.
    """
    slot = SCALE / max(3, len(points) + GAP * sum(breaks for _, breaks, _ in points))
    lines, marks, x, start, shown_year = [_beside(v) for v in (0, 50, 100)], [], LEFT, LEFT, ""
    for when, breaks, figure in points:
        if breaks:
            lines += [_across(start, x), _broken(x + slot * GAP / 2)]
            x = start = x + slot * GAP
        year = when.partition(" ")[2]
        marks.append(_quarter(x + slot / 2, slot, year != shown_year, when, figure))
        x, shown_year = x + slot, year
    return picture(_told(name, points), FLOOR + 52, *lines, _across(start, 100), *marks)


def _told(name: str, points: Sequence[Point]) -> str:
    """A small multiple in words."""
    pieces = [
        f"{f'{BREAK} {WHY_BREAK}; ' if breaks else ''}{when}: {figure.whole.partition(': ')[2]}"
        for when, breaks, figure in points
    ]
    return f"{name}. {'; '.join(pieces)}"


def _across(start: float, end: float) -> Markup:
    """The lines of the scale, from one place to another."""
    ends = {"x1": percent(start), "x2": percent(end), "class_": "axis"}
    return Markup("").join(draw("line", y1=_down(v), y2=_down(v), **ends) for v in (0, 50, 100))


def _broken(x: float) -> Markup:
    """The gap between two series, with its mark."""
    at = percent(x)
    line = draw("line", x1=at, x2=at, y1=_down(100), y2=_down(0), class_="break")
    return line + draw("text", text=BREAK, x=at, y=FLOOR + 22, text_anchor="middle", class_="soft")


def _down(value: float) -> float:
    return round(FLOOR - value * HIGH / 100, 1)


def _beside(value: int) -> Markup:
    return draw("text", text=f"{value}%", x=percent(LEFT - 2), y=_down(value) + 5, text_anchor="end", class_="soft")


def _quarter(x: float, slot: float, new_year: bool, when: str, figure: Reading) -> Markup:
    middle = {"x": percent(x), "text_anchor": "middle"}
    month, _, year = when.partition(" ")
    below = draw("text", text=month, y=FLOOR + 22, class_="soft", **middle)
    if new_year:
        below += draw("text", text=year, y=FLOOR + 42, class_="soft", **middle)
    if figure.value is None:
        return hatched((x - slot * 0.36, _down(100), slot * 0.72, HIGH), HIDDEN if figure.hidden else NOT_THERE) + below
    low, high = figure.low, figure.high
    band = Markup("")
    if low is not None and high is not None:
        band = draw("rect", x=percent(x), y=_down(high), width=20, height=max(4, (high - low) * HIGH / 100), rx=2,
                    transform="translate(-10)", class_="band")  # fmt: skip
    sign = {"gte": "≥", "lte": "≤"}.get(figure.bound, "")
    y, at = _down(figure.value), percent(x)
    dot = draw("rect", x=at, y=y - 2, width=28, height=4, transform="translate(-14)", class_="bar-on")
    if figure.few:
        dot = draw("circle", cx=at, cy=y, r=6, class_="few")
    if figure.bound:
        turn = "M-9 3H9L0-9Z" if figure.bound == "gte" else "M-9-3H9L0 9Z"
        dot = draw("svg", draw("path", d=turn, class_="dot"), x=at, y=y, class_="free")
    top = _down(figure.value if high is None else high) - (12 if figure.few else 9)
    return band + dot + draw("text", text=f"{sign}{figure.value}", y=max(14, top), class_="big", **middle) + below


def spread_bar(spread: Spread) -> Markup:
    """A diverging bar: favourable answers to the right of the middle, unfavourable ones to the left."""
    pieces = [*_order(spread)]
    sizes = [figure.value if figure.value is not None else UNKNOWN for _, figure in pieces]
    middle = sum(
        size / 2 if side == "middle" else size for (side, _), size in zip(pieces, sizes, strict=True) if side != "right"
    )
    reach = max(REACH, middle, sum(sizes) - middle)
    edges = [50 + (sum(sizes[:i]) - middle) / reach * (50 - 2 * EDGE) for i in range(len(sizes) + 1)]
    title = f"{spread.question.label} " + "; ".join(f.whole for _, f in pieces)
    marks = [_piece(i, pieces, start, end) for i, (start, end) in enumerate(pairwise(edges))]
    centre = draw("line", x1="50%", x2="50%", y1=22, y2=56, class_="tick")
    return picture(title, 58, *marks, centre)


def _order(spread: Spread) -> list[tuple[str, Reading]]:
    """From the least favourable answer to the most; the survey gives them the other way round."""
    own = list(reversed(spread.options))
    return [one for side in ("left", "middle", "right") for one in own if one[0] == side]


def _piece(index: int, pieces: Sequence[tuple[str, Reading]], start: float, end: float) -> Markup:
    side, figure = pieces[index]
    outer = index in (0, len(pieces) - 1)
    look = "hid" if figure.value is None else f"{side}{'-end' if outer else ''}"
    box = draw("rect", x=percent(start), width=percent(end - start), y=24, height=26, class_=f"part {look}")
    sign = {"gte": "≥", "lte": "≤"}.get(figure.bound, "")
    text = f"{sign}{figure.value}" if figure.value is not None else HIDDEN if figure.hidden else NOT_THERE
    x, anchor = ((end, "end") if index == 0 else (start, "start")) if outer else ((start + end) / 2, "middle")
    return box + draw("text", text=text, x=percent(x), y=18, text_anchor=anchor, class_="big")


def count_bar(figure: Reading, most: int) -> Markup:
    """A bar with its number at the end. `most` is the number that fills the scale."""
    if figure.value is None:
        return picture(figure.whole, 30, hatched((0, 2, 100, 24), "hidden"))
    width = max(0.6, 78 * figure.value / max(most, figure.value, 1))
    bar = draw("rect", x="0", y=4, width=percent(width), height=20, rx=4, class_="bar-on")
    label = draw("text", text=figure.says, x=percent(width + 2), y=20, class_="big")
    return picture(figure.whole, 30, bar, label)
