"""Which letter of ours news is about: found by its Message-ID, by the name an ESP gave it, or by whom it went to.

A Message-ID is believed only with the mark our letters carry. By address alone a letter is found only where it is
the one letter that person got lately, and never one in doubt: that is settled by proof.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.address import normalise
from campaigns.audience.contact import Contact
from campaigns.composition.head import letter_mark
from campaigns.delivery.news_item import letter_named
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.enrollment.states import LEFT, MessageState
from campaigns.errors import InvalidAddress
from campaigns.intake.purchase import Purchase
from campaigns.merchants.merchant import get_merchant
from campaigns.vault import fingerprint

OURS = re.compile(r"<?(\d{1,18})\.([0-9a-f]{12})@[^<>@\s]+>?")
LATELY = timedelta(days=7)  # mail servers try for five
AHEAD = timedelta(minutes=10)  # of clocks


class Letter(NamedTuple):
    """What news of a letter needs to know of it."""

    id: int
    merchant_id: int
    enrollment_id: int
    campaign_id: int
    kind: str
    state: str
    left_at: datetime
    fingerprint: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """All by which an ESP's news may name a letter."""

    header: str = ""  # the Message-ID our letter had; an ESP's own is no clue
    reference: str = ""
    address: str | None = None
    sender: str = ""  # the address the letter came from, where that is told
    at: datetime


def letter_with(session: Session, message_id: int) -> Letter | None:
    left_at = func.coalesce(Message.sent_at, Message.intended_at, Message.updated_at)
    about = (Message.id, Message.merchant_id, Message.enrollment_id, Enrollment.campaign_id, Message.kind)
    query = (
        select(*about, Message.state, left_at, Contact.fingerprint)
        .join(Enrollment, Enrollment.id == Message.enrollment_id)
        .outerjoin(Contact, Contact.id == Enrollment.contact_id)
        .where(Message.id == message_id)
    )
    found = session.execute(query).one_or_none()
    return None if found is None else Letter(*found)


def trace(session: Session, merchant_id: int, clues: Clues) -> int | None:
    """Return the number of the letter of this merchant that is meant; None where it is none, or cannot be told."""
    if clues.header:
        # It names a letter; where that is none of ours, it is somebody else's, whoever it went to.
        found = _by_header(session, merchant_id, clues.header)
        if found is not None or not clues.reference:
            return found
    return letter_named(session, merchant_id, clues.reference) or (
        None if clues.header else _by_address(session, merchant_id, clues)
    )


def person_at(merchant_id: int, address: str | None) -> str | None:
    """Return what stands for an address, if it is one."""
    try:
        return fingerprint(merchant_id, normalise(address)) if address else None
    except InvalidAddress:
        return None


def _by_header(session: Session, merchant_id: int, header: str) -> int | None:
    named = OURS.fullmatch(header.strip())
    if named is None:
        return None
    query = (
        select(Enrollment.campaign_id, Purchase.order_id, Enrollment.closes_at)
        .join(Message, Message.enrollment_id == Enrollment.id)
        .join(Purchase, Purchase.id == Enrollment.purchase_id)
        .where(Message.id == int(named[1]), Message.merchant_id == merchant_id)
    )
    found = session.execute(query).one_or_none()
    if found is None or found.closes_at is None:
        return None
    mark = letter_mark(merchant_id, found.campaign_id, found.order_id, found.closes_at)
    return int(named[1]) if mark == named[2] else None


def _by_address(session: Session, merchant_id: int, clues: Clues) -> int | None:
    person = person_at(merchant_id, clues.address)
    if person is None or not _is_from(session, merchant_id, clues.sender):
        return None
    left_at = func.coalesce(Message.sent_at, Message.intended_at)
    query = (
        select(Message.id)
        .join(Enrollment, Enrollment.id == Message.enrollment_id)
        .join(Contact, Contact.id == Enrollment.contact_id)
        .where(Contact.merchant_id == merchant_id, Contact.fingerprint == person)
        .where(Message.state.in_([*LEFT, MessageState.SENDING]))
        .where(left_at > clues.at - LATELY, left_at < clues.at + AHEAD)
    )
    found = session.scalars(query.limit(2)).all()
    return found[0] if len(found) == 1 else None


def _is_from(session: Session, merchant_id: int, sender: str) -> bool:
    return not sender or sender.lower() == get_merchant(session, merchant_id).from_address.lower()
