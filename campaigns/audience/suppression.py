"""A suppressed person gets no letter; suppressions are added and never expire by themselves."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.among import among
from campaigns.database import Base, BigId, insert_if_absent


class SuppressionReason(StrEnum):
    UNSUBSCRIBED = "unsubscribed"
    HARD_BOUNCE = "hard_bounce"
    COMPLAINT = "complaint"
    ERASED = "erased"
    MANUAL = "manual"


class Suppression(Base):
    __tablename__ = "suppression"
    __table_args__ = (UniqueConstraint("merchant_id", "fingerprint", "reason"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    fingerprint: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(20))
    message_id: Mapped[int | None] = mapped_column(BigId)  # the letter it came from, where there was one
    created_at: Mapped[datetime]


def suppress(
    session: Session,
    merchant_id: int,
    fingerprint: str,
    reason: SuppressionReason,
    now: datetime,
    message_id: int | None = None,
) -> bool:
    """Write to this person no more; returns False where that was so already, for this reason."""
    values = {"merchant_id": merchant_id, "fingerprint": fingerprint, "reason": reason.value}
    values |= {"message_id": message_id, "created_at": now}
    return insert_if_absent(session, Suppression, values) is not None


def suppression_of(session: Session, merchant_id: int, fingerprint: str) -> SuppressionReason | None:
    """Return why this person is not written to, the first reason there was; None where we may."""
    query = (
        select(Suppression.reason)
        .where(Suppression.merchant_id == merchant_id, Suppression.fingerprint == fingerprint)
        .order_by(Suppression.id)
    )
    reason = session.scalars(query).first()
    return SuppressionReason(reason) if reason else None


def is_suppressed_for(session: Session, merchant_id: int, fingerprint: str, reason: SuppressionReason) -> bool:
    """Whether this reason is among those for which this person is not written to."""
    known = {"merchant_id": merchant_id, "fingerprint": fingerprint, "reason": reason.value}
    return session.scalars(select(Suppression.id).filter_by(**known)).first() is not None


def suppressions_on(session: Session, merchant_id: int, fingerprint: str) -> list[Suppression]:
    """Return every reason for which this person is not written to, the first one first."""
    query = select(Suppression).filter_by(merchant_id=merchant_id, fingerprint=fingerprint)
    return list(session.scalars(query.order_by(Suppression.id)))


_LATEST_FIRST = (
    select(Suppression.merchant_id, Suppression.fingerprint, Suppression.reason)
    .where(among(Suppression.merchant_id, "merchants"), among(Suppression.fingerprint, "fingerprints"))
    .order_by(Suppression.id.desc())
)


def suppressions_of(
    session: Session, merchant_ids: Collection[int], fingerprints: Collection[str]
) -> dict[tuple[int, str], SuppressionReason]:
    """Return who of these people is not written to by whom, each with the first reason there was."""
    who = {"merchants": merchant_ids, "fingerprints": fingerprints}
    latest_first = session.connection().execute(_LATEST_FIRST, who)
    return {(row.merchant_id, row.fingerprint): SuppressionReason(row.reason) for row in latest_first}
