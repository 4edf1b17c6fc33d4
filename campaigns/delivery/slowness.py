"""A server that asks one worker for mercy gets it from all of them, and its old pace back little by little.

What was slowed down is posted where all workers read it once a second; each keeps a copy, so that a lost
or frozen Redis forgets nothing. Without Redis each worker slows down by itself.
"""

from datetime import datetime

from campaigns.buckets import Buckets
from campaigns.delivery.pace import ONE_TROUBLE, Slowed, recover, slow_down

BOARD = "slow"
LOOK_AGAIN = 1.0  # seconds between two looks at the board
SPAN = 10.0  # seconds over which a pace is measured
MANY = 5_000  # places counted at once, before those that are quiet are dropped


class Slowness:
    """What one worker knows of the places, each a relay and a domain, where letters must go slowly."""

    def __init__(self, buckets: Buckets, peers: int) -> None:
        self._buckets = buckets
        self._peers = max(1, peers)
        self._slowed: dict[str, Slowed] = {}
        self._counts: dict[str, _Count] = {}
        self._since = 0.0  # by the clock of Redis
        self._ahead = 0.0  # of Redis, is our clock, in seconds
        self._looked_at = float("-inf")

    def rate(self, where: str, now: datetime) -> float | None:
        """Return the letters per second allowed there; None where it is not slowed down."""
        self._look(now)
        if (slowed := self._slowed.get(where)) is None:
            return None
        if (rate := recover(slowed, self._moment(now))) is None:
            del self._slowed[where]
        return rate

    def count(self, where: str, now: datetime) -> None:
        """Count a letter a server answered to."""
        if len(self._counts) >= MANY:
            quiet_since = now.timestamp() - 2 * SPAN
            self._counts = {place: count for place, count in self._counts.items() if count.began_at > quiet_since}
        self._counts.setdefault(where, _Count(now.timestamp())).add(now.timestamp())

    def slow_down(self, where: str, now: datetime) -> None:
        """Halve the pace there, of all workers; once, when several meet the same trouble."""
        self._look(now)
        count = self._counts.get(where)
        measured = count.rate(now.timestamp()) * self._peers if count is not None else 0.0
        old = self._slowed.get(where)
        new = slow_down(old, measured, self._moment(now))
        if new == old:
            return
        held = self._buckets.post(BOARD, where, _written(new), unless_within=ONE_TROUBLE)
        self._slowed[where] = new if held is None else _read(held)

    def _moment(self, now: datetime) -> float:
        return now.timestamp() - self._ahead

    def _look(self, now: datetime) -> None:
        """Read what the others wrote, not more than once a second."""
        if abs(now.timestamp() - self._looked_at) < LOOK_AGAIN:
            return
        self._looked_at = now.timestamp()
        if (news := self._buckets.news(BOARD, self._since)) is None:
            return
        self._since = news.at
        self._ahead = now.timestamp() - news.at
        self._slowed |= {where: _read(note) for where, note in news.notes.items() if note}
        if len(self._slowed) > MANY:
            kept = {where: slowed for where, slowed in self._slowed.items() if recover(slowed, news.at) is not None}
            self._slowed = kept


class _Count:
    """Letters in this span and in the one before it, which count for less the longer ago it was."""

    __slots__ = ("_before", "_this", "began_at")

    def __init__(self, began_at: float) -> None:
        self.began_at = began_at
        self._this = self._before = 0

    def add(self, moment: float) -> None:
        self._turn(moment)
        self._this += 1

    def rate(self, moment: float) -> float:
        self._turn(moment)
        return (self._this + self._before * (1 - (moment - self.began_at) / SPAN)) / SPAN

    def _turn(self, moment: float) -> None:
        spans = int((moment - self.began_at) // SPAN)
        if spans != 0:
            self._before = self._this if spans == 1 else 0
            self._this, self.began_at = 0, self.began_at + spans * SPAN


def _written(slowed: Slowed) -> str:
    return f"{slowed.rate!r} {slowed.before!r} {slowed.at!r}"


def _read(note: str) -> Slowed:
    rate, before, at = (float(part) for part in note.split())
    return Slowed(rate, before, at)
