"""A comment came from a box on a merchant's site; it answers no letter, so no rate ever counts it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.database import Base, BigId, changed, insert_if_absent
from campaigns.responses.sifting import CommentLevel

REMEMBERED_FOR = timedelta(days=30)  # the same words again within it are a repetition


class BoxComment(Base):
    __tablename__ = "box_comment"
    __table_args__ = (
        UniqueConstraint("box_id", "nonce"),
        Index("ix_box_comment_merchant", "merchant_id", "level", "id"),
        Index("ix_box_comment_digest", "box_id", "digest"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    box_id: Mapped[int] = mapped_column(ForeignKey("comment_box.id"))
    nonce: Mapped[int] = mapped_column(BigId)  # of the page it was sent from, which is good for one comment
    level: Mapped[str] = mapped_column(String(10))  # sifting.CommentLevel
    reasons: Mapped[list[Any]] = mapped_column(JSON)  # sifting.Doubt
    name: Mapped[str] = mapped_column(String(60))  # "" where its writer gave none
    text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    locale: Mapped[str] = mapped_column(String(35))
    client: Mapped[str] = mapped_column(String(64))  # HMAC of the network: visit.client_of
    at: Mapped[datetime]
    judged_at: Mapped[datetime | None]  # when a person decided


def add_comment(session: Session, values: dict[str, Any]) -> bool:
    """Keep a comment; False where its page brought one before."""
    return insert_if_absent(session, BoxComment, values) is not None


def text_from(session: Session, box_id: int, nonce: int) -> str | None:
    """Return what a page has brought before, None where nothing."""
    return session.scalar(select(BoxComment.text).where(BoxComment.box_id == box_id, BoxComment.nonce == nonce))


def is_repeated(session: Session, box_id: int, digest: str, now: datetime) -> bool:
    if not digest:
        return False
    same = select(BoxComment.id).where(BoxComment.box_id == box_id, BoxComment.digest == digest)
    return session.scalars(same.where(BoxComment.at > now - REMEMBERED_FOR).limit(1)).first() is not None


def judge_comment(session: Session, merchant_id: int, comment_id: int, level: CommentLevel, now: datetime) -> bool:
    """Let a person decide on a comment of their merchant; False where there is none by that number."""
    theirs = update(BoxComment).where(BoxComment.id == comment_id, BoxComment.merchant_id == merchant_id)
    return changed(session.execute(theirs.values(level=level.value, judged_at=now)))


def count_comments(session: Session, merchant_id: int) -> dict[str, int]:
    """Return how many comments a merchant has of which level."""
    query = select(BoxComment.level, func.count()).where(BoxComment.merchant_id == merchant_id)
    return dict(session.execute(query.group_by(BoxComment.level)).all())
