"""An enrollment is the one verdict on a purchase and a campaign, kept with its reason."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    bindparam,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.among import among
from campaigns.database import Base, BigId, insert_if_absent


class Verdict(StrEnum):
    ENROLLED = "enrolled"
    SKIPPED = "skipped"


class Enrollment(Base):
    __tablename__ = "enrollment"
    __table_args__ = (
        UniqueConstraint("purchase_id", "campaign_id"),
        Index("ix_enrollment_campaign", "campaign_id", "id"),
        Index("ix_enrollment_contact", "contact_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"), index=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("campaign_version.id"))
    purchase_id: Mapped[int] = mapped_column(ForeignKey("purchase.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    verdict: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(30))  # eligibility.Reason
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)  # what the rule saw; never an address
    rules: Mapped[str] = mapped_column(String(10))  # eligibility.RULES, the version of the rules
    decided_at: Mapped[datetime]
    # Of the enrolled only:
    planned_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    locale: Mapped[str] = mapped_column(String(35), default="")
    timezone: Mapped[str] = mapped_column(String(64), default="")
    is_held_out: Mapped[bool] = mapped_column(default=False)  # gets no reminder, to measure its lift
    may_remind: Mapped[bool] = mapped_column(default=True, server_default=true())  # False: the cooldown forbids it
    stopped_at: Mapped[datetime | None]
    stop_reason: Mapped[str] = mapped_column(String(30), default="", server_default="")

    @property
    def goes_on(self) -> bool:
        """Whether nothing stopped it for good."""
        return self.stopped_at is None or self.stop_reason == HELD


# Held is stopped until somebody has looked at an answer; whatever else stops an enrollment, stops it for good.
HELD = "held"
GOES_ON = or_(Enrollment.stopped_at.is_(None), Enrollment.stop_reason == HELD)
_GOING_ON = (among(Enrollment.id, "ids"), GOES_ON)
_HOLDING = update(Enrollment).where(among(Enrollment.id, "ids"), Enrollment.stopped_at.is_(None))
_HOLDING = _HOLDING.values(stopped_at=bindparam("now"), stop_reason=HELD)
_STOPPING = update(Enrollment).where(*_GOING_ON).values(stopped_at=bindparam("now"), stop_reason=bindparam("why"))


def record_verdict(session: Session, values: dict[str, Any]) -> int | None:
    """Keep a verdict and return its id; None where this purchase and campaign have theirs already."""
    blank = {"is_held_out": False, "may_remind": True, "locale": "", "timezone": "", "detail": {}}
    return insert_if_absent(session, Enrollment, {**blank, **values})


def stop(session: Session, enrollment: Enrollment, reason: str, now: datetime) -> None:
    """Send nothing more for this enrollment; the first reason stays."""
    if enrollment.goes_on:
        enrollment.stopped_at, enrollment.stop_reason = now, reason
        session.flush()


def go_on(session: Session, enrollment: Enrollment, after: str) -> None:
    """Let an enrollment go on that was stopped for this reason and no other."""
    if enrollment.stop_reason == after:
        enrollment.stopped_at, enrollment.stop_reason = None, ""
        session.flush()


def keep_open(session: Session, enrollment: Enrollment, until: datetime | None) -> None:
    """Let an enrollment's links be answered until then; None: for ever."""
    enrollment.closes_at = until
    session.flush()


def stop_all(session: Session, enrollment_ids: Collection[int], reason: str, now: datetime) -> None:
    """Send nothing more for any of these; a reason there was already stays."""
    session.connection().execute(_STOPPING, {"ids": enrollment_ids, "why": reason, "now": now})


def hold_all(session: Session, enrollment_ids: Collection[int], now: datetime) -> None:
    """Let the letters of these wait, until they go on or are stopped; those that are stopped stay so."""
    session.connection().execute(_HOLDING, {"ids": enrollment_ids, "now": now})


def stop_where(session: Session, enrollment_ids: Select[int], reason: str, now: datetime) -> None:
    """Send nothing more for any that a query finds; a reason there was already stays."""
    stopping = update(Enrollment).where(Enrollment.id.in_(enrollment_ids), GOES_ON)
    session.connection().execute(stopping.values(stopped_at=now, stop_reason=reason))


def go_on_among(session: Session, enrollment_ids: Collection[int]) -> set[int]:
    """Return those of these enrollments that nobody stopped."""
    return set(session.connection().scalars(select(Enrollment.id).where(*_GOING_ON), {"ids": enrollment_ids}).all())


def redirect(session: Session, enrollment_id: int, contact_id: int) -> None:
    """Let an enrollment whose letters are all still to come be of another contact."""
    session.execute(update(Enrollment).where(Enrollment.id == enrollment_id).values(contact_id=contact_id))


def get_enrollment(session: Session, enrollment_id: int) -> Enrollment:
    return session.get_one(Enrollment, enrollment_id)


def hold(session: Session, enrollment_id: int) -> Enrollment:
    """Return an enrollment that no answer and no fold can hold until this transaction ends."""
    query = select(Enrollment).where(Enrollment.id == enrollment_id).with_for_update(key_share=True)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def verdicts_on(session: Session, purchase_id: int) -> list[Enrollment]:
    query = select(Enrollment).where(Enrollment.purchase_id == purchase_id)
    return list(session.scalars(query.order_by(Enrollment.id)))


def enrollments_of_contact(session: Session, contact_id: int) -> list[Enrollment]:
    query = select(Enrollment).where(Enrollment.contact_id == contact_id, Enrollment.verdict == Verdict.ENROLLED)
    return list(session.scalars(query.order_by(Enrollment.id)))


def all_verdicts_on(session: Session, contact_id: int) -> list[Enrollment]:
    """Return every decision about a person, also those not to ask."""
    query = select(Enrollment).where(Enrollment.contact_id == contact_id)
    return list(session.scalars(query.order_by(Enrollment.id)))
