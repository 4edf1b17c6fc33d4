"""A letter is a frozen value made of frozen facts: the same facts make the same letter, to the byte."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from campaigns.catalog.definition import Definition
from campaigns.catalog.own_template import OwnTemplate
from campaigns.enrollment.states import MessageKind
from campaigns.merchants.look import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """All that an invitation or a reminder is written from."""

    message_id: int
    enrollment_id: int
    kind: MessageKind
    merchant_id: int
    campaign_id: int
    version_id: int
    definition: Definition
    merchant_name: str
    from_address: str
    reply_to: str
    postal_address: str
    look: Look
    to_address: str
    first_name: str
    last_name: str
    locale: str  # a tag of languages.choose
    timezone: str
    order_id: str
    items: tuple[Mapping[str, Any], ...]  # the keys of intake.event.Item
    total: Decimal | None
    currency: str
    purchased_at: datetime | None
    closes_at: datetime
    invitation_id: int | None  # the message a reminder follows
    now: datetime
    own: OwnTemplate | None = None  # where the definition names a template of the merchant's own


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInFacts:
    sign_in_id: int
    merchant_name: str
    from_address: str
    to_address: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A letter as the wire wants it; the blank line between head and body is in neither."""

    sender: str  # envelope from
    recipient: str  # envelope to
    message_id_header: str
    head: bytes  # header lines, each with its CRLF
    body: bytes  # lines of ASCII, each with its CRLF, none above 76 or beginning with a dot

    @property
    def data(self) -> bytes:
        return self.head + b"\r\n" + self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What leaves, to be read: envelope, subject, both bodies, and the whole message as it goes over the wire."""

    sender: str  # envelope from
    recipient: str  # envelope to
    message_id_header: str
    subject: str
    html: str
    text: str
    data: bytes

    @property
    def sealed(self) -> Sealed:
        head, _, body = self.data.partition(b"\r\n\r\n")
        return Sealed(
            sender=self.sender,
            recipient=self.recipient,
            message_id_header=self.message_id_header,
            head=head + b"\r\n",
            body=body,
        )
