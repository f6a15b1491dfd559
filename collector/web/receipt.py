"""For somebody who wants their answers back: the 16 digits, asked twice, done at once."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response, current_app, request
from wtforms import Field, Form, StringField, ValidationError

from collector.responses import aside, gone, withdraw
from collector.responses.keys import read_receipt
from collector.web.guard import public
from collector.web.limits import Limits
from collector.web.pages import render
from collector.web.site import site
from collector.web.views import html, plain_page, problem, words_for

receipt = Blueprint("receipt", __name__)


class NumberForm(Form):
    """The 16 digits; `sure` deletes, `later` keeps a number whose answers are on their way. Errors are names of messages.PROBLEM."""

    number = StringField(filters=[lambda typed: (typed or "")[:200]])
    sure = StringField()
    later = StringField()

    def validate_number(self, field: Field) -> None:
        """Sixteen digits, however they are typed."""
        if read_receipt(field.data) is None:
            raise ValidationError("number")


@receipt.get("/receipt")
@public
def ask() -> Response:
    """The page that asks for the digits."""
    return _form()


@receipt.post("/receipt")
@public
def take_back() -> Response:
    """Digits sent: first shown again with the question, then the answers are deleted."""
    here, tries = site(), _tries()
    form = NumberForm(request.form)
    typed = form.number.data or ""
    sender, now = request.remote_addr or "", time.monotonic()
    number = read_receipt(typed)
    if not form.validate() or number is None:  # what cannot be a number is no guess
        return _form(typed, str(form.number.errors[0]), 422)
    if not tries.allowed(sender, now):
        return _form(typed, "tries", 429)
    mac = withdraw.receipt_mac(here.sealer, number)
    place = withdraw.find(here.readers.get(), mac)
    waits = place is None and aside.holds(here.readers.get(), mac)
    if place is None and not waits:
        tries.wrong(sender, now)
        return _leave(number, mac) if form.later.data == "yes" else _form(typed, "number", 422, number)
    if form.sure.data != "yes":
        return _form(f"{number:016d}", confirm=True)
    today = here.today()
    if place is None:
        gone.note(here.settings.withdrawn_file, today, "number", [mac])
        here.writer.write(lambda database: gone.leave(database, mac, today))
    else:
        gone.note(here.settings.withdrawn_file, today, "key", [place[0]])
        here.writer.write(lambda database: withdraw.withdraw(database, mac, today))
    return plain_page(here, words_for(here), "withdrawn", help=True)


def _leave(number: int, mac: bytes) -> Response:
    """Keep a number whose answers wait on a tablet: they are deleted when they come."""
    here = site()
    today = here.today()
    if not gone.is_left(here.readers.get(), mac):
        if not gone.room_for_a_number(here.readers.get()):
            return _form(f"{number:016d}", "full_of_numbers", 503)
        gone.note(here.settings.withdrawn_file, today, "number", [mac])
        here.writer.write(lambda database: gone.leave(database, mac, today))
    return plain_page(here, words_for(here), "number_left", help=True)


def _form(
    typed: str = "", wrong: str = "", status: int = 200, unknown: int | None = None, *, confirm: bool = False
) -> Response:
    here = site()
    words = words_for(here)
    shown = " ".join(typed[i : i + 4] for i in range(0, 16, 4)) if confirm else typed
    values: dict[str, Any] = {
        "number": shown,
        "confirm": confirm,
        "problem": problem(words, wrong) if wrong else None,
        "unknown": "" if unknown is None else f"{unknown:016d}",
    }
    return html(render(here, words, "receipt.html", **values), status)


def _tries() -> Limits:
    found: Limits = current_app.extensions["collector-tries"]
    return found
