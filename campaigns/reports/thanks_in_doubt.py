"""Thank-you mails that nobody knows the fate of, each until somebody on the staff says what became of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.catalog.campaign import Campaign
from campaigns.enrollment.enrollment import Enrollment
from campaigns.intake.purchase import Purchase
from campaigns.responses.incentive import Incentive, IncentiveState

MOST = 500  # shown at once, the oldest first
_OF = (Incentive.state == IncentiveState.IN_DOUBT,)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThanksInDoubt:
    """What is known of one; never whom it was for, nor its code."""

    incentive_id: int
    campaign: str
    order_id: str
    since: datetime


def thanks_in_doubt(session: Session, merchant_id: int) -> list[ThanksInDoubt]:
    """Return a merchant's thank-you mails in doubt, the oldest first."""
    query = (
        select(Incentive.id, Campaign.name, Purchase.order_id, Incentive.updated_at)
        .join(Enrollment, Enrollment.id == Incentive.enrollment_id)
        .join(Campaign, Campaign.id == Enrollment.campaign_id)
        .join(Purchase, Purchase.id == Enrollment.purchase_id)
        .where(Incentive.merchant_id == merchant_id, *_OF)
        .order_by(Incentive.updated_at, Incentive.id)
        .limit(MOST)
    )
    return [
        ThanksInDoubt(incentive_id=incentive_id, campaign=campaign, order_id=order_id, since=since)
        for incentive_id, campaign, order_id, since in session.execute(query)
    ]


def count_thanks_in_doubt(session: Session, merchant_id: int) -> int:
    query = select(func.count()).select_from(Incentive).where(Incentive.merchant_id == merchant_id, *_OF)
    return session.scalar(query) or 0
