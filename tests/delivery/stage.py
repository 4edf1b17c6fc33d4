"""What the tests of delivery share: an outbox instead of a server, a clock that is moved by hand, letters that are due."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.composition.letter import Letter, LetterFacts
from campaigns.database import Database
from campaigns.delivery.deliver import Compose, Shift
from campaigns.delivery.wire import Accepted
from campaigns.enrollment.message import Message
from campaigns.errors import Withdrawn
from campaigns.house import House
from campaigns.links import Links
from campaigns.vault import Vault
from tests.delivery.servers import a_letter
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


def write(facts: LetterFacts, links: Links) -> Letter:
    """A letter that says which message it is, and nothing else."""
    return a_letter(facts.message_id, facts.to_address)


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Outbox:
    """Keeps letters in a list. `before` runs when the server is ready, `after` once it has the letter;
    an outcome that is an error is raised instead of accepting."""

    before: Act = lambda: None
    after: Act = lambda: None
    outcomes: list[Exception | None] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, letter: Letter, may_leave: Callable[[], bool]) -> Accepted:
        self.before()
        if not may_leave():
            raise Withdrawn
        if outcome := (self.outcomes.pop(0) if self.outcomes else None):
            raise outcome
        with self.lock:
            self.letters.append(letter)
        self.after()
        return Accepted(250, "2.0.0")

    @property
    def sent(self) -> list[str]:
        return [letter.message_id_header for letter in self.letters]


def shift(
    house: House,
    outbox: Outbox,
    clock: Clock | None = None,
    compose: Compose = write,
    is_stopping: Callable[[], bool] = lambda: False,
) -> Shift:
    return Shift(house, outbox, compose, clock or Clock(), is_stopping)


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
