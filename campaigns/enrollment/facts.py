"""Gathers what the decision on a purchase and a campaign may look at, and nothing else."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.among import among
from campaigns.audience.asking import Asking
from campaigns.audience.contact import Contact
from campaigns.audience.suppression import suppression_of
from campaigns.catalog.campaign import Campaign
from campaigns.catalog.definition import Definition
from campaigns.catalog.version import get_version
from campaigns.clock import first_zone
from campaigns.enrollment.eligibility import Facts, Reason, waits_for_trouble
from campaigns.enrollment.enrollment import Enrollment, enrollments_of_contact
from campaigns.enrollment.message import Message, messages_of
from campaigns.enrollment.restoration import latest_restoration
from campaigns.enrollment.states import LEFT, MessageKind, MessageState, S
from campaigns.intake.event import EventKind
from campaigns.intake.purchase import Purchase
from campaigns.languages import zone_of_country
from campaigns.merchants.merchant import Merchant

NEVER_LEFT = {MessageState.CANCELLED, MessageState.FAILED}


class Other(NamedTuple):
    """Another letter to the same person."""

    enrollment_id: int
    message_id: int
    state: str
    lease: str | None
    moment: datetime | None

    @property
    def left_at(self) -> datetime | None:
        return None if self.state == MessageState.SENDING else self.moment

    def goes_before(self, message_id: int, lease: str | None) -> bool:
        """Whether it is leaving now, so that this one waits. Two senders that see each other's letter both
        wait: each claimed before it looked, so one of them saw the other, but nobody knows which."""
        is_leaving = self.state == MessageState.SENDING
        return is_leaving and (self.lease != lease or self.message_id < message_id)


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
        restored_at=latest_restoration(session),
        cooldown=definition.cooldown,
        reminder_after=definition.reminder_after,
        letters=letters_to(session, contact.id) if contact else (),
        asking=Asking(contact.asking) if contact else Asking.ALWAYS,
        trouble_at=purchase.refunded_at,
    )


def waits_for(session: Session, purchase: Purchase) -> Reason | None:
    """Return why an order whose event happened is not decided on yet, where that is its buyer's own wish."""
    contact = session.get(Contact, purchase.contact_id) if purchase.contact_id else None
    return waits_for_trouble(Asking(contact.asking), purchase.refunded_at) if contact else None


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


_OTHERS = (
    select(
        *(Enrollment.contact_id, Message.enrollment_id, Message.id, Message.state, Message.lease),
        func.coalesce(Message.sent_at, Message.intended_at).label("moment"),
    )
    .join(Enrollment, Enrollment.id == Message.enrollment_id)
    .where(among(Enrollment.contact_id, "contacts"), Message.state.in_([*LEFT, S.IN_DOUBT, S.SENDING]))
)


def others_of(session: Session, contact_ids: Collection[int]) -> dict[int | None, list[Other]]:
    """Return, for each contact, the letters to them that left, may have left, or are leaving now."""
    found: dict[int | None, list[Other]] = {}
    for contact_id, *other in session.connection().execute(_OTHERS, {"contacts": contact_ids}).all():
        found.setdefault(contact_id, []).append(Other._make(other))
    return found


def gets_reminder(enrollment: Enrollment) -> bool:
    return enrollment.may_remind and not enrollment.is_held_out and enrollment.goes_on


def _reminder_to_come(session: Session, enrollment: Enrollment, messages: list[Message]) -> list[datetime]:
    after = get_version(session, enrollment.version_id).definition.reminder_after
    is_planned = any(message.kind == MessageKind.REMINDER for message in messages)
    if after is None or is_planned or not gets_reminder(enrollment):
        return []
    return [(m.sent_at or m.due_at) + after for m in messages if m.state not in NEVER_LEFT]
