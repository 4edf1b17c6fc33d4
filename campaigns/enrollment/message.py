"""A message is one letter of an enrollment: at most one invitation and one reminder, whatever crashes.

The schema says so. A message leaves at most once: `sending` holds a lease; `intended_at` is
committed before the server is given the letter; a lease that ran out with an intent is in doubt,
and without one the message is due again.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.database import Base, BigId, changed, insert_if_absent


class MessageKind(StrEnum):
    INVITATION = "invitation"
    REMINDER = "reminder"


class MessageState(StrEnum):
    SCHEDULED = "scheduled"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    FAILED = "failed"
    CANCELLED = "cancelled"
    IN_DOUBT = "in_doubt"


S = MessageState
# Every move there is; a late or repeated event that is none of them changes nothing.
MOVES: dict[MessageState, frozenset[MessageState]] = {
    S.SCHEDULED: frozenset({S.SENDING, S.CANCELLED}),
    S.DEFERRED: frozenset({S.SENDING, S.CANCELLED}),
    S.SENDING: frozenset({S.SENT, S.DEFERRED, S.FAILED, S.CANCELLED, S.IN_DOUBT, S.SCHEDULED}),
    S.IN_DOUBT: frozenset({S.SENT, S.DELIVERED, S.BOUNCED, S.COMPLAINED, S.FAILED}),
    S.SENT: frozenset({S.DELIVERED, S.BOUNCED, S.COMPLAINED}),
    S.DELIVERED: frozenset({S.BOUNCED, S.COMPLAINED}),
    S.BOUNCED: frozenset(),
    S.COMPLAINED: frozenset(),
    S.FAILED: frozenset(),
    S.CANCELLED: frozenset(),
}
LEFT = frozenset({S.SENT, S.DELIVERED, S.BOUNCED, S.COMPLAINED})  # a server took the letter
PENDING = frozenset({S.SCHEDULED, S.DEFERRED})
DUE = text("state IN ('scheduled', 'deferred')")
LEASED = text("state = 'sending'")


class Message(Base):
    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("enrollment_id", "kind"),
        CheckConstraint("kind IN ('invitation', 'reminder')", name="kind"),
        Index("ix_message_due_of", "merchant_id", "due_at", sqlite_where=DUE, postgresql_where=DUE),
        Index("ix_message_leased", "leased_until", sqlite_where=LEASED, postgresql_where=LEASED),
        Index("ix_message_sent_on", "merchant_id", "sent_on"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    due_at: Mapped[datetime]  # when it may leave; moves on when it is deferred
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(36))  # who is sending it
    leased_until: Mapped[datetime | None]
    intended_at: Mapped[datetime | None]  # committed before the server is given the letter
    sent_at: Mapped[datetime | None]
    sent_on: Mapped[date | None]  # the day it left, in the merchant's zone
    relay_id: Mapped[int | None] = mapped_column(BigId)  # the relay it was last given to; None: the house's own
    reply_code: Mapped[int | None]
    reply_status: Mapped[str] = mapped_column(String(12), default="", server_default="")  # enhanced, 5.1.1
    reason: Mapped[str] = mapped_column(String(30), default="", server_default="")  # of a cancellation or failure
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


def schedule(
    session: Session, enrollment_id: int, merchant_id: int, kind: MessageKind, due: datetime, now: datetime
) -> int | None:
    """Plan a letter and return its id; None where this enrollment has one of that kind."""
    values: dict[str, Any] = {"enrollment_id": enrollment_id, "merchant_id": merchant_id, "kind": kind.value}
    values |= {"state": S.SCHEDULED.value, "due_at": due, "attempts": 0, "created_at": now, "updated_at": now}
    return insert_if_absent(session, Message, values)


def claim_due(session: Session, lease: str, until: datetime, limit: int, now: datetime) -> list[int]:
    """Lease up to `limit` due messages to one sender and return their ids, the longest due first."""
    due = select(Message.id).where(Message.state.in_([S.SCHEDULED, S.DEFERRED]), Message.due_at <= now)
    due = due.order_by(Message.due_at, Message.id).limit(limit).with_for_update(skip_locked=True)
    values = {"state": S.SENDING.value, "lease": lease, "leased_until": until, "intended_at": None, "updated_at": now}
    claim = update(Message).where(Message.id.in_(due.scalar_subquery()), Message.state.in_([S.SCHEDULED, S.DEFERRED]))
    claimed = session.execute(claim.values(values).returning(Message.due_at, Message.id)).all()
    return [row.id for row in sorted(claimed, key=lambda row: (row.due_at, row.id))]


def intend(session: Session, message_id: int, lease: str, until: datetime, now: datetime) -> bool:
    """Promise to send this message now. False where the lease was lost: then it must not leave."""
    mine = update(Message).where(
        Message.id == message_id, Message.state == S.SENDING, Message.lease == lease, Message.intended_at.is_(None)
    )
    return changed(session.execute(mine.values(intended_at=now, leased_until=until, updated_at=now)))


def settle(session: Session, message_id: int, lease: str, state: MessageState, now: datetime, **values: Any) -> bool:
    """Record what became of a message this lease was sending; a lease that came back late may still
    turn its own doubt into what it knows. False where the message is not this lease's any more."""
    allowed = [S.SENDING, S.IN_DOUBT] if state in MOVES[S.SENDING] else []
    mine = update(Message).where(Message.id == message_id, Message.lease == lease, Message.state.in_(allowed))
    values |= {"state": state.value, "updated_at": now}
    if state is not S.IN_DOUBT:
        values |= {"lease": None, "leased_until": None}
    return changed(session.execute(mine.values(values)))


def renew(session: Session, lease: str, until: datetime, now: datetime) -> None:
    """Keep all that a lease holds a while longer, so that a slow server does not cost a batch."""
    held = update(Message).where(Message.state == S.SENDING, Message.lease == lease, Message.leased_until < until)
    session.execute(held.values(leased_until=until, updated_at=now))


def give_back(session: Session, lease: str, now: datetime, due: datetime | None = None) -> int:
    """Return all that a lease holds and has not begun: due as before, or deferred to `due`, no try counted.

    Returns how many those were.
    """
    held = update(Message).where(Message.state == S.SENDING, Message.lease == lease, Message.intended_at.is_(None))
    values: dict[str, Any] = {"lease": None, "leased_until": None, "updated_at": now}
    values |= {"state": S.SCHEDULED.value} if due is None else {"state": S.DEFERRED.value, "due_at": due}
    return len(session.execute(held.values(values).returning(Message.id)).all())


def step_aside(session: Session, message_id: int, lease: str, due: datetime, now: datetime) -> bool:
    """Defer a message that could not even be begun, so that it never holds up the others."""
    mine = update(Message).where(
        Message.id == message_id, Message.state == S.SENDING, Message.lease == lease, Message.intended_at.is_(None)
    )
    values: dict[str, Any] = {"state": S.DEFERRED.value, "lease": None, "leased_until": None}
    values |= {"due_at": due, "attempts": Message.attempts + 1, "updated_at": now}
    return changed(session.execute(mine.values(values)))


def recover(session: Session, now: datetime) -> tuple[int, int]:
    """Take back what a dead sender held; returns how many are due again and how many are in doubt."""
    ran_out = (Message.state == S.SENDING, Message.leased_until < now)
    doubt = update(Message).where(*ran_out, Message.intended_at.is_not(None))
    doubted = session.execute(doubt.values(state=S.IN_DOUBT.value, updated_at=now).returning(Message.id)).all()
    again = update(Message).where(*ran_out, Message.intended_at.is_(None))
    values = {"state": S.SCHEDULED.value, "lease": None, "leased_until": None, "updated_at": now}
    return len(session.execute(again.values(values).returning(Message.id)).all()), len(doubted)


def cancel_pending(session: Session, enrollment_id: int, reason: str, now: datetime) -> int:
    """Cancel the letters of an enrollment that have not begun to leave; returns how many."""
    pending = update(Message).where(
        Message.enrollment_id == enrollment_id, Message.state.in_([S.SCHEDULED, S.DEFERRED])
    )
    values = {"state": S.CANCELLED.value, "reason": reason, "updated_at": now}
    return len(session.execute(pending.values(values).returning(Message.id)).all())


def move(session: Session, message_id: int, state: MessageState, now: datetime, reason: str = "") -> bool:
    """Move a message on news from outside (a bounce, a person); False where the table knows no such move."""
    allowed = [old for old, new in MOVES.items() if state in new and old is not S.SENDING]
    news = update(Message).where(Message.id == message_id, Message.state.in_(allowed))
    return changed(session.execute(news.values(state=state.value, reason=reason, lease=None, updated_at=now)))


def messages_of(session: Session, enrollment_ids: list[int]) -> list[Message]:
    query = select(Message).where(Message.enrollment_id.in_(enrollment_ids))
    return list(session.scalars(query.order_by(Message.id)))


def find_message(session: Session, message_id: int) -> Message | None:
    return session.get(Message, message_id)
