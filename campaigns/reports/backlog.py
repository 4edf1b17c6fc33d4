"""How much waits, and since when: each figure by an index, and counted only so far, however many letters there are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from campaigns.delivery.halt import EVERYBODY, Halt, halts, halts_on
from campaigns.enrollment.message import DUE, LEASED, UNSENT, Message
from campaigns.enrollment.sending import merchants_with_due
from campaigns.enrollment.states import MessageState
from campaigns.intake.purchase import UNDECIDED, Purchase
from campaigns.intake.receipt import WAITING, Receipt
from campaigns.merchants.merchant import Merchant
from campaigns.merchants.store import Store
from campaigns.responses.hit import UNFOLDED, Hit

MOST = 20_000  # where counting stops
MOST_MERCHANTS = 500  # whose letters are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits now; a number that reached the most to count says "at least"."""

    oldest_due_at: datetime | None
    due: int
    merchants_due: int
    sending: int
    senders: int  # leases held: one for each shift at work
    in_doubt: int
    receipts: int
    purchases: int
    answers: int
    halts: tuple[Halt, ...]  # the one of everybody first

    @property
    def is_all_halted(self) -> bool:
        return any(each.merchant_id == EVERYBODY for each in self.halts)

    @property
    def merchants_halted(self) -> int:
        return len(self.halts) - self.is_all_halted


def backlog(session: Session, now: datetime, merchant_id: int | None = None, most: int = MOST) -> Backlog:
    """Look at everything that waits, of one merchant or of all, in four queries."""
    having_due = [each for each in merchants_with_due(session, now) if merchant_id in (None, each)]
    merchants = having_due[:MOST_MERCHANTS]
    due = and_(DUE, Message.merchant_id.in_(merchants), Message.due_at <= now)
    leased = select(Message.lease.label("lease")).where(LEASED, Message.state == MessageState.SENDING)
    held = _of(leased, Message.merchant_id, merchant_id).limit(most).subquery()
    doubted = select(Message.id).where(UNSENT, Message.state == MessageState.IN_DOUBT)
    received = select(Receipt.id).where(WAITING)
    if merchant_id is not None:
        received = received.where(Receipt.store_id.in_(select(Store.id).where(Store.merchant_id == merchant_id)))
    counts = {
        "due": _counted(select(Message.id).where(due), most),
        "sending": select(func.count()).select_from(held).scalar_subquery(),
        "senders": select(func.count(held.c.lease.distinct())).scalar_subquery(),
        "in_doubt": _counted(_of(doubted, Message.merchant_id, merchant_id), most),
        "receipts": _counted(received, most),
        "purchases": _counted(_of(select(Purchase.id).where(UNDECIDED), Purchase.merchant_id, merchant_id), most),
        "answers": _counted(_of(select(Hit.id).where(UNFOLDED), Hit.merchant_id, merchant_id), most),
    }
    row = session.execute(select(*(count.label(name) for name, count in counts.items()))).one()
    first = select(func.min(Message.due_at)).where(DUE, Message.merchant_id == Merchant.id).scalar_subquery()
    oldest = session.scalar(select(func.min(first)).where(Merchant.id.in_(merchants)))
    return Backlog(
        oldest_due_at=oldest,
        merchants_due=len(having_due),
        halts=tuple(halts(session) if merchant_id is None else halts_on(session, merchant_id)),
        **row._mapping,
    )


def _of(query: Select[Any], owner: InstrumentedAttribute[int], merchant_id: int | None) -> Select[Any]:
    return query if merchant_id is None else query.where(owner == merchant_id)


def _counted(query: Select[Any], most: int) -> ScalarSelect[int]:
    return select(func.count()).select_from(query.limit(most).subquery()).scalar_subquery()
