"""A letter in doubt is shown until a person or later news settles it, and is never sent again.

A crash left it unknown whether the mail server took the letter. Its log knows, and so may the customer.
"""

import logging
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from campaigns.catalog.campaign import Campaign
from campaigns.catalog.version import get_version
from campaigns.clock import first_zone
from campaigns.delivery.relay import Relay
from campaigns.enrollment.enrollment import Enrollment, get_enrollment, stop
from campaigns.enrollment.facts import gets_reminder
from campaigns.enrollment.message import UNSENT, Message, cancel_pending, find_message, move, schedule
from campaigns.enrollment.schedule import into_hours
from campaigns.enrollment.states import MessageKind, MessageState
from campaigns.errors import NotFound
from campaigns.intake.purchase import Purchase
from campaigns.merchants.merchant import get_merchant

log = logging.getLogger(__name__)

BY_HAND = "resolved_by_hand"
ANSWERS = (MessageState.SENT, MessageState.FAILED)  # a person can give
MOST = 500  # shown at once, the oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """What is known of a letter in doubt; never whom it was for."""

    message_id: int
    kind: str
    campaign_id: int
    campaign: str
    order_id: str
    left_at: datetime  # if it left at all
    relay: str | None  # None: the house's own

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def doubts_of(session: Session, merchant_id: int) -> list[Doubt]:
    """Return a merchant's letters in doubt, each campaign's together, the oldest first."""
    left_at = func.coalesce(Message.intended_at, Message.updated_at)
    rows = (
        select(Message.id, Message.kind, Campaign.id, Campaign.name, Purchase.order_id, left_at, Relay.name)
        .join(Enrollment, Enrollment.id == Message.enrollment_id)
        .join(Campaign, Campaign.id == Enrollment.campaign_id)
        .join(Purchase, Purchase.id == Enrollment.purchase_id)
        .outerjoin(Relay, Relay.id == Message.relay_id)
        .where(Message.id.in_(_in_doubt(merchant_id)))
        .order_by(Campaign.id, Message.id)
    )
    names = [field.name for field in fields(Doubt)]
    found: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in session.execute(rows)]
    return [Doubt(**values) for values in found]


def _in_doubt(merchant_id: int) -> Select[int]:
    """Select the oldest letters in doubt by the index that holds little else; it is found by its very words."""
    of = select(Message.id).where(UNSENT, Message.state == MessageState.IN_DOUBT, Message.merchant_id == merchant_id)
    return of.order_by(Message.updated_at, Message.id).limit(MOST)


def resolve(session: Session, merchant_id: int, message_id: int, state: MessageState, now: datetime) -> MessageState:
    """Settle a doubt as SENT or FAILED, and return how it is settled: as asked, or as somebody did before.

    What follows is what follows any letter that left, or that was refused. Raises NotFound where
    the merchant has no such letter.
    """
    message = find_message(session, message_id)
    if message is None or message.merchant_id != merchant_id:
        raise NotFound(f"Merchant {merchant_id} has no letter {message_id}.")
    left_at = message.intended_at or message.updated_at
    values = leaving(session, merchant_id, left_at) if state is MessageState.SENT else {}
    is_settled = state in ANSWERS and move(session, message_id, state, now, BY_HAND, **values)
    session.refresh(message)
    if is_settled:
        log.info("message %s %s, %s", message_id, state, BY_HAND, extra={"message_id": message_id})
        _follow(session, message, left_at, now)
    return MessageState(message.state)


def leaving(session: Session, merchant_id: int, left_at: datetime) -> dict[str, Any]:
    """Return what the row of a letter says that left after all."""
    zone = ZoneInfo(first_zone(get_merchant(session, merchant_id).timezone))
    return {"sent_at": left_at, "sent_on": left_at.astimezone(zone).date()}


def _follow(session: Session, message: Message, left_at: datetime, now: datetime) -> None:
    enrollment = get_enrollment(session, message.enrollment_id)
    if message.state == MessageState.FAILED:
        stop(session, enrollment, BY_HAND, now)
        cancel_pending(session, enrollment.id, BY_HAND, now)
    elif message.kind == MessageKind.INVITATION:
        plan_reminder(session, enrollment, left_at, now)


def plan_reminder(session: Session, enrollment: Enrollment, left_at: datetime, now: datetime) -> None:
    """Plan the reminder that would have been planned when the letter left, if there is still time for it."""
    definition = get_version(session, enrollment.version_id).definition
    if definition.reminder_after is None or not gets_reminder(enrollment):
        return
    zone = first_zone(enrollment.timezone, get_merchant(session, enrollment.merchant_id).timezone)
    due = into_hours(max(left_at + definition.reminder_after, now), definition.hours, zone)
    if enrollment.closes_at is None or due < enrollment.closes_at:
        schedule(session, enrollment.id, enrollment.merchant_id, MessageKind.REMINDER, due, now)
