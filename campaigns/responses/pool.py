"""A pool holds codes that are each given to one person, once; in the rows they are sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.database import Base, BigId, changed, insert_new
from campaigns.vault import Vault

FREE = text("incentive_id IS NULL")


class IncentiveCode(Base):
    __tablename__ = "incentive_code"
    __table_args__ = (
        UniqueConstraint("merchant_id", "pool", "mark"),
        Index("ix_incentive_code_free", "merchant_id", "pool", "id", sqlite_where=FREE, postgresql_where=FREE),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    pool: Mapped[str] = mapped_column(String(60))
    mark: Mapped[str] = mapped_column(String(64))  # vault.Vault.marks: tells that a code is there already
    sealed_code: Mapped[str] = mapped_column(Text)
    incentive_id: Mapped[int | None] = mapped_column(ForeignKey("incentive.id"), unique=True)  # whose it is
    uploaded_at: Mapped[datetime]
    given_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolCount:
    pool: str
    left: int
    used: int


def add_codes(
    session: Session, vault: Vault, merchant_id: int, pool: str, codes: Sequence[str], now: datetime
) -> set[int]:
    """Put codes into a pool and return the places in `codes` of those that were new to it."""
    marks = [vault.marks(f"{merchant_id}.{pool}", code) for code in codes]
    older = {mark for each in marks for mark in each[1:]}
    there = _marks_among(session, merchant_id, pool, older)
    first = {each[0]: place for place, each in reversed(list(enumerate(marks))) if not there.intersection(each)}
    common = {"merchant_id": merchant_id, "pool": pool, "uploaded_at": now}
    rows: list[dict[str, Any]] = [
        {**common, "mark": mark, "sealed_code": vault.seal(codes[place])}
        for mark, place in sorted(first.items(), key=_place)
    ]
    added = insert_new(session, IncentiveCode, rows, ("mark",)) if rows else set()
    return {first[mark] for (mark,) in added}


def take_code(session: Session, merchant_id: int, pool: str, incentive_id: int, now: datetime) -> bool:
    """See to it that an incentive, which the caller holds, has a code of a pool; False where that is empty."""
    if session.scalar(select(IncentiveCode.id).where(IncentiveCode.incentive_id == incentive_id)) is not None:
        return True
    query = (
        select(IncentiveCode.id)
        .where(
            IncentiveCode.merchant_id == merchant_id, IncentiveCode.pool == pool, IncentiveCode.incentive_id.is_(None)
        )
        .order_by(IncentiveCode.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    code_id = session.scalars(query).first()
    if code_id is None:
        return False
    free = update(IncentiveCode).where(IncentiveCode.id == code_id, IncentiveCode.incentive_id.is_(None))
    return changed(session.execute(free.values(incentive_id=incentive_id, given_at=now)))


def code_of(session: Session, vault: Vault, incentive_id: int) -> str:
    """Return the code an incentive was given, "" where it has none."""
    sealed = session.scalar(select(IncentiveCode.sealed_code).where(IncentiveCode.incentive_id == incentive_id))
    return vault.unseal(sealed) if sealed else ""


def count_pools(session: Session, merchant_id: int) -> dict[str, PoolCount]:
    """Return how many codes each pool of a merchant has left, by its name."""
    used = func.count(IncentiveCode.incentive_id)
    query = select(IncentiveCode.pool, func.count() - used, used).where(IncentiveCode.merchant_id == merchant_id)
    rows = session.execute(query.group_by(IncentiveCode.pool).order_by(IncentiveCode.pool))
    return {pool: PoolCount(pool=pool, left=left, used=taken) for pool, left, taken in rows}


def _marks_among(session: Session, merchant_id: int, pool: str, marks: set[str]) -> set[str]:
    if not marks:
        return set()
    of_pool = select(IncentiveCode.mark).where(IncentiveCode.merchant_id == merchant_id, IncentiveCode.pool == pool)
    return set(session.scalars(of_pool.where(IncentiveCode.mark.in_(marks))))


def _place(item: tuple[str, int]) -> int:
    return item[1]
