"""Which letter a mail is about: by proof that only who held it has, or by an address, which proves nothing.

Anybody can write a bounce that names an address. So an address alone finds a letter only where there
is no doubt which, and what then follows is never more than a soft bounce.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from campaigns.among import among
from campaigns.audience.contact import Contact
from campaigns.composition.head import letter_mark
from campaigns.delivery.inbound.finding import Finding, Sort
from campaigns.delivery.inbound.parse import Parsed
from campaigns.delivery.inbound.verp import Named, ReturnPaths, Way
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.enrollment.states import LEFT, MessageState
from campaigns.errors import InvalidToken
from campaigns.intake.purchase import Purchase
from campaigns.merchants.merchant import Merchant
from campaigns.tokens import Purpose, Tokens
from campaigns.vault import fingerprint

MESSAGE_ID = re.compile(r"(?<![0-9a-z])(\d{1,18})\.([0-9a-f]{12})@")  # composition.head writes it
STOP_LINK = re.compile(r"/u/([A-Za-z0-9_-]{1,40}\.[A-Za-z0-9_-]{20,100})")
MOST_NAMES = 20  # of letters in one mail that are looked up
LATELY = timedelta(days=7)  # servers give up after five
RECIPIENTS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "to", "cc")
BY_PEOPLE = frozenset({Sort.REPLY, Sort.UNSUBSCRIBE})


class Proof(StrEnum):
    RETURN_PATH = "return_path"  # the mail came to an address made for this letter
    LINK = "link"  # it holds the letter's unsubscribe link
    MESSAGE_ID = "message_id"
    ADDRESS = "address"  # no proof


class Keys(NamedTuple):
    """What proofs are read with."""

    paths: ReturnPaths
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    message_id: int
    merchant_id: int
    enrollment_id: int
    contact_id: int | None
    proof: Proof
    was_replied_to: bool  # the mail came to the letter's own address for replies


LETTERS: Any = (
    select(
        *(Message.id, Message.merchant_id, Message.enrollment_id),
        *(Enrollment.contact_id, Enrollment.campaign_id, Enrollment.closes_at, Purchase.order_id),
    )
    .join(Enrollment, Enrollment.id == Message.enrollment_id)
    .join(Purchase, Purchase.id == Enrollment.purchase_id)
)


def find_letter(session: Session, keys: Keys, mail: Parsed, finding: Finding, now: datetime) -> Letter | None:
    """Return the letter a mail is about; None where it names none, or none that exists."""
    recipients = [named for value in mail.head.all(*RECIPIENTS) if (named := keys.paths.first_in(value))]
    is_by_person = finding.sort in BY_PEOPLE and finding.source == "reply"
    for proof, message_id in _signed(keys, mail, recipients, is_by_person):
        if row := session.execute(LETTERS.where(Message.id == message_id)).first():
            return _letter(row, proof, recipients)
    for message_id, digest in _message_ids(mail, is_by_person):
        row = session.execute(LETTERS.where(Message.id == message_id)).first()
        if (
            row
            and row.closes_at
            and digest == letter_mark(row.merchant_id, row.campaign_id, row.order_id, row.closes_at)
        ):
            return _letter(row, Proof.MESSAGE_ID, recipients)
    if finding.sort is Sort.BOUNCE and finding.address:
        row = _latest_to(session, finding.address, now)
        return _letter(row, Proof.ADDRESS, []) if row else None
    return None


def _signed(keys: Keys, mail: Parsed, recipients: list[Named], is_by_person: bool) -> Iterator[tuple[Proof, int]]:
    """Name the letters that a mail shows our signature of; what a person quotes proves nothing of what they mean."""
    yield from ((Proof.RETURN_PATH, named.message_id) for named in recipients)
    if is_by_person:
        return
    if named := keys.paths.first_in(mail.source):
        yield Proof.RETURN_PATH, named.message_id
    for token in _few(found[1] for found in STOP_LINK.finditer(mail.source)):
        try:
            yield Proof.LINK, keys.tokens.read_letter(token, Purpose.UNSUBSCRIBE)
        except InvalidToken:
            continue


def _message_ids(mail: Parsed, is_by_person: bool) -> list[tuple[int, str]]:
    """Return the letters that a mail names by their Message-IDs, the likeliest first."""
    texts = mail.returned.all("message-id") if mail.returned else []
    texts += mail.head.all("in-reply-to", "references")
    texts += [] if is_by_person else [mail.source]
    return [
        (int(number), digest) for number, digest in _few(each for text in texts for each in MESSAGE_ID.findall(text))
    ]


def _few(found: Iterable[Any]) -> list[Any]:
    few: dict[Any, None] = {}
    for each in found:
        few.setdefault(each)
        if len(few) >= MOST_NAMES:
            break
    return list(few)


def _latest_to(session: Session, address: str, now: datetime) -> Row[Any] | None:
    """Return the one letter that left for an address lately; None where there are several, or none."""
    merchant_ids = session.scalars(select(Merchant.id)).all()
    theirs = {"fingerprints": [fingerprint(merchant_id, address) for merchant_id in merchant_ids]}
    contacts = select(Contact.id).where(
        among(Contact.merchant_id, "merchants"), among(Contact.fingerprint, "fingerprints")
    )
    ids = session.connection().scalars(contacts, {"merchants": merchant_ids, **theirs}).all()
    left = Message.state.in_([state.value for state in LEFT - {MessageState.COMPLAINED}])
    rows = session.execute(LETTERS.where(Enrollment.contact_id.in_(ids), left, Message.sent_at > now - LATELY)).all()
    return rows[0] if len(rows) == 1 else None


def _letter(row: Row[Any], proof: Proof, recipients: list[Named]) -> Letter:
    return Letter(
        message_id=row.id,
        merchant_id=row.merchant_id,
        enrollment_id=row.enrollment_id,
        contact_id=row.contact_id,
        proof=proof,
        was_replied_to=Named(Way.REPLIES, row.id) in recipients,
    )
