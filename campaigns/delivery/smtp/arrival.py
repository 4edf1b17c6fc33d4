"""From the first knock to the first letter: a server is reached, proves who it is and lets us in, or is left alone."""

import ssl
from collections.abc import Callable
from enum import StrEnum

from campaigns.delivery.server import Server
from campaigns.delivery.smtp.habits import Habits
from campaigns.delivery.smtp.line import Address, Line
from campaigns.delivery.smtp.opening import Offers, Opening
from campaigns.delivery.smtp.replies import Replies, Reply
from campaigns.errors import ServerUnavailable


class Stage(StrEnum):
    CONNECTING = "connecting"
    SECURING = "securing"
    TALKING = "talking"


class Arrival:
    """Raises ServerUnavailable, OSError or ValueError when the server cannot be had."""

    def __init__(
        self, server: Server, name: str, line: Line, habits: Habits, context: Callable[[], ssl.SSLContext]
    ) -> None:
        self.deadline = 0.0
        self._stage = Stage.CONNECTING
        self._server = server
        self._line = line
        self._habits = habits
        self._context = context
        self._opening = Opening(server, name)
        self._replies = Replies()
        self._addresses: list[Address] = []

    @property
    def offers(self) -> Offers | None:
        """What the server can do, once we are in."""
        return self._opening.offers

    def dial(self, addresses: list[Address], now: float) -> None:
        """Knock at one address after the other."""
        self._addresses = list(addresses)
        self._knock(OSError(), now)

    def act(self, now: float) -> None:
        """Do what can be done without waiting."""
        if self._stage is Stage.CONNECTING:
            try:
                self._line.answered()
            except OSError as error:
                self._knock(error, now)
            else:
                self._enter(now)
        elif self._stage is Stage.SECURING:
            self._shake_hands(now)
        else:
            self._talk(now)

    def expire(self, now: float) -> None:
        """The deadline has passed."""
        if self._stage is not Stage.CONNECTING:
            raise TimeoutError
        self._knock(TimeoutError(), now)

    def _knock(self, reason: OSError, now: float) -> None:
        """Try the next address; raises the reason the last one failed where there is none."""
        while self._addresses:
            self.deadline = now + self._habits.patience / len(self._addresses)
            try:
                return self._line.dial(self._addresses.pop(0))
            except OSError as error:
                reason = error
        raise reason

    def _enter(self, now: float) -> None:
        self.deadline = now + self._habits.patience
        self._stage = Stage.TALKING
        if self._server.is_tls:
            self._secure(now)

    def _secure(self, now: float) -> None:
        self._stage = Stage.SECURING
        self._line.secure(self._context(), self._server.host)
        self._shake_hands(now)

    def _shake_hands(self, now: float) -> None:
        if self._line.shake_hands():
            self._stage = Stage.TALKING
            if self._opening.wants_tls:
                self._say(self._opening.secured(), now)

    def _talk(self, now: float) -> None:
        self._line.flush()
        data = self._line.read()
        if data is None:
            return
        if not data:
            raise ServerUnavailable("The server hung up.")
        replies = self._replies.feed(data)
        for number, reply in enumerate(replies, 1):
            self._hear(reply, now, is_last=number == len(replies) and self._replies.is_empty)

    def _hear(self, reply: Reply, now: float, is_last: bool) -> None:
        if answer := self._opening.hear(reply):
            self._say(answer, now)
        elif not is_last:  # before encryption, anybody could have slipped it in
            raise ServerUnavailable("The server spoke out of turn.")
        elif self._opening.wants_tls:
            self._secure(now)

    def _say(self, data: bytes, now: float) -> None:
        self._line.write(data)
        self.deadline = now + self._habits.patience
