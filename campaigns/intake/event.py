"""What any shop can tell us of an order, in one form, whoever said it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class EventKind(StrEnum):
    PLACED = "order.placed"
    PAID = "order.paid"
    FULFILLED = "order.fulfilled"
    DELIVERED = "order.delivered"
    CANCELLED = "order.cancelled"
    REFUNDED = "order.refunded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of an order. `id` is what a refund names; URLs are https or empty."""

    id: str
    name: str
    sku: str = ""
    quantity: int = 1
    price: str = ""  # decimal, of one piece, in the order's currency
    image_url: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """What came back: everything, or pieces by item id; neither means money only (say, the shipping)."""

    id: str  # the same refund told twice counts once
    is_full: bool = False
    pieces: dict[str, int | None] = field(default_factory=dict)  # None: all pieces of that line


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent:
    """One thing that happened to an order. None and empty mean that the shop did not say."""

    kind: EventKind
    order_id: str
    occurred_at: datetime
    is_test: bool = False
    cancelled_at: datetime | None = None  # also told by events of other kinds
    email: str | None = None  # as sent; intake normalises it
    first_name: str = ""
    last_name: str = ""
    locale: str = ""
    timezone: str = ""
    country: str = ""
    total: Decimal | None = None
    currency: str = ""
    tags: tuple[str, ...] = ()
    basis: str = ""
    items: tuple[Item, ...] = ()
    refund: Refund | None = None
    extra: dict[str, object] = field(default_factory=dict)  # fields we do not know, kept
