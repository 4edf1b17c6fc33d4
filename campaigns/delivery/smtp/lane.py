"""A lane leads to one server, over as many connections as the server bears, and waits while it bears none."""

import random
from collections.abc import Hashable

from campaigns.delivery.server import Server
from campaigns.errors import DeliveryError

SHORTEST_WAIT, LONGEST_WAIT = 1.0, 60.0  # seconds, after a failed try; each wait is twice the one before
SPREAD = 0.25  # of a wait, so that workers which failed together do not come back together
LOWERED_FOR = 60.0  # seconds, after a server refused one more connection beside those it has


class Lane:
    """Times are those of the exchange's own clock, which only ever goes forward (`Exchange.now`)."""

    def __init__(self, key: Hashable, server: Server, connections: int) -> None:
        self.key = key
        self.server = server
        self.connections = connections  # at most, at once
        self.conversations = 0  # that a letter could be handed over in, now
        self.trouble: DeliveryError | None = None  # why no conversation was possible, until one is
        self._wait = 0.0
        self._waits_until = 0.0
        self._lowered_until: list[float] = []

    def is_ready(self, now: float) -> bool:
        """Whether the server may be tried; False while the lane waits after trouble."""
        return now >= self._waits_until

    def bears(self, now: float) -> int:
        """Return how many connections the server is believed to bear."""
        if self._lowered_until:
            self._lowered_until = [end for end in self._lowered_until if end > now]
        return max(self.connections - len(self._lowered_until), 1)

    def lower(self, now: float) -> None:
        if self.bears(now) > 1:
            self._lowered_until.append(now + LOWERED_FOR)

    def fail(self, trouble: DeliveryError, now: float, is_lasting: bool = False) -> None:
        """Wait, longer each time; at once for long where only a person can mend it."""
        if not self.is_ready(now):
            return  # of several connections that failed together, one counts
        longer = LONGEST_WAIT if is_lasting else self._wait * 2
        self._wait = min(max(longer, SHORTEST_WAIT), LONGEST_WAIT)
        self._waits_until = now + self._wait * (1 + SPREAD * random.random())  # noqa: S311 - nobody gains by guessing it
        self.trouble = trouble

    def open(self) -> None:
        self.conversations += 1
        self._waits_until = 0.0
        self.trouble = None

    def prove(self) -> None:
        """A letter was answered: trouble to come is new trouble."""
        self._wait = 0.0

    def forgive(self) -> None:
        """Try again at once."""
        self._waits_until = self._wait = 0.0
        self.trouble = None
