"""A halt holds all letters of a merchant, or of everybody, until it is lifted."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.database import Base, BigId, changed, insert_if_absent

EVERYBODY = 0  # in place of a merchant
LONGEST_REASON = 200


class Halt(Base):
    __tablename__ = "halt"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(BigId, unique=True)  # or EVERYBODY
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="", server_default="")
    since: Mapped[datetime]

    @property
    def resuming(self) -> str:
        """The command that lifts it."""
        whose = "--everything" if self.merchant_id == EVERYBODY else f"--merchant {self.merchant_id}"
        return f"flask --app wsgi sending resume {whose}"


def halt(session: Session, merchant_id: int, reason: str, now: datetime) -> bool:
    """Hold all letters of a merchant, or of EVERYBODY; False, and nothing changes, where they are held already."""
    values = {"merchant_id": merchant_id, "reason": reason, "since": now}
    return insert_if_absent(session, Halt, values) is not None


def lift(session: Session, merchant_id: int) -> bool:
    """Let letters leave again; False where this halt was not there."""
    return changed(session.execute(delete(Halt).where(Halt.merchant_id == merchant_id)))


def halted_among(session: Session, merchant_ids: Collection[int]) -> set[int]:
    """Return those of some merchants whose letters are held; all of them while everybody is."""
    held = set(session.scalars(select(Halt.merchant_id).where(Halt.merchant_id.in_({EVERYBODY, *merchant_ids}))))
    return set(merchant_ids) if EVERYBODY in held else held


def halts(session: Session) -> list[Halt]:
    """Return every halt there is, the one of everybody first."""
    return list(session.scalars(select(Halt).order_by(Halt.merchant_id)))


def halts_on(session: Session, merchant_id: int) -> list[Halt]:
    """Return what holds the letters of one merchant, the halt of everybody first."""
    on = select(Halt).where(Halt.merchant_id.in_((EVERYBODY, merchant_id)))
    return list(session.scalars(on.order_by(Halt.merchant_id)))
