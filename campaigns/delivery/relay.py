"""A relay is one SMTP server a merchant sends through; several share the letters by weight, and stand in for each other."""

from datetime import date, datetime

from sqlalchemy import Float, ForeignKey, String, Text, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.database import Base, BigId


class Relay(Base):
    __tablename__ = "relay"
    __table_args__ = (UniqueConstraint("merchant_id", "name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    name: Mapped[str] = mapped_column(String(60))
    sealed_url: Mapped[str] = mapped_column(Text)  # as SMTP_URL, encrypted by the vault: it holds a password
    weight: Mapped[int] = mapped_column(default=1)  # its share among the relays of the same tier
    tier: Mapped[int] = mapped_column(default=0)  # the next tier serves only while the one before it cannot
    connections: Mapped[int] = mapped_column(default=4)  # of one worker at once
    letters_per_second: Mapped[float | None] = mapped_column(Float)  # over all workers; None: as fast as it takes them
    warm_up_from: Mapped[date | None]  # the first day of a new address, which starts slowly
    signs: Mapped[bool] = mapped_column(default=False, server_default=false())  # DKIM is the relay's: we do not sign
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime]
