"""A DKIM key signs the letters of one domain; its private half is kept encrypted and never shown."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.database import Base, BigId


class Algorithm(StrEnum):
    RSA = "rsa"
    ED25519 = "ed25519"


class DkimKey(Base):
    __tablename__ = "dkim_key"
    __table_args__ = (UniqueConstraint("merchant_id", "domain", "selector"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    domain: Mapped[str] = mapped_column(String(253))
    selector: Mapped[str] = mapped_column(String(63))
    algorithm: Mapped[str] = mapped_column(String(10))
    sealed_key: Mapped[str] = mapped_column(Text)  # PEM, encrypted by the vault
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]  # signs nothing from then on; its record may stay in the DNS
