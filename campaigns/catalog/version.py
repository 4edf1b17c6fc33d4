"""A version is what a campaign said at one time; it is never changed, so every letter can be explained."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.catalog.campaign_file import read_definition
from campaigns.catalog.definition import Definition
from campaigns.database import Base, BigId


class CampaignVersion(Base):
    __tablename__ = "campaign_version"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    number: Mapped[int]
    source: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]

    @property
    def definition(self) -> Definition:
        return read_definition(self.source, f"campaign version {self.id}")


def add_version(
    session: Session, campaign_id: int, number: int, definition: Definition, now: datetime
) -> CampaignVersion:
    version = CampaignVersion(campaign_id=campaign_id, number=number, source=dict(definition.source), created_at=now)
    session.add(version)
    session.flush()
    return version


def latest_version(session: Session, campaign_id: int) -> CampaignVersion | None:
    query = select(CampaignVersion).where(CampaignVersion.campaign_id == campaign_id)
    return session.scalars(query.order_by(CampaignVersion.number.desc()).limit(1)).first()


def get_version(session: Session, version_id: int) -> CampaignVersion:
    return session.get_one(CampaignVersion, version_id)
