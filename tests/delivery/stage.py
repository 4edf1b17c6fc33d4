"""What the tests of delivery share: an outbox instead of servers, a clock that is moved by hand, letters that are due."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.composition.letter import LetterFacts, Sealed
from campaigns.database import Database
from campaigns.delivery.batch import Compose
from campaigns.delivery.deliver import Shift
from campaigns.delivery.filling import Means
from campaigns.delivery.server import Server
from campaigns.delivery.smtp.exchange import Exchange
from campaigns.delivery.smtp.lane import Lane
from campaigns.delivery.smtp.parcel import Fate, Outcome, Parcel, Supply
from campaigns.delivery.throttle import Throttle
from campaigns.delivery.wire import Accepted
from campaigns.enrollment.message import Message
from campaigns.errors import DeliveryError, InDoubt, NeverDeliverable, SenderRefused, ServerUnavailable
from campaigns.house import House
from campaigns.vault import Vault
from tests.factories import (
    NOW,
    make_campaign,
    make_contact,
    make_enrollment,
    make_merchant,
    make_message,
    make_purchase,
    make_store,
)

Act = Callable[[], object]


def write(facts: LetterFacts) -> Sealed:
    """A letter that says which message it is, and nothing else."""
    message_id = f"<{facts.message_id}@harbour.example>"
    return Sealed(
        sender="hello@harbour.example",
        recipient=facts.to_address,
        message_id_header=message_id,
        head=f"Message-ID: {message_id}\r\nTo: ana\r\nSubject: Hi\r\n".encode(),
        body=b"Hello\r\n",
    )


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Outbox:
    """An exchange that keeps letters in a list. `before` runs when a server is ready for one, `after` once it has
    it; an outcome that is an error is told instead of acceptance, and one for a lane alone by its key."""

    before: Act = lambda: None
    after: Act = lambda: None
    outcomes: list[DeliveryError | None] = field(default_factory=list)
    troubles: dict[Hashable, DeliveryError] = field(default_factory=dict)
    letters: list[Parcel] = field(default_factory=list)
    lanes: dict[Hashable, Lane] = field(default_factory=dict)
    taken_by: list[Hashable] = field(default_factory=list)
    in_flight: int = 0

    def now(self) -> float:
        return time.monotonic()

    def lane(self, key: Hashable, server: Server, connections: int) -> Lane:
        return self.lanes.setdefault(key, Lane(key, server, connections))

    def turn(self, supply: Supply, timeout: float) -> list[Outcome]:
        outcomes = [each for lane in self.lanes.values() if (each := self._one_letter(supply, lane))]
        supply.promise([], outcomes)
        if not outcomes:
            time.sleep(min(timeout, 0.005))
        return outcomes

    def close(self, politely: bool = True) -> list[Outcome]:
        return []

    def _one_letter(self, supply: Supply, lane: Lane) -> Outcome | None:
        if not lane.is_ready(self.now()):
            return None
        self.before()
        parcel = supply.take(lane)
        if parcel is None:
            return None
        trouble = self.troubles.get(lane.key) or (self.outcomes.pop(0) if self.outcomes else None)
        if trouble is not None and not isinstance(trouble, InDoubt):
            return self._trouble(parcel, lane, trouble)
        supply.promise([parcel.key], [])
        if trouble is not None:
            return Outcome(parcel.key, Fate.DOUBT, None, lane)
        self.letters.append(parcel)
        self.taken_by.append(lane.key)
        self.after()
        return Outcome(parcel.key, Fate.TAKEN, Accepted(250, "2.0.0"), lane)

    def _trouble(self, parcel: Parcel, lane: Lane, trouble: DeliveryError) -> Outcome:
        reply = Accepted(trouble.code, trouble.status) if trouble.code else None
        if isinstance(trouble, ServerUnavailable):
            lane.fail(trouble, self.now())
            return Outcome(parcel.key, Fate.UNSERVED, reply, lane)
        if isinstance(trouble, SenderRefused):
            return Outcome(parcel.key, Fate.SENDER_REFUSED, reply, lane)
        fate = Fate.NEVER if isinstance(trouble, NeverDeliverable) else Fate.LATER
        return Outcome(parcel.key, fate, reply, lane)

    @property
    def sent(self) -> list[str]:
        return [f"<{letter.key}@harbour.example>" for letter in self.letters]


def shift(
    house: House,
    outbox: Outbox,
    clock: Clock | None = None,
    compose: Compose = write,
    is_stopping: Callable[[], bool] = lambda: False,
) -> Shift:
    throttle = Throttle.from_settings(house.settings)
    means = Means(exchange=cast(Exchange, outbox), compose=compose, throttle=throttle)
    return Shift(house, means, clock or Clock(), is_stopping)


def ask(session: Session, vault: Vault, count: int = 1, **campaign: object) -> list[int]:
    """Invitations to as many people, all due now; returns the ids of the messages."""
    merchant = make_merchant(session)
    store = make_store(session, vault, merchant)
    version = make_campaign(session, merchant, **campaign)
    ids = []
    for number in range(count):
        contact = make_contact(session, merchant, f"ana{number}@example.com")
        purchase = make_purchase(session, store, contact, order_id=str(1001 + number))
        ids.append(make_message(session, make_enrollment(session, purchase, version)).id)
    return ids


def all_messages(database: Database) -> list[Message]:
    with database.reading() as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def the_message(database: Database, message_id: int) -> Message:
    with database.reading() as session:
        return session.get_one(Message, message_id)


def states(house: House) -> list[str]:
    return [message.state for message in all_messages(house.database)]
