"""The head of a letter says who writes to whom, how to stop it, and that a machine wrote; nobody's words add a line."""

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from campaigns.composition import wire
from campaigns.composition.letter import LetterFacts, SignInFacts
from campaigns.composition.line import person_name

HOUSE = "Askwell"
MACHINE = "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n"


class Head(NamedTuple):
    """A letter's envelope and header lines."""

    sender: str
    recipient: str
    message_id: str
    boundary: str
    lines: bytes


class _Sender(NamedTuple):
    address: str
    domain: str
    line: str


def letter_head(facts: LetterFacts, subject: str, unsubscribe_url: str) -> Head:
    """Write the head of an invitation or a reminder; raises RenderingError."""
    sender = _sender(facts.merchant_name, facts.from_address)
    recipient = wire.ascii_address(facts.to_address)
    full_name = f"{person_name(facts.first_name)} {person_name(facts.last_name)}"
    to = wire.mailbox("To", wire.Person(full_name, recipient))
    shared = f"{_shared(facts)}@{sender.domain}"
    message_id = f"<{facts.message_id}.{shared}>"
    thread = ""
    if facts.invitation_id is not None:
        thread = f"In-Reply-To: <{facts.invitation_id}.{shared}>\r\nReferences: <{facts.invitation_id}.{shared}>\r\n"
    lines = (
        f"{sender.line}To: {to}\r\n{_reply_to(facts.reply_to)}{thread}"
        f"List-Unsubscribe: {wire.plain(f'<{unsubscribe_url}>')}\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        f"Feedback-ID: campaign{facts.campaign_id}:{facts.kind}:merchant{facts.merchant_id}:askwell\r\n"
    )
    return _head(lines, subject, facts.now, (sender.address, recipient, message_id, f"askwell-{facts.message_id}"))


def sign_in_head(facts: SignInFacts, subject: str) -> Head:
    """Write the head of the mail with a link that signs in; raises RenderingError."""
    sender = _sender(HOUSE, facts.from_address)
    recipient = wire.ascii_address(facts.to_address)
    message_id = f"<sign-in.{facts.sign_in_id}.{_digest(str(facts.now.astimezone(UTC)))}@{sender.domain}>"
    lines = f"{sender.line}To: {recipient}\r\n"
    return _head(
        lines, subject, facts.now, (sender.address, recipient, message_id, f"askwell-sign-in-{facts.sign_in_id}")
    )


def _head(lines: str, subject: str, now: datetime, envelope: tuple[str, str, str, str]) -> Head:
    sender, recipient, message_id, boundary = envelope
    every_line = (
        f"{lines}Subject: {wire.words('Subject', subject)}\r\nDate: {wire.date(now)}\r\n"
        f"Message-ID: {message_id}\r\n{MACHINE}{wire.last_lines(boundary)}"
    )
    return Head(sender, recipient, message_id, boundary, every_line.encode("ascii"))


@lru_cache(maxsize=1000)
def _sender(name: str, address: str) -> _Sender:
    address = wire.ascii_address(address)
    line = f"From: {wire.mailbox('From', wire.Person(name, address))}\r\n"
    return _Sender(address, wire.domain_of(address), line)


@lru_cache(maxsize=1000)
def _reply_to(address: str) -> str:
    """Return the line that says where replies go; a letter may have an address of its own for them."""
    return f"Reply-To: {wire.ascii_address(address)}\r\n" if address.strip() else ""


def _shared(facts: LetterFacts) -> str:
    return letter_mark(facts.merchant_id, facts.campaign_id, facts.order_id, facts.closes_at)


def letter_mark(merchant_id: int, campaign_id: int, order_id: str, closes_at: datetime) -> str:
    """Return what the ids of an enrollment's letters share: a reminder names the one its invitation had.

    A second installation, or a database begun anew, counts messages from 1 too, and a mailbox drops
    a Message-ID it has seen before; on every retry it is the same. Who tells of a letter proves by it
    that the letter was ours.
    """
    return _digest(f"{merchant_id}\n{campaign_id}\n{order_id}\n{closes_at.astimezone(UTC)}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
