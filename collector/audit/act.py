"""An act of staff: who, on which day, under which id, and why. Every verb that staff do takes one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True)
class Act:
    """Who acts, the local day, the id of the entry in the audit log, and a reason where one must be given.

    An id is used once. Commands and the office draw one that sorts by time; jobs use names, so that a job that is done
    again after a crash says the same thing under the same id.
    """

    by: str
    at: date
    id: str
    reason: str = ""

    def part(self, name: str) -> Act:
        """The same act under an id of its own, for one that writes several entries."""
        return replace(self, id=f"{self.id}-{name}")
