"""An alert tells a merchant's owners that something needs them: once a day of each kind, and nobody's address."""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.database import Base, BigId, insert_if_absent
from campaigns.merchants.merchant import Merchant
from campaigns.merchants.staff import Role, Staff

log = logging.getLogger(__name__)

UNSENT = text("sent_at IS NULL")
WORTH_TELLING = timedelta(days=3)  # after which one that could not leave is dropped


class AlertKind(StrEnum):
    SENDER = "sender"  # servers refuse the sending domain, and all letters wait
    SENDER_ONCE = "sender_once"  # some do, and letters go on
    CONTENT = "content"
    COMPLAINTS = "complaints"
    BOUNCES = "bounces"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """What an alert says."""

    merchant_id: int
    kind: AlertKind
    about: str  # a campaign's number, or a domain
    subject: str
    words: str


class Alert(Base):
    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("staff_id", "kind", "about", "day"),
        Index("ix_alert_unsent", "id", sqlite_where=UNSENT, postgresql_where=UNSENT),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str] = mapped_column(String(12))
    about: Mapped[str] = mapped_column(String(253))
    day: Mapped[date] = mapped_column(Date)
    subject: Mapped[str] = mapped_column(String(300))
    words: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


def alert(session: Session, concern: Concern, now: datetime) -> int:
    """Order a mail to each owner, unless they had that one today; returns how many. The log has it in any case."""
    log.warning("merchant %s: %s, about %s", concern.merchant_id, concern.kind, concern.about)
    owners = select(Staff.id).where(Staff.merchant_id == concern.merchant_id, Staff.role == Role.OWNER)
    ordered = 0
    for staff_id in session.scalars(owners.order_by(Staff.id)).all():
        values: dict[str, Any] = {"merchant_id": concern.merchant_id, "staff_id": staff_id, "kind": concern.kind.value}
        values |= {"about": concern.about[:253], "day": now.date(), "subject": concern.subject, "words": concern.words}
        ordered += insert_if_absent(session, Alert, values | {"created_at": now}) is not None
    return ordered


def claim_alert(session: Session, now: datetime) -> tuple[Alert, Staff, Merchant] | None:
    """Take one mail that is to leave, marked as sent before it does: at most once."""
    query = select(Alert).where(UNSENT, Alert.created_at > now - WORTH_TELLING).order_by(Alert.id).limit(1)
    found = session.scalars(query.with_for_update(skip_locked=True)).first()
    if found is None:
        return None
    found.sent_at = now
    session.flush()
    return found, session.get_one(Staff, found.staff_id), session.get_one(Merchant, found.merchant_id)


def order_again(session: Session, alert_id: int) -> None:
    session.get_one(Alert, alert_id).sent_at = None
    session.flush()
