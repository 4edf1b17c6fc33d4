"""A response is what a person answered to one enrollment, folded from their hits; the latest confirmed wins."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.catalog.survey import Survey
from campaigns.database import Base, BigId
from campaigns.enrollment.enrollment import Enrollment
from campaigns.responses.sheet import read_again
from campaigns.responses.trust import Folded


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


def record_response(session: Session, enrollment: Enrollment, survey: Survey, folded: Folded) -> Response:
    """Let the response of an enrollment say what its answers come to; the caller holds the enrollment."""
    answers = read_again(survey, folded.score, folded.answers)
    response = find_response(session, enrollment.id)
    if response is None:
        response = Response(
            merchant_id=enrollment.merchant_id, campaign_id=enrollment.campaign_id, enrollment_id=enrollment.id
        )
        session.add(response)
    response.message_id = folded.message_id
    response.status = _status(survey, folded.score, answers)
    response.level = folded.level.value
    response.score = folded.score
    response.answers = answers
    response.first_answered_at = folded.first_at
    response.answered_at = folded.at
    session.flush()
    return response


def _status(survey: Survey, score: int, answers: dict[str, Any]) -> str:
    asked_more = survey.shown({"score": score, **answers})
    return ResponseStatus.PARTIAL.value if asked_more and not answers else ResponseStatus.COMPLETE.value
