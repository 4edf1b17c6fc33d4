"""The rules a campaign's answers are judged by: the built-in ones, or those that were last kept for it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.catalog.campaign import Campaign
from campaigns.database import Base, BigId
from campaigns.responses.signs.rules import RULES, Rules, rules_of


class RuleBook(Base):
    """What a file said when it was kept; append-only, the latest is in force."""

    __tablename__ = "rule_book"
    __table_args__ = (Index("ix_rule_book_campaign", "campaign_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    version: Mapped[str] = mapped_column(String(40))
    source: Mapped[dict[str, Any]]
    at: Mapped[datetime]


def rules_in_force(session: Session, campaign_id: int) -> Rules:
    query = select(RuleBook).where(RuleBook.campaign_id == campaign_id).order_by(RuleBook.id.desc()).limit(1)
    book = session.scalars(query).first()
    return rules_of(book.source) if book else RULES


def keep_rules(session: Session, campaign: Campaign, rules: Rules, said: Mapping[str, Any], now: datetime) -> None:
    """Let rules be in force for a campaign from now on."""
    of = {"merchant_id": campaign.merchant_id, "campaign_id": campaign.id}
    session.add(RuleBook(**of, version=rules.version, source=dict(said), at=now))
    session.flush()
