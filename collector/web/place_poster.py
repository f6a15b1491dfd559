"""The sheets of a place for its wall and its table: the poster, and ten cards to cut out and take home."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from collector.community.codes import grouped
from collector.community.venues import Venue
from collector.languages.catalogue import Words
from collector.languages.registry import SOURCE, Language
from collector.printed import leads_nowhere, note_printed
from collector.survey import pace
from collector.web import place_words
from collector.web.figures.one_page import qr
from collector.web.guard import public
from collector.web.pages import SHEET_STYLE, policy, render
from collector.web.site import Site, site
from collector.web.views import html, plain_page, say, words_for

place_poster = Blueprint("place_poster", __name__)
OWN, MOST = 3, 4
"""Languages of a place that stand on its sheets when no others are asked for; and how many find room."""
LOOK = "A QR code: the address of this survey, for a phone"


@place_poster.get("/v/<code>/poster")
@public
def poster(code: str) -> Response:
    """One sheet for the wall."""
    return _sheet(code, "poster")


@place_poster.get("/v/<code>/cards")
@public
def cards(code: str) -> Response:
    """Ten cards on one sheet, in the languages in turn."""
    return _sheet(code, "cards")


def _sheet(code: str, sheet: str) -> Response:
    """A sheet of an open place in languages that have its words; else a page that says what is not there."""
    here = site()
    venue = here.live().venues.get(code)
    words = words_for(here, first=venue.languages if venue else ())
    if venue is None or venue.closed:
        return plain_page(here, words, "closed" if venue else "venue", help=True, pick=True)
    languages = _languages(here, venue)
    if not languages:
        return plain_page(here, words, "language", pick=True)
    tongues = [here.catalogues.words(language.tag) for language in languages[:MOST]]
    values = {**_place(here, venue), **_words(here, sheet, tongues, venue), "too_many": len(languages) > MOST}
    body = render(here, tongues[0], f"place_{sheet}.html", style=SHEET_STYLE, **values)
    note_printed(here.settings.data, here.settings.public_url, here.today())
    response = html(body)
    response.headers["Content-Security-Policy"] = policy(SHEET_STYLE)
    return response


def _languages(here: Site, venue: Venue) -> list[Language]:
    """The languages asked for, each once; else the place's first ones. Empty when one that was asked for is not there."""
    offered = {language.tag.lower(): language for language in here.offered}
    asked = dict.fromkeys(request.args.get("to", "").lower().replace(",", " ").split())
    if not asked:
        own = [tag for tag in venue.languages if here.catalogues.registry.get(tag)]
        return list(dict.fromkeys(_near(here, tag) for tag in own or (SOURCE,)))[:OWN]
    found = [offered[tag] for tag in asked if tag in offered and here.catalogues.says(offered[tag], "poster")]
    return found if len(found) == len(asked) else []


def _near(here: Site, tag: str) -> Language:
    """A language of a place, or the one that its readers read where it is not offered or lacks the poster's words."""
    chain = here.catalogues.registry.chain(tag)
    return next(one for one in chain if one in here.offered and here.catalogues.says(one, "poster"))


def _place(here: Site, venue: Venue) -> dict[str, Any]:
    """What is the same in every language: the code, the address, and what is to choose on the screen."""
    address = here.settings.public_url
    return {
        "code": venue.code,
        "grouped": grouped(venue.code),
        "typed": f"{address.removeprefix('https://')}/{venue.code}" if address else "",
        "qr": qr(f"{address}/v/{venue.code}", LOOK) if address else "",
        "missing": leads_nowhere(address),
        "example": here.settings.example,
        "choices": [one for one in here.offered if one.catalogue or one.tag == SOURCE],
    }


def _words(here: Site, sheet: str, tongues: list[Words], venue: Venue) -> dict[str, Any]:
    """What the sheet says in each language, and how large."""
    settings, survey = here.settings, here.live().current.survey
    asked = [question for _, part in survey.parts(survey.variants[0].code) for question in part]
    values = {"questions": len(asked), "minutes": pace.minutes(asked)}
    facts = [
        (place_words.PLACE, venue.name),
        (place_words.ASKS, settings.organisation),
        (place_words.PAYS, settings.funder),
        (place_words.CONTACT, settings.contact),
    ]
    return {
        "blocks": place_words.blocks(tongues, sheet, values, bool(settings.public_url)),
        "facts": facts,
        "many": len(tongues) >= place_words.MANY,
        "facts_size": place_words.facts_scale(tongues, facts),
        "labels": lambda text: [(words, say(words, text)) for words in tongues],
        "printed": [(words, say(words, place_words.PRINTED, day=words.date(here.today()))) for words in tongues],
        "code_label": place_words.CODE,
    }
