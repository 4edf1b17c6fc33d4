"""What a door needs to know of the letter whose link was followed, read in one go."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.catalog.survey import Survey
from campaigns.catalog.version import get_version
from campaigns.enrollment.enrollment import get_enrollment
from campaigns.enrollment.message import find_message
from campaigns.errors import InvalidToken
from campaigns.merchants.merchant import get_merchant


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    message_id: int
    enrollment_id: int
    merchant_id: int
    merchant_name: str
    accent: str
    contact_id: int | None
    locale: str
    timezone: str
    closes_at: datetime | None
    survey: Survey

    def is_open(self, now: datetime) -> bool:
        return self.closes_at is None or now < self.closes_at


def find_asked(session: Session, message_id: int) -> Asked:
    """Return what a letter asked; raises InvalidToken where that letter is not in this database."""
    message = find_message(session, message_id)
    if message is None:
        raise InvalidToken
    enrollment = get_enrollment(session, message.enrollment_id)
    merchant = get_merchant(session, message.merchant_id)
    return Asked(
        message_id=message.id,
        enrollment_id=enrollment.id,
        merchant_id=merchant.id,
        merchant_name=merchant.name,
        accent=merchant.accent,
        contact_id=enrollment.contact_id,
        locale=enrollment.locale,
        timezone=enrollment.timezone or merchant.timezone,
        closes_at=enrollment.closes_at,
        survey=get_version(session, enrollment.version_id).definition.survey,
    )
