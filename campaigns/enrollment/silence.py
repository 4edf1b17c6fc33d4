"""Who is to be written to no more gets nothing that is on its way either."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.among import among
from campaigns.audience.contact import Contact
from campaigns.enrollment.enrollment import Enrollment, Verdict, stop_all
from campaigns.enrollment.message import cancel_all_pending

_PEOPLE = (
    select(Contact.id)
    .where(among(Contact.merchant_id, "merchants"), among(Contact.fingerprint, "fingerprints"))
    .order_by(Contact.id)
    .with_for_update()
)
_GOING_ON = (
    select(Enrollment.id)
    .where(among(Enrollment.contact_id, "contacts"), Enrollment.verdict == Verdict.ENROLLED)
    .where(Enrollment.stopped_at.is_(None))
    .order_by(Enrollment.id)
    .with_for_update()
)


def silence(session: Session, merchant_id: int, fingerprints: Collection[str], reason: str, now: datetime) -> int:
    """Stop all enrollments of these people and cancel their letters; returns how many letters that were.

    Called after they are suppressed: whoever decides on a purchase of theirs waits for it, and then sees that.
    """
    who = {"merchants": [merchant_id], "fingerprints": fingerprints}
    contacts = session.connection().scalars(_PEOPLE, who).all()
    if not contacts:
        return 0
    enrollments = session.connection().scalars(_GOING_ON, {"contacts": contacts}).all()
    stop_all(session, enrollments, reason, now)
    return cancel_all_pending(session, enrollments, reason, now)
