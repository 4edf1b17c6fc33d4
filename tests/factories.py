"""One plain function for each table, with everything a row needs; keywords override.

The cast: Ana bought and is eligible; Ben unsubscribed; Chloe was asked last week; Dev's address
bounces; Eve forges webhooks.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from campaigns.audience.contact import Contact, Person, remember
from campaigns.catalog.campaign import apply_campaign
from campaigns.catalog.campaign_file import read_definition
from campaigns.catalog.version import CampaignVersion
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.enrollment.states import MessageKind
from campaigns.intake.purchase import Purchase
from campaigns.merchants.merchant import Merchant
from campaigns.merchants.staff import Role, Staff, add_staff
from campaigns.merchants.store import Store, StoreKind, add_store, new_secret
from campaigns.vault import Vault

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
ITEMS = [
    {
        "id": "li_1",
        "sku": "MUG",
        "name": "Mug",
        "quantity": 1,
        "price": "12.00",
        "image_url": "https://shop.example/mug.jpg",
        "url": "https://shop.example/mug",
    }
]
CAMPAIGN: dict[str, Any] = {
    "name": "After delivery",
    "trigger": "order.fulfilled",
    "delay": "P3D",
    "reminder_after": "P5D",
    "subject": {"en": "How was your order, {{ contact.first_name or 'there' }}?"},
    "question": [
        {
            "key": "why",
            "kind": "choice",
            "when": "score <= 3",
            "text": {"en": "What went wrong?", "de": "Was ging schief?"},
            "options": [
                {"key": "late", "text": {"en": "It came late", "de": "Es kam zu spät"}},
                {"key": "broken", "text": {"en": "It was damaged", "de": "Es war beschädigt"}},
            ],
        },
        {"key": "comment", "kind": "text", "text": {"en": "Anything you would like to tell us?"}},
    ],
}


def make_merchant(session: Session, **values: Any) -> Merchant:
    blank: dict[str, Any] = {
        "name": "Harbour Mugs",
        "from_address": "hello@harbour.example",
        "reply_to": "care@harbour.example",
        "postal_address": "1 Quay Street, Galway, Ireland",
        "timezone": "Europe/Dublin",
        "created_at": NOW,
    }
    merchant = Merchant(**{**blank, **values})
    session.add(merchant)
    session.flush()
    return merchant


def make_store(session: Session, vault: Vault, merchant: Merchant, **values: Any) -> Store:
    kind = values.get("kind", StoreKind.STANDARD)
    return add_store(session, vault, merchant.id, kind, values.get("secret") or new_secret(), NOW)


def make_staff(
    session: Session, merchant: Merchant, role: Role = Role.OWNER, email: str = "owner@harbour.example"
) -> Staff:
    return add_staff(session, merchant.id, email, role, NOW)


def make_campaign(session: Session, merchant: Merchant, **values: Any) -> CampaignVersion:
    return apply_campaign(session, merchant.id, read_definition({**CAMPAIGN, **values}), NOW)


def make_contact(session: Session, merchant: Merchant, email: str = "ana@example.com", **values: Any) -> Contact:
    person = {"first_name": "Ana", "last_name": "Ruiz", "locale": "en", "timezone": "Europe/Madrid", **values}
    return remember(session, merchant.id, Person(email=email, **person), NOW)


def make_purchase(session: Session, store: Store, contact: Contact | None, **values: Any) -> Purchase:
    blank: dict[str, Any] = {
        "merchant_id": store.merchant_id,
        "store_id": store.id,
        "order_id": "1001",
        "contact_id": contact.id if contact else None,
        "fulfilled_at": NOW,
        "locale": "en",
        "currency": "EUR",
        "items": ITEMS,
        "received_at": NOW,
    }
    purchase = Purchase(**{**blank, **values})
    session.add(purchase)
    session.flush()
    return purchase


def make_enrollment(session: Session, purchase: Purchase, version: CampaignVersion, **values: Any) -> Enrollment:
    blank: dict[str, Any] = {
        "merchant_id": purchase.merchant_id,
        "campaign_id": version.campaign_id,
        "version_id": version.id,
        "purchase_id": purchase.id,
        "contact_id": purchase.contact_id,
        "verdict": "enrolled",
        "reason": "eligible",
        "detail": {},
        "rules": "1",
        "decided_at": NOW,
        "planned_at": NOW,
        "closes_at": NOW + timedelta(days=21),
        "locale": "en",
        "timezone": "Europe/Madrid",
    }
    enrollment = Enrollment(**{**blank, **values})
    session.add(enrollment)
    session.flush()
    return enrollment


def make_message(session: Session, enrollment: Enrollment, **values: Any) -> Message:
    blank: dict[str, Any] = {
        "merchant_id": enrollment.merchant_id,
        "enrollment_id": enrollment.id,
        "kind": MessageKind.INVITATION,
        "state": "scheduled",
        "due_at": NOW,
        "created_at": NOW,
        "updated_at": NOW,
    }
    message = Message(**{**blank, **values})
    session.add(message)
    session.flush()
    return message


def ask_ana(session: Session, vault: Vault, **campaign: Any) -> Message:
    """Ana's purchase, enrolled, with her invitation due now: the shortest way onto the main path."""
    merchant = make_merchant(session)
    store = make_store(session, vault, merchant)
    version = make_campaign(session, merchant, **campaign)
    purchase = make_purchase(session, store, make_contact(session, merchant))
    return make_message(session, make_enrollment(session, purchase, version))
