"""Everybody a merchant writes to no more, read row by row however many there are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.audience.contact import Contact
from campaigns.audience.suppression import Suppression

AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    fingerprint: str
    reason: str
    source: str
    since: datetime
    email: str | None  # None where we do not know it, or forgot it

    def as_json(self) -> dict[str, Any]:
        return {
            "hash": self.fingerprint,
            "reason": self.reason,
            "source": self.source,
            "since": self.since.isoformat(),
            "email": self.email or "",
        }


def entries(session: Session, merchant_id: int) -> Iterator[Entry]:
    """Yield all of them, the oldest first."""
    same = (Contact.merchant_id == Suppression.merchant_id) & (Contact.fingerprint == Suppression.fingerprint)
    about = (Suppression.fingerprint, Suppression.reason, Suppression.source, Suppression.created_at, Contact.email)
    query = select(*about).outerjoin(Contact, same).where(Suppression.merchant_id == merchant_id)
    for row in session.execute(query.order_by(Suppression.id).execution_options(yield_per=AT_ONCE)):
        yield Entry(*row)
