"""A receipt is a webhook as it came: one row before we answer 202, worked off once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, func, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.database import Base, BigId, changed, insert_new
from campaigns.intake.event import EventKind

STEP_ASIDE = timedelta(hours=1)  # so that a receipt that cannot be worked off never holds up the others


class ReceiptState(StrEnum):
    NEW = "new"
    DONE = "done"
    IGNORED = "ignored"  # a topic that means nothing to us
    STUCK = "stuck"  # working it off failed; tried again every hour


WAITING = text("state IN ('new', 'stuck')")


class Receipt(Base):
    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("store_id", "delivery_id"),
        Index("ix_receipt_waiting", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_receipt_order", "store_id", "order_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    delivery_id: Mapped[str] = mapped_column(String(200))
    topic: Mapped[str] = mapped_column(String(100))
    order_id: Mapped[str] = mapped_column(String(200), default="")
    event_kind: Mapped[str] = mapped_column(String(20), default="")
    headers: Mapped[dict[str, Any]]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)  # None once worked off
    body_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    problem: Mapped[str] = mapped_column(String(200), default="", server_default="")
    not_before: Mapped[datetime | None]
    received_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A verified webhook, before it is kept."""

    delivery_id: str
    topic: str
    headers: dict[str, str]
    body: bytes
    order_id: str = ""
    kind: EventKind | None = None  # None: a topic we do not know


@dataclass(frozen=True, slots=True)
class Received:
    """A delivery, whose store it came to, and when."""

    store_id: int
    delivery: Delivery
    at: datetime

    @property
    def key(self) -> tuple[int, str]:
        return self.store_id, self.delivery.delivery_id


def keep_all(session: Session, received: Sequence[Received]) -> list[bool]:
    """Keep webhooks and say of each whether it is new; False where the same delivery is here already."""
    in_order = sorted(received, key=lambda each: each.key)  # or two processes could wait for each other's doubles
    new = insert_new(session, Receipt, [_row(each) for each in in_order], ("store_id", "delivery_id"))
    return [_takes(new, each.key) for each in received]


def _takes(new: set[Any], key: tuple[int, str]) -> bool:
    """Of two of the same in one batch the first was new."""
    is_new = key in new
    new.discard(key)
    return is_new


def _row(received: Received) -> dict[str, Any]:
    delivery = received.delivery
    is_known = delivery.kind is not None
    return {
        "store_id": received.store_id,
        "delivery_id": delivery.delivery_id,
        "topic": delivery.topic[:100],
        "order_id": delivery.order_id,
        "event_kind": delivery.kind.value if delivery.kind else "",
        "headers": delivery.headers if is_known else {},
        "body": delivery.body if is_known else None,
        "body_hash": hashlib.sha256(delivery.body).hexdigest(),
        "state": (ReceiptState.NEW if is_known else ReceiptState.IGNORED).value,
        "received_at": received.at,
    }


def next_waiting(session: Session, now: datetime) -> Receipt | None:
    """Take the oldest webhook that is to be worked off and that no other worker holds."""
    due = or_(Receipt.not_before.is_(None), Receipt.not_before <= now)
    query = select(Receipt).where(WAITING, due)
    return session.scalars(query.order_by(Receipt.id).limit(1).with_for_update(skip_locked=True)).first()


def mark_done(receipt: Receipt, now: datetime) -> None:
    """The purchase says it all now; the body, which names a person, goes."""
    receipt.state, receipt.done_at = ReceiptState.DONE, now
    receipt.body, receipt.headers, receipt.problem = None, {}, ""


def mark_stuck(session: Session, receipt_id: int, problem: str, now: datetime) -> bool:
    """Let a webhook step aside; False where another worker has worked it off meanwhile."""
    waiting = (Receipt.state.in_([ReceiptState.NEW, ReceiptState.STUCK]), Receipt.body.is_not(None))
    values = {"state": ReceiptState.STUCK.value, "problem": problem[:200], "not_before": now + STEP_ASIDE}
    return changed(session.execute(update(Receipt).where(Receipt.id == receipt_id, *waiting).values(values)))


def count_by_state(session: Session, store_ids: list[int]) -> dict[str, int]:
    """Return how many webhooks of these stores are in each state."""
    query = select(Receipt.state, func.count()).where(Receipt.store_id.in_(store_ids)).group_by(Receipt.state)
    return {row[0]: row[1] for row in session.execute(query)}
