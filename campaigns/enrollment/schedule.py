"""When a letter may arrive: after its delay, and within the recipient's own day."""

import hashlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from campaigns.catalog.definition import Hours


def into_hours(moment: datetime, hours: Hours, zone: str) -> datetime:
    """Return the first moment from `moment` on that lies within the local hours of a zone, in UTC."""
    local = moment.astimezone(ZoneInfo(zone))
    if hours.start <= local.time() < hours.until:
        return moment.astimezone(UTC)
    day = local.date() if local.time() < hours.start else local.date() + timedelta(days=1)
    while True:
        opening = datetime.combine(day, hours.start, ZoneInfo(zone)).astimezone(UTC)
        # Where the clocks go forward at that very hour, the day may open after it has closed.
        if opening >= moment and hours.start <= opening.astimezone(ZoneInfo(zone)).time() < hours.until:
            return opening
        day += timedelta(days=1)


def is_held_out(campaign_id: int, purchase_id: int, share: float) -> bool:
    """Whether a purchase falls into the share that gets no reminder; the same answer every time."""
    digest = hashlib.sha256(f"holdout.{campaign_id}.{purchase_id}".encode()).digest()
    return int.from_bytes(digest[:8]) < share * 2**64
