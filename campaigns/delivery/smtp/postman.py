"""One letter at a time, and its fate before the next: for sign-in mails, where nobody waits in line."""

from collections.abc import Callable
from itertools import count
from types import TracebackType
from typing import Protocol, Self

from campaigns.composition.letter import Letter
from campaigns.delivery.server import Server
from campaigns.delivery.smtp.conversation import NOT_WITHOUT
from campaigns.delivery.smtp.exchange import Exchange
from campaigns.delivery.smtp.habits import Habits
from campaigns.delivery.smtp.lane import Lane
from campaigns.delivery.smtp.parcel import Fate, Outcome, Parcel
from campaigns.delivery.wire import Accepted, body_of
from campaigns.errors import (
    DeliveryError,
    InDoubt,
    NeverDeliverable,
    SenderRefused,
    ServerUnavailable,
    TryLater,
    Withdrawn,
)

ERRORS: dict[Fate, type[DeliveryError]] = {
    Fate.LATER: TryLater,
    Fate.NEVER: NeverDeliverable,
    Fate.SENDER_REFUSED: SenderRefused,
    Fate.DOUBT: InDoubt,
    Fate.UNSERVED: TryLater,
}


class Transport(Protocol):
    def send(self, letter: Letter, may_leave: Callable[[], bool]) -> Accepted:
        """Hand over a letter unless `may_leave`, asked last, says no; raises any kind of DeliveryError."""
        ...


class Errand:
    """The supply of a single letter."""

    def __init__(self, parcel: Parcel, may_leave: Callable[[], bool]) -> None:
        self.is_taken = False
        self.is_withdrawn = False
        self.key = parcel.key
        self._parcel = parcel
        self._may_leave = may_leave

    def take(self, _: Lane) -> Parcel | None:
        if self.is_taken or self.is_withdrawn:
            return None
        self.is_taken = self._may_leave()
        self.is_withdrawn = not self.is_taken
        return self._parcel if self.is_taken else None

    def promise(self, intents: list[int], outcomes: list[Outcome]) -> None:
        """Nothing is kept: whoever sends waits for the outcome."""


class Postman:
    """Connects when the first letter needs it, and again after a server has hung up."""

    def __init__(self, server: Server, name: str = "", habits: Habits | None = None) -> None:
        self._server = server
        self._exchange = Exchange(name, habits)
        self._keys = count()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._exchange.close(politely=kind is None)

    def send(self, letter: Letter, may_leave: Callable[[], bool]) -> Accepted:
        """Hand over a letter; a connection that died since the last one is replaced once."""
        parcel = Parcel(next(self._keys), letter.sender, letter.recipient, body_of(letter))
        lane = self._exchange.lane("", self._server, connections=1)
        was_open = lane.conversations > 0
        outcome = self._send(lane, Errand(parcel, may_leave))
        if outcome.fate is Fate.UNSERVED and was_open:
            outcome = self._send(lane, Errand(parcel, may_leave))
        return _reply(outcome)

    def _send(self, lane: Lane, errand: Errand) -> Outcome:
        lane.forgive()
        self._exchange.lane("", self._server, connections=1)
        while True:
            for outcome in self._exchange.turn(errand, timeout=1.0):
                if outcome.key == errand.key:
                    return outcome
            if errand.is_withdrawn:
                raise Withdrawn
            if lane.trouble is not None and not errand.is_taken:
                raise ServerUnavailable(str(lane.trouble), code=lane.trouble.code, status=lane.trouble.status)


def _reply(outcome: Outcome) -> Accepted:
    """Return an acceptance; anything else is raised."""
    reply = outcome.reply
    if outcome.fate is Fate.TAKEN and reply is not None:
        return reply
    kind = ERRORS.get(outcome.fate, InDoubt)
    if reply is None:
        raise kind
    if outcome.fate is Fate.UNSERVED and reply.code in NOT_WITHOUT:
        kind = ServerUnavailable
    raise kind(code=reply.code, status=reply.status)
