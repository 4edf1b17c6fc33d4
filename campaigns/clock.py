"""The one place that asks the time: aware, in UTC, shifted by CLOCK_OFFSET where that is set."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import isodate

_shift = timedelta()


def now() -> datetime:
    """Return the present, as this process is to believe it."""
    return datetime.now(UTC) + _shift


def shift(offset: timedelta) -> None:
    """Make this process believe it is `offset` later; called once, at its start."""
    global _shift  # noqa: PLW0603  # a process has one clock
    _shift = offset


def parse_duration(text: str) -> timedelta:
    """Read an ISO 8601 duration of weeks, days and times ("P3D", "PT2H30M"), never negative.

    Raises ValueError for anything else; months and years have no fixed length and are refused.
    """
    try:
        value = isodate.parse_duration(text)
    except (isodate.ISO8601Error, TypeError, OverflowError) as error:
        raise ValueError(f"not an ISO 8601 duration: {text!r}") from error
    if not isinstance(value, timedelta):
        raise ValueError(f"months and years have no fixed length: {text!r}; use days")
    if value < timedelta():
        raise ValueError(f"a duration cannot be negative: {text!r}")
    return value


@lru_cache(maxsize=4096)
def first_zone(*wanted: str | None) -> str:
    """Return the first name that is a time zone; UTC where none is."""
    return next((name for name in wanted if name and is_zone(name)), "UTC")


def is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
