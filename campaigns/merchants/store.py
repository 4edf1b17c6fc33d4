"""A store is one shop's webhook address and the secret its webhooks are signed with."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.database import Base, BigId
from campaigns.errors import NotFound
from campaigns.vault import Vault

REMEMBERED_FOR = timedelta(seconds=2)
MOST_REMEMBERED = 10_000


class StoreKind(StrEnum):
    STANDARD = "standard"
    SHOPIFY = "shopify"


class Store(Base):
    __tablename__ = "store"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    sealed_secret: Mapped[str] = mapped_column(String(500))
    # Shops go on signing with the old secret for a while after a rotation (Shopify: up to an hour).
    sealed_previous_secret: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime]

    def secrets(self, vault: Vault) -> tuple[str, ...]:
        """Return the secrets whose signatures are accepted, the current one first."""
        sealed = (self.sealed_secret, self.sealed_previous_secret)
        return tuple(vault.unseal(each) for each in sealed if each is not None)


@dataclass(frozen=True, slots=True)
class Shopfront:
    """What the door of a store needs to know: which one it is, and the secrets it is opened with."""

    store_id: int
    kind: str
    secrets: tuple[str, ...]
    seen_at: datetime


class Shopfronts:
    """Remembers stores by their keys, for two seconds at most: by then a secret that was replaced opens no more."""

    def __init__(self) -> None:
        self._known: dict[str, Shopfront] = {}

    def get(self, key: str, now: datetime) -> Shopfront | None:
        found = self._known.get(key)
        return found if found is not None and timedelta() <= now - found.seen_at < REMEMBERED_FOR else None

    def put(self, key: str, shopfront: Shopfront) -> None:
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[key] = shopfront


def new_secret() -> str:
    """Return a secret in the form of Standard Webhooks: whsec_ and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def add_store(session: Session, vault: Vault, merchant_id: int, kind: StoreKind, secret: str, now: datetime) -> Store:
    store = Store(
        merchant_id=merchant_id,
        kind=kind,
        key=secrets.token_urlsafe(18),
        sealed_secret=vault.seal(secret),
        created_at=now,
    )
    session.add(store)
    session.flush()
    return store


def rotate_secret(session: Session, vault: Vault, store: Store, secret: str) -> None:
    """Sign with `secret` from now on; what the old one signed is still accepted until the next rotation."""
    store.sealed_previous_secret = store.sealed_secret
    store.sealed_secret = vault.seal(secret)
    session.flush()


def find_store(session: Session, key: str) -> Store | None:
    if not key.isprintable():  # PostgreSQL would not even look for it
        return None
    return session.scalars(select(Store).where(Store.key == key)).one_or_none()


def find_shopfront(session: Session, vault: Vault, key: str, now: datetime) -> Shopfront | None:
    store = find_store(session, key)
    return None if store is None else Shopfront(store.id, store.kind, store.secrets(vault), now)


def get_store(session: Session, merchant_id: int, store_id: int) -> Store:
    """Return a merchant's store; raises NotFound, also for another merchant's."""
    store = session.get(Store, store_id)
    if store is None or store.merchant_id != merchant_id:
        raise NotFound(f"Merchant {merchant_id} has no store {store_id}.")
    return store


def stores_of(session: Session, merchant_id: int) -> list[Store]:
    return list(session.scalars(select(Store).where(Store.merchant_id == merchant_id).order_by(Store.id)))
