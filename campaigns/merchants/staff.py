"""Staff are the people who sign in; what each may do follows from one role."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.database import Base, BigId


class Role(StrEnum):
    OWNER = "owner"
    MARKETER = "marketer"
    AGENT = "agent"
    VIEWER = "viewer"


class Permission(StrEnum):
    SEE_FIGURES = "see figures"
    READ_ANSWERS = "read answers"  # names, orders and comments of customers
    RUN_CAMPAIGNS = "run campaigns"


PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.MARKETER: frozenset(Permission),
    Role.AGENT: frozenset({Permission.SEE_FIGURES, Permission.READ_ANSWERS}),
    Role.VIEWER: frozenset({Permission.SEE_FIGURES}),
}


class Staff(Base):
    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("merchant_id", "email"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    email: Mapped[str] = mapped_column(String(320), index=True)
    role: Mapped[str] = mapped_column(String(20))
    session_round: Mapped[int] = mapped_column(default=0, server_default="0")  # raised to end all sessions
    created_at: Mapped[datetime]

    def may(self, permission: Permission) -> bool:
        return permission in PERMISSIONS[Role(self.role)]


def add_staff(session: Session, merchant_id: int, email: str, role: Role, now: datetime) -> Staff:
    """Add a person, or give the one who is there already this role."""
    staff = session.scalars(select(Staff).where(Staff.merchant_id == merchant_id, Staff.email == email)).one_or_none()
    if staff is None:
        staff = Staff(merchant_id=merchant_id, email=email, created_at=now)
        session.add(staff)
    staff.role = role
    session.flush()
    return staff


def end_sessions(session: Session, staff_id: int) -> None:
    """Sign a person out of every browser; a copied cookie opens nothing any more."""
    raised = {"session_round": Staff.session_round + 1}
    session.execute(update(Staff).where(Staff.id == staff_id).values(raised))


def staff_with_email(session: Session, email: str) -> list[Staff]:
    """Return every place a person works at: one address may serve several merchants."""
    return list(session.scalars(select(Staff).where(Staff.email == email).order_by(Staff.id)))
