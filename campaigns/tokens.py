"""Signed tokens, one salt for each purpose: a link made for one thing opens no other."""

import hashlib
from enum import StrEnum
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from campaigns.errors import InvalidToken


class Purpose(StrEnum):
    ANSWER = "answer"  # rate and answer the survey of one message
    UNSUBSCRIBE = "unsubscribe"
    SIGN_IN = "sign-in"
    PAGE = "page"  # proves that an answer came from a page we showed


class Tokens:
    """Signs with the newest key and reads what any of the keys signed."""

    def __init__(self, secret_keys: tuple[str, ...]) -> None:
        oldest_first = list(reversed(secret_keys))
        self._serializers = {
            purpose: URLSafeSerializer(
                oldest_first,
                salt=f"askwell.{purpose}",
                signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
            )
            for purpose in Purpose
        }

    def sign(self, purpose: Purpose, payload: int | list[int]) -> str:
        """Return a token safe in a URL path that carries `payload`, readable but not forgeable."""
        token = self._serializers[purpose].dumps(payload)
        return token if isinstance(token, str) else token.decode()

    def read_id(self, purpose: Purpose, token: str) -> int:
        """Return the id a token carries; raises InvalidToken."""
        payload = self._read(purpose, token)
        if not isinstance(payload, int):
            raise InvalidToken
        return payload

    def read_list(self, purpose: Purpose, token: str, length: int) -> list[int]:
        """Return the `length` numbers a token carries; raises InvalidToken."""
        payload = self._read(purpose, token)
        if not isinstance(payload, list) or len(payload) != length:
            raise InvalidToken
        return payload

    def _read(self, purpose: Purpose, token: str) -> Any:
        try:
            return self._serializers[purpose].loads(token)
        except (BadData, ValueError):
            raise InvalidToken from None
