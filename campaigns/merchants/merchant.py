"""A merchant is a tenant: everything else belongs to exactly one, and none sees another's."""

from datetime import datetime

from sqlalchemy import Float, String, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.database import Base, BigId
from campaigns.errors import NotFound
from campaigns.merchants.look import ACCENT, LONGEST_LOGO, LONGEST_SIGNATURE, Font, Look, Tone, worn


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
    logo_url: Mapped[str] = mapped_column(String(LONGEST_LOGO), default="", server_default="")
    second: Mapped[str] = mapped_column(String(7), default="", server_default="")
    font: Mapped[str] = mapped_column(String(20), default=Font.SYSTEM.value, server_default=Font.SYSTEM.value)
    tone: Mapped[str] = mapped_column(String(20), default=Tone.PLAIN.value, server_default=Tone.PLAIN.value)
    signature: Mapped[str] = mapped_column(String(LONGEST_SIGNATURE), default="", server_default="")
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    letters_per_second: Mapped[float | None] = mapped_column(
        Float
    )  # of all its senders together; None: as fast as its relays
    created_at: Mapped[datetime]

    @property
    def look(self) -> Look:
        return worn(self.logo_url, self.accent, self.second, self.font, self.tone, self.signature)


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


def wear(session: Session, merchant: Merchant, look: Look) -> None:
    """Let the letters and pages of a merchant look like that from now on."""
    merchant.logo_url, merchant.signature = look.logo_url, look.signature
    merchant.accent, merchant.second = look.accent, look.second
    merchant.font, merchant.tone = look.font.value, look.tone.value
    session.flush()


def find_merchant_named(session: Session, name: str) -> Merchant | None:
    return session.scalars(select(Merchant).where(Merchant.name == name).order_by(Merchant.id)).first()
