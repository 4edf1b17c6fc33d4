"""A campaign is a name and a state; what it says lives in frozen versions."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.catalog.definition import Definition, Trust
from campaigns.catalog.own_template import settled
from campaigns.catalog.version import CampaignVersion, add_version, latest_version
from campaigns.database import Base, BigId, insert_if_absent
from campaigns.errors import NotFound


class CampaignState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"


class Campaign(Base):
    __tablename__ = "campaign"
    __table_args__ = (UniqueConstraint("merchant_id", "name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20), default=CampaignState.ACTIVE)
    trust: Mapped[str] = mapped_column(String(10), default=Trust.BALANCED.value, server_default="balanced")
    created_at: Mapped[datetime]

    @property
    def is_paused(self) -> bool:
        return self.state == CampaignState.PAUSED


def apply_campaign(session: Session, merchant_id: int, definition: Definition, now: datetime) -> CampaignVersion:
    """Make a campaign say this from now on. Applying what it says already makes no new version.

    Who was enrolled under an older version keeps it to the end. Raises InvalidCampaign where the
    merchant has no such template.
    """
    definition = settled(session, merchant_id, definition)
    key = {"merchant_id": merchant_id, "name": definition.name}
    insert_if_absent(session, Campaign, {**key, "state": CampaignState.ACTIVE.value, "created_at": now})
    campaign = session.scalars(select(Campaign).filter_by(**key).with_for_update()).one()
    campaign.trust = definition.trust.value  # of the report, so it holds for all who were ever asked
    latest = latest_version(session, campaign.id)
    if latest is not None and latest.source == definition.source:
        return latest
    return add_version(session, campaign.id, (latest.number if latest else 0) + 1, definition, now)


def campaigns_of(session: Session, merchant_id: int) -> list[Campaign]:
    return list(session.scalars(select(Campaign).where(Campaign.merchant_id == merchant_id).order_by(Campaign.id)))


def get_campaign(session: Session, merchant_id: int, campaign_id: int) -> Campaign:
    """Return a merchant's campaign; raises NotFound, also for another merchant's."""
    campaign = session.get(Campaign, campaign_id)
    if campaign is None or campaign.merchant_id != merchant_id:
        raise NotFound(f"Merchant {merchant_id} has no campaign {campaign_id}.")
    return campaign


def set_state(session: Session, campaign: Campaign, state: CampaignState) -> None:
    campaign.state = state
    session.flush()
