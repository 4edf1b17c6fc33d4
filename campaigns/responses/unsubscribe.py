"""Opting out always works: after erasure, after the survey closed, and any number of times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.audience.contact import Contact, lock_contact
from campaigns.audience.suppression import SuppressionReason, suppress, suppression_of
from campaigns.enrollment.enrollment import enrollments_of_contact, stop
from campaigns.enrollment.message import cancel_pending
from campaigns.responses.answering import lock_enrollment
from campaigns.responses.asked import Asked

REASON = SuppressionReason.UNSUBSCRIBED


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wants no more letters."""

    asked: Asked
    at: datetime


def grant_all(session: Session, wishes: Sequence[Wish]) -> list[None]:
    """Let all of them go; people are locked in one order, so that no two processes wait for each other."""
    for wish in sorted(wishes, key=lambda each: (each.asked.contact_id or 0, each.asked.enrollment_id)):
        unsubscribe(session, wish.asked, wish.at)
    return [None] * len(wishes)


def has_unsubscribed(session: Session, asked: Asked) -> bool:
    contact = session.get(Contact, asked.contact_id) if asked.contact_id is not None else None
    return contact is not None and suppression_of(session, asked.merchant_id, contact.fingerprint) == REASON


def unsubscribe(session: Session, asked: Asked, now: datetime) -> None:
    """Write no more to the person this letter went to, and stop whatever is on its way to them."""
    enrollment_ids = {asked.enrollment_id}
    if asked.contact_id is not None:
        # Whoever decides on this person's purchases waits here, and then sees the suppression.
        contact = lock_contact(session, asked.contact_id)
        suppress(session, asked.merchant_id, contact.fingerprint, REASON, now, asked.message_id)
        enrollment_ids |= {each.id for each in enrollments_of_contact(session, contact.id)}
    for enrollment_id in sorted(enrollment_ids):
        stop(session, lock_enrollment(session, enrollment_id), REASON.value, now)
        cancel_pending(session, enrollment_id, REASON.value, now)
