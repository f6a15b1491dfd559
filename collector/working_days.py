"""Working days of England: weekends and bank holidays do not count."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache


@lru_cache(maxsize=64)
def working_day_after(day: date, count: int) -> date:
    """The day `count` working days (England) after another."""
    closed = _bank_holidays(day.year, day.year + 1)
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5 and day not in closed
    return day


@lru_cache(maxsize=8)
def _bank_holidays(*years: int) -> frozenset[date]:
    import holidays  # a large library, needed only when a closing day is asked for

    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=years))
