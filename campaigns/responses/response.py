"""A response is what a person answered to one enrollment, folded from their hits; the latest confirmed wins."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.database import Base, BigId


class ResponseStatus(StrEnum):
    PARTIAL = "partial"  # the rating only, where the survey asked more
    COMPLETE = "complete"
    WITHDRAWN = "withdrawn"


class Response(Base):
    __tablename__ = "response"
    __table_args__ = (Index("ix_response_merchant", "merchant_id", "answered_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), unique=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))  # the letter that first brought it
    status: Mapped[str] = mapped_column(String(10))
    level: Mapped[str] = mapped_column(String(12))  # hit.Level: provisional, confirmed or suspect
    score: Mapped[int]
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    first_answered_at: Mapped[datetime]
    answered_at: Mapped[datetime]


def find_response(session: Session, enrollment_id: int) -> Response | None:
    return session.scalars(select(Response).where(Response.enrollment_id == enrollment_id)).one_or_none()
