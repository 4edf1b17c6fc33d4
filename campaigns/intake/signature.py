"""Was this webhook signed by who holds the secret? Asked of the raw bytes, in constant time."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from campaigns.errors import BadSignature

TOLERANCE = timedelta(minutes=5)  # both ways, as Standard Webhooks says
PREFIX = "whsec_"


def check_standard(headers: tuple[str, str, str], body: bytes, secrets: Iterable[str], now: datetime) -> None:
    """Check a Standard Webhooks signature; `headers` are webhook-id, -timestamp and -signature.

    https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    Raises BadSignature.
    """
    message_id, timestamp, signatures = headers
    if not (message_id and timestamp and signatures):
        raise BadSignature("The headers webhook-id, webhook-timestamp and webhook-signature are needed.")
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        raise BadSignature("The header webhook-timestamp is not a number of seconds.")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        raise BadSignature("The header webhook-timestamp is more than five minutes off; check the sender's clock.")
    signed = message_id.encode() + b"." + timestamp.encode() + b"." + body
    given = [each.partition(",")[2] for each in signatures.split(" ") if each.startswith("v1,")]
    if not _any_match([_mac(standard_key(secret), signed) for secret in secrets], given):
        raise BadSignature


def sign_standard(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers of Standard Webhooks for a body."""
    timestamp = str(int(at.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    signature = "v1," + _mac(standard_key(secret), signed)
    return {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": signature}


def standard_key(secret: str) -> bytes:
    """Return the key bytes of a whsec_ secret; padding may be missing. Raises BadSignature."""
    text = secret.removeprefix(PREFIX)
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        key = b""
    if not key:
        raise BadSignature("The store's secret is not whsec_ and base64.")
    return key


def check_body_hmac(given: str, body: bytes, secrets: Iterable[str]) -> None:
    """Check a base64 HMAC-SHA256 of the body keyed with the secret's own bytes, as Shopify makes it."""
    if not given:
        raise BadSignature("The header X-Shopify-Hmac-Sha256 is needed.")
    if not _any_match([_mac(secret.encode(), body) for secret in secrets], [given]):
        raise BadSignature


def _mac(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _any_match(expected: list[str], given: list[str]) -> bool:
    """Compare every pair, so that the time taken tells nothing."""
    matches = [hmac.compare_digest(mine.encode(), theirs.encode()) for mine in expected for theirs in given]
    return any(matches)
