"""Gathers what the decision on a purchase and a campaign may look at, and nothing else."""

from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from campaigns.audience.contact import Contact
from campaigns.audience.suppression import suppression_of
from campaigns.catalog.campaign import Campaign
from campaigns.catalog.definition import Definition
from campaigns.catalog.version import get_version
from campaigns.clock import first_zone
from campaigns.enrollment.eligibility import Facts
from campaigns.enrollment.enrollment import Enrollment, enrollments_of_contact
from campaigns.enrollment.message import LEFT, Message, MessageKind, MessageState, messages_of
from campaigns.intake.event import EventKind
from campaigns.intake.purchase import Purchase
from campaigns.languages import zone_of_country
from campaigns.merchants.merchant import Merchant

NEVER_LEFT = {MessageState.CANCELLED, MessageState.FAILED}


def gather(
    session: Session, purchase: Purchase, campaign: Campaign, definition: Definition, contact: Contact | None
) -> Facts:
    """Read the facts. Call it with the contact locked: the cooldown must not be decided twice at once."""
    merchant = session.get_one(Merchant, purchase.merchant_id)
    return Facts(
        is_test=purchase.is_test,
        is_cancelled=purchase.cancelled_at is not None,
        is_refunded=purchase.is_refunded,
        address_problem=purchase.address_problem or ("" if contact else "missing"),
        merchant_is_active=merchant.is_active,
        campaign_is_paused=campaign.is_paused,
        suppression=suppression_of(session, merchant.id, contact.fingerprint) if contact else None,
        happened_at=purchase.moment(EventKind(definition.trigger)),
        delay=definition.delay,
        hours=definition.hours,
        zone=zone_of(purchase, contact, merchant),
        cooldown=definition.cooldown,
        reminder_after=definition.reminder_after,
        letters=letters_to(session, contact.id) if contact else (),
    )


def zone_of(purchase: Purchase, contact: Contact | None, merchant: Merchant) -> str:
    """Return the zone whose clock a buyer lives by, as far as anything tells."""
    known = contact.timezone if contact else ""
    return first_zone(purchase.timezone, known, zone_of_country(purchase.country), merchant.timezone)


def letters_to(session: Session, contact_id: int) -> tuple[datetime, ...]:
    """Return when a contact was or will be written to, reminders to come included."""
    enrollments = enrollments_of_contact(session, contact_id)
    if not enrollments:
        return ()
    messages = messages_of(session, [enrollment.id for enrollment in enrollments])
    moments = [message.sent_at or message.due_at for message in messages if message.state not in NEVER_LEFT]
    for enrollment in enrollments:
        moments += _reminder_to_come(session, enrollment, [m for m in messages if m.enrollment_id == enrollment.id])
    return tuple(moments)


def last_letter_to(session: Session, contact_id: int, but: int) -> datetime | None:
    """Return when the last letter to a contact left or was promised, those of one enrollment left out."""
    left = or_(
        Message.state.in_([*LEFT, MessageState.IN_DOUBT]),
        and_(Message.state == MessageState.SENDING, Message.intended_at.is_not(None)),
    )
    query = select(func.coalesce(Message.sent_at, Message.intended_at)).join(
        Enrollment, Enrollment.id == Message.enrollment_id
    )
    found = session.scalars(query.where(Enrollment.contact_id == contact_id, Enrollment.id != but, left))
    return max((moment for moment in found if moment), default=None)


def gets_reminder(enrollment: Enrollment) -> bool:
    return enrollment.may_remind and not enrollment.is_held_out and enrollment.stopped_at is None


def _reminder_to_come(session: Session, enrollment: Enrollment, messages: list[Message]) -> list[datetime]:
    after = get_version(session, enrollment.version_id).definition.reminder_after
    is_planned = any(message.kind == MessageKind.REMINDER for message in messages)
    if after is None or is_planned or not gets_reminder(enrollment):
        return []
    return [(m.sent_at or m.due_at) + after for m in messages if m.state not in NEVER_LEFT]
