"""A ruling is what somebody of the staff said of an answer: a person gave it, or none did; append-only."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.among import among
from campaigns.database import Base, BigId


class Verdict(StrEnum):
    REINSTATED = "reinstated"
    REJECTED = "rejected"


class Ruling(Base):
    __tablename__ = "ruling"
    __table_args__ = (
        Index("ix_ruling_enrollment", "enrollment_id", "id"),
        Index("ix_ruling_merchant", "merchant_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    hit_id: Mapped[int] = mapped_column(ForeignKey("hit.id"))  # the answer that was ruled on
    verdict: Mapped[str] = mapped_column(String(10))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


_OF = select(Ruling).where(among(Ruling.enrollment_id, "ids")).order_by(Ruling.id)


def add_ruling(session: Session, ruling: Ruling) -> None:
    session.add(ruling)
    session.flush()


def rulings_on(session: Session, enrollment_ids: Collection[int]) -> Mapping[int, list[tuple[int, Verdict]]]:
    """Return what was said of which answers, by enrollment, the latest last."""
    found: dict[int, list[tuple[int, Verdict]]] = {}
    for each in session.scalars(_OF, {"ids": enrollment_ids}):
        found.setdefault(each.enrollment_id, []).append((each.hit_id, Verdict(each.verdict)))
    return found
