"""Where a bounce is our own fault the recipient keeps their place; the merchant hears of it, and sending may stop."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.catalog.campaign import Campaign
from campaigns.delivery.alerts import alert
from campaigns.delivery.breaker import SENDER_SHARE, SENDER_WINDOW, Cause, refuses_sender
from campaigns.delivery.concerns import content_refused, domain_refused
from campaigns.delivery.event import BY_MAIL, Kind
from campaigns.delivery.halt import halt
from campaigns.delivery.kinds import is_authentication
from campaigns.delivery.news_item import BAD, NewsItem
from campaigns.delivery.tracing import Letter
from campaigns.delivery.trip import Trip, close_resumed, open_trip, resumed_at, sentence
from campaigns.enrollment.message import Message
from campaigns.merchants.merchant import get_merchant

EVER = datetime(1970, 1, 1, tzinfo=UTC)
LEFT_AT = func.coalesce(Message.sent_at, Message.intended_at, Message.updated_at)
MANY = 1000  # refusals looked at


def blame_sender(session: Session, letter: Letter, status: str, now: datetime) -> None:
    """Tell the merchant that its domain is refused; hold its letters where chance is no explanation.

    A merchant's letters all come from one domain, so its halt is the halt of that domain. A letter that
    left before a person lifted the last halt says nothing new.
    """
    close_resumed(session, now)
    resumed = resumed_at(session, letter.merchant_id, None)
    if resumed is not None and letter.left_at <= resumed:
        return
    trip = _refused(session, letter.merchant_id, resumed or EVER, now)
    if trip is not None and halt(session, letter.merchant_id, f"Paused by itself: {sentence(trip)}.", now):
        open_trip(session, trip)
    else:
        trip = None
    warn_of_sender(session, letter.merchant_id, status, trip, now)


def warn_of_sender(session: Session, merchant_id: int, status: str, trip: Trip | None, now: datetime) -> None:
    domain = get_merchant(session, merchant_id).from_address.rpartition("@")[2]
    alert(session, domain_refused(merchant_id, domain, status, trip), now)


def blame_content(session: Session, letter: Letter, now: datetime) -> None:
    name = session.get_one(Campaign, letter.campaign_id).name
    alert(session, content_refused(letter.merchant_id, letter.campaign_id, name), now)


def _refused(session: Session, merchant_id: int, resumed: datetime, now: datetime) -> Trip | None:
    """Return what is to be noted where letters must wait."""
    since = max(resumed, now - SENDER_WINDOW)
    told = (
        select(NewsItem.message_id, NewsItem.status, NewsItem.source)
        .join(Message, Message.id == NewsItem.message_id)
        .where(BAD, NewsItem.taken_at >= now - SENDER_WINDOW, NewsItem.merchant_id == merchant_id)
        .where(NewsItem.kind == Kind.SENDER, resumed < LEFT_AT)
    )
    rows = session.execute(told.limit(MANY)).all()
    refusals = {row.message_id for row in rows}
    # A forged mail about one letter must not hold all: told by mail, a failed authentication is as any other refusal.
    authentication = sum(is_authentication(row.status) for row in rows if row.source not in BY_MAIL)
    left = select(Message.id).where(
        Message.merchant_id == merchant_id,
        Message.sent_on >= since.date() - timedelta(days=1),
        Message.sent_at >= since,
    )
    most = len(refusals) * SENDER_SHARE + 1
    letters = session.scalar(select(func.count()).select_from(left.limit(most).subquery())) or 0
    if not refuses_sender(authentication, len(refusals), letters):
        return None
    return Trip(
        merchant_id=merchant_id, campaign_id=None, cause=Cause.SENDER.value, bad=len(refusals), letters=letters, at=now
    )
