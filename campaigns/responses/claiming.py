"""An incentive that is to be mailed is claimed with its facts, if its answer counts and its person may be mailed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from campaigns.audience.contact import Contact
from campaigns.audience.suppression import suppression_of
from campaigns.catalog.campaign import Campaign
from campaigns.catalog.definition import Trust
from campaigns.catalog.thanks import Deliver, Offer
from campaigns.catalog.thanks import Incentive as Offered
from campaigns.catalog.version import get_version
from campaigns.composition.thanks import ThanksFacts
from campaigns.enrollment.enrollment import Enrollment
from campaigns.intake.purchase import Purchase
from campaigns.languages import speak
from campaigns.merchants.merchant import get_merchant
from campaigns.responses.incentive import (
    Incentive,
    IncentiveState,
    hold_incentive,
    move,
    order_incentive,
    release,
)
from campaigns.responses.pool import code_of
from campaigns.responses.response import Response, ResponseStatus, find_response
from campaigns.responses.thanks import counts_from, local_day, said
from campaigns.responses.trust import Level
from campaigns.vault import Vault

LATER = timedelta(minutes=15)
LONGEST_WAIT = timedelta(days=3)  # for a mail server that takes it
WAITS = frozenset({IncentiveState.WAITING, IncentiveState.EMPTY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    facts: ThanksFacts
    fingerprint: str
    may_wait: bool  # whether a server that is busy will be asked again


def note_answer(session: Session, enrollment: Enrollment, response: Response, offer: Offer, now: datetime) -> None:
    """Order what was promised by mail, for when a folded answer counts; the caller holds the enrollment."""
    if offer.incentive is None or offer.incentive.deliver is not Deliver.MAIL:
        return
    owner = {"merchant_id": enrollment.merchant_id, "enrollment_id": enrollment.id, "version_id": enrollment.version_id}
    order_incentive(session, owner, offer.incentive.pool, _counts_from(session, response), now)


def claim(session: Session, vault: Vault, enrollment_id: int, now: datetime) -> Claimed | None:
    """Claim what an enrollment was promised; None where it may not leave now, and its row says why."""
    incentive = hold_incentive(session, enrollment_id)
    if incentive.state not in WAITS or incentive.due_at is None or incentive.due_at > now:
        return None  # another sender was quicker
    enrollment = session.get_one(Enrollment, enrollment_id)
    offered = get_version(session, enrollment.version_id).definition.thanks.incentive
    response = find_response(session, enrollment_id)
    since = _counts_from(session, response) if response else None
    if offered is None or response is None or since is None or since > now:
        # It waits for its answer, whatever it waited for before: one that counts again is looked at again.
        move(incentive, IncentiveState.WAITING, now, since if since and since > now else None)
        return None
    merchant = get_merchant(session, enrollment.merchant_id)
    if offered.is_over(local_day(now, enrollment.timezone or merchant.timezone)):
        move(incentive, IncentiveState.LAPSED, now)
        return None
    if not release(session, incentive, offered, now):
        return None
    contact = session.get(Contact, enrollment.contact_id) if enrollment.contact_id is not None else None
    if contact is None or not contact.email or suppression_of(session, merchant.id, contact.fingerprint):
        move(incentive, IncentiveState.WITHHELD, now)
        return None
    return Claimed(
        facts=_facts(session, vault, incentive, offered, response, now),
        fingerprint=contact.fingerprint,
        may_wait=now < incentive.created_at + LONGEST_WAIT,
    )


def _facts(
    session: Session, vault: Vault, incentive: Incentive, offered: Offered, response: Response, now: datetime
) -> ThanksFacts:
    enrollment = session.get_one(Enrollment, incentive.enrollment_id)
    contact = session.get_one(Contact, enrollment.contact_id)
    merchant = get_merchant(session, incentive.merchant_id)
    tag = speak(enrollment.locale).tag
    return ThanksFacts(
        incentive_id=incentive.id,
        message_id=response.message_id,
        merchant_id=merchant.id,
        merchant_name=merchant.name,
        from_address=merchant.from_address,
        reply_to=merchant.reply_to,
        postal_address=merchant.postal_address,
        look=merchant.look,
        to_address=contact.email or "",
        first_name=contact.first_name,
        last_name=contact.last_name,
        locale=tag,
        order_id=session.get_one(Purchase, enrollment.purchase_id).order_id,
        text=said(offered.text, tag).text,
        conditions=said(offered.conditions, tag).text,
        code=offered.code or code_of(session, vault, incentive.id),
        until=offered.until,
        enrolled_at=enrollment.decided_at,
        now=now,
    )


def _counts_from(session: Session, response: Response) -> datetime | None:
    if response.status == ResponseStatus.WITHDRAWN:
        return None
    if response.level == Level.PROVISIONAL:
        is_enough = session.get_one(Campaign, response.campaign_id).trust == Trust.BALANCED
        return response.matured_at if is_enough else None  # not before it was judged once more
    return counts_from(Level(response.level), response.answered_at)
