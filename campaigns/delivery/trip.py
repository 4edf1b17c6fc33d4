"""A trip is sending that stopped by itself: why, on what figures, and when a person let it go on."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, func, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.catalog.campaign import Campaign, CampaignState
from campaigns.database import Base, BigId
from campaigns.delivery.breaker import Cause
from campaigns.delivery.halt import Halt

OPEN = text("resumed_at IS NULL")


class Trip(Base):
    __tablename__ = "trip"
    __table_args__ = (
        Index("ix_trip_open", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_trip_of", "merchant_id", "campaign_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))  # None: all letters of the merchant
    cause: Mapped[str] = mapped_column(String(12))
    bad: Mapped[int]
    letters: Mapped[int]
    at: Mapped[datetime]
    resumed_at: Mapped[datetime | None]


def open_trip(session: Session, trip: Trip) -> Trip:
    session.add(trip)
    session.flush()
    return trip


def close_resumed(session: Session, now: datetime) -> int:
    """Note which of what stopped by itself a person has let go on; returns how many.

    Whoever resumes need not know of trips: a campaign that is active again says enough.
    """
    held = select(Halt.merchant_id).scalar_subquery()
    resumed = or_(
        Trip.campaign_id.is_(None) & Trip.merchant_id.not_in(held),
        Trip.campaign_id.is_not(None) & (Campaign.state == CampaignState.ACTIVE),
    )
    query = select(Trip).outerjoin(Campaign, Campaign.id == Trip.campaign_id).where(OPEN, resumed)
    found = list(session.scalars(query.order_by(Trip.id)))
    for trip in found:
        trip.resumed_at = now
    session.flush()
    return len(found)


def has_open(session: Session) -> bool:
    return session.scalar(select(Trip.id).where(OPEN).limit(1)) is not None


def resumed_at(session: Session, merchant_id: int, campaign_id: int | None) -> datetime | None:
    """Return when a person last let these letters go on: none that left before counts any more."""
    of = (Trip.merchant_id == merchant_id, Trip.campaign_id == campaign_id)
    return session.scalar(select(func.max(Trip.resumed_at)).where(*of))


def open_trips(session: Session, merchant_id: int) -> Sequence[Trip]:
    return session.scalars(select(Trip).where(OPEN, Trip.merchant_id == merchant_id).order_by(Trip.id)).all()


def sentence(trip: Trip) -> str:
    """Return why, for a person."""
    what = {
        Cause.COMPLAINTS: "were reported as spam",
        Cause.BOUNCES: "came back",
        Cause.SENDER: "were refused because of who sent them",
    }[Cause(trip.cause)]
    return f"{trip.bad:,} of the last {max(trip.letters, trip.bad):,} letters {what}"
