"""A message is one letter of an enrollment: at most one invitation and one reminder, whatever crashes.

The schema says so. A message leaves at most once: `sending` holds a lease, and the lease names the
journal in which its sender writes what the server was given. Only that journal, or the sender
itself, can say that a claimed message did not leave; without either it is in doubt.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Insert,
    String,
    UniqueConstraint,
    bindparam,
    literal,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.among import among, numbers
from campaigns.database import Base, BigId, changed, insert_if_absent
from campaigns.enrollment.states import MOVES, PENDING, MessageKind, MessageState, S

DUE = text("state IN ('scheduled', 'deferred')")
LEASED = text("lease IS NOT NULL")
UNSENT = text("state IN ('in_doubt', 'failed', 'cancelled')")  # came to an end, as far as we know, without leaving


class Message(Base):
    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("enrollment_id", "kind"),
        CheckConstraint("kind IN ('invitation', 'reminder')", name="kind"),
        Index("ix_message_due_of", "merchant_id", "due_at", sqlite_where=DUE, postgresql_where=DUE),
        Index("ix_message_lease", "lease", sqlite_where=LEASED, postgresql_where=LEASED),
        Index("ix_message_sent_on", "merchant_id", "sent_on"),
        Index("ix_message_unsent", "state", "merchant_id", "updated_at", sqlite_where=UNSENT, postgresql_where=UNSENT),
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
    intended_at: Mapped[datetime | None]  # since when it may have left, for all that this row knows
    sent_at: Mapped[datetime | None]
    sent_on: Mapped[date | None]  # the day it left, in the merchant's zone
    relay_id: Mapped[int | None] = mapped_column(BigId)  # the relay it was last given to; None: the house's own
    reply_code: Mapped[int | None]
    reply_status: Mapped[str] = mapped_column(String(12), default="", server_default="")  # enhanced, 5.1.1
    reason: Mapped[str] = mapped_column(String(30), default="", server_default="")  # of a cancellation or failure
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Plan:
    """A letter to come."""

    enrollment_id: int
    merchant_id: int
    kind: MessageKind
    due_at: datetime


def schedule(
    session: Session, enrollment_id: int, merchant_id: int, kind: MessageKind, due: datetime, now: datetime
) -> int | None:
    """Plan a letter and return its id; None where this enrollment has one of that kind."""
    values: dict[str, Any] = {"enrollment_id": enrollment_id, "merchant_id": merchant_id, "kind": kind.value}
    values |= {"state": S.SCHEDULED.value, "due_at": due, "attempts": 0, "created_at": now, "updated_at": now}
    return insert_if_absent(session, Message, values)


def plan_all(session: Session, plans: Collection[Plan], now: datetime) -> None:
    """Plan many letters at once; those that are planned already stay as they are."""
    alike: dict[tuple[int, MessageKind, datetime], list[int]] = {}
    for plan in plans:
        alike.setdefault((plan.merchant_id, plan.kind, plan.due_at), []).append(plan.enrollment_id)
    statement = _planning(session.get_bind().dialect.name)
    for (merchant_id, kind, due), enrollment_ids in alike.items():
        values = {"merchant": merchant_id, "kind": kind.value, "due": due, "now": now}
        session.connection().execute(statement, {**values, "enrollments": enrollment_ids})


@cache
def _planning(dialect: str) -> Insert:
    every = numbers("enrollments")
    moment = bindparam("now", type_=Message.created_at.type)
    row = {
        Message.enrollment_id: every.c.value,
        Message.merchant_id: bindparam("merchant", type_=BigId),
        Message.kind: bindparam("kind", type_=Message.kind.type),
        Message.due_at: bindparam("due", type_=Message.due_at.type),
        Message.state: literal(S.SCHEDULED.value),
        Message.attempts: literal(0),
        Message.created_at: moment,
        Message.updated_at: moment,
    }
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    columns = [column.key for column in row]
    return insert(Message).from_select(columns, select(*row.values()).where(true())).on_conflict_do_nothing()


def cancel_pending(session: Session, enrollment_id: int, reason: str, now: datetime) -> int:
    """Cancel the letters of an enrollment that have not begun to leave; returns how many."""
    return cancel_all_pending(session, [enrollment_id], reason, now)


def cancel_all_pending(session: Session, enrollment_ids: Collection[int], reason: str, now: datetime) -> int:
    values = {"enrollments": enrollment_ids, "why": reason, "now": now}
    return len(session.connection().execute(_CANCELLING, values).all())


_CANCELLING = (
    update(Message)
    .where(among(Message.enrollment_id, "enrollments"), Message.state.in_(PENDING))
    .values(state=S.CANCELLED.value, reason=bindparam("why"), updated_at=bindparam("now"))
    .returning(Message.id)
)


def plan_again(session: Session, enrollment_id: int, due: datetime, now: datetime) -> bool:
    """Move the reminder of an enrollment that has not begun to leave, or never will; False where there is none."""
    theirs = (Message.enrollment_id == enrollment_id, Message.kind == MessageKind.REMINDER)
    moving = update(Message).where(*theirs, Message.state.in_([*PENDING, S.CANCELLED]), Message.sent_at.is_(None))
    return changed(session.execute(moving.values(state=S.SCHEDULED.value, due_at=due, reason="", updated_at=now)))


def move(
    session: Session, message_id: int, state: MessageState, now: datetime, reason: str = "", **values: Any
) -> bool:
    """Move a message on news from outside (a bounce, a person); False where the table knows no such move."""
    allowed = [old for old, new in MOVES.items() if state in new and old is not S.SENDING]
    news = update(Message).where(Message.id == message_id, Message.state.in_(allowed))
    return changed(session.execute(news.values(state=state.value, reason=reason, lease=None, updated_at=now, **values)))


def messages_of(session: Session, enrollment_ids: list[int]) -> list[Message]:
    query = select(Message).where(Message.enrollment_id.in_(enrollment_ids))
    return list(session.scalars(query.order_by(Message.id)))


def leased_to(session: Session, lease: str) -> list[int]:
    return list(session.scalars(select(Message.id).where(Message.lease == lease).order_by(Message.id)))


def find_message(session: Session, message_id: int) -> Message | None:
    return session.get(Message, message_id)
