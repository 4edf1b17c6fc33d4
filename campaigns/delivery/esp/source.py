"""An event source is one address a mail service tells its news at, for one merchant, and how it is believed."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.database import Base, BigId, changed
from campaigns.delivery.esp.locks import Lock
from campaigns.delivery.esp.services import ServiceKind
from campaigns.errors import NotFound
from campaigns.vault import Vault


class EventSource(Base):
    __tablename__ = "event_source"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    sealed_secret: Mapped[str] = mapped_column(Text, default="", server_default="")  # or a public key
    topic: Mapped[str] = mapped_column(String(400), default="", server_default="")
    confirmed: Mapped[str] = mapped_column(String(64), default="", server_default="")  # the subscription, by its token
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorplate:
    """What the door of a source needs to know."""

    id: int
    merchant_id: int
    kind: ServiceKind
    lock: Lock
    confirmed: str


def add_source(
    session: Session, vault: Vault, merchant_id: int, kind: ServiceKind, lock: Lock, now: datetime
) -> EventSource:
    source = EventSource(
        merchant_id=merchant_id,
        kind=kind.value,
        key=secrets.token_urlsafe(18),
        sealed_secret=vault.seal(lock.secret) if lock.secret else "",
        topic=lock.topic,
        created_at=now,
    )
    session.add(source)
    session.flush()
    return source


def find_doorplate(session: Session, vault: Vault, key: str) -> Doorplate | None:
    if not key.isprintable():  # PostgreSQL would not even look for it
        return None
    source = session.scalars(select(EventSource).where(EventSource.key == key)).one_or_none()
    if source is None:
        return None
    secret = vault.unseal(source.sealed_secret) if source.sealed_secret else ""
    return Doorplate(
        id=source.id,
        merchant_id=source.merchant_id,
        kind=ServiceKind(source.kind),
        lock=Lock(secret, source.topic),
        confirmed=source.confirmed,
    )


def confirm(session: Session, source_id: int, before: str, token: str) -> bool:
    """Note that a subscription is being confirmed; False where somebody else does."""
    claim = update(EventSource).where(EventSource.id == source_id, EventSource.confirmed == before)
    return changed(session.execute(claim.values(confirmed=token)))


def get_source(session: Session, merchant_id: int, source_id: int) -> EventSource:
    """Return a merchant's source; raises NotFound, also for another merchant's."""
    source = session.get(EventSource, source_id)
    if source is None or source.merchant_id != merchant_id:
        raise NotFound(f"Merchant {merchant_id} has no event source {source_id}.")
    return source


def sources_of(session: Session, merchant_id: int) -> list[EventSource]:
    query = select(EventSource).where(EventSource.merchant_id == merchant_id)
    return list(session.scalars(query.order_by(EventSource.id)))


def remove_source(session: Session, source: EventSource) -> None:
    session.delete(source)
    session.flush()
