"""When each job is due. The hour of the day is London's; all arithmetic on moments is done in UTC.

Between two times that carry the same zone, Python subtracts and compares what the clock on the wall shows, so a search
over such times can stand still in the hour that comes twice. Moments here carry UTC, and every search is bounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from collector.settings import Settings

LONDON = ZoneInfo("Europe/London")
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
TUESDAY = 1
REACH = 8
"""Days within which every job is due at least once, counted from any day."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Each hour at a minute, each day at an hour, or each week on a weekday; `setting` names one that sets the time."""

    minute: int
    hour: int | None = None
    weekday: int | None = None
    setting: str = ""

    @property
    def interval(self) -> timedelta:
        """How far apart two runs are, but for the nights in which the clocks change."""
        return HOUR if self.hour is None else DAY if self.weekday is None else WEEK

    def at(self, settings: Settings) -> time:
        """The time of day."""
        if self.setting:
            return time.fromisoformat(getattr(settings, self.setting))
        return time(self.hour or 0, self.minute)


TIMES: Mapping[str, Timing] = {
    "rollup": Timing(20),
    "release": Timing(30, 9, TUESDAY, "release_time"),
    "announce": Timing(35),
    "retention": Timing(10, 3),
    "backup": Timing(30, 2),
}


def last_due(timing: Timing, settings: Settings, now: datetime) -> datetime:
    """The latest moment at or before now at which a job should have run."""
    now = now.astimezone(UTC)
    if timing.hour is None:
        moment = now.replace(minute=timing.minute, second=0, microsecond=0)
        return moment if moment <= now else moment - HOUR
    return max(moment for moment in _around(timing, settings, now, range(-REACH, 1)) if moment <= now)


def next_due(timing: Timing, settings: Settings, now: datetime) -> datetime:
    """The first moment after now at which a job should run."""
    now = now.astimezone(UTC)
    if timing.hour is None:
        return last_due(timing, settings, now) + HOUR
    return min(moment for moment in _around(timing, settings, now, range(REACH + 1)) if moment > now)


def _around(timing: Timing, settings: Settings, now: datetime, days: Iterable[int]) -> Iterable[datetime]:
    """The moments of a daily or weekly job on days before and after the local day of now.

    A time that the clocks jump over is as long after midnight as it would be without the jump; of one that comes
    twice, the first counts.
    """
    today, at = now.astimezone(LONDON).date(), timing.at(settings)
    for distance in days:
        day = today + timedelta(days=distance)
        if timing.weekday is None or day.weekday() == timing.weekday:
            yield _moment(day, at)


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, LONDON).astimezone(UTC)
