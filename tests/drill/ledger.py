"""What the rows say of the letters of a drill, read and never written."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.audience.contact import Contact
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from tests.drill.judge import PENDING, Row


def unfinished(session: Session, kind: str, due: datetime | None = None) -> int:
    """Count the letters that are still to leave: all, or of those that wait only what is due."""
    query = select(func.count()).select_from(Message).where(Message.kind == kind)
    if due is not None:
        return session.scalar(query.where(Message.state.in_(PENDING), Message.due_at <= due)) or 0
    return session.scalar(query.where(Message.state.in_([*PENDING, "sending"]))) or 0


def sending(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Message).where(Message.state == "sending")) or 0


def latest(session: Session, kind: str) -> datetime | None:
    """Return when the last letter is due and the last lease has run out."""
    waits, leased = Message.state.in_(PENDING), Message.state == "sending"
    due = session.scalar(select(func.max(Message.due_at)).where(Message.kind == kind, waits))
    until = session.scalar(select(func.max(Message.leased_until)).where(Message.kind == kind, leased))
    return max((moment for moment in (due, until) if moment), default=None)


def rows(session: Session) -> list[Row]:
    query = select(Message.id, Contact.email, Message.kind, Message.state, Message.reason)
    query = query.join(Enrollment, Enrollment.id == Message.enrollment_id)
    found = session.execute(query.join(Contact, Contact.id == Enrollment.contact_id)).all()
    return [Row(message_id=i, to=to or "", kind=k, state=s, reason=r) for i, to, k, s, r in found]
