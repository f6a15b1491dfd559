"""For anybody who reads a draft translation: tell us a better word. No name, no cookie, no script needed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, request
from wtforms import Field, Form, StringField, ValidationError

from collector.languages import suggestions
from collector.languages.catalogue import Words
from collector.web import messages
from collector.web.guard import public
from collector.web.pages import render
from collector.web.site import Site, site
from collector.web.views import html, plain_page, say

suggest = Blueprint("suggest", __name__)


class BetterWords(Form):
    """What somebody would rather read. Its errors are names of messages.WORDS_WRONG."""

    words = StringField(filters=[lambda typed: (typed or "").replace("\r\n", "\n")])

    def validate_words(self, field: Field) -> None:
        """Some words, and not too many."""
        text = suggestions.clean(field.data)
        if not text:
            raise ValidationError("empty")
        if len(text) > suggestions.MOST_LETTERS:
            raise ValidationError("long")


@suggest.get("/words")
@public
def ask() -> Response:
    """The page that asks for a better word, in the language that it is about."""
    here = site()
    return _page(here, _words(here))


@suggest.post("/words")
@public
def keep() -> Response:
    """Words sent: kept with the day, or back with what is wrong. Enough is enough for a language and day."""
    here = site()
    words = _words(here)
    form = BetterWords(request.form)
    typed = form.words.data or ""
    if not form.validate():
        return _page(here, words, typed, str(form.words.errors[0]), 422)
    text, today, entry = suggestions.clean(typed), here.today(), here.random_bytes(16)
    kept = here.writer.write(lambda database: suggestions.keep(database, words.tag, text, today, entry))
    return plain_page(here, words, "word_kept" if kept else "words_enough")


def _words(here: Site) -> Words:
    """Words of the language asked about; there is a page only for those offered."""
    return here.words(request.args.get("to", "")) or abort(404)


def _page(here: Site, words: Words, typed: str = "", wrong: str = "", status: int = 200) -> Response:
    values: dict[str, Any] = {}
    if wrong == "long":
        values = {"max": suggestions.MOST_LETTERS, "now": len(suggestions.clean(typed))}
    fault = say(words, messages.WORDS_WRONG[wrong], **values) if wrong else ""
    most = suggestions.MOST_LETTERS
    return html(render(here, words, "words.html", typed=typed[:2_000], fault=fault, most=most), status)
