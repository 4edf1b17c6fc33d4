"""A campaign that draws complaints or bounces beyond its limit pauses itself, and says so; a person lets it go on.

Counted are letters that left within a week and since a person last resumed the campaign. Looked at
are only campaigns somebody said something bad of lately, and counting ends where the verdict is clear.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from campaigns import clock
from campaigns.catalog.campaign import Campaign, CampaignState, set_state
from campaigns.delivery.alerts import alert
from campaigns.delivery.breaker import LIMITS, WINDOW, Cause, most_letters, trips
from campaigns.delivery.concerns import campaign_paused
from campaigns.delivery.event import Kind, News
from campaigns.delivery.news_item import BAD, NewsItem
from campaigns.delivery.trip import Trip, close_resumed, has_open, open_trip, resumed_at, sentence
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.house import House

log = logging.getLogger(__name__)

LATELY = timedelta(hours=1)
# Not the sender's refusals, which hold the whole domain, nor a letter's own size.
COMES_BACK = (Kind.HARD, Kind.DISABLED, Kind.SOFT, Kind.UNKNOWN)
IS_BAD = {
    Cause.COMPLAINTS: NewsItem.news == News.COMPLAINED,
    Cause.BOUNCES: (NewsItem.news == News.BOUNCED) & NewsItem.kind.in_(COMES_BACK),
}


def watch_campaigns(house: House) -> int:
    """Pause every campaign that is beyond a limit; returns how many."""
    now = clock.now()
    with house.database.reading() as session:
        is_anything_open = has_open(session)
        suspects = _suspects(session, now)
    if is_anything_open:
        with house.database.transaction() as session:
            close_resumed(session, now)
    paused = 0
    for campaign_id in suspects:
        with house.database.transaction() as session:
            paused += _judge(session, campaign_id, now)
    return paused


def _suspects(session: Session, now: datetime) -> list[int]:
    """Return the campaigns that are active and that somebody said something bad of lately."""
    told = select(NewsItem.campaign_id).where(BAD, NewsItem.taken_at > now - LATELY).distinct()
    active = select(Campaign.id).where(Campaign.id.in_(told), Campaign.state == CampaignState.ACTIVE)
    return list(session.scalars(active.order_by(Campaign.id)))


def _judge(session: Session, campaign_id: int, now: datetime) -> bool:
    campaign = session.scalars(select(Campaign).where(Campaign.id == campaign_id).with_for_update()).one()
    if campaign.is_paused:
        return False
    close_resumed(session, now)  # of this one too, if it was resumed a moment ago
    since = max(now - WINDOW, resumed_at(session, campaign.merchant_id, campaign_id) or now - WINDOW)
    for cause in LIMITS:
        bad, never_left = _bad(session, campaign_id, cause, since)
        letters = never_left + _letters(session, campaign, since, most_letters(cause, bad))
        if trips(cause, bad, letters):
            _stop(session, campaign, Trip(cause=cause.value, bad=bad, letters=letters), now)
            return True
    return False


def _bad(session: Session, campaign_id: int, cause: Cause, since: datetime) -> tuple[int, int]:
    """Return how many letters something bad was said of, and how many of them were refused before they left."""
    never_left = func.count(Message.id.distinct()).filter(Message.sent_at.is_(None))
    query = (
        select(func.count(Message.id.distinct()), never_left)
        .select_from(NewsItem)
        .join(Message, Message.id == NewsItem.message_id)
        .where(BAD, NewsItem.campaign_id == campaign_id, NewsItem.taken_at > since, IS_BAD[cause])
        .where(or_(Message.sent_at > since, Message.sent_at.is_(None)))
    )
    bad, refused = session.execute(query).one()
    return bad, refused


def _letters(session: Session, campaign: Campaign, since: datetime, most: int) -> int:
    """Return how many letters of a campaign left since then; counting ends one above `most`."""
    if most == 0:
        return 0
    left = (
        select(Message.id)
        .join(Enrollment, Enrollment.id == Message.enrollment_id)
        .where(Message.merchant_id == campaign.merchant_id, Message.sent_on >= since.date() - timedelta(days=1))
        .where(Message.sent_at > since, Enrollment.campaign_id == campaign.id)
    )
    return session.scalar(select(func.count()).select_from(left.limit(most + 1).subquery())) or 0


def _stop(session: Session, campaign: Campaign, trip: Trip, now: datetime) -> None:
    trip.merchant_id, trip.campaign_id, trip.at = campaign.merchant_id, campaign.id, now
    set_state(session, campaign, CampaignState.PAUSED)
    open_trip(session, trip)
    alert(session, campaign_paused(trip, campaign.name), now)
    log.warning("campaign %s paused itself: %s", campaign.id, sentence(trip))
