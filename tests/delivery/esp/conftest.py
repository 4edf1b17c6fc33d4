"""A letter that left, sources it may be told of at, and a network that is never there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaigns import clock
from campaigns.composition.head import letter_mark
from campaigns.delivery.esp import certificates
from campaigns.delivery.esp.certificates import Certificates, NotFetched
from campaigns.delivery.esp.jobs import fold_events
from campaigns.delivery.esp.locks import Lock
from campaigns.delivery.esp.services import ServiceKind
from campaigns.delivery.esp.source import add_source
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.house import House
from tests.delivery.esp.bodies import CERTIFICATE_URL, Amazon, Post
from tests.delivery.stage import ask, the_message
from tests.factories import NOW


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(url: str) -> bytes:
        raise AssertionError("a test reached for the network")

    monkeypatch.setattr(certificates, "_fetch", refuse)


def be_at(moment: datetime) -> None:
    clock.shift(timedelta())
    clock.shift(moment - clock.now())


@pytest.fixture(scope="session")
def amazon() -> Amazon:
    return Amazon()


@dataclass
class Network:
    """All that is there to be fetched, and what was."""

    pages: dict[str, bytes] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)

    def fetch(self, url: str) -> bytes:
        self.fetched.append(url)
        if url not in self.pages:
            raise NotFetched
        return self.pages[url]


@pytest.fixture
def network(app: Flask, amazon: Amazon) -> Network:
    network = Network({CERTIFICATE_URL: amazon.certificate})
    app.extensions["remembered Certificates"] = Certificates(network.fetch)
    return network


@dataclass(frozen=True)
class Place:
    """One letter that left, and a door to tell of it at."""

    house: House
    client: FlaskClient
    message_id: int
    header: str
    address: str = "ana0@example.com"

    def source(self, kind: ServiceKind, lock: Lock) -> str:
        with self.house.database.transaction() as session:
            merchant_id = session.get_one(Message, self.message_id).merchant_id
            return add_source(session, self.house.vault, merchant_id, kind, lock, NOW).key

    def tell(self, key: str, post: Post) -> TestResponse:
        body, headers = post
        return self.client.post(f"/events/{key}", data=body, headers=headers)

    def state(self) -> str:
        fold_events(self.house)
        return the_message(self.house.database, self.message_id).state


@pytest.fixture
def place(house: House, client: FlaskClient) -> Iterator[Place]:
    be_at(NOW)
    with house.database.transaction() as session:
        message = session.get_one(Message, ask(session, house.vault)[0])
        message.state, message.sent_at, message.sent_on = "sent", NOW, NOW.date()
        enrollment = session.get_one(Enrollment, message.enrollment_id)
        assert enrollment.closes_at is not None
        mark = letter_mark(message.merchant_id, enrollment.campaign_id, "1001", enrollment.closes_at)
    yield Place(house, client, message.id, f"<{message.id}.{mark}@harbour.example>")
    clock.shift(timedelta())
