"""For a community member: the first screen, the survey page, thank you."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response, abort, request
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from collector.community.venues import Venue
from collector.errors import IntakeError
from collector.governance.promised import keeping, latest_answer
from collector.governance.promises import Promise
from collector.languages.catalogue import Words, isolate
from collector.responses.intake import BESIDE, take
from collector.responses.keys import is_key, receipt, receipt_number
from collector.responses.submission import Submission, Terms
from collector.responses.versions import Published
from collector.survey import pace
from collector.survey.answers import clean_text
from collector.survey.definition import Survey
from collector.survey.letters import letters
from collector.web import fields, messages
from collector.web.fields import SurveyForm
from collector.web.front import cookie_name, key_cookie, survey_path
from collector.web.guard import public
from collector.web.pages import faulty_page, render, survey_page
from collector.web.site import Site, site
from collector.web.sound import player
from collector.web.thanks import acknowledge
from collector.web.views import html, plain_page, problem, say, words_for

respond = Blueprint("respond", __name__)
MOST_CHIPS = 3
END = "end"


@respond.get("/v/<code>")
@public
def first(code: str) -> AnyResponse:
    """The first screen: who asks, what is promised, and the choice."""
    here = site()
    venue = here.live().venues.get(code)
    words = words_for(here, first=venue.languages if venue else ())
    if venue is None or venue.closed:
        return plain_page(here, words, "closed" if venue else "venue", help=True, pick=True)
    response = html(_first_screen(here, words, venue))
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Accept-Language"
    return response


def _first_screen(here: Site, words: Words, venue: Venue) -> str:
    settings, survey = here.settings, here.live().current.survey
    offered = {language.tag: language for language in here.offered}
    near = [offered[tag] for tag in dict.fromkeys((*venue.languages[:MOST_CHIPS], words.tag)) if tag in offered]
    return render(
        here,
        words,
        "first.html",
        code=venue.code,
        venue=venue.name,
        host=settings.organisation,
        funder=settings.funder,
        controller=settings.controller,
        basis=settings.lawful_basis,
        last_change=settings.last_change,
        example_settings=settings.example,
        chips=near,
        others=[language for language in offered.values() if language not in near],
        promises=_promises(here, words),
        forms=[_form_length(survey, variant.code) for variant in survey.variants],
    )


def _form_length(survey: Survey, variant: str) -> dict[str, object]:
    questions = [question for _, part in survey.parts(variant) for question in part]
    return {"code": variant, "questions": len(questions), "minutes": pace.minutes(questions)}


def _promises(here: Site, words: Words) -> list[dict[str, Any]]:
    """Each promise in the language; where that is a draft, with the English beside it."""
    settings = here.settings
    kept = latest_answer(here.today(), keeping(settings))
    english = here.catalogues.words("en")

    def filled(into: Words, promise: Promise) -> Markup:
        """The sentence; its dates in the language that it really is in."""
        context, language = f"promise/{promise.id}", into.find(f"promise/{promise.id}", promise.text)[1]
        dated = here.catalogues.words(language.tag) if language else into
        values = {
            "host": isolate(settings.organisation),
            "text_date": dated.date(kept.text),
            "rows_date": dated.date(kept.rows),
        }
        return into.text(context, promise.text, **{k: v for k, v in values.items() if f"%({k})s" in promise.text})

    return [
        {
            "text": filled(words, promise),
            "english": filled(english, promise) if words.draft else "",
            "sound": player(here.recordings, words, f"promise/{promise.id}", [(f"promise/{promise.id}", promise.text)]),
        }
        for promise in here.promises
    ]


@respond.get("/v/<code>/no-thanks")
@public
def no_thanks(code: str) -> Response:
    """Saying no: a kind word; nothing is kept or counted."""
    here = site()
    words = words_for(here)
    known = code in here.live().venues
    return plain_page(
        here, words, "no_thanks" if known else "venue", _to_start(words, code) if known else None, help=True, pick=True
    )


@respond.get("/v/<code>/<language>")
@respond.get("/v/<code>/<language>/<variant>")
@public
def no_survey_page(code: str, language: str, variant: str = "full") -> Response:
    """Addresses that the front did not answer: a place, language or variant that is not there."""
    here = site()
    venue = here.live().venues.get(code)
    words = words_for(here, language)
    if venue is None or venue.closed:
        return plain_page(here, words, "closed" if venue else "venue", help=True, pick=True)
    if here.words(language) is None:
        return plain_page(here, words, "language", _to_start(words, code), pick=True, at=f"/v/{code}")
    return plain_page(here, words, "missing", _to_start(words, code), pick=True)


@respond.post("/v/<code>/<language>")
@respond.post("/v/<code>/<language>/<variant>")
@public
def answer(code: str, language: str, variant: str = "full") -> AnyResponse:
    """Answers sent: checked, written once, acknowledged when durable; or back with what is wrong."""
    here = site()
    if request.form.get(END) != "1":  # the form's last field: without it a part is missing, whatever the length says
        abort(400)
    venue = here.live().venues.get(code)
    words = here.words(language)
    if venue is None or venue.closed or words is None or variant not in here.live().current.survey.asked_by:
        return no_survey_page(code, language, variant)
    version = _version(here)
    if version is None or variant not in version.survey.asked_by:
        return _again(here, words, venue, variant, _form(here, here.live().current, variant), "changed", status=409)
    form = _form(here, version, variant)
    if "go" in request.args:
        return _other_language(here, words, venue, variant, version, form)
    if not form.validate():
        return _refuse(here, words, venue, variant, version, form)
    return _take(here, words, venue, variant, version, form)


def _version(here: Site) -> Published | None:
    """The version that the page was made from, if answers to it are still taken."""
    code = here.live().current.survey.code
    version = here.live().versions.get((code, request.form.get("version", "")))
    return version if version and version.accepted_on(here.today()) else None


def _form(here: Site, version: Published, variant: str) -> SurveyForm:
    """What was sent, as the form of a version and variant; its class is made once."""
    name = (version.hash, variant)
    if name not in here.forms:
        here.forms[name] = fields.survey_form(version.survey, variant, version.checker(variant))
    return here.forms[name](request.form)


def _key(variant: str) -> str:
    """The key of this submission, from the form (a second try) or the cookie; empty when there is none."""
    for key in (request.form.get("key", ""), request.cookies.get(cookie_name(variant), "")):
        if is_key(key):
            return key
    return ""


def _take(here: Site, words: Words, venue: Venue, variant: str, version: Published, form: SurveyForm) -> AnyResponse:
    """A valid form: write it and acknowledge."""
    key, checked = _key(variant), form.checked
    if not checked.answered:
        return _again(here, words, venue, variant, form, "empty", version)
    if not key and request.cookies:  # ended by an acknowledgement: sent again, or another person
        return _again(here, words, venue, variant, form, "used", version, here.random_bytes(16).hex())
    key = key or here.random_bytes(16).hex()
    came = Submission(
        key=bytes.fromhex(key),
        venue=venue.code,
        day=here.today(),
        language=words.tag,
        catalogue=words.revision,
        checked=checked,
        receipt=receipt_number(key),
    )
    terms = Terms(here.sealer, came.day)
    hold = here.crowding.beyond(request.remote_addr or "", time.monotonic())
    taken = take(here.writer.write, came, terms, here.random_bytes(16), here.settings.daily_quota, hold=hold)
    if taken.period is None:
        raise IntakeError(*taken.faults[BESIDE])  # nothing that a person did: such as a clock that lies before 2020
    if taken.outcome == "used":
        return _again(here, words, venue, variant, form, "used", version, here.random_bytes(16).hex())
    return acknowledge(here, words, venue.code, variant, receipt(key), taken.period)


def _refuse(here: Site, words: Words, venue: Venue, variant: str, version: Published, form: SurveyForm) -> Response:
    """A form with faults: nothing is lost, each fault is named. A person under 16 is thanked, and nothing is kept."""
    reasons = {code: refusal.reason for code, refusal in form.faults.items()}
    if "under_16" in reasons.values():
        response = plain_page(
            here, words, "too_young", _to_start(words, venue.code), help=True, pick=True, at=f"/v/{venue.code}"
        )
        path = survey_path(venue.code, words.tag, variant)
        response.headers["Set-Cookie"] = key_cookie(path, variant, "", here.settings.secure)
        return response
    errors = {code: _fault(words, version.survey, form, code, reason) for code, reason in reasons.items()}
    body = faulty_page(
        here,
        words,
        version,
        form.typed,
        errors,
        problem=problem(words, "wrong"),
        key=_key(variant),
        action=survey_path(venue.code, words.tag, variant),
    )
    return html(body, 422)


WRONG_KEYS = {"answer": "choice", "too_many": "many", "too_long": "long"}


def _fault(words: Words, survey: Survey, form: SurveyForm, code: str, reason: str) -> Markup:
    question = survey.by_code[code]
    text = messages.WRONG[WRONG_KEYS.get(reason, reason)]
    values: dict[str, object] = {}
    if reason == "exclusive":
        alone = next((o for o in question.options if o.exclusive and o.code in form.typed[code]), None)
        label = (f"{question.option_set.code}/{alone.code}", alone.label) if alone and question.option_set else None
        values = {"option": words.text(*label) if label else words.text("special/pns", "I'd rather not say")}
    elif reason in ("too_many", "too_long"):
        values = {"max": question.max}
        if reason == "too_long":
            values["now"] = letters(clean_text(form.typed[code]))
    found: Markup = say(words, text, **values)
    return found


def _again(
    here: Site,
    words: Words,
    venue: Venue,
    variant: str,
    form: SurveyForm,
    name: str,
    version: Published | None = None,
    fresh_key: str = "",
    status: int = 422,
) -> Response:
    """The survey page again with everything that was filled in, and what to do."""
    body = survey_page(
        here,
        words,
        version or here.live().current,
        variant,
        form.typed,
        problem=problem(words, name),
        key=fresh_key or request.form.get("key", ""),
        send_words=say(words, messages.SEND_AS_OTHER) if name == "used" else "",
        action=survey_path(venue.code, words.tag, variant),
    )
    return html(body, status)


def _other_language(
    here: Site, words: Words, venue: Venue, variant: str, version: Published, form: SurveyForm
) -> Response:
    """The same answers in another language, with the same key: a submit button changes the language."""
    other = words
    path = survey_path(venue.code, other.tag, variant)
    key = _key(variant)
    body = survey_page(here, other, version, variant, form.typed, action=path, key=request.form.get("key", ""))
    response = html(body)
    response.headers["Set-Cookie"] = key_cookie(path, variant, key or here.random_bytes(16).hex(), here.settings.secure)
    return response


def _to_start(words: Words, code: str) -> tuple[str, Any]:
    return f"/v/{code}?to={words.tag}", say(words, messages.BACK_TO_START)


def full(here: Site, code: str, language: str, variant: str) -> Response | None:
    """What a sender sees when the disk is full or the database does not answer: the form with all that was typed."""
    venue, words = here.live().venues.get(code), here.words(language)
    if venue is None or words is None or variant not in here.live().current.survey.asked_by:
        return None
    version = _version(here) or here.live().current
    return _again(here, words, venue, variant, _form(here, version, variant), "full", version, status=503)
