"""The only way in for answers: from the page, an import, later a tablet's queue. Checks, cleans, writes once.

What must not be kept never arrives here: no time of day, address or user agent is an argument.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from collector.errors import IntakeError
from collector.responses.keys import Sealer
from collector.responses.versions import Published
from collector.survey.answers import check_text
from collector.survey.definition import Answer

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

Outcome = Literal["stored", "held", "repeated", "used", "gone"]
"""`gone`: the key is known and its answers were taken back: acknowledged, and nothing is kept."""


@dataclass(slots=True)  # not frozen: setting frozen fields costs a sixth of an import
class Submission:
    """What came in, before checking. `answers` holds option codes, special answers and texts by question code."""

    key: bytes
    venue: str
    day: date
    variant: str
    language: str
    catalogue: str
    answers: Mapping[str, Answer]
    visit: str = ""
    mode: str = "self_phone"
    help: str = "none"
    receipt: int | None = None


@dataclass(slots=True)  # not frozen, as above
class Ready:
    """A checked submission: everything that a row needs, and hashes instead of key and receipt."""

    key_mac: bytes
    content_mac: bytes
    receipt_mac: bytes | None
    venue: str
    day: date
    survey: str
    version: str
    variant: str
    language: str
    catalogue: str
    visit: str
    mode: str
    help: str
    card: str
    texts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Since:
    """The first days whose answers, and whose written answers, may still be taken: earlier ones are past their promise."""

    rows: date = EARLIEST
    words: date = EARLIEST


def check(submission: Submission, version: Published, sealer: Sealer, today: date, since: Since | None = None) -> Ready:
    """A submission that keeps every rule, cleaned. Raises IntakeError with the reason."""
    _check_setting(submission, version, today)
    encoder = version.encoder(submission.variant)
    texts: list[tuple[str, str]] = []
    closed: dict[str, Answer] = {}
    for code, answer in submission.answers.items():
        if code in encoder.closed:
            closed[code] = answer
        elif code in encoder.texts:
            words = check_text(encoder.texts[code], answer if isinstance(answer, str) else "")
            if words:
                texts.append((code, words))
        else:
            raise IntakeError("question", f"{code[:40]} is not asked in {submission.variant}")
    if not texts and not closed:
        raise IntakeError("empty", "nothing is answered")
    if since is not None and submission.day < (since.words if texts else since.rows):
        raise IntakeError("kept_until", f"{submission.day.isoformat()} is too long ago")
    texts.sort()
    return _ready(submission, version, encoder.card(closed), tuple(texts), sealer)


def _check_setting(submission: Submission, version: Published, today: date) -> None:
    if submission.variant not in version.survey.asked_by:
        raise IntakeError("variant", f"{submission.variant[:40]!r} is not a variant of {version.survey.code}")
    if submission.mode not in MODES or submission.help not in HELPS:
        raise IntakeError("mode", f"mode is one of {', '.join(MODES)}; help one of {', '.join(HELPS)}")
    if submission.visit and not VISIT.match(submission.visit):
        raise IntakeError("visit", "a visit has letters, digits, _ . and - only, at most 40")
    if not EARLIEST <= submission.day <= today:
        raise IntakeError("day", f"{submission.day.isoformat()} is in the future or before 2020")


def _ready(
    submission: Submission, version: Published, card: str, texts: tuple[tuple[str, str], ...], sealer: Sealer
) -> Ready:
    survey = version.survey
    content = "\0".join(
        (survey.code, survey.version, submission.variant, submission.venue, submission.visit, submission.mode,
         submission.help, card, *(part for pair in texts for part in pair))
    )  # fmt: skip
    receipt = submission.receipt
    return Ready(
        key_mac=sealer.mac(b"key", submission.key),
        content_mac=sealer.mac(b"content", content.encode()),
        receipt_mac=None if receipt is None else sealer.mac(b"receipt", receipt.to_bytes(8)),
        venue=submission.venue,
        day=submission.day,
        survey=survey.code,
        version=survey.version,
        variant=submission.variant,
        language=submission.language,
        catalogue=submission.catalogue,
        visit=submission.visit,
        mode=submission.mode,
        help=submission.help,
        card=card,
        texts=texts,
    )
