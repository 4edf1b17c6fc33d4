"""After a backup was restored nobody is asked on the strength of rows that forgot what had happened.

What is gone, nobody knows: letters that look due may have left, and whoever is to be reminded may have
answered or unsubscribed. So all that may have left is in doubt, and every reminder is given up.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.database import Base, BigId
from campaigns.enrollment.eligibility import Reason
from campaigns.enrollment.enrollment import stop_where
from campaigns.enrollment.sending import cancel_reminders, doubt_all, leap, may_have_left

A_TICK = timedelta(microseconds=1)


class Restoration(Base):
    __tablename__ = "restoration"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]  # when we were told of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What a restoration made of the letters it found."""

    at: datetime
    in_doubt: int
    reminders_cancelled: int
    has_leapt: bool  # no letter to come has the number, and so the links, of one that is forgotten


def latest_restoration(session: Session) -> datetime | None:
    return session.scalar(select(func.max(Restoration.at)))


def restore(session: Session, now: datetime) -> Aftermath:
    """Ask nobody again whom this database may have forgotten to have asked: a few updates, however many rows.

    Enrollments come first, as they do where an answer stops one: so neither waits for the other.
    """
    before = latest_restoration(session)
    at = max(now, before + A_TICK) if before else now  # it follows the one before by every machine's clock
    stop_where(session, may_have_left(now), Reason.RESTORED, now)
    in_doubt = doubt_all(session, Reason.RESTORED, now)
    cancelled = cancel_reminders(session, Reason.RESTORED, now)
    session.add(Restoration(at=at))
    session.flush()
    return Aftermath(at=at, in_doubt=in_doubt, reminders_cancelled=cancelled, has_leapt=leap(session))
