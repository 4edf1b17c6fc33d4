"""A remedy is what the shop did about an answer, in its own words, for the customer to read on their page."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.among import among
from campaigns.catalog.survey import clean_text
from campaigns.database import Base, BigId
from campaigns.errors import NotFound
from campaigns.responses.response import find_response

LONGEST = 1000  # characters


class Remedy(Base):
    __tablename__ = "remedy"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), unique=True)
    words: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))  # who said so last
    at: Mapped[datetime]


_OF = select(Remedy).where(among(Remedy.enrollment_id, "ids"))


def say_what_was_done(session: Session, remedy: Remedy) -> None:
    """Keep what was done about an answer, in place of what was said before; no words take that back.

    Raises NotFound where the merchant has no such answer. Nobody is written to.
    """
    response = find_response(session, remedy.enrollment_id)
    if response is None or response.merchant_id != remedy.merchant_id:
        raise NotFound(f"Merchant {remedy.merchant_id} has no answer to enrollment {remedy.enrollment_id}.")
    forget_remedies(session, [remedy.enrollment_id])
    remedy.words = clean_text(remedy.words)[:LONGEST]
    if remedy.words:
        session.add(remedy)
        session.flush()


def remedies_on(session: Session, enrollment_ids: Collection[int]) -> dict[int, Remedy]:
    """Return what was done about which enrollments' answers."""
    return {each.enrollment_id: each for each in session.scalars(_OF, {"ids": enrollment_ids})}


def forget_remedies(session: Session, enrollment_ids: Collection[int]) -> None:
    session.execute(delete(Remedy).where(Remedy.enrollment_id.in_(enrollment_ids)))
