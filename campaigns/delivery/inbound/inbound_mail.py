"""What came back is kept as it came, sealed, for thirty days: nothing is lost, and all of it can be read again."""

import base64
import zlib
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.database import Base, BigId, changed, insert_if_absent
from campaigns.delivery.inbound.finding import Sort
from campaigns.vault import Vault

KEPT_FOR = timedelta(days=30)
A_FEW = 200  # rows worked on at once
UNFOLDED = text("folded_at IS NULL")
KEPT = text("(sealed_mail IS NOT NULL OR sealed_words IS NOT NULL)")
TO_FORWARD = text("forward_at IS NOT NULL")
UNREAD = text("kind = 'reply' AND read_at IS NULL")


class InboundMail(Base):
    __tablename__ = "inbound_mail"
    __table_args__ = (
        Index("ix_inbound_mail_unfolded", "id", sqlite_where=UNFOLDED, postgresql_where=UNFOLDED),
        Index("ix_inbound_mail_kept", "received_at", sqlite_where=KEPT, postgresql_where=KEPT),
        Index("ix_inbound_mail_to_forward", "forward_at", sqlite_where=TO_FORWARD, postgresql_where=TO_FORWARD),
        Index("ix_inbound_mail_unread", "id", sqlite_where=UNREAD, postgresql_where=UNREAD),
        Index("ix_inbound_mail_message", "message_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int | None] = mapped_column(ForeignKey("merchant.id"))  # None: it names no letter
    message_id: Mapped[int | None] = mapped_column(BigId)  # the letter it is about
    key: Mapped[str] = mapped_column(String(64), unique=True)  # the same for the same mail
    kind: Mapped[str] = mapped_column(String(12))  # finding.Sort
    bounce: Mapped[str] = mapped_column(String(10), default="")  # event.Kind of a bounce
    proof: Mapped[str] = mapped_column(String(12), default="")  # letters.Proof: how the letter is known
    outcome: Mapped[str] = mapped_column(String(10), default="")  # news.Taken: what it changed
    received_at: Mapped[datetime]
    folded_at: Mapped[datetime | None]
    sealed_mail: Mapped[str | None] = mapped_column(Text)  # None of machines that write by themselves, and once purged
    sealed_words: Mapped[str | None] = mapped_column(Text)  # what a person wrote, without what they quote
    is_from_contact: Mapped[bool] = mapped_column(default=False)  # a reply to the letter's own address, or from its own
    forward_at: Mapped[datetime | None]  # when to pass it on to the merchant; None: not, or done
    read_at: Mapped[datetime | None]  # when a reply was looked at for an answer


def keep(session: Session, key: str, sort: Sort, sealed: str | None, now: datetime) -> int | None:
    """Keep a mail and return its row's id; None where it came before."""
    values: dict[str, Any] = {"key": key, "kind": sort.value, "received_at": now, "sealed_mail": sealed}
    blank = {"bounce": "", "proof": "", "outcome": "", "is_from_contact": False}
    return insert_if_absent(session, InboundMail, {**values, **blank})


def settle(session: Session, mail_id: int, now: datetime, **values: Any) -> None:
    """Write what came of a mail."""
    session.execute(update(InboundMail).where(InboundMail.id == mail_id).values(folded_at=now, **values))


def unfolded(session: Session, after_id: int) -> InboundMail | None:
    """Return the oldest mail after one of which nothing came yet, held until the transaction ends."""
    query = select(InboundMail).where(UNFOLDED, InboundMail.id > after_id).order_by(InboundMail.id).limit(1)
    return session.scalars(query.with_for_update(skip_locked=True)).first()


def fold_again(session: Session) -> int:
    """Let mails that named no letter, or could not be folded, be folded once more; returns how many."""
    idle = update(InboundMail).where(InboundMail.message_id.is_(None), InboundMail.sealed_mail.is_not(None))
    return len(session.scalars(idle.values(folded_at=None).returning(InboundMail.id)).all())


def claim_to_forward(session: Session, now: datetime, until: datetime) -> InboundMail | None:
    """Take a reply that is to be passed on; nobody else takes it before `until`."""
    due = select(InboundMail).where(TO_FORWARD, InboundMail.forward_at <= now).order_by(InboundMail.id).limit(1)
    if (mail := session.scalars(due.with_for_update(skip_locked=True)).first()) is not None:
        mail.forward_at = until
        session.flush()
    return mail


def forwarded(session: Session, mail_id: int) -> None:
    """Pass a reply on no more."""
    session.execute(update(InboundMail).where(InboundMail.id == mail_id).values(forward_at=None))


def replies_to(session: Session, message_id: int) -> int:
    """Return how many replies to a letter there are."""
    of = select(func.count()).where(InboundMail.message_id == message_id, InboundMail.kind == Sort.REPLY.value)
    return session.scalar(of) or 0


def unread_replies(session: Session) -> list[InboundMail]:
    """Return the oldest replies that nobody looked at for an answer."""
    query = select(InboundMail).where(UNREAD, InboundMail.folded_at.is_not(None)).order_by(InboundMail.id)
    return list(session.scalars(query.limit(A_FEW)))


def mark_read(session: Session, mail_id: int, now: datetime) -> bool:
    """Look at a reply for an answer; False where somebody else did."""
    unread = update(InboundMail).where(InboundMail.id == mail_id, InboundMail.read_at.is_(None))
    return changed(session.execute(unread.values(read_at=now)))


def purge(session: Session, before: datetime) -> int:
    """Forget what was written in mails that came before a moment; returns of how many."""
    old = select(InboundMail.id).where(KEPT, InboundMail.received_at < before).order_by(InboundMail.received_at)
    ids = list(session.scalars(old.limit(A_FEW)))
    session.execute(update(InboundMail).where(InboundMail.id.in_(ids)).values(_FORGOTTEN))
    return len(ids)


def forget(session: Session, message_ids: Collection[int]) -> None:
    """Forget at once what was written about these letters."""
    about = update(InboundMail).where(InboundMail.message_id.in_(message_ids))
    session.execute(about.values(_FORGOTTEN))


def counts(session: Session, since: datetime) -> dict[str, int]:
    """Return how many mails of each kind came since a moment."""
    query = select(InboundMail.kind, func.count()).where(InboundMail.received_at >= since).group_by(InboundMail.kind)
    return dict(session.execute(query.order_by(InboundMail.kind)).all())


def seal(vault: Vault, raw: bytes) -> str:
    return vault.seal(base64.b85encode(zlib.compress(raw)).decode())


def unseal(vault: Vault, sealed: str) -> bytes:
    return zlib.decompress(base64.b85decode(vault.unseal(sealed)))


_FORGOTTEN = {"sealed_mail": None, "sealed_words": None, "forward_at": None}
