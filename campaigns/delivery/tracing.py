"""Which letter of ours news is about: found by its Message-ID, by the name an ESP gave it, or by whom it went to.

A Message-ID is believed only with the mark our letters carry. By address alone a letter is found only where it is
the one letter that person got lately, and never one in doubt: that is settled by proof.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.address import normalise
from campaigns.among import among
from campaigns.audience.contact import Contact
from campaigns.catalog.version import get_version
from campaigns.composition.head import letter_mark
from campaigns.delivery.news_item import letter_named
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.enrollment.states import LEFT, MessageState
from campaigns.errors import InvalidAddress
from campaigns.intake.purchase import Purchase
from campaigns.merchants.merchant import get_merchant
from campaigns.vault import fingerprint

OURS = re.compile(r"(?<![0-9a-z])(\d{1,18})\.([0-9a-f]{12})@")  # composition.head writes it
LATELY = timedelta(days=7)  # mail servers try for five
AHEAD = timedelta(minutes=10)  # of clocks


class Named(NamedTuple):
    """A letter as its Message-ID names it, and what proves that it was ours."""

    message_id: int
    mark: str


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


def names_in(text: str) -> Iterator[Named]:
    """Yield the letters whose Message-IDs stand in a text, whether they exist or not."""
    return (Named(int(found[1]), found[2]) for found in OURS.finditer(text))


def letter_proven(session: Session, named: Named) -> Letter | None:
    """Return the letter that a Message-ID names; None where its mark is not that of this letter."""
    about = (Enrollment.closes_at, Enrollment.planned_at, Enrollment.version_id, Purchase.order_id)
    query = (
        select(*about)
        .join(Message, Message.enrollment_id == Enrollment.id)
        .join(Purchase, Purchase.id == Enrollment.purchase_id)
        .where(Message.id == named.message_id)
    )
    found, letter = session.execute(query).one_or_none(), letter_with(session, named.message_id)
    if found is None or letter is None:
        return None
    closings = [found.closes_at]
    if found.planned_at is not None:  # since the letter left its person may have asked for more time
        closings.append(found.planned_at + get_version(session, found.version_id).definition.closes_after)
    marks = [letter_mark(letter.merchant_id, letter.campaign_id, found.order_id, each) for each in closings if each]
    return letter if named.mark in marks else None


def person_at(merchant_id: int, address: str | None) -> str | None:
    """Return what stands for an address, if it is one."""
    return people_at([merchant_id], address).get(merchant_id)


def people_at(merchant_ids: Collection[int], address: str | None) -> dict[int, str]:
    """Return what stands for an address at each of these merchants, if it is one."""
    try:
        bare = normalise(address) if address else ""
    except InvalidAddress:
        bare = ""
    return {each: fingerprint(each, bare) for each in merchant_ids} if bare else {}


def only_letter_to(session: Session, people: Mapping[int, str], at: datetime) -> Letter | None:
    """Return the one letter these people got lately, each known to one merchant; None where it is one of several."""
    left_at = func.coalesce(Message.sent_at, Message.intended_at)
    query = (
        select(Message.id)
        .join(Enrollment, Enrollment.id == Message.enrollment_id)
        .join(Contact, Contact.id == Enrollment.contact_id)
        .where(among(Contact.merchant_id, "merchants"), among(Contact.fingerprint, "fingerprints"))
        .where(Message.state.in_([state.value for state in LEFT | {MessageState.SENDING}]))
        .where(left_at > at - LATELY, left_at < at + AHEAD)
    )
    who = {"merchants": people.keys(), "fingerprints": people.values()}
    found = session.connection().scalars(query.limit(2), who).all()
    return letter_with(session, found[0]) if len(found) == 1 else None


def _by_header(session: Session, merchant_id: int, header: str) -> int | None:
    named = next(names_in(header), None)
    letter = letter_proven(session, named) if named else None
    return letter.id if letter is not None and letter.merchant_id == merchant_id else None


def _by_address(session: Session, merchant_id: int, clues: Clues) -> int | None:
    people = people_at([merchant_id], clues.address)
    if not people or not _is_from(session, merchant_id, clues.sender):
        return None
    letter = only_letter_to(session, people, clues.at)
    return letter.id if letter else None


def _is_from(session: Session, merchant_id: int, sender: str) -> bool:
    return not sender or sender.lower() == get_merchant(session, merchant_id).from_address.lower()
