"""What Shopify sends means what it says: asked, shown, stopped, or kept with its reason."""

import base64
import hashlib
import hmac
import itertools
import json
from typing import Any

import pytest

from campaigns import clock
from campaigns.merchants.merchant import get_merchant
from campaigns.merchants.store import StoreKind
from tests.factories import make_store
from tests.journeys.town import Town
from tests.shop import shopify_order

_ids = itertools.count(1)


@pytest.fixture
def shopify(place: Town) -> Town:
    """A town whose store is a Shopify one."""
    with place.house.database.transaction() as session:
        merchant = get_merchant(session, place.merchant)
        store = make_store(session, place.house.vault, merchant, kind=StoreKind.SHOPIFY, secret="hush")
    place.key = store.key
    place.start("web", "mailbox")
    return place


def send(place: Town, topic: str, payload: dict[str, Any], **headers: str) -> int:
    body = json.dumps(payload).encode()
    digest = base64.b64encode(hmac.new(b"hush", body, hashlib.sha256).digest()).decode()
    head = {"X-Shopify-Topic": topic, "X-Shopify-Hmac-Sha256": digest, "X-Shopify-Webhook-Id": str(next(_ids))}
    return place.request("POST", f"/webhooks/{place.key}", body, {**head, **headers})[0]


def verdict(place: Town, order_id: int) -> str:
    [found] = place.flask("why", str(order_id), "--merchant", str(place.merchant))["verdicts"]
    return str(found["reason"])


def test_a_fulfilled_order_is_asked_about_and_its_letter_shows_what_was_bought(shopify: Town) -> None:
    assert send(shopify, "orders/create", shopify_order()) == 202
    assert send(shopify, "orders/fulfilled", shopify_order()) == 202
    shopify.drain()

    [mail] = shopify.mails("jon@example.com")
    text = str(mail.get_body(("plain",)))
    assert "IPod Nano - 8GB" in text
    assert "388" in text
    assert verdict(shopify, 820982911946154508) == "eligible"


@pytest.mark.drill
def test_the_test_notification_is_shown_and_never_mailed(shopify: Town) -> None:
    order = shopify_order(test=True, cancelled_at="2021-12-31T19:00:00-05:00", financial_status="voided")

    for topic in ("orders/create", "orders/paid", "orders/fulfilled", "orders/cancelled"):
        assert send(shopify, topic, order, **{"X-Shopify-Test": "true"}) == 202
    shopify.drain()
    shopify.drain(later="P30D")

    assert shopify.mails() == []
    assert verdict(shopify, 820982911946154508) == "test_order"


def test_a_refund_stops_what_is_pending(shopify: Town) -> None:
    send(shopify, "orders/fulfilled", shopify_order())
    shopify.drain()
    lines = [{"line_item_id": 866550311766439020, "quantity": 1}, {"line_item_id": 141249953214522974, "quantity": 2}]
    refund = {
        "id": 5,
        "order_id": 820982911946154508,
        "created_at": clock.now().isoformat(),
        "refund_line_items": lines,
    }

    assert send(shopify, "refunds/create", refund) == 202
    shopify.drain(later="P6D")

    assert len(shopify.mails()) == 1


@pytest.mark.drill
def test_an_order_without_an_address_is_kept_with_its_reason(shopify: Town) -> None:
    send(shopify, "orders/fulfilled", shopify_order(email=None, contact_email=None, customer=None))
    shopify.drain()

    assert shopify.mails() == []
    assert verdict(shopify, 820982911946154508) == "no_address"
