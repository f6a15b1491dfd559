"""What views share: choosing the language, making a page's response, plain pages."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from collector.languages.catalogue import Words
from collector.languages.match import best
from collector.web import messages
from collector.web.messages import Message
from collector.web.pages import render
from collector.web.site import Site

ENDS = frozenset({"no_thanks", "too_young", "number_gone", "withdrawn"})
"""Pages with which somebody is done: nothing of a survey stays in the tab."""


def words_for(site: Site, tag: str = "", first: tuple[str, ...] = ()) -> Words:
    """Words of the language asked for, else of the one that suits the browser best."""
    asked = site.words(request.args.get("to", "")) or site.words(tag)
    if asked is not None:
        return asked
    header = request.headers.get("Accept-Language", "")
    language = best(header, site.offered, site.catalogues.registry, first)
    return site.catalogues.words(language.tag)


def html(body: str, status: int = 200) -> Response:
    """A page that no cache keeps."""
    response = Response(body, status, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


def say(words: Words, text: Message, **values: Any) -> Any:
    """A message in a language, safe for HTML."""
    return words.text(text.context, text.english, **values)


def plain_page(
    site: Site,
    words: Words,
    name: str,
    link: tuple[str, Any] | None = None,
    *,
    help: bool = False,
    pick: bool = False,
    at: str = "",
) -> Response:
    """One of messages.PAGES; `pick` with the languages to choose from, which lead to `at`, else here again."""
    page = messages.PAGES[name]
    body = render(
        site,
        words,
        "message.html",
        heading=say(words, page.heading),
        heading_plain=words.plain(*page.heading),
        lines=[say(words, line) for line in page.lines],
        link=link,
        help=help,
        pick=pick,
        at=at,
        ends=name in ENDS,
    )
    return html(body, page.status)


def problem(words: Words, name: str) -> dict[str, Any]:
    """The box at the top of a form: one of messages.PROBLEM."""
    heading, text = messages.PROBLEM[name]
    return {"heading": say(words, heading), "heading_plain": words.plain(*heading), "text": say(words, text)}
