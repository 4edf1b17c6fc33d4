"""Many people who bought something, each with an invitation that is due: written in bulk, as rows."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from campaigns import clock
from campaigns.audience.contact import Contact
from campaigns.catalog.campaign import campaigns_of
from campaigns.catalog.version import latest_version
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.intake.purchase import Purchase
from campaigns.merchants.store import stores_of
from campaigns.vault import fingerprint
from tests.factories import ITEMS

PROVIDERS = 40


def address(number: int) -> str:
    """Return a customer's address; many providers, so that none of them seems to be in trouble alone."""
    return f"drill{number}@town{number % PROVIDERS}.example"


def plan_letters(session: Session, merchant_id: int, count: int) -> None:
    """Enroll `count` customers of a merchant in its campaign; their letters are due now."""
    now = clock.now()
    [campaign], [store] = campaigns_of(session, merchant_id), stores_of(session, merchant_id)
    version = latest_version(session, campaign.id)
    assert version is not None
    contacts = [_contact(merchant_id, number) | {"created_at": now, "updated_at": now} for number in range(count)]
    session.execute(insert(Contact), contacts)
    people = dict(session.execute(select(Contact.email, Contact.id).where(Contact.merchant_id == merchant_id)).all())
    bought = {"merchant_id": merchant_id, "store_id": store.id, "received_at": now, "fulfilled_at": now}
    bought |= {"items": ITEMS, "locale": "en", "is_undecided": False, "revision": 1}
    purchases = [{**bought, "order_id": str(n), "contact_id": people[address(n)]} for n in range(count)]
    session.execute(insert(Purchase), purchases)
    asked: dict[str, Any] = {"merchant_id": merchant_id, "campaign_id": campaign.id, "version_id": version.id}
    asked |= {"verdict": "enrolled", "reason": "eligible", "detail": {}, "rules": "1", "decided_at": now}
    asked |= {"planned_at": now, "closes_at": now + timedelta(days=21), "locale": "en", "timezone": "UTC"}
    orders = session.execute(select(Purchase.id, Purchase.contact_id).where(Purchase.store_id == store.id)).all()
    session.execute(insert(Enrollment), [{**asked, "purchase_id": p, "contact_id": c} for p, c in orders])
    due: dict[str, Any] = {"merchant_id": merchant_id, "kind": "invitation", "state": "scheduled", "due_at": now}
    due |= {"attempts": 0, "created_at": now, "updated_at": now}
    ids = session.scalars(select(Enrollment.id).where(Enrollment.merchant_id == merchant_id))
    session.execute(insert(Message), [{**due, "enrollment_id": each} for each in ids])


def _contact(merchant_id: int, number: int) -> dict[str, Any]:
    email = address(number)
    person = {"first_name": "Ana", "last_name": "Ruiz", "locale": "en", "timezone": "UTC"}
    return {"merchant_id": merchant_id, "fingerprint": fingerprint(merchant_id, email), "email": email, **person}
