"""The seam of the shops: what each must be able to say of its webhooks."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from campaigns.intake.event import OrderEvent
from campaigns.intake.receipt import Delivery


class Platform(Protocol):
    """One kind of shop. Header names are in lower case."""

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str], now: datetime) -> None:
        """Raise BadSignature unless one of the secrets signed this body."""

    def open(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        """Read a verified webhook; its kind is None for a topic that means nothing to us.

        Raises UnreadablePayload, also where `read` would.
        """

    def read(self, headers: Mapping[str, str], body: bytes) -> OrderEvent:
        """Return what a webhook of a known topic says. Raises UnreadablePayload."""
