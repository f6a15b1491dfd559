"""The sheets of a place for its wall and its table: the poster, and ten cards to cut out and take home."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Blueprint, Response, request

from collector.community.codes import grouped
from collector.community.venues import Venue
from collector.languages.catalogue import Words
from collector.languages.registry import SOURCE, Language
from collector.printed import leads_nowhere, note_printed
from collector.survey import pace
from collector.web import place_fit, place_words
from collector.web.figures.one_page import qr
from collector.web.guard import public
from collector.web.messages import Message
from collector.web.pages import SHEET_STYLE, policy, render
from collector.web.site import Site, site
from collector.web.views import html, plain_page, say, words_for

place_poster = Blueprint("place_poster", __name__)
OWN, MOST = 3, 4
"""Languages of a place that stand on its sheets when no others are asked for; and how many find room."""
LOOK = "A QR code: the address of this survey, for a phone"


@dataclass(frozen=True)
class Asked:
    """A sheet that somebody asks for: of a place, in some languages."""

    here: Site
    venue: Venue
    tongues: list[Words]

    @property
    def typed(self) -> str:
        """The address as people type it; empty when nobody has said where people open the program."""
        address = self.here.settings.public_url
        return f"{address.removeprefix('https://')}/{self.venue.code}" if address else ""

    @cached_property
    def length(self) -> dict[str, int]:
        """How long the survey is, in its first variant."""
        survey = self.here.live().current.survey
        asked = [question for _, part in survey.parts(survey.variants[0].code) for question in part]
        return {"questions": len(asked), "minutes": pace.minutes(asked)}

    @property
    def facts(self) -> list[tuple[Message, str]]:
        """What is said once: a label and a name."""
        settings = self.here.settings
        return [
            (place_words.PLACE, self.venue.name),
            (place_words.ASKS, settings.organisation),
            (place_words.PAYS, settings.funder),
            (place_words.CONTACT, settings.contact),
        ]

    def blocks(self, lines: tuple[Message, ...], sizes: list[int]) -> list[place_words.Block]:
        """What each language says, in its size."""
        pairs = zip(self.tongues, sizes, strict=True)
        return [place_words.block(words, lines, self.length, bool(self.typed), size) for words, size in pairs]


@place_poster.get("/v/<code>/poster")
@public
def poster(code: str) -> Response:
    """One sheet for the wall."""
    return _sheet(code, "place_poster.html", _on_poster)


@place_poster.get("/v/<code>/cards")
@public
def cards(code: str) -> Response:
    """Ten cards on one sheet, in the languages in turn."""
    return _sheet(code, "place_cards.html", _on_cards)


def _sheet(code: str, template: str, more: Callable[[Asked], dict[str, Any]]) -> Response:
    """A sheet of an open place in languages that have its words; else a page that says what is not there."""
    here = site()
    venue = here.live().venues.get(code)
    words = words_for(here, first=venue.languages if venue else ())
    if venue is None or venue.closed:
        return plain_page(here, words, "closed" if venue else "venue", help=True, pick=True)
    languages = _languages(here, venue)
    if not languages:
        return plain_page(here, words, "language", pick=True)
    asked = Asked(here, venue, [here.catalogues.words(language.tag) for language in languages[:MOST]])
    values = {**_once(asked), **more(asked), "too_many": len(languages) > MOST}
    body = render(here, asked.tongues[0], template, style=SHEET_STYLE, **values)
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


def _once(asked: Asked) -> dict[str, Any]:
    """What is the same in every language: the code, the address, and what is to choose on the screen."""
    address = asked.here.settings.public_url
    return {
        "code": asked.venue.code,
        "grouped": grouped(asked.venue.code),
        "typed": asked.typed,
        "address_class": place_fit.address_class(asked.typed),
        "qr": qr(f"{address}/v/{asked.venue.code}", LOOK) if address else "",
        "missing": leads_nowhere(address),
        "choices": [one for one in asked.here.offered if one.catalogue or one.tag == SOURCE],
    }


def _on_poster(asked: Asked) -> dict[str, Any]:
    tongues, many = asked.tongues, len(asked.tongues) >= place_fit.MANY
    day = asked.here.today()
    printed = [(words, say(words, place_words.PRINTED, day=words.date(day))) for words in tongues]
    example = say(tongues[0], place_words.EXAMPLE) if asked.here.settings.example else ""
    labelled = [(tuple(f"{words.plain(*label)} · " for words in tongues), fact) for label, fact in asked.facts]
    once = place_fit.Facts(labelled, (*(f"{text} · " for _, text in printed), example))
    measured = [place_words.poster_lines(words, asked.length, many) for words in tongues]
    size, facts_size = place_fit.poster_fit(measured, once)
    return {
        "blocks": asked.blocks(place_words.ON_POSTER, [size] * len(tongues)),
        "many": many,
        "facts": [([(words, say(words, label)) for words in tongues], fact) for label, fact in asked.facts],
        "facts_size": facts_size,
        "code_labels": [(words, say(words, place_words.CODE)) for words in tongues],
        "printed": printed,
        "example": example,
    }


def _on_cards(asked: Asked) -> dict[str, Any]:
    names = [name for _, name in asked.facts[:2]]
    code, who = grouped(asked.venue.code), " · ".join(names)
    sizes = [
        place_fit.card_fit(place_words.card_lines(words), asked.typed, code, who)
        for words in asked.tongues
    ]  # fmt: skip
    return {"blocks": asked.blocks(place_words.ON_CARD, sizes), "names": names}
