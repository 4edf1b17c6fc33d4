"""An event receipt is what a mail service sent, sealed as it came: one row before we answer, worked off once.

What must hold before the next letter leaves is written with it: a dead address, a complaint, somebody
who opted out. All else that follows can wait until the receipt is worked off.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, delete, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.audience.suppression import Block, suppress_all
from campaigns.database import Base, BigId, changed, insert_new

STEP_ASIDE = timedelta(hours=1)
KEY = ("source_id", "delivery_id")
LONGEST_ID = 200


class EventReceiptState(StrEnum):
    NEW = "new"
    DONE = "done"
    STUCK = "stuck"


WAITING = text("state IN ('new', 'stuck')")


class EventReceipt(Base):
    __tablename__ = "event_receipt"
    __table_args__ = (
        UniqueConstraint(*KEY),
        Index("ix_event_receipt_waiting", "id", sqlite_where=WAITING, postgresql_where=WAITING),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    source_id: Mapped[int] = mapped_column(ForeignKey("event_source.id"))
    delivery_id: Mapped[str] = mapped_column(String(LONGEST_ID))
    sealed_body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    problem: Mapped[str] = mapped_column(String(200), default="", server_default="")
    not_before: Mapped[datetime | None]
    received_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A verified delivery that says something, whose it is, and whom nobody may write to from now on."""

    merchant_id: int
    source_id: int
    delivery_id: str
    sealed_body: str
    blocks: tuple[Block, ...]
    at: datetime

    @property
    def key(self) -> tuple[int, str]:
        return self.source_id, self.delivery_id


def keep_posts(session: Session, posts: Sequence[Post]) -> list[bool]:
    """Keep deliveries and say of each whether it is new; what is known already changes nothing."""
    in_order = sorted(posts, key=lambda each: each.key)  # or two processes could wait for each other's doubles
    new = insert_new(session, EventReceipt, [_row(each) for each in in_order], KEY)
    fresh = [post for post in posts if post.key in new]
    if blocks := [block for post in fresh for block in post.blocks]:
        suppress_all(session, blocks, max(post.at for post in fresh))
    return [_takes(new, post.key) for post in posts]


def _takes(new: set[Any], key: tuple[int, str]) -> bool:
    """Of two of the same in one batch the first was new."""
    is_new = key in new
    new.discard(key)
    return is_new


def _row(post: Post) -> dict[str, Any]:
    return {
        "merchant_id": post.merchant_id,
        "source_id": post.source_id,
        "delivery_id": post.delivery_id,
        "sealed_body": post.sealed_body,
        "state": EventReceiptState.NEW.value,
        "received_at": post.at,
    }


def next_waiting(session: Session, now: datetime) -> EventReceipt | None:
    """Return the oldest delivery that is to be worked off; two who work off the same do it once."""
    due = or_(EventReceipt.not_before.is_(None), EventReceipt.not_before <= now)
    query = select(EventReceipt).where(WAITING, due).order_by(EventReceipt.id).limit(1)
    return session.scalars(query).first()


def mark_done(session: Session, receipt_id: int, now: datetime) -> None:
    values = {"state": EventReceiptState.DONE.value, "done_at": now, "problem": ""}
    session.execute(update(EventReceipt).where(EventReceipt.id == receipt_id).values(values))


def mark_stuck(session: Session, receipt_id: int, problem: str, now: datetime) -> bool:
    """Let a delivery step aside for an hour; False where another worker has worked it off meanwhile."""
    values = {"state": EventReceiptState.STUCK.value, "problem": problem[:200], "not_before": now + STEP_ASIDE}
    waiting = (EventReceipt.id == receipt_id, EventReceipt.state != EventReceiptState.DONE)
    return changed(session.execute(update(EventReceipt).where(*waiting).values(values)))


def forget_receipts(session: Session, before: datetime, limit: int) -> int:
    """Forget some of the oldest deliveries, if they are older than that; returns how many."""
    oldest = select(EventReceipt.id).order_by(EventReceipt.id).limit(limit)
    forgetting = delete(EventReceipt).where(EventReceipt.id.in_(oldest), EventReceipt.received_at < before)
    return session.connection().execute(forgetting).rowcount


def forget_receipts_of(session: Session, source_id: int) -> None:
    session.execute(delete(EventReceipt).where(EventReceipt.source_id == source_id))
