"""A shop, as the tests play it: builds webhooks, signs them, and knocks."""

import base64
import hashlib
import hmac
import itertools
import json
from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaigns import clock
from campaigns.intake.signature import sign_standard

_numbers = itertools.count(1)


def order(kind: str = "order.fulfilled", **data: Any) -> dict[str, Any]:
    """Return a generic webhook of an order of Ana's."""
    blank: dict[str, Any] = {
        "order_id": "1001",
        "occurred_at": clock.now().isoformat(),
        "email": "ana@example.com",
        "first_name": "Ana",
        "last_name": "Ruiz",
        "locale": "en",
        "timezone": "Europe/Madrid",
        "total": "49.90",
        "currency": "EUR",
        "items": [{"id": "li_1", "sku": "MUG", "name": "Mug", "quantity": 1, "price": "12.00"}],
    }
    return {"type": kind, "timestamp": clock.now().isoformat(), "data": {**blank, **data}}


def post_standard(
    client: FlaskClient, key: str, secret: str, payload: object, webhook_id: str | None = None
) -> TestResponse:
    """Sign a payload as Standard Webhooks says and post it; bytes go as they are."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    headers = sign_standard(secret, webhook_id or f"msg_{next(_numbers)}", clock.now(), body)
    return client.post(f"/webhooks/{key}", data=body, headers=headers, content_type="application/json")


def post_shopify(
    client: FlaskClient, key: str, secret: str, topic: str, body: bytes, headers: dict[str, str] | None = None
) -> TestResponse:
    """Sign a body as Shopify does and post it under a topic."""
    digest = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    named = {"X-Shopify-Topic": topic, "X-Shopify-Hmac-Sha256": digest, "X-Shopify-Webhook-Id": f"w{next(_numbers)}"}
    return client.post(
        f"/webhooks/{key}", data=body, headers={**named, **(headers or {})}, content_type="application/json"
    )


def shopify_order(**changes: Any) -> dict[str, Any]:
    """Return an order shaped like Shopify's own, fulfilled a moment ago, with ids beyond 2^53."""
    moment = datetime.now(UTC).isoformat()
    blank: dict[str, Any] = {
        "id": 820982911946154508,
        "admin_graphql_api_id": "gid://shopify/Order/820982911946154508",
        "cancelled_at": None,
        "contact_email": "jon@example.com",
        "created_at": moment,
        "currency": "USD",
        "customer_locale": "en-US",
        "email": "jon@example.com",
        "financial_status": "paid",
        "fulfillment_status": "fulfilled",
        "name": "#9999",
        "tags": "tag1, tag2",
        "test": False,
        "total_price": "388.00",
        "updated_at": moment,
        "customer": {"email": "john@example.com", "first_name": "John", "last_name": "Smith"},
        "shipping_address": {"country_code": "US"},
        "line_items": [
            {
                "id": 866550311766439020,
                "title": "IPod Nano - 8GB",
                "sku": "IPOD2008PINK",
                "quantity": 1,
                "price": "199.00",
            },
            {"id": 141249953214522974, "title": "IPod Nano - 16GB", "sku": "IPOD16", "quantity": 2, "price": "189.00"},
        ],
    }
    return {**blank, **changes}
