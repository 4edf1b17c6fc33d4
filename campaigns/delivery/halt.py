"""A halt holds all letters of a merchant, or of everybody, until it is lifted."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.database import Base, BigId

EVERYBODY = 0  # in place of a merchant


class Halt(Base):
    __tablename__ = "halt"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(BigId, unique=True)  # or EVERYBODY
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    since: Mapped[datetime]
