"""A news item is one thing said of one letter, kept once: told again, it changes nothing."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, delete, false, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.database import Base, BigId, changed, insert_if_absent
from campaigns.delivery.event import Event, Kind, News

BAD = text("news IN ('bounced', 'complained')")
EARLY = text("is_early")
NAMED = text("reference <> ''")
LONGEST_KEY = 200


class NewsItem(Base):
    __tablename__ = "news"
    __table_args__ = (
        UniqueConstraint("source", "key"),
        Index("ix_news_person", "merchant_id", "fingerprint"),
        Index("ix_news_reference", "merchant_id", "reference", sqlite_where=NAMED, postgresql_where=NAMED),
        Index("ix_news_bad", "taken_at", sqlite_where=BAD, postgresql_where=BAD),
        Index("ix_news_bad_of", "campaign_id", "taken_at", sqlite_where=BAD, postgresql_where=BAD),
        Index("ix_news_early", "id", sqlite_where=EARLY, postgresql_where=EARLY),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    source: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(LONGEST_KEY))
    news: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(10), default="", server_default="")
    code: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(12), default="", server_default="")
    message_id: Mapped[int | None] = mapped_column(BigId)  # None: of no letter of ours, but of a person we may know
    campaign_id: Mapped[int | None] = mapped_column(BigId)
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    reference: Mapped[str] = mapped_column(String(LONGEST_KEY), default="", server_default="")
    # The letter was still in its sender's hands: the server was faster than our own book. Moved as soon as it is there.
    is_early: Mapped[bool] = mapped_column(default=False, server_default=false())
    at: Mapped[datetime]  # when it happened, as told
    taken_at: Mapped[datetime]


def keep_item(session: Session, event: Event, values: dict[str, Any], now: datetime) -> int | None:
    """Keep what was said; None where it was said before."""
    row = {
        "source": event.source[:20],
        "key": _short(event.key),
        "news": event.news.value,
        "kind": event.kind.value if event.kind else "",
        "code": event.code,
        "status": event.status[:12],
        "reference": _short(event.reference),
        "at": min(event.at, now),
        "taken_at": now,
    }
    return insert_if_absent(session, NewsItem, {**row, **values})


def _short(key: str) -> str:
    """Return a key as it is, or what stands for one that is too long or no database would take."""
    if len(key) <= LONGEST_KEY and key.isprintable():
        return key
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def letters_like(session: Session, merchant_id: int, fingerprint: str, kind: Kind, since: datetime) -> int:
    """Return how many letters to a person came back the same way since then; one told of twice counts once."""
    about = func.coalesce(NewsItem.message_id, -NewsItem.id)
    person = (NewsItem.merchant_id == merchant_id, NewsItem.fingerprint == fingerprint)
    same = (NewsItem.news == News.BOUNCED, NewsItem.kind == kind, NewsItem.at >= since)
    return session.scalar(select(func.count(about.distinct())).where(*person, *same)) or 0


def letter_named(session: Session, merchant_id: int, reference: str) -> int | None:
    """Return which letter an ESP has told us of by a name of its own."""
    if not reference:
        return None
    named = (NewsItem.merchant_id == merchant_id, NAMED, NewsItem.reference == _short(reference))
    return session.scalars(select(NewsItem.message_id).where(*named, NewsItem.message_id.is_not(None)).limit(1)).first()


def early_items(session: Session, limit: int) -> list[NewsItem]:
    query = select(NewsItem).where(EARLY).order_by(NewsItem.id).limit(limit)
    return list(session.scalars(query.with_for_update(skip_locked=True)))


def no_longer_early(session: Session, item_id: int) -> bool:
    return changed(
        session.execute(update(NewsItem).where(NewsItem.id == item_id, NewsItem.is_early).values(is_early=False))
    )


def latest_news(session: Session, merchant_id: int, limit: int) -> list[NewsItem]:
    query = select(NewsItem).where(NewsItem.merchant_id == merchant_id)
    return list(session.scalars(query.order_by(NewsItem.id.desc()).limit(limit)))


def forget_news(session: Session, before: datetime, limit: int) -> int:
    """Forget some of the oldest news, if it is older than that; returns how many."""
    oldest = select(NewsItem.id).order_by(NewsItem.id).limit(limit)
    forgetting = delete(NewsItem).where(NewsItem.id.in_(oldest), NewsItem.taken_at < before)
    return session.connection().execute(forgetting).rowcount
