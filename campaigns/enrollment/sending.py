"""The way of messages through a sender: claimed by one lease, settled by it, or let go as its journal proves.

Beside message.py this is the only file that writes messages, and it writes only those that are due or leased.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.orm import Session

from campaigns.among import among
from campaigns.database import changed
from campaigns.enrollment.message import DUE, LEASED, Message
from campaigns.enrollment.states import HELD, MOVES, PENDING, MessageKind, MessageState, S

LEAP = 10_000_000  # more letters than may have left since any backup
FREE: dict[str, Any] = {"lease": None, "leased_until": None, "intended_at": None}
TRIED: dict[str, Any] = {"attempts": Message.attempts + 1}


@dataclass(frozen=True, slots=True)
class Claim:
    """Who is sending, and until when they are believed to be alive."""

    lease: str
    until: datetime


_OURS = (among(Message.id, "ids"), Message.lease == bindparam("holder"), Message.state.in_(HELD))


def merchants_with_due(session: Session, now: datetime) -> list[int]:
    """Return the merchants that have letters due, by one look at an index for each, however many letters there are."""
    of = Message.merchant_id
    roster = select(func.min(of).label("id")).where(DUE).cte("roster", recursive=True)
    following = select(func.min(of)).where(DUE, of > roster.c.id).scalar_subquery()
    roster = roster.union_all(select(following).where(roster.c.id.is_not(None)))
    is_due = exists().where(of == roster.c.id, DUE, Message.due_at <= now)
    return list(session.scalars(select(roster.c.id).where(roster.c.id.is_not(None), is_due)))


def claim_due(session: Session, merchant_id: int, claim: Claim, limit: int, now: datetime) -> list[int]:
    """Lease up to `limit` due messages of a merchant to one sender and return their ids, the longest due first."""
    due = select(Message.id).where(Message.merchant_id == merchant_id, DUE, Message.due_at <= now)
    due = due.order_by(Message.due_at).limit(limit).with_for_update(skip_locked=True)
    # Found once and for all: PostgreSQL may run a subquery again for each row, and lock others each time.
    found = due.cte("due").prefix_with("MATERIALIZED", dialect="postgresql")
    values = {"state": S.SENDING.value, "lease": claim.lease, "leased_until": claim.until, "intended_at": now}
    taken = update(Message).where(Message.id.in_(select(found.c.id)), Message.state.in_(PENDING))
    claimed = session.execute(taken.values(**values, updated_at=now).returning(Message.due_at, Message.id)).all()
    return [row[1] for row in sorted(claimed, key=itemgetter(0, 1))]


def settle(
    session: Session, ids: Collection[int], lease: str, state: MessageState, now: datetime, **values: Any
) -> list[int]:
    """Record what became of messages this lease was sending, and return those that were still its own.

    A lease that comes back late may still turn the doubt it left behind into what it knows.
    """
    if not ids or state not in MOVES[S.SENDING]:
        return []
    values |= {"state": state.value, "updated_at": now, **FREE}
    if state is S.IN_DOUBT:
        del values["intended_at"]  # another letter to the same person counts from there
    settled = update(Message).where(*_OURS).values(values).returning(Message.id)
    return list(session.connection().scalars(settled, {"ids": ids, "holder": lease}).all())


def put_off(
    session: Session, dues: Mapping[int, datetime], lease: str, state: MessageState, now: datetime, **values: Any
) -> None:
    """Put messages of this lease back, each until a time of its own."""
    if not dues:
        return
    is_held = or_(*(Message.state == each for each in HELD))  # one statement for many rows takes no lists
    held = update(Message).where(Message.id == bindparam("it"), Message.lease == lease, is_held)
    values |= {"state": state.value, "due_at": bindparam("due"), "updated_at": now, **FREE}
    session.connection().execute(
        held.values(values), [{"it": message_id, "due": due} for message_id, due in dues.items()]
    )


def renew(session: Session, claim: Claim, now: datetime) -> None:
    """Keep all that a lease holds a while longer, so that a slow server does not cost a batch."""
    held = update(Message).where(Message.state == S.SENDING, Message.lease == claim.lease)
    session.execute(held.values(leased_until=claim.until, updated_at=now))


def let_go(session: Session, lease: str, state: MessageState, now: datetime, but: Collection[int] = ()) -> int:
    """End a lease on all it still holds: due again (SCHEDULED), no try counted, or IN_DOUBT; returns how many.

    Due again only by who knows that none of them left: the sender itself, or the reader of its journal.
    """
    held = HELD if state is S.SCHEDULED else {S.SENDING}
    mine = update(Message).where(Message.lease == lease, Message.state.in_(held), Message.id.not_in(but))
    values = {"state": state.value, "updated_at": now, **(FREE if state is S.SCHEDULED else {})}
    return len(session.execute(mine.values(values).returning(Message.id)).all())


def abandoned(session: Session, since: datetime) -> list[str]:
    """Return the leases that ran out so long ago."""
    ran_out = select(Message.lease).where(LEASED, Message.state == S.SENDING, Message.leased_until < since)
    return [lease for lease in session.scalars(ran_out.distinct()) if lease is not None]


def may_have_left(now: datetime) -> Select[int]:
    """Select the enrollments of letters that are leaving, or are invitations that should have left by now."""
    return select(Message.enrollment_id).where(_may_have_left(now))


def doubt_all(session: Session, reason: str, now: datetime) -> int:
    """Put in doubt whatever may have left, and end its leases: no journal can tell any more; returns how many."""
    values = {"state": S.IN_DOUBT.value, "lease": None, "leased_until": None, "reason": reason, "updated_at": now}
    since = func.coalesce(Message.intended_at, Message.due_at)
    doubting = update(Message).where(_may_have_left(now)).values(intended_at=since, **values)
    return session.connection().execute(doubting).rowcount


def cancel_reminders(session: Session, reason: str, now: datetime) -> int:
    """Cancel every reminder that has not begun to leave; returns how many."""
    values = {"state": S.CANCELLED.value, "reason": reason, "updated_at": now}
    cancelling = update(Message).where(DUE, Message.kind == MessageKind.REMINDER).values(**values)
    return session.connection().execute(cancelling).rowcount


def leap(session: Session) -> bool:
    """Give no number again that a forgotten letter may have had: its links would open somebody else's.

    False where SQLite, which counts on from its highest row, holds none that never left and may be renumbered.
    """
    if session.get_bind().dialect.name == "postgresql":
        numbers_of = func.pg_get_serial_sequence("message", "id")
        session.scalar(select(func.setval(numbers_of, func.nextval(numbers_of) + LEAP)))
        return True
    never_left = Message.sent_at.is_(None) & Message.state.in_([*PENDING, S.CANCELLED])
    last = select(func.max(Message.id)).where(never_left).scalar_subquery()
    highest = select(func.max(Message.id)).scalar_subquery()
    return changed(session.execute(update(Message).where(Message.id == last).values(id=highest + LEAP)))


def _may_have_left(now: datetime) -> ColumnElement[bool]:
    is_leaving = and_(LEASED, Message.state == S.SENDING)
    return or_(is_leaving, and_(DUE, Message.kind == MessageKind.INVITATION, Message.due_at <= now))
