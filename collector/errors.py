"""The errors of the program: one tree. Each message says where, what happened and what to do."""

from __future__ import annotations


class CollectorError(Exception):
    """Something the person at the other end can act on; shown as one sentence, never as a traceback."""


class CardError(CollectorError):
    """A card or an answer that does not fit its survey's layout."""


class SettingsError(CollectorError):
    """A setting that is wrong or missing; the program does not start."""


class SurveyError(CollectorError):
    """A survey file or version that cannot be used."""


class StoreError(CollectorError):
    """The data folder or its database cannot be used as asked."""


class CommunityError(CollectorError):
    """An area, venue or visit that does not exist or may not be changed so."""


class NotAgreedError(CollectorError):
    """Something that is for good was asked about, and not agreed to."""


class IntakeError(CollectorError):
    """Answers that were not accepted; `reason` is a key of responses.submission.REASONS."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class ImportRefusedError(CollectorError):
    """A file of answers that is not brought in as asked, or an import that may not be taken back."""


class PeriodError(CollectorError):
    """A period that does not exist, is closed or has nothing to show."""


class ReleaseError(CollectorError):
    """A release that may not or cannot be made."""


class ExportError(CollectorError):
    """A record-level export that may not or cannot be made."""


class ClockError(CollectorError):
    """The machine's clock is not believed, and what was asked cannot be undone."""


class JobError(CollectorError):
    """A job that does not exist or could not run."""


class UnfinishedError(CollectorError):
    """A job that did what it could; what is left is tried again each hour."""
