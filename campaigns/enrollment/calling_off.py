"""Who says how often they may be asked is heard for letters already planned, too."""

from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.audience.asking import Asking
from campaigns.audience.contact import Contact, choose_asking
from campaigns.enrollment.eligibility import Reason
from campaigns.enrollment.enrollment import Enrollment, enrollments_of_contact, hold, stop
from campaigns.enrollment.message import cancel_pending, messages_of
from campaigns.enrollment.states import PENDING, MessageKind
from campaigns.intake.purchase import Purchase


def called_off(asking: Asking, *, is_this: bool, is_invited: bool, has_trouble: bool) -> Reason | None:
    """Return why an enrollment's letters are called off; `is_this`: it is the one whose page the choice was made on.

    Where somebody was asked already, the one reminder belongs to that ask and goes only with "never".
    """
    if asking is Asking.NEVER:
        return Reason.NOT_WANTED
    if is_this or is_invited or asking is Asking.ALWAYS:
        return None
    if asking is Asking.YEARLY:
        return Reason.ASKED_THIS_YEAR
    return None if has_trouble else Reason.NOTHING_WRONG


def choose_how_often(session: Session, contact: Contact, asking: Asking, enrollment_id: int, now: datetime) -> None:
    """Keep how often a person may be asked, and call off what that forbids; the caller holds the contact."""
    choose_asking(session, contact, asking, now)
    for each in enrollments_of_contact(session, contact.id):
        enrollment = hold(session, each.id)
        reason = called_off(
            asking,
            is_this=enrollment.id == enrollment_id,
            is_invited=_is_invited(session, enrollment),
            has_trouble=session.get_one(Purchase, enrollment.purchase_id).refunded_at is not None,
        )
        if reason is not None:
            stop(session, enrollment, reason, now)
            cancel_pending(session, enrollment.id, reason, now)


def _is_invited(session: Session, enrollment: Enrollment) -> bool:
    letters = messages_of(session, [enrollment.id])
    return any(each.kind == MessageKind.INVITATION and each.state not in PENDING for each in letters)
