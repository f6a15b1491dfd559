"""The only way in for answers: from the page, a file, a tablet's boxes. Checked once, written once.

What comes is a `Submission`, whose answers only `survey.answers` can have checked. `take` writes one: by itself through
the process's writer, or as one of a batch inside a transaction. `take_rows` writes those of a file, in few statements.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from collector.db import Database
from collector.errors import IntakeError
from collector.responses import bulk, store
from collector.responses.periods import Period
from collector.responses.store import Outcome
from collector.responses.submission import Ready, Submission, Terms, prepare
from collector.survey.answers import Refusal

T = TypeVar("T")
Verb = Callable[[Database], T]
BESIDE = ""
"""In the place of a question's code: what is wrong is not an answer, but what stands beside the answers."""


class Decision(NamedTuple):
    """What became of a submission: the period it counts in, or all that was wrong, by question."""

    outcome: Outcome
    period: Period | None = None
    faults: Mapping[str, Refusal] = {}


def take(
    write: Callable[[Verb[store.Stored]], store.Stored],
    came: Submission,
    terms: Terms,
    response_id: bytes,
    quota: int,
    *,
    hold: bool = False,
) -> Decision:
    """Take one submission in. `write` runs a verb in a transaction: a writer's, or `within` one that is open.

    `quota` and `hold` are those of `store.write`. Everything but the writing is done before `write` is called.
    """
    if came.checked.faults:
        return Decision("refused", None, came.checked.faults)
    try:
        done = prepare(came, terms)
    except IntakeError as error:
        return Decision("refused", None, {BESIDE: Refusal(error.reason, str(error))})
    stored = write(lambda database: store.write(database, done, response_id, quota, hold=hold))
    return Decision(stored.outcome, stored.period)


def within(database: Database) -> Callable[[Verb[T]], T]:
    """For `take`: write in the transaction that is open, as one of many."""
    return lambda verb: verb(database)


def take_rows(
    database: Database, number: int, part: int, batch: Sequence[Ready], new_id: Callable[[], bytes], *, all_new: bool
) -> list[Outcome]:
    """Take a batch of a file in, inside a transaction; one outcome each, in order. See `bulk.write`."""
    return bulk.write(database, number, part, batch, new_id, all_new=all_new)
