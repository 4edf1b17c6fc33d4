"""A response is what a person answered to one enrollment, folded from their hits; the latest confirmed wins."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.catalog.survey import Survey
from campaigns.database import Base, BigId
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.note import NoteKind, noted_at
from campaigns.responses.hit import was_pressed
from campaigns.responses.sheet import UNFINISHED, read_again, without_texts
from campaigns.responses.trust import Folded, Level


class ResponseStatus(StrEnum):
    PARTIAL = "partial"  # the rating only, where the survey asked more, or nobody pressed the button
    COMPLETE = "complete"
    WITHDRAWN = "withdrawn"


OPEN = text("look_again_at IS NOT NULL")


class Response(Base):
    __tablename__ = "response"
    __table_args__ = (
        Index("ix_response_merchant", "merchant_id", "answered_at"),
        Index("ix_response_open", "look_again_at", sqlite_where=OPEN, postgresql_where=OPEN),
    )

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
    # How far it is believed, and why (weighing.py):
    hit_id: Mapped[int | None] = mapped_column(BigId)  # the answer that decided
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")  # signs.reason.Reason
    rules: Mapped[str] = mapped_column(String(40), default="", server_default="")  # the version that judged it
    matured_at: Mapped[datetime | None]  # since when one click counts; None: not provisional, or held still
    look_again_at: Mapped[datetime | None]  # when more may have come to light; None: nothing by itself


def find_response(session: Session, enrollment_id: int) -> Response | None:
    return session.scalars(select(Response).where(Response.enrollment_id == enrollment_id)).one_or_none()


def next_open(session: Session, now: datetime, after_id: int = 0) -> Response | None:
    """Return the first response after one that it is time to look at again."""
    query = select(Response).where(OPEN, Response.look_again_at <= now, Response.id > after_id)
    return session.scalars(query.order_by(Response.id).limit(1)).first()


def close(session: Session, enrollment_id: int) -> None:
    """Look no more at a response of which nothing is left to judge."""
    session.execute(update(Response).where(Response.enrollment_id == enrollment_id).values(look_again_at=None))


def record_response(session: Session, enrollment: Enrollment, survey: Survey, folded: Folded) -> Response:
    """Let the response of an enrollment say what its answers come to; the caller holds the enrollment.

    Who took an answer back comes back by a press of their own, not by what a page or a scanner tells.
    """
    answers = read_again(survey, folded.score, folded.answers)
    response = find_response(session, enrollment.id)
    stays_back = folded.level is not Level.CONFIRMED and _is_taken_back(session, enrollment.id)
    if response is not None and stays_back:
        return response
    if response is None:
        response = Response(
            merchant_id=enrollment.merchant_id, campaign_id=enrollment.campaign_id, enrollment_id=enrollment.id
        )
        session.add(response)
    response.message_id = folded.message_id
    response.status = ResponseStatus.WITHDRAWN.value if stays_back else _status(survey, folded, answers)
    response.level = folded.level.value
    response.score = folded.score
    response.answers = answers
    response.first_answered_at = folded.first_at
    response.answered_at = folded.at
    session.flush()
    return response


def withdraw_response(session: Session, enrollment_id: int) -> None:
    """Keep a response out of every figure, until its person answers again."""
    withdrawing = update(Response).where(Response.enrollment_id == enrollment_id)
    session.execute(withdrawing.values(status=ResponseStatus.WITHDRAWN.value))


def forget_texts(session: Session, enrollment_id: int, survey: Survey) -> None:
    """Delete what was written in an answer; the rating and what was chosen stay for the figures."""
    response = find_response(session, enrollment_id)
    if response is not None:
        response.answers = without_texts(survey, response.answers)
        session.flush()


def _is_taken_back(session: Session, enrollment_id: int) -> bool:
    """Whether what was answered was taken back, and nobody has pressed a button since."""
    since = noted_at(session, enrollment_id, NoteKind.WITHDRAWN)
    return since is not None and not was_pressed(session, enrollment_id, since)


def _status(survey: Survey, folded: Folded, answers: dict[str, Any]) -> str:
    asked_more = survey.shown({"score": folded.score, **answers})
    is_partial = UNFINISHED in folded.answers or (asked_more and not answers)
    return ResponseStatus.PARTIAL.value if is_partial else ResponseStatus.COMPLETE.value
