"""A cancellation or refund stops a letter from the moment it was accepted, read or not."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.among import among
from campaigns.intake.event import EventKind
from campaigns.intake.receipt import WAITING, Receipt

STOPS = (EventKind.CANCELLED, EventKind.REFUNDED)
Order = tuple[int, str]  # store, order id
_WAITING_STOPS = select(Receipt.store_id, Receipt.order_id).where(
    among(Receipt.store_id, "stores"), among(Receipt.order_id, "numbers"), WAITING, Receipt.event_kind.in_(STOPS)
)


def stops_waiting(session: Session, orders: Collection[Order]) -> set[Order]:
    """Return those orders of which a cancellation or refund was accepted but is not worked off yet."""
    of = {"stores": {store for store, _ in orders}, "numbers": {number for _, number in orders}}
    return {(row.store_id, row.order_id) for row in session.connection().execute(_WAITING_STOPS, of)} & set(orders)
