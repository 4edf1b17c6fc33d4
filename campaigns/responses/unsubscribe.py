"""Opting out always works: after erasure, after the survey closed, and any number of times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.audience.contact import Contact, fingerprints_of
from campaigns.audience.suppression import HOUSE, Block, SuppressionReason, suppression_of
from campaigns.enrollment.silence import write_no_more
from campaigns.responses.asked import Asked

REASON = SuppressionReason.UNSUBSCRIBED


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wants no more letters."""

    asked: Asked
    at: datetime


def has_unsubscribed(session: Session, asked: Asked) -> bool:
    contact = session.get(Contact, asked.contact_id) if asked.contact_id is not None else None
    return contact is not None and suppression_of(session, asked.merchant_id, contact.fingerprint) == REASON


def unsubscribe_all(session: Session, wishes: Sequence[Wish]) -> list[None]:
    """Write no more to the people these letters went to, and stop whatever is on its way to them."""
    people = fingerprints_of(session, {wish.asked.contact_id for wish in wishes if wish.asked.contact_id is not None})
    blocks = [
        Block(
            merchant_id=asked.merchant_id,
            fingerprint=people[asked.contact_id],
            reason=REASON,
            source=HOUSE,
            message_id=asked.message_id,
        )
        for asked in (wish.asked for wish in wishes)
        if asked.contact_id is not None
    ]
    write_no_more(session, blocks, max(wish.at for wish in wishes))
    return [None] * len(wishes)
