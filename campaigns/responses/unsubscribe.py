"""Opting out always works: after erasure, after the survey closed, and any number of times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.audience.contact import Contact, lock_contacts
from campaigns.audience.suppression import HOUSE, Block, SuppressionReason, suppress_all, suppression_of
from campaigns.enrollment.enrollment import enrollments_of_contacts, stop_all
from campaigns.enrollment.message import cancel_all_pending
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
    letters = {wish.asked.contact_id: wish.asked.message_id for wish in wishes if wish.asked.contact_id is not None}
    now = max(wish.at for wish in wishes)
    # Whoever decides on these people's purchases waits here, and then sees the suppression.
    contacts = lock_contacts(session, letters)
    blocks = [
        Block(
            merchant_id=each.merchant_id,
            fingerprint=each.fingerprint,
            reason=REASON,
            source=HOUSE,
            message_id=letters[each.id],
        )
        for each in contacts
    ]
    suppress_all(session, blocks, now)
    enrollment_ids = {wish.asked.enrollment_id for wish in wishes} | enrollments_of_contacts(session, letters)
    stop_all(session, sorted(enrollment_ids), REASON.value, now)
    cancel_all_pending(session, sorted(enrollment_ids), REASON.value, now)
    return [None] * len(wishes)
