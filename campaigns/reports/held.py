"""Answers that are held back: what was said, when, and everything that speaks against each; never by whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from campaigns.catalog.campaign import Campaign
from campaigns.catalog.version import get_version
from campaigns.enrollment.enrollment import Enrollment
from campaigns.intake.purchase import Purchase
from campaigns.merchants.staff import Staff
from campaigns.reports.suspicions import in_words
from campaigns.reports.words import given
from campaigns.responses.hit import Hit
from campaigns.responses.response import Response, ResponseStatus
from campaigns.responses.ruling import Ruling, Verdict
from campaigns.responses.signs.reason import Level, Suspicion

MOST = 200  # shown at once, the newest first
DECISIONS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAnswer:
    hit_id: int
    campaign: str
    order_id: str
    said: str  # "4 of 5"
    at: datetime
    counts_from: datetime | None  # of one that is only waiting; None: something speaks against it
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody of the staff said of an answer."""

    hit_id: int
    campaign: str
    said: str
    verdict: Verdict
    by: str
    at: datetime
    is_latest: bool  # of this answer


def held_answers(session: Session, merchant_id: int) -> list[HeldAnswer]:
    """Return a merchant's answers that do not count, or not yet, and on which nobody has ruled."""
    query = (
        select(Response, Response.hit_id, Campaign.name, Enrollment.version_id, Purchase.order_id)
        .join(Enrollment, Enrollment.id == Response.enrollment_id)
        .join(Campaign, Campaign.id == Response.campaign_id)
        .join(Purchase, Purchase.id == Enrollment.purchase_id)
        .where(Response.merchant_id == merchant_id, Response.status != ResponseStatus.WITHDRAWN)
        .where(Response.hit_id.is_not(None), _is_held(), ~_is_ruled())
        .order_by(Response.answered_at.desc(), Response.id.desc())
        .limit(MOST)
    )
    found = []
    for response, hit_id, campaign, version_id, order_id in session.execute(query):
        is_waiting = response.level == Level.PROVISIONAL
        answer = HeldAnswer(
            hit_id=hit_id or 0,
            campaign=campaign,
            order_id=order_id,
            said=given(response.score, get_version(session, version_id).definition.scale.highest),
            at=response.answered_at,
            counts_from=response.look_again_at if is_waiting else None,
            reasons=tuple(in_words(reason) for reason in _weightiest(response.reasons)),
        )
        found.append(answer)
    return found


def decisions(session: Session, merchant_id: int) -> list[Decision]:
    """Return what was ruled last, the newest first."""
    query = (
        select(Ruling, Campaign.name, Enrollment.version_id, Hit.score, Staff.email)
        .join(Hit, Hit.id == Ruling.hit_id)
        .join(Enrollment, Enrollment.id == Ruling.enrollment_id)
        .join(Campaign, Campaign.id == Enrollment.campaign_id)
        .join(Staff, Staff.id == Ruling.staff_id)
        .where(Ruling.merchant_id == merchant_id)
        .order_by(Ruling.id.desc())
        .limit(DECISIONS)
    )
    found, seen = [], set[int]()
    for ruling, campaign, version_id, score, email in session.execute(query):
        decision = Decision(
            hit_id=ruling.hit_id,
            campaign=campaign,
            said=given(score or 0, get_version(session, version_id).definition.scale.highest),
            verdict=Verdict(ruling.verdict),
            by=email,
            at=ruling.at,
            is_latest=ruling.hit_id not in seen,
        )
        seen.add(ruling.hit_id)
        found.append(decision)
    return found


def _is_held() -> ColumnElement[bool]:
    is_waiting = and_(Response.level == Level.PROVISIONAL, Response.matured_at.is_(None))
    return or_(Response.level == Level.SUSPECT, and_(is_waiting, Response.look_again_at.is_not(None)))


def _is_ruled() -> ColumnElement[bool]:
    return select(Ruling.id).where(Ruling.hit_id == Response.hit_id).correlate(Response).exists()


def _weightiest(reasons: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    """Return the reasons that weigh most first; remarks that weigh nothing come last."""
    order = {code.value: place for place, code in enumerate(Suspicion)}
    return sorted(reasons, key=lambda each: (-int(str(each.get("weight", 0))), order.get(str(each.get("code")), 99)))
