"""Moves the ask of somebody who said that it is too early: gather, decide, record."""

from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.catalog.version import get_version
from campaigns.clock import first_zone
from campaigns.enrollment.eligibility import Reason
from campaigns.enrollment.enrollment import Enrollment, go_on, keep_open
from campaigns.enrollment.later import Later, Waiting, ask_later
from campaigns.enrollment.message import messages_of, plan_again, schedule
from campaigns.enrollment.states import MessageKind, MessageState
from campaigns.merchants.merchant import get_merchant


def postpone(session: Session, enrollment: Enrollment, now: datetime) -> Later:
    """Ask this person later, and keep their link open until then; the caller holds the enrollment."""
    later = ask_later(_gather(session, enrollment), now)
    keep_open(session, enrollment, later.closes_at)
    if later.due_at is not None:
        for click in (Reason.ANSWERED, Reason.HELD):
            go_on(session, enrollment, click)
        if not plan_again(session, enrollment.id, later.due_at, now):
            schedule(session, enrollment.id, enrollment.merchant_id, MessageKind.REMINDER, later.due_at, now)
    return later


def _gather(session: Session, enrollment: Enrollment) -> Waiting:
    letters = {letter.kind: letter for letter in messages_of(session, [enrollment.id])}
    invitation, reminder = letters.get(MessageKind.INVITATION), letters.get(MessageKind.REMINDER)
    merchant = get_merchant(session, enrollment.merchant_id)
    return Waiting(
        invitation=MessageState(invitation.state) if invitation else None,
        reminder=MessageState(reminder.state) if reminder else None,
        reminder_due_at=reminder.due_at if reminder else None,
        reminder_reason=reminder.reason if reminder else "",
        may_remind=enrollment.may_remind and not enrollment.is_held_out,
        stop_reason=enrollment.stop_reason if enrollment.stopped_at else "",
        closes_at=enrollment.closes_at,
        hours=get_version(session, enrollment.version_id).definition.hours,
        zone=first_zone(enrollment.timezone, merchant.timezone),
    )
