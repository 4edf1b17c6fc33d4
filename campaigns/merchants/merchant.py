"""A merchant is a tenant: everything else belongs to exactly one, and none sees another's."""

from datetime import datetime

from sqlalchemy import Float, String, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.database import Base, BigId
from campaigns.errors import NotFound

ACCENT = "#1f6f54"  # the colour of a merchant that named none


class Merchant(Base):
    __tablename__ = "merchant"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    from_address: Mapped[str] = mapped_column(String(320))
    reply_to: Mapped[str] = mapped_column(String(320))
    postal_address: Mapped[str] = mapped_column(String(500))  # CAN-SPAM: no letter without it
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    locale: Mapped[str] = mapped_column(String(35), default="en")
    accent: Mapped[str] = mapped_column(String(7), default=ACCENT)
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    letters_per_second: Mapped[float | None] = mapped_column(
        Float
    )  # of all its senders together; None: as fast as its relays
    created_at: Mapped[datetime]


def add_merchant(session: Session, merchant: Merchant) -> Merchant:
    session.add(merchant)
    session.flush()
    return merchant


def get_merchant(session: Session, merchant_id: int) -> Merchant:
    """Return a merchant; raises NotFound."""
    merchant = session.get(Merchant, merchant_id)
    if merchant is None:
        raise NotFound(f"There is no merchant {merchant_id}; make one with `flask --app wsgi merchant create`.")
    return merchant


def set_pace(session: Session, merchant: Merchant, letters_per_second: float | None) -> None:
    """Let all letters of a merchant together leave no faster than that; None: as fast as its relays."""
    merchant.letters_per_second = letters_per_second
    session.flush()


def find_merchant_named(session: Session, name: str) -> Merchant | None:
    return session.scalars(select(Merchant).where(Merchant.name == name).order_by(Merchant.id)).first()
