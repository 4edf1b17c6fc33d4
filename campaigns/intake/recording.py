"""Turns a kept webhook into a purchase: once, and the same whatever came before it."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from campaigns.address import is_relay, normalise
from campaigns.audience.contact import Person, remember
from campaigns.errors import InvalidAddress
from campaigns.intake.event import OrderEvent
from campaigns.intake.platforms.registry import PLATFORMS
from campaigns.intake.purchase import Purchase, merge, open_purchase
from campaigns.intake.receipt import Receipt, mark_done
from campaigns.merchants.store import Store

AHEAD = timedelta(days=1)  # a shop whose clock is further ahead than this is not believed


def record(session: Session, receipt: Receipt, now: datetime) -> None:
    """Work off one webhook within the caller's transaction. Raises UnreadablePayload."""
    store = session.get_one(Store, receipt.store_id)
    event = PLATFORMS[store.kind].read(receipt.headers, receipt.body or b"")
    purchase = open_purchase(session, store.merchant_id, store.id, event.order_id, now)
    _know_buyer(session, purchase, event, now)
    merge(purchase, event, min(event.occurred_at, receipt.received_at + AHEAD))
    mark_done(receipt, now)


def _know_buyer(session: Session, purchase: Purchase, event: OrderEvent, now: datetime) -> None:
    if event.email is None or not event.email.strip():
        if purchase.contact_id is None and not purchase.address_problem:
            purchase.address_problem = "missing"
        return
    try:
        email = normalise(event.email)
    except InvalidAddress:
        if purchase.contact_id is None:
            purchase.address_problem = "invalid"
        return
    if is_relay(email):
        purchase.address_problem = "relay"
        return
    person = Person(
        email=email,
        first_name=event.first_name,
        last_name=event.last_name,
        locale=event.locale,
        timezone=event.timezone,
        country=event.country,
    )
    purchase.contact_id = remember(session, purchase.merchant_id, person, now).id
    purchase.address_problem = ""
