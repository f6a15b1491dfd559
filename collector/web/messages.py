"""What pages say when something is not as hoped: a heading, sentences, a status. Plain words, no blame, what to do."""

from __future__ import annotations

from typing import NamedTuple


class Message(NamedTuple):
    """A text to be translated: its context and its English."""

    context: str
    english: str


class Page(NamedTuple):
    """A plain page: HTTP status, heading and sentences."""

    status: int
    heading: Message
    lines: tuple[Message, ...]


def message(context: str, english: str) -> Message:
    """Mark a text for extraction."""
    return Message(context, english)


WRONG = {
    "choice": message("error/choice", "Pick one of the answers shown here."),
    "twice": message("error/twice", "Pick only one answer here."),
    "many": message("error/many", "Pick no more than %(max)s here."),
    "exclusive": message("error/exclusive", "“%(option)s” cannot stand with other answers. Keep one or the other."),
    "long": message("error/long", "This is too long. At most %(max)s letters fit, and now there are %(now)s."),
}

PROBLEM = {
    "wrong": (
        message("problem/wrong", "Please look at this again"),
        message(
            "problem/wrong/text", "Nothing is lost and nothing is sent yet. Mend these and press “Send my answers”."
        ),
    ),
    "empty": (
        message("problem/empty", "Nothing is filled in yet"),
        message("problem/empty/text", "Answer at least one question. Or just close this page: nothing was kept."),
    ),
    "used": (
        message("problem/used", "Are these another person's answers?"),
        message(
            "problem/used/text",
            "Answers may have been sent from this page before. If you saw the thank-you page, you are done. If not, press the button at the end.",
        ),
    ),
    "changed": (
        message("problem/changed", "This form has changed since you opened it"),
        message(
            "problem/changed/text", "Your answers are still here. Please look through them and press “Send my answers”."
        ),
    ),
    "full": (
        message("problem/full", "Your answers are not stored yet"),
        message(
            "problem/full/text",
            "The program could not save just now. Nothing is lost. Wait a minute, then press “Send my answers” again.",
        ),
    ),
    "number": (
        message("problem/number", "We did not find this number"),
        message(
            "problem/number/text",
            "Look at each of the 16 digits again. If they are right, the answers may already be deleted.",
        ),
    ),
    "full_of_numbers": (
        message("problem/numbers-full", "We cannot keep this number now"),
        message("problem/numbers-full/text", "Too many numbers are waiting. Please ask the person named below."),
    ),
    "tries": (
        message("problem/tries", "Too many tries"),
        message("problem/tries/text", "Please wait a minute and try again, or ask the person named below."),
    ),
}

WORDS_WRONG = {
    "empty": message("words/empty", "Please write a word first."),
    "long": WRONG["long"],
}

SEND_AS_OTHER = message("survey/send-other", "These are another person's answers: send")

PAGES = {
    "venue": Page(
        404,
        message("page/venue", "We do not know this address"),
        (message("page/venue/text", "Look at the code on the poster again, or ask the person who gave it to you."),),
    ),
    "closed": Page(
        410,
        message("page/closed", "This place no longer collects answers"),
        (message("page/closed/text", "Thank you for coming. Nothing was kept."),),
    ),
    "language": Page(
        404,
        message("page/language", "This form is not in that language yet"),
        (message("page/language/text", "Pick one of these."),),
    ),
    "missing": Page(
        404,
        message("page/missing", "There is no such page"),
        (message("page/missing/text", "Look at the address again."),),
    ),
    "method": Page(
        405,
        message("page/method", "That does not work here"),
        (message("page/method/text", "Please try once more."),),
    ),
    "large": Page(
        413,
        message("page/large", "That is too much text"),
        (message("page/large/text", "Nothing was stored. Please make the text shorter and send it again."),),
    ),
    "odd": Page(
        400,
        message("page/odd", "We could not read what was sent"),
        (message("page/odd/text", "Nothing was stored. Please try once more."),),
    ),
    "elsewhere": Page(
        403,
        message("page/elsewhere", "This was sent from another website"),
        (
            message(
                "page/elsewhere/text",
                "For your safety nothing was stored. Please open the form itself and send it from there.",
            ),
        ),
    ),
    "fault": Page(
        500,
        message("page/fault", "Something went wrong on our side"),
        (
            message(
                "page/fault/text",
                "Please try once more. If it happens again, tell the person who gave you this form.",
            ),
        ),
    ),
    "shut": Page(
        503,
        message("page/shut", "This survey is not open yet"),
        (message("page/shut/text", "Please come back another day."),),
    ),
    "no_thanks": Page(
        200,
        message("page/no-thanks", "That is fine"),
        (message("page/no-thanks/text", "Thank you for your time. Nothing was kept, and nobody counts who says no."),),
    ),
    "number_gone": Page(
        200,
        message("page/number-gone", "The number is no longer shown"),
        (
            message(
                "page/number-gone/text",
                "It was shown for ten minutes. Whoever wrote it down can still take their answers back with it.",
            ),
        ),
    ),
    "too_young": Page(
        200,
        message("page/too-young", "Thank you for wanting to help"),
        (
            message(
                "page/too-young/text",
                "This form is for people aged 16 or over, so we have kept nothing of what you filled in.",
            ),
            message(
                "page/too-young/more",
                "If you want to tell someone about your health, talk to an adult you trust, or call 111.",
            ),
        ),
    ),
    "number_left": Page(
        200,
        message("page/number-left", "We have kept this number"),
        (
            message(
                "page/number-left/text",
                "If answers with this number come within 100 days, they are deleted and never counted.",
            ),
        ),
    ),
    "withdrawn": Page(
        200,
        message("page/withdrawn", "Your answers are deleted"),
        (
            message(
                "page/withdrawn/text",
                "They leave the figures that are not published yet. Figures already published stay.",
            ),
        ),
    ),
    "word_kept": Page(
        200,
        message("words/kept", "Thank you for your words"),
        (message("words/kept/text", "They help to make this translation better. You can close this page."),),
    ),
    "words_enough": Page(
        429,
        message("words/enough", "We have enough words for today"),
        (message("words/enough/text", "Many people have written to us today. Please come back tomorrow."),),
    ),
}

LISTEN = message("sound/listen", "Listen: %(text)s")
FORM_AGAIN = message("nav/form-again", "Open the form again")
BACK_TO_START = message("nav/start-again", "Back to the first page")
