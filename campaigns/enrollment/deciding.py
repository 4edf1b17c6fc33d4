"""Every purchase gets one decision for each campaign, kept with its reason: gather, decide, record."""

import logging
from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.audience.asking import Asking
from campaigns.audience.contact import Contact, lock_contact
from campaigns.catalog.campaign import Campaign, campaigns_of
from campaigns.catalog.version import CampaignVersion, latest_version
from campaigns.enrollment.eligibility import RULES, Decision, Enroll, Reason, Skip, decide, over_reason
from campaigns.enrollment.enrollment import Enrollment, Verdict, record_verdict, redirect, stop, verdicts_on
from campaigns.enrollment.facts import gather, zone_of
from campaigns.enrollment.message import cancel_pending, messages_of, schedule
from campaigns.enrollment.schedule import is_held_out
from campaigns.enrollment.states import PENDING, MessageKind
from campaigns.intake.purchase import Purchase
from campaigns.merchants.merchant import get_merchant
from campaigns.tags import choose

log = logging.getLogger(__name__)


def decide_on(session: Session, purchase: Purchase, now: datetime) -> None:
    """Decide for every campaign that has no verdict on a purchase yet; stop what is over."""
    contact = lock_contact(session, purchase.contact_id) if purchase.contact_id else None
    verdicts = verdicts_on(session, purchase.id)
    _stop_if_over(session, purchase, verdicts, now)
    _follow_buyer(session, purchase, verdicts, contact, now)
    decided = {verdict.campaign_id for verdict in verdicts}
    for campaign in campaigns_of(session, purchase.merchant_id):
        version = latest_version(session, campaign.id)
        if version is not None and campaign.id not in decided:
            _decide_campaign(session, purchase, campaign, version, contact, now)


def _decide_campaign(
    session: Session,
    purchase: Purchase,
    campaign: Campaign,
    version: CampaignVersion,
    contact: Contact | None,
    now: datetime,
) -> None:
    facts = gather(session, purchase, campaign, version.definition, contact)
    decision = decide(facts, now)
    if isinstance(decision, Enroll):
        _enroll(session, purchase, version, contact, decision, now)
    elif isinstance(decision, Skip):
        record_verdict(session, _values(purchase, version, decision, now))
        log.info("purchase %s not asked by campaign %s: %s", purchase.id, campaign.id, decision.reason)


def _enroll(
    session: Session,
    purchase: Purchase,
    version: CampaignVersion,
    contact: Contact | None,
    decision: Enroll,
    now: datetime,
) -> None:
    merchant, definition = get_merchant(session, purchase.merchant_id), version.definition
    values = _values(purchase, version, decision, now) | {
        "planned_at": decision.planned_at,
        "closes_at": decision.planned_at + definition.closes_after,
        "locale": choose(purchase.locale, contact.locale if contact else "", merchant.locale),
        "timezone": zone_of(purchase, contact, merchant),
        "may_remind": decision.may_remind,
        "is_held_out": is_held_out(version.campaign_id, purchase.id, definition.holdout),
    }
    enrollment_id = record_verdict(session, values)
    if enrollment_id is not None:
        schedule(session, enrollment_id, merchant.id, MessageKind.INVITATION, decision.planned_at, now)
        log.info("purchase %s enrolled in campaign %s", purchase.id, version.campaign_id)


def _values(purchase: Purchase, version: CampaignVersion, decision: Decision, now: datetime) -> dict[str, object]:
    skip = decision if isinstance(decision, Skip) else None
    return {
        "merchant_id": purchase.merchant_id,
        "campaign_id": version.campaign_id,
        "version_id": version.id,
        "purchase_id": purchase.id,
        "contact_id": purchase.contact_id,
        "verdict": (Verdict.SKIPPED if skip else Verdict.ENROLLED).value,
        "reason": (skip.reason if skip else Reason.ELIGIBLE).value,
        "detail": {"because": skip.detail} if skip and skip.detail else {},
        "rules": RULES,
        "decided_at": now,
    }


def _stop_if_over(session: Session, purchase: Purchase, verdicts: list[Enrollment], now: datetime) -> None:
    over = over_reason(purchase.is_test, purchase.cancelled_at is not None, purchase.is_refunded)
    if over is None:
        return
    for enrollment in verdicts:
        if enrollment.verdict == Verdict.ENROLLED:
            stop(session, enrollment, over, now)
            cancel_pending(session, enrollment.id, over, now)


def _follow_buyer(
    session: Session, purchase: Purchase, verdicts: list[Enrollment], contact: Contact | None, now: datetime
) -> None:
    """Send what has not begun to leave to the address the shop has corrected, unless its owner wants nothing."""
    for enrollment in verdicts:
        if contact is None or enrollment.contact_id in {None, contact.id}:
            continue
        if contact.asking == Asking.NEVER:
            stop(session, enrollment, Reason.NOT_WANTED, now)
            cancel_pending(session, enrollment.id, Reason.NOT_WANTED, now)
        elif all(message.state in PENDING for message in messages_of(session, [enrollment.id])):
            redirect(session, enrollment.id, contact.id)
            log.info("enrollment %s follows its purchase to another contact", enrollment.id)
