"""A letter that left over real SMTP, from a house whose mail comes back to it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from campaigns import clock
from campaigns.delivery.inbound.receive import Receipt, accept
from campaigns.delivery.jobs import send_due
from campaigns.house import House
from campaigns.inbound_settings import InboundSettings
from tests.delivery.servers import Sink, serving
from tests.delivery.stage import ask
from tests.delivery.test_jobs import set_clock
from tests.factories import NOW

BOUNCES = "bounce.harbour.example"


@dataclass
class Sent:
    """What left, and how to bring something back about it."""

    house: House
    message_id: int
    sender: str
    letter: bytes
    sink: Sink = field(repr=False)

    def comes_back(self, mail: bytes, to: str = "", **later: float) -> Receipt:
        raw = (f"Delivered-To: {to}\n".encode() if to else b"") + mail
        return accept(self.house, raw, NOW + timedelta(**(later or {"minutes": 1})))


class Outside(Sink):
    """A mail server that remembers who was said to send."""

    def __init__(self) -> None:
        super().__init__()
        self.senders: list[str] = []

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        self.senders.append(address)
        return "250 2.1.0 fine"


@pytest.fixture
def at_ten() -> Iterator[None]:
    set_clock(NOW)
    yield
    clock.shift(timedelta())


@pytest.fixture
def inbound() -> InboundSettings:
    return InboundSettings(bounce_domain=BOUNCES, takes_replies=True)


@pytest.fixture
def sent(house: House, at_ten: None, inbound: InboundSettings) -> Iterator[Sent]:
    """Ana's invitation, with a reminder planned for five days later."""
    outside = Outside()
    with serving(outside) as server:
        address = f"smtp://{server.host}:{server.port}"
        object.__setattr__(house, "settings", replace(house.settings, smtp_url=address, inbound=inbound))
        with house.database.transaction() as session:
            [message_id] = ask(session, house.vault)
        assert send_due(house) == 1
        yield Sent(house, message_id, outside.senders[0], outside.letters[0], outside)
