"""How fast letters may go: slowly through a new relay, and at half the pace where a server asks for mercy.

The warm-up of a relay's first days, in letters a day, spread evenly over all of its 24 hours:

    day       1    2    3      4      5       6       7       8       9       10       11       12
    letters  50  100  500  1,000  5,000  10,000  20,000  40,000  70,000  100,000  150,000  250,000

and from the thirteenth day on whatever the relay's own rate allows. Providers of relays publish
schedules of about this shape, and judge a new address by how steadily it grows.
"""

from dataclasses import dataclass
from datetime import date

WARM_UP = (50, 100, 500, 1_000, 5_000, 10_000, 20_000, 40_000, 70_000, 100_000, 150_000, 250_000)
DAY = 86_400.0  # seconds
FLOOR = 0.1  # letters per second: one in ten seconds still tells when the trouble is over
GROWTH = 0.1 / 60  # of the pace before the trouble, gained back in a second without any
ONE_TROUBLE = 5.0  # seconds in which refusals are of the same trouble: what is on its way cannot slow down


@dataclass(frozen=True, slots=True)
class Slowed:
    rate: float  # letters per second at that moment
    before: float  # and what was measured before the first trouble
    at: float  # seconds; when there was trouble last


def daily_limit(from_day: date, today: date) -> int | None:
    """Return how many letters a new relay may send today; None when it is warm. Days before count as the first."""
    day = max(0, (today - from_day).days)
    return WARM_UP[day] if day < len(WARM_UP) else None


def warmed_up(from_day: date | None, today: date, rate: float | None) -> float | None:
    """Return a relay's letters per second today, of what it could do when warm; None for no limit."""
    limit = daily_limit(from_day, today) if from_day is not None else None
    if limit is None:
        return rate
    return limit / DAY if rate is None else min(rate, limit / DAY)


def slow_down(slowed: Slowed | None, measured: float, at: float) -> Slowed:
    """Halve the pace once for each trouble: the measured one, or what is allowed where that is less."""
    if slowed is not None and abs(at - slowed.at) < ONE_TROUBLE:
        return slowed
    allowed = recover(slowed, at) if slowed is not None else None
    if slowed is None or allowed is None:
        before = max(measured, 2 * FLOOR)
        return Slowed(rate=before / 2, before=before, at=at)
    return Slowed(rate=max(FLOOR, min(allowed, measured) / 2), before=slowed.before, at=at)


def recover(slowed: Slowed, at: float) -> float | None:
    """Return the letters per second allowed by now; None when the trouble is made good and forgotten."""
    rate = slowed.rate + slowed.before * GROWTH * max(0.0, at - slowed.at)
    return rate if rate < slowed.before else None
