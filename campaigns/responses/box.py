"""A comment box stands on a merchant's own site: its key names it, its origins may frame it, closing it keeps all."""

import re
import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import idna
from sqlalchemy import JSON, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.database import Base, BigId
from campaigns.errors import AskwellError, NotFound

HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
LOCAL = {"localhost", "127.0.0.1"}
LONGEST_NAME = 100


class Box(Base):
    __tablename__ = "comment_box"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"), index=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))  # where it stands, for the merchant's own eyes
    origins: Mapped[list[Any]] = mapped_column(JSON)  # "https://shop.example"
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


def add_box(session: Session, merchant_id: int, name: str, origins: Collection[str], now: datetime) -> Box:
    key = secrets.token_urlsafe(16)
    box = Box(merchant_id=merchant_id, key=key, name=name, origins=list(origins), created_at=now)
    session.add(box)
    session.flush()
    return box


def find_box(session: Session, key: str) -> Box | None:
    return session.scalars(select(Box).where(Box.key == key)).one_or_none()


def boxes_of(session: Session, merchant_id: int) -> list[Box]:
    return list(session.scalars(select(Box).where(Box.merchant_id == merchant_id).order_by(Box.id)))


def get_box(session: Session, merchant_id: int, box_id: int) -> Box:
    """Return a merchant's box; raises NotFound, also for another merchant's."""
    box = session.get(Box, box_id)
    if box is None or box.merchant_id != merchant_id:
        raise NotFound(f"Merchant {merchant_id} has no comment box {box_id}.")
    return box


def close_box(session: Session, box: Box, now: datetime) -> None:
    """Take no more comments; those that came stay."""
    box.closed_at = box.closed_at or now
    session.flush()


def read_origin(text: str) -> str:
    """Return an origin as browsers write it; raises AskwellError for anything that names more, or less."""
    wrong = AskwellError(f"--origin is {text!r}; it is a site's address alone, like https://shop.example.")
    try:
        parts = urlsplit(text.strip().lower())
        host = idna.encode(parts.hostname or "", uts46=True).decode()
        port = parts.port
    except (ValueError, idna.IDNAError):
        raise wrong from None
    if parts.path not in {"", "/"} or parts.query or parts.fragment or "@" in parts.netloc or not HOST.fullmatch(host):
        raise wrong
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOCAL):
        raise wrong
    is_usual = port is None or port == {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{host}" if is_usual else f"{parts.scheme}://{host}:{port}"
