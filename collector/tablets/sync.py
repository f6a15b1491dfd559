"""What becomes of what a tablet sends: each box is opened, checked, stored and counted once, whatever order it comes in.

A tablet deletes what is `kept` or `aside`, and nothing else; so both are said only of what is on the disk. A box of a
visit that nobody has told of yet is neither: it comes again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from collector.community.venues import Venue
from collector.db import Database
from collector.errors import IntakeError
from collector.responses import aside, gone, store
from collector.responses.intake import REASONS as INTAKE_REASONS
from collector.responses.intake import Since, Submission, check
from collector.responses.keys import Sealer, receipt_number
from collector.responses.versions import Published
from collector.responses.withdraw import receipt_mac
from collector.tablets import devices, visits
from collector.tablets.boxes import Inside, open_box
from collector.tablets.devices import Tablet
from collector.tablets.visits import Visit
from collector.tablets.wire import Box, Sync

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

OLDEST = timedelta(days=90)
"""How long a box may wait on a tablet before a person has to say that it counts."""
REASONS = {
    "box": "it does not open: sealed for another server, or damaged",
    "place": "the place is unknown, or none of this tablet's",
    "closed": "the place was closed before that day",
    "language": "the language is unknown",
    "age": "it is older than 90 days: held until somebody admits it",
    "used": "its key was used before, with other answers",
    **INTAKE_REASONS,
}
"""Why a box is aside."""
NOT_KEPT = frozenset({"age", "kept_until"})
"""Reasons for which the box itself is not kept: it is among the held answers, or past the day promised for it."""
UNDER_16 = "under_16"


@dataclass(frozen=True)
class Rules:
    """By what boxes are taken: what is known on this day, and the settings."""

    today: date
    versions: Mapping[tuple[str, str], Published]
    venues: Mapping[str, Venue]
    languages: frozenset[str]
    sealer: Sealer
    since: Since
    quota: int
    new_id: Callable[[], bytes]

    @cached_property
    def stops(self) -> frozenset[tuple[str, str]]:
        """(question, answer) of all versions by which a person is too young."""
        asked = (question for version in self.versions.values() for question in version.survey.asked)
        return frozenset(
            (question.code, option.code) for question in asked for option in question.options if option.stops
        )


@dataclass(frozen=True)
class Answer:
    """What a tablet is told: boxes that are kept, boxes that are aside and why, (arrived, aside) of each visit."""

    kept: list[str] = field(default_factory=list)
    aside: list[tuple[str, str]] = field(default_factory=list)
    visits: dict[str, tuple[int, int]] = field(default_factory=dict)


Opened = Mapping[Box, Inside | None]


def open_new(database: Database, sync: Sync, private: EllipticCurvePrivateKey, point: bytes) -> Opened:
    """What is in the boxes that did not come before; outside of any transaction, for it takes the longest."""
    new = (box for box in sync.boxes if not visits.came_before(database, box.id, box.visit))
    return {box: open_box(box, private, point) for box in new}


def take(database: Database, tablet: Tablet, sync: Sync, opened: Opened, shift: timedelta, rules: Rules) -> Answer:
    """Store all that a tablet sent, inside a transaction. `shift` is how far the tablet's clock is behind."""
    devices.seen(database, tablet, rules.today)
    for told in sync.visits:
        visits.tell(database, told, tablet, visits.moved(told.day, shift, tablet.added_on, rules.today))
    answer, arrived, put_aside = Answer(), Counter[str](), Counter[str]()
    known = {id: visits.one(database, id) for id in _named(sync)}
    for box in dict.fromkeys(sync.boxes):
        visit = known[box.visit]
        if visit is None:
            continue
        if visits.is_new(database, box.id, box.visit):
            arrived[visit.id] += 1
            reason = _take_one(database, visit, box, opened[box], shift, rules)
            put_aside[visit.id] += bool(reason)
        else:
            reason = aside.reason(database, box.id, box.visit)
        if reason:
            answer.aside.append((box.id, reason))
        else:
            answer.kept.append(box.id)
    for id, visit in known.items():
        if visit is not None:
            visits.count(database, id, arrived[id], put_aside[id])
            answer.visits[id] = visit.arrived + arrived[id], visit.aside + put_aside[id]
    return answer


def _named(sync: Sync) -> list[str]:
    return list(dict.fromkeys([*(told.id for told in sync.visits), *(box.visit for box in sync.boxes)]))


def _take_one(
    database: Database, visit: Visit, box: Box, inside: Inside | None, shift: timedelta, rules: Rules
) -> str:  # fmt: skip
    """Store a new box; the reason why it is aside, blank when it is kept or leaves nothing."""
    if visit.struck or (inside is not None and _stops(inside, rules)):
        return ""
    reason = _store(database, visit, inside, shift, rules) if inside else "box"
    mac = _receipt_mac(inside, rules.sealer) if inside else None
    if not reason or reason == UNDER_16 or (inside and _is_gone(database, inside, mac, rules.sealer)):
        return ""
    sealed, mac = (b"", None) if reason in NOT_KEPT else (box.sealed, mac)
    aside.put(database, box.id, box.visit, rules.today, reason, mac, sealed)
    return reason


def _stops(inside: Inside, rules: Rules) -> bool:
    """Whether the person is too young, by any version: then nothing is kept, also of what could not be checked."""
    given = (
        (code, one) for code, many in inside.answers.items() for one in ((many,) if isinstance(many, str) else many)
    )
    return any(one in rules.stops for one in given)


def _receipt_mac(inside: Inside, sealer: Sealer) -> bytes:
    return receipt_mac(sealer, receipt_number(inside.key.hex()))


def _is_gone(database: Database, inside: Inside, mac: bytes | None, sealer: Sealer) -> bool:
    """Whether somebody took these answers back before they could be kept."""
    key = {"key": sealer.mac(b"key", inside.key)}
    row = database.one("SELECT 1 FROM submission WHERE key_mac = :key AND response IS NULL", key)
    return row is not None or gone.is_left(database, mac)


def _store(database: Database, visit: Visit, inside: Inside, shift: timedelta, rules: Rules) -> str:
    """Check an answer and write it; the reason why it is aside, if it is."""
    day = visits.moved(inside.day, shift, visit.day, rules.today)
    version = rules.versions.get((inside.survey, inside.version))
    reason = _place(database, visit, day, rules)
    if reason:
        return reason
    if version is None or not version.accepted_on(day):
        return "version"
    if inside.language not in rules.languages:
        return "language"
    old = rules.today - day > OLDEST
    submission = _submission(visit, inside, day)
    try:
        outcome = _into_responses(database, submission, version, visit.tablet, rules, hold=old)
    except IntakeError as error:
        return error.reason
    return "used" if outcome == "used" else "age" if old and outcome == "held" else ""


def _place(database: Database, visit: Visit, day: date, rules: Rules) -> str:
    venue, owner = rules.venues.get(visit.venue), devices.by_id(database, visit.tablet)
    if venue is None or owner is None or visit.venue not in owner.venues:
        return "place"
    return "closed" if venue.closed_on is not None and venue.closed_on < day else ""


def _submission(visit: Visit, inside: Inside, day: date) -> Submission:
    return Submission(
        key=inside.key,
        venue=visit.venue,
        day=day,
        variant=inside.variant,
        language=inside.language,
        catalogue=inside.catalogue,
        answers=inside.answers,
        visit=visit.id,
        mode="self_tablet" if inside.help == "none" else "assisted",
        help=inside.help,
        receipt=receipt_number(inside.key.hex()),
    )


def _into_responses(
    database: Database, submission: Submission, version: Published, tablet: bytes, rules: Rules, *, hold: bool
) -> str:
    """The one way by which a box becomes a response; what became of it. Raises IntakeError."""
    ready = check(submission, version, rules.sealer, rules.today, rules.since)

    def count(hold: bool) -> bool:
        return visits.count_day(database, tablet, submission.day, rules.quota, hold=hold)

    return store.write(database, ready, rules.new_id(), rules.quota, hold=hold, count=count).outcome
