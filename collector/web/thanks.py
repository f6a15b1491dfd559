"""The thank-you page: at an address of its own, so that it may be reloaded and nothing is left to send again.

The number stands in a cookie of that address for ten minutes, and in no address and no log.
"""

from __future__ import annotations

import re

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from collector.errors import PeriodError
from collector.languages.catalogue import Words
from collector.periods import Quarter, parse
from collector.responses.keys import RECEIPT_DIGITS
from collector.web import messages
from collector.web.front import ENDED, key_cookie, survey_path
from collector.web.guard import public
from collector.web.pages import render
from collector.web.site import Site, site
from collector.web.views import html, plain_page, say, words_for

thanks = Blueprint("thanks", __name__)
COOKIE, SECONDS = "number", 600
VALUE = re.compile(rf"(\d{{{RECEIPT_DIGITS}}})\.([\d-]+Q\d)\Z", re.ASCII)
PLACE = "\ue000number\ue000"
"""Stands for the number in a page that is kept; nobody's words hold this character, which no script uses."""


def acknowledge(here: Site, words: Words, code: str, variant: str, digits: str, period: Quarter) -> AnyResponse:
    """Lead to the thank-you page; a browser that keeps no cookies gets the page itself."""
    if not request.cookies:
        return thanks_page(here, words, code, variant, digits, period)
    response = redirect(f"/v/{code}/thanks?to={words.tag}" + ("&form=short" if variant == "short" else ""), 303)
    response.headers["Cache-Control"] = "no-store"
    response.headers.add("Set-Cookie", _cookie(here, code, f"{digits.replace(' ', '')}.{period.code}"))
    path = survey_path(code, words.tag, variant)
    response.headers.add("Set-Cookie", key_cookie(path, variant, ENDED, here.settings.secure))
    return response


def _cookie(here: Site, code: str, value: str) -> str:
    """A Set-Cookie line of the number; an empty one ends it."""
    secure = "; Secure" if here.settings.secure else ""
    age = SECONDS if value else 0
    return f"{COOKIE}={value}; Path=/v/{code}/thanks; Max-Age={age}; HttpOnly; SameSite=Strict{secure}"


@thanks.get("/v/<code>/thanks")
@public
def show(code: str) -> AnyResponse:
    """The number and what happens now; after ten minutes, or the next person, no number any more."""
    here = site()
    words = words_for(here)
    sent = VALUE.match(request.cookies.get(COOKIE, ""))
    if code not in here.live().venues:
        return plain_page(here, words, "venue", help=True)
    try:
        period = parse(sent[2]) if sent else None
    except PeriodError:
        period = None
    if sent is None or period is None:
        return plain_page(here, words, "number_gone", (f"/v/{code}?to={words.tag}", say(words, messages.BACK_TO_START)))
    digits = " ".join(sent[1][i : i + 4] for i in range(0, RECEIPT_DIGITS, 4))
    variant = "short" if request.args.get("form") == "short" else "full"
    return thanks_page(here, words, code, variant, digits, period)


def thanks_page(here: Site, words: Words, code: str, variant: str, digits: str, period: Quarter) -> Response:
    """The page with a number. All else is the same for everybody at a place in a quarter, so it is kept."""
    change = bool(request.cookies)  # without them the number stands nowhere else: no link may lead away from it
    name = (words.tag, code, variant, period, change)
    if name not in here.thanks:
        if len(here.thanks) > 1_000:
            here.thanks.clear()
        here.thanks[name] = render(
            here, words, "thanks.html", code=code, variant=variant, receipt=PLACE, change=change,
            closes=words.date(period.closes), appears=words.date(period.appears),
            figures=f"{here.settings.public_url}/figures",
        )  # fmt: skip
    return html(here.thanks[name].replace(PLACE, digits))


@thanks.get("/v/<code>/next")
@public
def next_person(code: str) -> AnyResponse:
    """Ready for the next person: the number and the key of the one before end, and the first screen begins anew."""
    here = site()
    words = words_for(here)
    variant = "short" if request.args.get("form") == "short" else "full"
    response = redirect(f"/v/{code}?to={words.tag}" if code in here.live().venues else "/", 303)
    response.headers["Cache-Control"] = "no-store"
    if code in here.live().venues:
        response.headers.add("Set-Cookie", _cookie(here, code, ""))
        path = survey_path(code, words.tag, variant)
        response.headers.add("Set-Cookie", key_cookie(path, variant, "", here.settings.secure))
    return response
