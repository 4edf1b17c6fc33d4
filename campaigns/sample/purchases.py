"""Purchases as a shop would send them, signed with the store's secret."""

import json
import secrets
import shlex
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from campaigns.house import House
from campaigns.intake.signature import sign_standard
from campaigns.merchants.store import Store

BUYERS = (
    ("Ana", "Ruiz", "en-IE", "Europe/Dublin", "IE", ("mug", "Harbour mug, sea blue", "14.00")),
    ("Jonas", "Weber", "de-DE", "Europe/Berlin", "DE", ("teapot", "Teapot with bamboo handle", "48.00")),
    ("ليلى", "حداد", "ar", "Asia/Dubai", "AE", ("cups", "Set of four espresso cups", "36.50")),
)
ADDRESSES = ("ana", "jonas", "layla")


@dataclass(frozen=True, slots=True)
class SignedWebhook:
    url: str
    headers: dict[str, str]
    body: bytes

    def as_curl(self) -> str:
        """Return the command that sends this webhook."""
        headers = " ".join(f"-H {shlex.quote(f'{name}: {value}')}" for name, value in self.headers.items())
        return f"curl -sS {shlex.quote(self.url)} {headers} -d {shlex.quote(self.body.decode())}"


def sample_purchase(house: House, store: Store, buyer: int, now: datetime, unique: str = "") -> SignedWebhook:
    """Return one signed, fulfilled order of one of the buyers; `unique` makes the buyer somebody new."""
    body = json.dumps(_event(house, buyer, now, unique), ensure_ascii=True).encode()
    signature = sign_standard(store.secrets(house.vault)[0], f"msg_{secrets.token_hex(8)}", now, body)
    headers = {"content-type": "application/json", **signature}
    return SignedWebhook(house.links.webhook(store.key), headers, body)


def _event(house: House, buyer: int, now: datetime, unique: str) -> dict[str, Any]:
    first, last, locale, zone, country, (picture, product, price) = BUYERS[buyer]
    plus = f"+{unique}" if unique else ""
    return {
        "type": "order.fulfilled",
        "timestamp": now.isoformat(timespec="seconds"),
        "data": {
            "order_id": unique or str(1001 + buyer),
            "occurred_at": (now - timedelta(minutes=2)).isoformat(timespec="seconds"),
            "email": f"{ADDRESSES[buyer]}{plus}@example.com",
            "first_name": first,
            "last_name": last,
            "locale": locale,
            "timezone": zone,
            "country": country,
            "total": price,
            "currency": "EUR",
            "basis": "existing_customer",
            "items": [
                {
                    "id": f"li_{buyer + 1}",
                    "sku": picture.upper(),
                    "name": product,
                    "quantity": 1,
                    "price": price,
                    "image_url": f"{house.settings.base_url}/static/sample/{picture}.png",
                }
            ],
        },
    }
