"""Shopify's webhooks: https://shopify.dev/docs/api/webhooks.

The body is signed, the headers are not; nothing but the topic, the ids and the time of the
event is taken from a header.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from campaigns.errors import UnreadablePayload
from campaigns.intake.event import EventKind, Item, OrderEvent, Refund
from campaigns.intake.platforms import fields
from campaigns.intake.platforms.fields import Json
from campaigns.intake.receipt import Delivery
from campaigns.intake.signature import check_body_hmac

TOPICS = {
    "orders/create": EventKind.PLACED,
    "orders/paid": EventKind.PAID,
    "orders/fulfilled": EventKind.FULFILLED,
    "orders/cancelled": EventKind.CANCELLED,
    "refunds/create": EventKind.REFUNDED,
}
TOPIC, EVENT_ID, WEBHOOK_ID = "x-shopify-topic", "x-shopify-event-id", "x-shopify-webhook-id"
TRIGGERED_AT, TEST = "x-shopify-triggered-at", "x-shopify-test"
KEPT = (TOPIC, TRIGGERED_AT, TEST)


class Shopify:
    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str], now: datetime) -> None:
        check_body_hmac(headers.get("x-shopify-hmac-sha256", ""), body, secrets)

    def open(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        topic = headers.get(TOPIC, "")
        if not topic:
            raise UnreadablePayload("The header X-Shopify-Topic is missing.")
        kept = {name: headers[name] for name in KEPT if name in headers}
        kind = TOPICS.get(topic)
        payload = fields.parse(body)
        order_id = fields.order_id(payload, "order_id" if kind is EventKind.REFUNDED else "id") if kind else ""
        if kind:
            _event(kind, kept, payload, order_id)
        # One action in the shop may set off several topics under one event id.
        own_id = headers.get(EVENT_ID) or headers.get(WEBHOOK_ID) or hashlib.sha256(body).hexdigest()
        return Delivery(
            delivery_id=f"{topic}:{own_id}"[:200], topic=topic, headers=kept, body=body, order_id=order_id, kind=kind
        )

    def read(self, headers: Mapping[str, str], body: bytes) -> OrderEvent:
        payload = fields.parse(body)
        kind = TOPICS[headers[TOPIC]]
        return _event(
            kind, headers, payload, fields.order_id(payload, "order_id" if kind is EventKind.REFUNDED else "id")
        )


def _event(kind: EventKind, headers: Mapping[str, str], payload: Json, order_id: str) -> OrderEvent:
    happened = _occurred_at(kind, headers, payload)
    # The test flag stands in the body or in a header; such an order is shown and never mailed.
    is_test = fields.flag(payload, "test") or headers.get(TEST) == "true"
    if kind is EventKind.REFUNDED:
        refund = _refund(payload)
        return OrderEvent(kind=kind, order_id=order_id, occurred_at=happened, is_test=is_test, refund=refund)
    customer = fields.table(payload, "customer")
    address = fields.table(payload, "shipping_address") or fields.table(payload, "billing_address")
    return OrderEvent(
        kind=kind,
        order_id=order_id,
        occurred_at=happened,
        is_test=is_test,
        cancelled_at=fields.moment(payload, "cancelled_at"),
        email=_email(payload, customer),
        first_name=fields.text(customer, "first_name", 100),
        last_name=fields.text(customer, "last_name", 100),
        locale=fields.text(payload, "customer_locale", 35),
        country=fields.code(address, "country_code", 2),
        total=fields.amount(payload, "total_price"),
        currency=fields.code(payload, "currency", 3),
        tags=tuple(tag.strip() for tag in fields.text(payload, "tags", 1000).split(",") if tag.strip()),
        items=tuple(_item(line) for line in fields.tables(payload, "line_items")),
        extra={"name": fields.text(payload, "name", 50)},
    )


def _email(payload: Json, customer: Json) -> str | None:
    """Return the address of the order; the customer's own account may have another."""
    candidates = (payload.get("email"), payload.get("contact_email"), customer.get("email"))
    return next((each for each in candidates if isinstance(each, str) and each.strip()), None)


def _occurred_at(kind: EventKind, headers: Mapping[str, str], payload: Json) -> datetime:
    """Return when it happened: the body where it has a time of its own for it, else the header."""
    own = {EventKind.PLACED: "created_at", EventKind.CANCELLED: "cancelled_at", EventKind.REFUNDED: "created_at"}
    if kind in own and (found := fields.moment(payload, own[kind])):
        return found
    for source, key in ((headers, TRIGGERED_AT), (payload, "updated_at"), (payload, "created_at")):
        if found := fields.moment(source, key):
            return found
    raise UnreadablePayload("updated_at is missing; an order says when it changed.")


def _item(line: Json) -> Item:
    price = fields.amount(line, "price")
    return Item(
        id=fields.text(line, "id"),
        name=fields.text(line, "title") or fields.text(line, "name"),
        sku=fields.text(line, "sku", 100),
        quantity=fields.count(line, "quantity", 1) or 1,
        price="" if price is None else str(price),
    )


def _refund(payload: Json) -> Refund:
    """Read which pieces came back; a refund of money alone (no lines) takes nothing back."""
    pieces: dict[str, int | None] = {}
    for line in fields.tables(payload, "refund_line_items"):
        item_id = fields.text(line, "line_item_id")
        pieces[item_id] = (pieces.get(item_id) or 0) + (fields.count(line, "quantity", 1) or 0)
    return Refund(id=fields.text(payload, "id"), pieces=pieces)
