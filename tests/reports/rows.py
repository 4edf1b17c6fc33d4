"""Rows for reports: many people asked, some of whom answered."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from campaigns.catalog.version import CampaignVersion
from campaigns.enrollment.message import Message
from campaigns.merchants.merchant import Merchant
from campaigns.merchants.store import Store
from campaigns.reports.queries import RateQuery, RateRow, response_rates
from campaigns.responses.response import Response
from campaigns.vault import Vault
from tests.factories import (
    make_campaign,
    make_contact,
    make_enrollment,
    make_merchant,
    make_message,
    make_purchase,
    make_store,
)

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
LEFT_NOW = {"sent_at": NOW, "sent_on": NOW.date()}
VAULT = Vault(("k" * 40,))


@dataclass(frozen=True, slots=True)
class Shop:
    merchant: Merchant
    store: Store
    version: CampaignVersion


def make_shop(session: Session, merchant_name: str = "Harbour Mugs", **campaign: Any) -> Shop:
    merchant = make_merchant(session, name=merchant_name)
    return Shop(merchant, make_store(session, VAULT, merchant), make_campaign(session, merchant, **campaign))


def ask(session: Session, shop: Shop, order_id: str, state: str = "sent", **values: Any) -> Message:
    """Ask one buyer; `items`, `locale` and `version` are of the purchase and the enrollment."""
    contact = make_contact(session, shop.merchant, f"{order_id}@example.com")
    of_purchase = {name: values.pop(name) for name in ("items",) if name in values}
    purchase = make_purchase(session, shop.store, contact, order_id=order_id, is_undecided=False, **of_purchase)
    version = values.pop("version", shop.version)
    enrollment = make_enrollment(session, purchase, version, locale=values.pop("locale", "en"))
    left = LEFT_NOW if state in {"sent", "delivered", "bounced", "complained"} else {}
    return make_message(session, enrollment, state=state, **{**left, **values})


def remind(session: Session, invitation: Message, state: str = "sent") -> Message:
    reminder = Message(
        merchant_id=invitation.merchant_id,
        enrollment_id=invitation.enrollment_id,
        kind="reminder",
        state=state,
        due_at=NOW,
        created_at=NOW,
        updated_at=NOW,
        **(LEFT_NOW if state == "sent" else {}),
    )
    session.add(reminder)
    session.flush()
    return reminder


def answer(session: Session, shop: Shop, letter: Message, score: int = 5, **values: Any) -> Response:
    blank: dict[str, Any] = {
        "merchant_id": shop.merchant.id,
        "campaign_id": shop.version.campaign_id,
        "enrollment_id": letter.enrollment_id,
        "message_id": letter.id,
        "status": "complete",
        "level": "confirmed",
        "score": score,
        "answers": {},
        "first_answered_at": NOW,
        "answered_at": NOW,
    }
    response = Response(**{**blank, **values})
    session.add(response)
    session.flush()
    return response


def only_row(session: Session, shop: Shop, **query: Any) -> RateRow:
    (row,) = response_rates(session, RateQuery(**{"merchant_id": shop.merchant.id, "now": NOW, **query}))
    return row
