"""An incentive is what one enrollment is thanked with, once its answer counts; whatever the score was."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.catalog.thanks import Deliver
from campaigns.catalog.thanks import Incentive as Offered
from campaigns.database import Base, BigId, changed, insert_if_absent
from campaigns.errors import NotFound
from campaigns.responses.pool import take_code

DUE = text("due_at IS NOT NULL")
LONGEST_CLAIM = timedelta(minutes=10)  # after which whoever claimed it is dead, and nobody knows whether it left
LOOK_AGAIN = timedelta(hours=1)  # at an empty pool


class IncentiveState(StrEnum):
    WAITING = "waiting"  # for its answer to count, or for a mail server that takes it
    EMPTY = "empty"  # its pool has no code left
    SHOWN = "shown"
    CLAIMED = "claimed"  # a sender has it
    SENT = "sent"
    IN_DOUBT = "in_doubt"  # never sent again; its code is on the customer's page; a person may say what became of it
    FAILED = "failed"  # the mail server refused it for good; the same
    WITHHELD = "withheld"  # this person is written to no more; the same
    LAPSED = "lapsed"  # the offer was over before the answer counted


MOVES: dict[IncentiveState, frozenset[IncentiveState]] = {
    IncentiveState.WAITING: frozenset(IncentiveState) - {IncentiveState.SENT},
    IncentiveState.EMPTY: frozenset(IncentiveState) - {IncentiveState.SENT},
    IncentiveState.CLAIMED: frozenset(
        set(IncentiveState) - {IncentiveState.SHOWN, IncentiveState.EMPTY, IncentiveState.LAPSED}
    ),
    IncentiveState.IN_DOUBT: frozenset({IncentiveState.SENT, IncentiveState.FAILED}),
}


class Incentive(Base):
    __tablename__ = "incentive"
    __table_args__ = (
        Index("ix_incentive_due", "due_at", sqlite_where=DUE, postgresql_where=DUE),
        Index("ix_incentive_pool", "merchant_id", "pool", "state"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), unique=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("campaign_version.id"))  # whose offer it is
    pool: Mapped[str] = mapped_column(String(60))  # "": one code for everybody
    state: Mapped[str] = mapped_column(String(10))
    due_at: Mapped[datetime | None]  # when a sender is to look at it
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


def find_incentive(session: Session, enrollment_id: int) -> Incentive | None:
    return session.scalars(select(Incentive).where(Incentive.enrollment_id == enrollment_id)).one_or_none()


def order_incentive(session: Session, owner: dict[str, int], pool: str, due_at: datetime | None, now: datetime) -> None:
    """See to it that an enrollment has an incentive; one that still waits is looked at when this says.

    `owner` names merchant_id, enrollment_id and version_id.
    """
    blank = {**owner, "pool": pool, "state": IncentiveState.WAITING.value, "created_at": now, "updated_at": now}
    if insert_if_absent(session, Incentive, {**blank, "due_at": due_at}) is None:
        waiting = update(Incentive).where(Incentive.enrollment_id == owner["enrollment_id"])
        session.execute(waiting.where(Incentive.state == IncentiveState.WAITING).values(due_at=due_at))


def hold_incentive(session: Session, enrollment_id: int) -> Incentive:
    """Return an incentive that nobody else holds until this transaction ends."""
    query = select(Incentive).where(Incentive.enrollment_id == enrollment_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def release(session: Session, incentive: Incentive, offer: Offered, now: datetime) -> bool:
    """Let somebody have what they were offered: with a code of their own from a pool; False where that is empty.

    The caller holds the incentive, and has seen that its answer counts. A code is given once.
    """
    is_mailed = offer.deliver is Deliver.MAIL
    if offer.pool and not take_code(session, incentive.merchant_id, offer.pool, incentive.id, now):
        move(incentive, IncentiveState.EMPTY, now, now + LOOK_AGAIN if is_mailed else None)
        return False
    if is_mailed:
        move(incentive, IncentiveState.CLAIMED, now, now + LONGEST_CLAIM)
    else:
        move(incentive, IncentiveState.SHOWN, now)
    return True


def move(incentive: Incentive, state: IncentiveState, now: datetime, due_at: datetime | None = None) -> None:
    """Let a held incentive be something else, where that is an allowed move, or the same again."""
    before = IncentiveState(incentive.state)
    if state is not before and state not in MOVES.get(before, frozenset()):
        raise ValueError(f"an incentive that is {before} cannot be {state}")
    incentive.state, incentive.due_at, incentive.updated_at = state.value, due_at, now


def settle(session: Session, incentive_id: int, state: IncentiveState, now: datetime, due_at: datetime | None) -> bool:
    """Write down what became of a claimed one; False where that is on record already."""
    claimed = update(Incentive).where(Incentive.id == incentive_id, Incentive.state == IncentiveState.CLAIMED)
    return changed(session.execute(claimed.values(state=state.value, due_at=due_at, updated_at=now)))


def resolve(
    session: Session, merchant_id: int, incentive_id: int, state: IncentiveState, now: datetime
) -> IncentiveState:
    """Let a person say what became of a mail in doubt, and return what it is: as they say, or as was said before.

    Raises NotFound where the merchant has no such one. Nothing is sent, whatever they say.
    """
    query = select(Incentive).where(Incentive.id == incentive_id, Incentive.merchant_id == merchant_id)
    incentive = session.scalars(query.with_for_update()).one_or_none()
    if incentive is None:
        raise NotFound(f"Merchant {merchant_id} has no thank-you {incentive_id}.")
    if incentive.state == IncentiveState.IN_DOUBT:
        move(incentive, state, now)
        session.flush()
    return IncentiveState(incentive.state)


def next_due(session: Session, now: datetime, after_id: int) -> Incentive | None:
    """Return the first one after another that a sender is to look at."""
    query = select(Incentive).where(Incentive.due_at <= now, Incentive.id > after_id)
    return session.scalars(query.order_by(Incentive.id).limit(1)).first()


def look_again_at(session: Session, merchant_id: int, pool: str, now: datetime) -> None:
    """Let those that found a pool empty be looked at now: it was filled."""
    empty = update(Incentive).where(Incentive.merchant_id == merchant_id, Incentive.pool == pool)
    session.execute(
        empty.where(Incentive.state == IncentiveState.EMPTY, Incentive.due_at.is_not(None)).values(due_at=now)
    )


def count_empty(session: Session, merchant_id: int) -> dict[str, int]:
    """Return how many found which pool empty and have nothing yet."""
    empty = select(Incentive.pool, func.count()).where(
        Incentive.merchant_id == merchant_id, Incentive.state == IncentiveState.EMPTY
    )
    return dict(session.execute(empty.group_by(Incentive.pool)).all())
