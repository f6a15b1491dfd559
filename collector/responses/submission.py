"""What comes in: answers that were checked, where and when they were given, and what must hold of that.

What must not be kept never arrives here: no time of day, address or user agent is a field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import NamedTuple

from collector.errors import IntakeError
from collector.responses.keys import Sealer
from collector.survey.answers import Checked

MODES = ("self_phone", "self_tablet", "assisted", "paper")
HELPS = ("none", "read", "typed", "interpreted")
EARLIEST = date(2020, 1, 1)
VISIT = re.compile(r"[A-Za-z0-9_.-]{1,40}\Z")

REASONS = {
    "version": "the survey version is unknown or no longer accepted",
    "variant": "the variant is not one of the survey's",
    "question": "a question does not exist in this version or variant",
    "answer": "an answer is not one of its question's",
    "too_many": "more answers were picked than the question allows",
    "exclusive": "an answer that rules out others stands with others",
    "too_long": "a text is longer than its question allows",
    "under_16": "the person is under 16: nothing is kept",
    "mode": "the mode or help is not one of the known ones",
    "visit": "the visit has odd characters or is longer than 40",
    "day": "the day is in the future or before 2020",
    "kept_until": "answers of that day were promised to be deleted by now, or before their figures can be made",
    "empty": "nothing is answered",
}


class Submission(NamedTuple):
    """What came in: answers that were held against their survey, and all else that may be kept beside them."""

    key: bytes
    venue: str
    day: date
    language: str
    catalogue: str
    checked: Checked
    visit: str = ""
    mode: str = "self_phone"
    help: str = "none"
    receipt: int | None = None


class Ready(NamedTuple):
    """A submission that keeps every rule, with the hashes that stand for its key, content and receipt."""

    came: Submission
    key_mac: bytes
    content_mac: bytes
    receipt_mac: bytes | None


@dataclass(frozen=True)
class Since:
    """The first days whose answers, and whose written answers, may still be taken: earlier ones are past their promise."""

    rows: date = EARLIEST
    words: date = EARLIEST


@dataclass(frozen=True)
class Terms:
    """What everything that comes in on a day is held against, and the secret by which it is known again."""

    sealer: Sealer
    today: date
    since: Since | None = None


def prepare(came: Submission, terms: Terms) -> Ready:
    """A submission that may be written. Raises IntakeError with the reason: the first fault when answers have any."""
    _check_setting(came, terms)
    checked = came.checked
    for reason, detail in checked.faults.values():
        raise IntakeError(reason, detail)
    if not checked.answered:
        raise IntakeError("empty", "nothing is answered")
    since = terms.since
    if since is not None and came.day < (since.words if checked.texts else since.rows):
        raise IntakeError("kept_until", f"{came.day.isoformat()} is too long ago")
    return _sealed(came, terms.sealer)


def _check_setting(came: Submission, terms: Terms) -> None:
    if came.mode not in MODES or came.help not in HELPS:
        raise IntakeError("mode", f"mode is one of {', '.join(MODES)}; help one of {', '.join(HELPS)}")
    if came.visit and not VISIT.match(came.visit):
        raise IntakeError("visit", "a visit has letters, digits, _ . and - only, at most 40")
    if not EARLIEST <= came.day <= terms.today:
        raise IntakeError("day", f"{came.day.isoformat()} is in the future or before 2020")


def _sealed(came: Submission, sealer: Sealer) -> Ready:
    checked, receipt = came.checked, came.receipt
    content = (
        checked.survey, checked.version, checked.variant, came.venue, came.visit, came.mode, came.help, checked.card,
        *(chain.from_iterable(checked.texts) if checked.texts else ()),
    )  # fmt: skip
    return Ready(
        came,
        sealer.mac(b"key", came.key),
        sealer.mac(b"content", "\0".join(content).encode()),
        None if receipt is None else sealer.mac(b"receipt", receipt.to_bytes(8)),
    )
