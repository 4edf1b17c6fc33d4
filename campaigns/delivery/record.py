"""What became of a letter is written in one transaction, with all that follows from it.

Every verb returns False, and does nothing, where the lease on the letter was lost meanwhile.
"""

import logging
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from campaigns.audience.suppression import SuppressionReason, suppress
from campaigns.clock import first_zone
from campaigns.delivery.facts import Dossier
from campaigns.delivery.feedback import Meaning, meaning_of, next_try
from campaigns.delivery.wire import Accepted
from campaigns.enrollment.enrollment import stop
from campaigns.enrollment.facts import gets_reminder
from campaigns.enrollment.message import MessageKind, MessageState, cancel_pending, schedule, settle
from campaigns.enrollment.schedule import into_hours
from campaigns.errors import DeliveryError, SenderRefused

log = logging.getLogger(__name__)

EXPIRED = "expired"  # deferred until it would have asked too late
UNWRITABLE = "unwritable"  # its template or its address cannot be made a letter


def sent(session: Session, dossier: Dossier, lease: str, now: datetime, reply: Accepted) -> bool:
    numbers = {"reply_code": reply.code, "reply_status": reply.status}
    left = {"sent_at": now, "sent_on": _day(now, dossier.merchant.timezone)}
    if not _tried(session, dossier, lease, now, MessageState.SENT, **numbers, **left):
        return False
    _plan_reminder(session, dossier, now)
    return True


def put_off(session: Session, dossier: Dossier, lease: str, now: datetime, trouble: DeliveryError) -> bool:
    """Try again later, further away each time; a letter that would then ask too late has failed."""
    again = next_try(dossier.message.id, dossier.message.attempts + 1, now)
    if dossier.expires_at is not None and again >= dossier.expires_at:
        return _fail(session, dossier, lease, now, EXPIRED, **_numbers(trouble))
    values = {"due_at": again, "intended_at": None, **_numbers(trouble)}
    return _tried(session, dossier, lease, now, MessageState.DEFERRED, **values)


def refused(session: Session, dossier: Dossier, lease: str, now: datetime, refusal: DeliveryError) -> bool:
    """Give a letter up; where its address does not exist, nobody at this merchant writes to it again."""
    is_ours = isinstance(refusal, SenderRefused)
    meaning = Meaning.SENDER_REFUSED if is_ours else meaning_of(refusal.code, refusal.status)
    if not _fail(session, dossier, lease, now, meaning, **_numbers(refusal)):
        return False
    if meaning is Meaning.HARD_BOUNCE and dossier.contact is not None:
        merchant, contact = dossier.merchant, dossier.contact
        suppress(session, merchant.id, contact.fingerprint, SuppressionReason.HARD_BOUNCE, now, dossier.message.id)
    return True


def unwritable(session: Session, dossier: Dossier, lease: str, now: datetime) -> bool:
    return _fail(session, dossier, lease, now, UNWRITABLE)


def doubted(session: Session, dossier: Dossier, lease: str, now: datetime) -> bool:
    """The server may have it, so it is shown, and never sent again by itself."""
    return _tried(session, dossier, lease, now, MessageState.IN_DOUBT)


def cancelled(session: Session, dossier: Dossier, lease: str, now: datetime, reason: str) -> bool:
    return _settle(session, dossier, lease, now, MessageState.CANCELLED, reason=reason)


def held(session: Session, dossier: Dossier, lease: str, now: datetime, until: datetime) -> bool:
    """Put a letter back until then; nothing was tried, so no try is counted."""
    return _settle(session, dossier, lease, now, MessageState.SCHEDULED, due_at=until)


def unserved(session: Session, dossier: Dossier, lease: str, now: datetime, until: datetime) -> bool:
    """Put a letter back whose server talks to nobody: no try of its own, however far it had come."""
    return _settle(session, dossier, lease, now, MessageState.DEFERRED, due_at=until, intended_at=None)


def _fail(session: Session, dossier: Dossier, lease: str, now: datetime, reason: str, **values: Any) -> bool:
    if not _tried(session, dossier, lease, now, MessageState.FAILED, reason=str(reason), **values):
        return False
    stop(session, dossier.enrollment, str(reason), now)
    cancel_pending(session, dossier.enrollment.id, str(reason), now)
    return True


def _tried(session: Session, dossier: Dossier, lease: str, now: datetime, state: MessageState, **values: Any) -> bool:
    tried: dict[str, Any] = {"attempts": dossier.message.attempts + 1, "reason": "", **values}
    return _settle(session, dossier, lease, now, state, **tried)


def _settle(session: Session, dossier: Dossier, lease: str, now: datetime, state: MessageState, **values: Any) -> bool:
    message_id, why = dossier.message.id, values.get("reason") or values.get("reply_code") or ""
    if not settle(session, message_id, lease, state, now, **values):
        log.warning("message %s is no longer this sender's; %s was not recorded", message_id, state)
        return False
    log.info("message %s %s %s", message_id, state, why, extra={"message_id": message_id})
    return True


def _plan_reminder(session: Session, dossier: Dossier, now: datetime) -> None:
    enrollment, definition = dossier.enrollment, dossier.definition
    if dossier.kind is not MessageKind.INVITATION or definition.reminder_after is None:
        return
    if not gets_reminder(enrollment):
        return
    due = into_hours(now + definition.reminder_after, definition.hours, dossier.zone)
    if enrollment.closes_at is None or due < enrollment.closes_at:
        schedule(session, enrollment.id, enrollment.merchant_id, MessageKind.REMINDER, due, now)


def _numbers(error: DeliveryError) -> dict[str, Any]:
    return {"reply_code": error.code, "reply_status": error.status[:12]}


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(first_zone(zone))).date()
