"""A suppressed person gets no letter; suppressions are added and never expire by themselves."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.among import among
from campaigns.database import Base, BigId, insert_if_absent, insert_new

log = logging.getLogger(__name__)

HOUSE = "askwell"
KEY = ("merchant_id", "fingerprint", "reason")


class SuppressionReason(StrEnum):
    UNSUBSCRIBED = "unsubscribed"
    HARD_BOUNCE = "hard_bounce"
    COMPLAINT = "complaint"
    ERASED = "erased"
    MANUAL = "manual"


# What a person asked for themselves; it is not ours to take back.
LASTING = frozenset({SuppressionReason.UNSUBSCRIBED, SuppressionReason.COMPLAINT, SuppressionReason.ERASED})


class Suppression(Base):
    __tablename__ = "suppression"
    __table_args__ = (UniqueConstraint("merchant_id", "fingerprint", "reason"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    fingerprint: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(20))
    # Who said so: askwell (a link in a letter), smtp, dsn, an ESP, import, command.
    source: Mapped[str] = mapped_column(String(20), default=HOUSE, server_default=HOUSE)
    message_id: Mapped[int | None] = mapped_column(BigId)  # the letter it came from, where there was one
    created_at: Mapped[datetime]


def suppress(
    session: Session,
    merchant_id: int,
    fingerprint: str,
    reason: SuppressionReason,
    now: datetime,
    message_id: int | None = None,
) -> bool:
    """Write to this person no more; returns False where that was so already, for this reason."""
    values = {"merchant_id": merchant_id, "fingerprint": fingerprint, "reason": reason.value}
    values |= {"message_id": message_id, "created_at": now}
    return insert_if_absent(session, Suppression, values) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One person a merchant is to write to no more, why, and who said so."""

    merchant_id: int
    fingerprint: str
    reason: SuppressionReason
    source: str
    message_id: int | None = None


def suppress_all(session: Session, blocks: Sequence[Block], now: datetime) -> int:
    """Write to these people no more; returns how many of it is new.

    Always in the same order: two at once may name the same people, and would wait for each other.
    """
    rows: dict[tuple[int, str, str], dict[str, Any]] = {}
    for block in sorted(blocks, key=lambda each: (each.merchant_id, each.fingerprint, each.reason)):
        key = (block.merchant_id, block.fingerprint, block.reason.value)
        values = dict(zip(KEY, key, strict=True)) | {"message_id": block.message_id, "created_at": now}
        rows.setdefault(key, values | {"source": block.source})
    return len(insert_new(session, Suppression, list(rows.values()), KEY)) if rows else 0


def suppression_of(session: Session, merchant_id: int, fingerprint: str) -> SuppressionReason | None:
    """Return why this person is not written to, the first reason there was; None where we may."""
    query = (
        select(Suppression.reason)
        .where(Suppression.merchant_id == merchant_id, Suppression.fingerprint == fingerprint)
        .order_by(Suppression.id)
    )
    reason = session.scalars(query).first()
    return SuppressionReason(reason) if reason else None


def is_suppressed_for(session: Session, merchant_id: int, fingerprint: str, reason: SuppressionReason) -> bool:
    """Whether this reason is among those for which this person is not written to."""
    known = {"merchant_id": merchant_id, "fingerprint": fingerprint, "reason": reason.value}
    return session.scalars(select(Suppression.id).filter_by(**known)).first() is not None


def suppressions_on(session: Session, merchant_id: int, fingerprint: str) -> list[Suppression]:
    """Return every reason for which this person is not written to, the first one first."""
    query = select(Suppression).filter_by(merchant_id=merchant_id, fingerprint=fingerprint)
    return list(session.scalars(query.order_by(Suppression.id)))


_LATEST_FIRST = (
    select(Suppression.merchant_id, Suppression.fingerprint, Suppression.reason)
    .where(among(Suppression.merchant_id, "merchants"), among(Suppression.fingerprint, "fingerprints"))
    .order_by(Suppression.id.desc())
)


def suppressions_of(
    session: Session, merchant_ids: Collection[int], fingerprints: Collection[str]
) -> dict[tuple[int, str], SuppressionReason]:
    """Return who of these people is not written to by whom, each with the first reason there was."""
    who = {"merchants": merchant_ids, "fingerprints": fingerprints}
    latest_first = session.connection().execute(_LATEST_FIRST, who)
    return {(row.merchant_id, row.fingerprint): SuppressionReason(row.reason) for row in latest_first}


def count_by_reason(session: Session, merchant_id: int) -> dict[str, int]:
    query = select(Suppression.reason, func.count()).where(Suppression.merchant_id == merchant_id)
    return {row[0]: row[1] for row in session.execute(query.group_by(Suppression.reason).order_by(Suppression.reason))}


def lift_suppressions(session: Session, rows: Sequence[Suppression], why: str) -> None:
    """Write to a person again; only ever at somebody's word, which is logged."""
    for row in rows:
        log.warning("suppression %s (%s) was lifted by hand: %s", row.id, row.reason, why or "no reason given")
        session.delete(row)
    session.flush()
