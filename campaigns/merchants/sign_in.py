"""A sign-in link works once, within fifteen minutes; its row is also the order to send it."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.database import Base, BigId, changed
from campaigns.merchants.staff import Staff

VALID_FOR = timedelta(minutes=15)
NOT_MORE_OFTEN_THAN = timedelta(seconds=30)  # somebody else may be typing this address


class SignIn(Base):
    __tablename__ = "sign_in"
    __table_args__ = (
        Index(
            "ix_sign_in_unsent",
            "id",
            sqlite_where=text("sent_at IS NULL"),
            postgresql_where=text("sent_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


def request_sign_in(session: Session, staff: Staff, now: datetime) -> SignIn | None:
    """Order a link for a person, or return None where one was ordered a moment ago."""
    recent = select(SignIn.id).where(SignIn.staff_id == staff.id, SignIn.requested_at > now - NOT_MORE_OFTEN_THAN)
    if session.scalars(recent).first() is not None:
        return None
    return issue_sign_in(session, staff, now)


def issue_sign_in(session: Session, staff: Staff, now: datetime, *, is_mailed: bool = True) -> SignIn:
    """Make a link; one that is handed over otherwise, on a terminal say, is not mailed."""
    sent_at = None if is_mailed else now
    sign_in = SignIn(staff_id=staff.id, requested_at=now, expires_at=now + VALID_FOR, sent_at=sent_at)
    session.add(sign_in)
    session.flush()
    return sign_in


def is_open(session: Session, sign_in_id: int, now: datetime) -> bool:
    """Whether a link would still sign in; looking at it uses nothing up."""
    found = session.get(SignIn, sign_in_id)
    return found is not None and found.used_at is None and found.expires_at > now


def use_sign_in(session: Session, sign_in_id: int, now: datetime) -> Staff | None:
    """Use a link up and return whom it signs in; None where it was used or is too old."""
    claim = update(SignIn).where(SignIn.id == sign_in_id, SignIn.used_at.is_(None), SignIn.expires_at > now)
    result = session.execute(claim.values(used_at=now))
    if not changed(result):
        return None
    return session.scalars(select(Staff).join(SignIn, SignIn.staff_id == Staff.id).where(SignIn.id == sign_in_id)).one()


def claim_unsent(session: Session, now: datetime) -> tuple[SignIn, Staff] | None:
    """Take one link that is to be mailed, marked as sent before it leaves: at most once."""
    query = select(SignIn).where(SignIn.sent_at.is_(None), SignIn.expires_at > now).order_by(SignIn.id).limit(1)
    sign_in = session.scalars(query.with_for_update(skip_locked=True)).first()
    if sign_in is None:
        return None
    sign_in.sent_at = now
    session.flush()
    return sign_in, session.get_one(Staff, sign_in.staff_id)


def give_back(session: Session, sign_in_id: int, now: datetime) -> bool:
    """Order a link again whose letter is known not to have left; False where it is too old by now."""
    unsent = update(SignIn).where(SignIn.id == sign_in_id, SignIn.used_at.is_(None), SignIn.expires_at > now)
    return changed(session.execute(unsent.values(sent_at=None)))
