"""The table of refusals: why a release may not or cannot be made or proved, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

IN_WORDS = "Tell of the error in words: `collector release --period %(period)s --notice %(reason)s`."
RESTORE = "Restore a backup with `collector restore`."
REFUSALS: Mapping[str, tuple[str, str]] = {
    "still_open": (
        "%(period)s is still open: late answers count until %(closes)s.",
        "Freeze it on the day after.",
    ),
    "not_frozen": (
        "%(period)s is not frozen: late answers count until %(closes)s.",
        "Wait for its day, or use --draft for a look of your own.",
    ),
    "nobody_answered": (
        "Nobody answered in %(period)s, so there is nothing to release.",
        "Choose another quarter.",
    ),
    "not_released": (
        "%(period)s is not released, so there is nothing to correct.",
        "Publish it first, without --correct or --notice.",
    ),
    "no_reason": ("Say what was wrong", "in one of these words: %(known)s."),
    "answers_deleted": ("The answers of %(period)s are deleted, so they cannot be counted again.", IN_WORDS),
    "too_few_changed": (
        "Fewer than ten people changed in %(period)s, so its figures stay as they are (R10).",
        IN_WORDS,
    ),
    "no_roll_up": ("%(period)s has no roll-up.", "Run `collector rollup --period %(period)s` first."),
    "tables_missing": ("The count tables of %(name)s are missing.", RESTORE),
    "secret_missing": (
        "The secret of %(period)s is missing, and its figures cannot be made without it.",
        RESTORE,
    ),
    "other_program": (
        "%(name)s cannot be put back: Collector %(made_by)s made it, and this one would write other bytes.",
        "Copy the folder from a backup of the exports, or run that version.",
    ),
    "other_content": (
        "%(folder)s is there with other content, and published files never change.",
        "Look who wrote it, move it away, and run the command again.",
    ),
    "cannot_be_written": (
        "%(name)s cannot be written to %(folder)s: %(error)s.",
        "Mend that, and run the command again.",
    ),
    "not_ours": (
        "%(name)s was not published by this installation.",
        "`collector verify` checks all that were.",
    ),
}


def refusal(code: str, **values: object) -> str:
    """What a row says of these values: what is refused and why, then what to do."""
    return " ".join(REFUSALS[code]) % values
