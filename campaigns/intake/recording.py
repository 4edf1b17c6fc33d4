"""Turns a kept webhook into a purchase: once, and the same whatever came before it."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from campaigns.address import is_relay, normalise
from campaigns.audience.contact import Person, remember
from campaigns.errors import InvalidAddress
from campaigns.intake.event import OrderEvent
from campaigns.intake.platforms.registry import PLATFORMS
from campaigns.intake.purchase import Purchase, as_of_event, merge, open_purchase
from campaigns.intake.receipt import Receipt, mark_done
from campaigns.merchants.store import Store

AHEAD = timedelta(days=1)  # a shop whose clock is further ahead than this is not believed


def record(session: Session, receipt: Receipt, now: datetime) -> None:
    """Work off one webhook within the caller's transaction. Raises UnreadablePayload."""
    store = session.get_one(Store, receipt.store_id)
    event = PLATFORMS[store.kind].read(receipt.headers, receipt.body or b"")
    purchase = open_purchase(session, store.merchant_id, store.id, event.order_id, now)
    believed = receipt.received_at + AHEAD
    at = min(event.occurred_at, believed)
    if event.cancelled_at is not None:
        event = replace(event, cancelled_at=min(event.cancelled_at, believed))
    _know_buyer(session, purchase, event, at, now)
    merge(purchase, event, at)
    mark_done(receipt, now)


def _know_buyer(session: Session, purchase: Purchase, event: OrderEvent, at: datetime, now: datetime) -> None:
    """Let the buyer be whom the latest event that names an address names."""
    if event.email is None or not event.email.strip():
        if "buyer" not in purchase.described:
            purchase.address_problem = "missing"
        return
    as_of = as_of_event(event, at)
    if as_of < purchase.described.get("buyer", ""):
        return
    purchase.described = {**purchase.described, "buyer": as_of}
    email, purchase.address_problem = _read_address(event.email)
    purchase.contact_id = remember(session, purchase.merchant_id, _person(event, email), now).id if email else None


def _read_address(text: str) -> tuple[str, str]:
    """Return an address and no problem, or a problem and no address."""
    try:
        email = normalise(text)
    except InvalidAddress:
        return "", "invalid"
    return ("", "relay") if is_relay(email) else (email, "")


def _person(event: OrderEvent, email: str) -> Person:
    return Person(
        email=email,
        first_name=event.first_name,
        last_name=event.last_name,
        locale=event.locale,
        timezone=event.timezone,
        country=event.country,
    )
