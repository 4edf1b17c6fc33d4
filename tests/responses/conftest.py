"""Ana's letter, the links in it, and Ana, who looks at pages and sends them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from campaigns import clock
from campaigns.audience.suppression import Suppression
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.house import House
from campaigns.responses.hit import Hit
from campaigns.responses.response import Response
from campaigns.tokens import Purpose
from tests.factories import NOW, ask_ana

BROWSER = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1"


@dataclass
class Letter:
    """What a test knows of the letter it follows the links of."""

    message_id: int
    enrollment_id: int
    merchant_id: int
    contact_id: int
    token: str
    out: str  # the path that unsubscribes

    def rate(self, score: object) -> str:
        return f"/r/{self.token}/{score}"

    @property
    def survey(self) -> str:
        return f"/s/{self.token}"


@pytest.fixture
def wait(house: House) -> Iterator[Callable[..., None]]:
    """Let time pass without waiting for it."""
    passed = timedelta()

    def wait(**span: float) -> None:
        nonlocal passed
        passed += timedelta(**span)
        clock.shift(passed)

    yield wait
    clock.shift(timedelta())


def letter_of(house: House, message: Message) -> Letter:
    with house.database.reading() as session:
        enrollment = session.get_one(Enrollment, message.enrollment_id)
    assert enrollment.contact_id is not None
    return Letter(
        message_id=message.id,
        enrollment_id=enrollment.id,
        merchant_id=message.merchant_id,
        contact_id=enrollment.contact_id,
        token=house.tokens.sign(Purpose.ANSWER, message.id),
        out=f"/u/{house.tokens.sign(Purpose.UNSUBSCRIBE, message.id)}",
    )


@pytest.fixture
def letter(house: House) -> Letter:
    with house.database.transaction() as session:
        message = ask_ana(session, house.vault)
        enrollment = session.get_one(Enrollment, message.enrollment_id)
        enrollment.closes_at = clock.now() + timedelta(days=21)
    return letter_of(house, message)


class Ana:
    """A person with a browser: she looks at a page, takes her time, and presses the button."""

    def __init__(self, client: FlaskClient, wait: Callable[..., None]) -> None:
        self.client = client
        self._wait = wait

    def look(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers={"User-Agent": BROWSER, **headers})

    def nonce(self, path: str) -> str:
        found = re.search(r'name="nonce" value="([^"]+)"', self.look(path).text)
        assert found, "the page shows no form"
        return found[1]

    def send(self, path: str, form: dict[str, Any] | None = None, **headers: str) -> TestResponse:
        """Open a page, wait three seconds, and send its form."""
        nonce = self.nonce(path)
        self._wait(seconds=3)
        return self.post(path, {"nonce": nonce, **(form or {})}, **headers)

    def post(self, path: str, form: dict[str, Any], **headers: str) -> TestResponse:
        return self.client.post(path, data=form, headers={"User-Agent": BROWSER, **headers})


@pytest.fixture
def ana(client: FlaskClient, wait: Callable[..., None]) -> Ana:
    return Ana(client, wait)


class Records:
    """Looks at the rows that a request left."""

    def __init__(self, house: House) -> None:
        self._house = house

    def all(self, table: type[Any]) -> list[Any]:
        with self._house.database.reading() as session:
            return list(session.scalars(select(table).order_by(table.id)))

    @property
    def answers(self) -> list[Hit]:
        return [hit for hit in self.all(Hit) if hit.kind == "answer"]

    @property
    def response(self) -> Response | None:
        found = self.all(Response)
        assert len(found) <= 1, "one enrollment has two responses"
        return found[0] if found else None

    @property
    def suppressions(self) -> list[Suppression]:
        return self.all(Suppression)

    @property
    def stop_reason(self) -> str:
        reason: str = self.all(Enrollment)[0].stop_reason
        return reason

    @property
    def message_states(self) -> list[str]:
        return [message.state for message in self.all(Message)]


@pytest.fixture
def records(house: House) -> Records:
    return Records(house)


def add(session: Session, message: Message | Letter, at: int = 0, **values: Any) -> Hit:
    """Keep an answer as a door would have."""
    blank: dict[str, Any] = {
        "merchant_id": message.merchant_id,
        "enrollment_id": message.enrollment_id,
        "message_id": message.message_id if isinstance(message, Letter) else message.id,
        "kind": "answer",
        "link": "rate",
        "method": "POST",
        "level": "confirmed",
        "reasons": [],
        "score": 4,
        "answers": None,
        "client": "c",
        "user_agent": "u",
        "at": NOW + timedelta(seconds=at),
    }
    hit = Hit(**{**blank, **values})
    session.add(hit)
    session.flush()
    return hit
