"""News of a letter moves it at most once, and stops what must not follow; news of no letter changes nothing."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from campaigns.audience.contact import Contact
from campaigns.audience.suppression import SuppressionReason, suppress
from campaigns.delivery.event import Event, Kind, News
from campaigns.enrollment.enrollment import enrollments_of_contact, get_enrollment, stop
from campaigns.enrollment.message import Message, cancel_pending, find_message, move
from campaigns.enrollment.states import MessageState


class Taken(StrEnum):
    MOVED = "moved"
    REPEATED = "repeated"
    UNKNOWN = "unknown"  # no letter of ours
    IGNORED = "ignored"


STATES = {
    News.DELIVERED: MessageState.DELIVERED,
    News.BOUNCED: MessageState.BOUNCED,
    News.COMPLAINED: MessageState.COMPLAINED,
}


def take(session: Session, event: Event, now: datetime) -> Taken:
    """Apply an event to the letter it is about."""
    message = find_message(session, event.message_id) if event.message_id is not None else None
    if message is None:
        return Taken.UNKNOWN
    state, values = STATES.get(event.news), {"reply_code": event.code, "reply_status": event.status[:12]}
    is_moved = state is not None and move(session, message.id, state, now, event.kind or event.news, **values)
    if event.news in {News.BOUNCED, News.COMPLAINED, News.UNSUBSCRIBED}:
        _follow(session, message, event, now)
    return Taken.MOVED if is_moved else Taken.REPEATED if state else Taken.IGNORED


def _follow(session: Session, message: Message, event: Event, now: datetime) -> None:
    enrollment = get_enrollment(session, message.enrollment_id)
    reason = _suppression(event)
    contact = session.get(Contact, enrollment.contact_id) if enrollment.contact_id is not None else None
    stopped = [enrollment]
    if reason is not None and contact is not None:
        suppress(session, message.merchant_id, contact.fingerprint, reason, now, message.id)
        stopped = enrollments_of_contact(session, contact.id)
    for each in stopped:
        stop(session, each, event.news.value, now)
        cancel_pending(session, each.id, event.news.value, now)


def _suppression(event: Event) -> SuppressionReason | None:
    if event.news is News.COMPLAINED:
        return SuppressionReason.COMPLAINT
    if event.news is News.UNSUBSCRIBED:
        return SuppressionReason.UNSUBSCRIBED
    return SuppressionReason.HARD_BOUNCE if event.kind is Kind.HARD else None
