"""The connections of one lane: as many as there is work for and the server bears, and no more."""

from campaigns.delivery.smtp.connection import Connection
from campaigns.delivery.smtp.lane import Lane

ASLEEP_FOR = 30.0  # seconds before a lane that had no letters is tried again without being called
CALLED_WITHIN = 600.0  # seconds; a lane nobody has called for so long opens nothing by itself
LASTING = frozenset({530, 534, 535, 538})  # a wrong password is not mended by knocking again
SETTLED = 30.0  # seconds after which an unused connection may end without its being trouble


class Crew:
    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.connections: set[Connection] = set()
        self.idle: dict[Connection, None] = {}  # the one that rests last works first; the others may end of age
        self.is_resting = False  # has idle connections, and is in the line of those that want a letter
        self.is_retired = False  # another server has taken the lane's place
        self._taken_in_a_row = 0
        self._is_pipelined = True
        self._called_at = self._sleeps_until = 0.0

    def call(self, now: float) -> bool:
        """There may be letters; returns whether a connection is missing for them."""
        self._called_at, self._sleeps_until = now, 0.0
        return not self.connections

    def took(self, connection: Connection, now: float) -> None:
        self._called_at = now
        self._taken_in_a_row += 1
        self._is_pipelined = connection.conversation.offers.pipelining
        self._sleeps_until = 0.0

    @property
    def is_growing(self) -> bool:
        """Whether the letter just taken is the one that asks for all connections."""
        return self._taken_in_a_row == (2 if self._is_pipelined else 1)

    def found_nothing(self, now: float) -> None:
        if self._taken_in_a_row or now >= self._sleeps_until:
            self._sleeps_until = now + ASLEEP_FOR
        self._taken_in_a_row = 0

    def missing(self, now: float) -> int:
        """Return how many connections to open: one to begin with, all once letters follow each other."""
        is_called = now >= self._sleeps_until and now < self._called_at + CALLED_WITHIN
        if self.is_retired or not is_called or not self.lane.is_ready(now):
            return 0
        has_plenty = self._taken_in_a_row >= (2 if self._is_pipelined else 1)
        wanted = self.lane.bears(now) if has_plenty and self.lane.conversations else 1
        return wanted - len(self.connections)

    def surplus(self, now: float) -> list[Connection]:
        """Return the idle connections that are one too many."""
        excess = len(self.connections) - (0 if self.is_retired else self.lane.bears(now))
        return list(self.idle)[:excess] if excess > 0 else []

    def lose(self, connection: Connection, now: float) -> None:
        """A connection is over; where it never served a letter the lane is in trouble, or at its limit."""
        self.connections.discard(connection)
        self.idle.pop(connection, None)
        lane, trouble = self.lane, connection.trouble
        if connection.was_open:
            lane.conversations -= 1
        if trouble is None or connection.conversation.answered:
            return
        if connection.was_open and not connection.conversation.count and now > connection.born_at + SETTLED:
            return
        if lane.conversations:
            lane.lower(now)
        else:
            lane.fail(trouble, now, is_lasting=trouble.code in LASTING)
