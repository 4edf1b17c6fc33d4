"""A hit is one visit to one link of one letter, append-only: what was seen, never what was believed."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, bindparam, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.among import among
from campaigns.database import Base, BigId
from campaigns.responses.trust import Given, Level


class HitKind(StrEnum):
    LOOK = "look"  # GET or HEAD of a link
    ANSWER = "answer"  # POST of a page we showed
    WITHDRAWN = "withdrawn"  # was such an answer, until its person took it back


class LinkName(StrEnum):
    RATE = "rate"
    SURVEY = "survey"
    UNSUBSCRIBE = "unsubscribe"
    REPLY = "reply"  # no link at all: a mail


WITH_NETWORK = text("network IS NOT NULL")
UNFOLDED = text("kind = 'answer' AND folded_at IS NULL")


class Hit(Base):
    __tablename__ = "hit"
    __table_args__ = (
        Index("ix_hit_unfolded", "id", sqlite_where=UNFOLDED, postgresql_where=UNFOLDED),
        Index("ix_hit_enrollment", "enrollment_id", "id"),
        Index("ix_hit_network", "network", "at", sqlite_where=WITH_NETWORK, postgresql_where=WITH_NETWORK),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    kind: Mapped[str] = mapped_column(String(10))
    link: Mapped[str] = mapped_column(String(20))  # LinkName
    method: Mapped[str] = mapped_column(String(7))
    level: Mapped[str] = mapped_column(String(12))  # of this one request: trust.Level
    reasons: Mapped[list[Any]] = mapped_column(JSON)  # what speaks against it: trust.Suspicion
    score: Mapped[int | None]
    answers: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # None: only the score was sent
    client: Mapped[str] = mapped_column(String(64))  # HMAC of the network and the browser, to tell clients apart
    user_agent: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]
    folded_at: Mapped[datetime | None]
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # trace.Visit.facts; None: not kept
    # What tells networks apart is forgotten after half an hour (networks.py); what it showed by then is kept.
    network: Mapped[str | None] = mapped_column(String(64))  # HMAC of it
    network_number: Mapped[int | None]  # which of the networks that visited this enrollment, counted from 1
    domains: Mapped[int | None]  # at how many recipients' domains that network was seen at that time


Row = dict[str, Any]  # column → value
KEEP_DOMAINS = update(Hit).where(Hit.id == bindparam("it")).values(domains=bindparam("count"))
APPEND = insert(Base.metadata.tables[Hit.__tablename__])
GIVEN = (
    select(Hit.enrollment_id, Hit.id, Hit.message_id, Hit.level, Hit.score, Hit.answers, Hit.at)
    .where(among(Hit.enrollment_id, "enrollment_ids"), Hit.kind == HitKind.ANSWER.value)
    .order_by(Hit.id)
)


def append_hits(session: Session, rows: list[Row]) -> None:
    if rows:
        session.connection().execute(APPEND, rows)


def given_to(session: Session, enrollment_ids: Collection[int]) -> dict[int, list[Given]]:
    """Return what was answered to these enrollments, by enrollment id, oldest first."""
    found: dict[int, list[Given]] = {}
    for row in session.connection().execute(GIVEN, {"enrollment_ids": enrollment_ids}):
        given = Given(
            hit_id=row.id,
            message_id=row.message_id,
            level=Level(row.level),
            score=row.score,
            answers=row.answers,
            at=row.at,
        )
        found.setdefault(row.enrollment_id, []).append(given)
    return found


def next_unfolded(session: Session, after_id: int = 0) -> Hit | None:
    """Return the oldest answer after one that is not folded yet."""
    query = select(Hit).where(UNFOLDED, Hit.id > after_id)
    return session.scalars(query.order_by(Hit.id).limit(1)).first()


def mark_folded(session: Session, hit_ids: list[int], now: datetime) -> None:
    session.execute(update(Hit).where(Hit.id.in_(hit_ids), Hit.folded_at.is_(None)).values(folded_at=now))


def rewrite(session: Session, hit_id: int, row: Row) -> None:
    """Let an answer that was kept be what was sent since, and be folded again."""
    session.execute(update(Hit).where(Hit.id == hit_id).values(**row, folded_at=None))


def take_back(session: Session, enrollment_id: int) -> bool:
    """Let no answer given so far count any more; returns whether there was one."""
    theirs = update(Hit).where(Hit.enrollment_id == enrollment_id, Hit.kind == HitKind.ANSWER)
    return bool(session.execute(theirs.values(kind=HitKind.WITHDRAWN.value).returning(Hit.id)).all())


def was_pressed(session: Session, enrollment_id: int, since: datetime) -> bool:
    """Whether a person answered after a moment, also where they took that back."""
    theirs = select(Hit.id).where(Hit.enrollment_id == enrollment_id, Hit.kind != HitKind.LOOK)
    return session.scalars(theirs.where(Hit.level == Level.CONFIRMED, Hit.at > since).limit(1)).first() is not None


def hits_of(session: Session, enrollment_ids: Collection[int]) -> list[Hit]:
    """Return all that was seen of these enrollments, oldest first."""
    return list(session.scalars(select(Hit).where(Hit.enrollment_id.in_(enrollment_ids)).order_by(Hit.id)))


def keep_domains(session: Session, counted: Mapping[int, int]) -> None:
    """Remember at how many domains the networks of visits were seen, before the networks are forgotten."""
    if counted:
        rows = [{"it": hit_id, "count": count} for hit_id, count in counted.items()]
        session.connection().execute(KEEP_DOMAINS, rows)
