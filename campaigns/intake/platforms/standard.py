"""The generic webhook: Standard Webhooks around one documented event (docs/webhooks.md)."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from campaigns.errors import UnreadablePayload
from campaigns.intake.event import EventKind, Item, OrderEvent, Refund
from campaigns.intake.platforms import fields
from campaigns.intake.platforms.fields import Json
from campaigns.intake.receipt import Delivery
from campaigns.intake.signature import check_standard

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
KNOWN = {"order_id", "occurred_at", "email", "first_name", "last_name", "locale", "timezone", "country"}
KNOWN |= {"total", "currency", "tags", "basis", "test", "items", "refund"}
MOST_EXTRA = 4000  # characters of unknown fields that are kept


class Standard:
    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str], now: datetime) -> None:
        given = (headers.get(HEADERS[0], ""), headers.get(HEADERS[1], ""), headers.get(HEADERS[2], ""))
        check_standard(given, body, secrets, now)

    def open(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        payload = fields.parse(body)
        topic = fields.text(payload, "type")
        if not topic:
            raise UnreadablePayload("type is missing; it is one of " + ", ".join(EventKind) + ".")
        kind = EventKind(topic) if topic in set(EventKind) else None
        kept = {name: headers[name] for name in HEADERS[:2]}
        order_id = _event(kept, payload).order_id if kind else ""
        return Delivery(
            delivery_id=headers[HEADERS[0]][:200], topic=topic, headers=kept, body=body, order_id=order_id, kind=kind
        )

    def read(self, headers: Mapping[str, str], body: bytes) -> OrderEvent:
        return _event(headers, fields.parse(body))


def _event(headers: Mapping[str, str], payload: Json) -> OrderEvent:
    data = fields.table(payload, "data")
    signed_at = datetime.fromtimestamp(int(headers[HEADERS[1]]), UTC)
    kind = EventKind(fields.text(payload, "type"))
    occurred_at = fields.moment(data, "occurred_at") or fields.moment(payload, "timestamp") or signed_at
    return OrderEvent(
        kind=kind,
        order_id=fields.order_id(data, "order_id"),
        occurred_at=occurred_at,
        is_test=fields.flag(data, "test"),
        email=data.get("email") if isinstance(data.get("email"), str) else None,
        first_name=fields.text(data, "first_name", 100),
        last_name=fields.text(data, "last_name", 100),
        locale=fields.text(data, "locale", 35),
        timezone=fields.text(data, "timezone", 64),
        country=fields.code(data, "country", 2),
        total=fields.amount(data, "total"),
        currency=fields.code(data, "currency", 3),
        tags=tuple(fields.one_line(tag)[:100] for tag in fields.array(data, "tags") if isinstance(tag, str)),
        basis=fields.text(data, "basis", 40),
        items=tuple(_item(item) for item in fields.tables(data, "items")),
        refund=_refund(data, occurred_at) if kind is EventKind.REFUNDED else None,
        extra=_extra(data),
    )


def _item(data: Json) -> Item:
    price = fields.amount(data, "price")
    return Item(
        id=fields.text(data, "id"),
        name=fields.text(data, "name"),
        sku=fields.text(data, "sku", 100),
        quantity=fields.count(data, "quantity", 1) or 1,
        price="" if price is None else str(price),
        image_url=fields.https(data, "image_url"),
        url=fields.https(data, "url"),
    )


def _refund(data: Json, occurred_at: datetime) -> Refund:
    """Read what came back. A refund that says nothing more is of everything: then nobody is asked."""
    refund = fields.table(data, "refund")
    ids = [str(each) for each in fields.array(refund, "items") if isinstance(each, str | int)]
    is_full = fields.flag(refund, "full") if "full" in refund else not ids
    # Two refunds of one moment are told apart by what came back.
    refund_id = fields.text(refund, "id") or " ".join([occurred_at.isoformat(), *sorted(ids)])[:500]
    return Refund(id=refund_id, is_full=is_full, pieces=dict.fromkeys(ids))


def _extra(data: Json) -> dict[str, object]:
    """Keep unknown fields that are plain words or numbers, as far as they fit."""
    kept: dict[str, object] = {}
    room = MOST_EXTRA
    for key, value in data.items():
        if key not in KNOWN and isinstance(value, str | int) and room > 0:
            name, words = fields.one_line(key[:60]), fields.one_line(str(value)[:500])
            kept[name] = words
            room -= len(name) + len(words) + 6
    return kept
