"""The head of a release: what it says of itself, and how its files are called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from collector.periods import Period, Quarter
from collector.releases.changes import Reason


@dataclass(frozen=True)
class Heading:
    """What a release says of itself. `area` and `area_name` are those of the row that all others lie in; `reasons` are
    what was told since the first publication, in order.
    """

    period: Quarter
    area: str
    area_name: str
    revision: int
    synthetic: bool
    status: str
    published_on: date
    code_version: str
    reasons: tuple[Reason, ...] = ()

    @property
    def name(self) -> str:
        """Of the folder."""
        return self.named("trust-summary", self.period)

    def named(self, kind: str, period: Period) -> str:
        """Of a file about a quarter or year, without its ending."""
        return named(kind, self.synthetic, self.area, period.code, f"r{self.revision}")

    @property
    def title(self) -> str:
        title = f"Trust in health services, {self.area_name}, {self.period.code}"
        return f"{title} (synthetic)" if self.synthetic else title


def named(kind: str, synthetic: bool, *parts: str) -> str:
    """A file name; invented answers are named as such."""
    return "_".join([kind, *(["synthetic"] if synthetic else []), *parts])
