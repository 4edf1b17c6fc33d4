"""Every letter has addresses of its own that mail comes back to, and nobody else can make one up.

A return path that names its letter (VERP) is proof enough of which letter a bounce is about: no
parsing of the bounce is needed for it. Its parts are digits and lower-case letters, because some
servers change the case of what they give back. Every letter pays for its address, so it is signed
with keyed BLAKE2 (RFC 7693), in half the time of an HMAC.
"""

import re
from enum import StrEnum
from hashlib import blake2b
from hmac import compare_digest
from typing import NamedTuple

SIGNED = 8  # bytes of the signature that are kept; each guess at one costs a whole SMTP command
SHAPE = re.compile(r"(?<![0-9a-z])([br])\+([0-9]{1,19})\.([0-9a-f]{16})@([0-9a-z.-]{1,253})", re.IGNORECASE)


class Way(StrEnum):
    BOUNCES = "b"  # the envelope sender of a letter
    REPLIES = "r"  # its Reply-To


class Named(NamedTuple):
    """The letter that an address names."""

    way: Way
    message_id: int


class ReturnPaths:
    """Writes addresses with the newest key, and reads what any of the keys signed."""

    def __init__(self, secret_keys: tuple[str, ...], domain: str) -> None:
        self.domain = domain
        self._keys = [blake2b(f"askwell.return-path.{key}".encode(), digest_size=32).digest() for key in secret_keys]

    def bounces(self, message_id: int) -> str:
        """Return where bounces of a letter go."""
        return self._write("b", message_id)

    def replies(self, message_id: int) -> str:
        """Return where replies to a letter go."""
        return self._write("r", message_id)

    def read(self, address: str) -> Named | None:
        """Return the letter an address names; None for every address that was not made here."""
        found = SHAPE.fullmatch(address.strip().strip("<>"))
        return self._proven(found) if found else None

    def first_in(self, text: str) -> Named | None:
        """Return the letter that the first of our addresses in a text names."""
        for found in SHAPE.finditer(text):
            if named := self._proven(found):
                return named
        return None

    def _proven(self, found: re.Match[str]) -> Named | None:
        way, number, signature, domain = found[0][0].lower(), found[2], found[3].lower(), found[4].lower()
        if not self.domain or domain.rstrip(".") != self.domain:
            return None
        if not any(compare_digest(_signature(way, number, key), signature) for key in self._keys):
            return None
        return Named(Way(way), int(number))

    def _write(self, way: str, message_id: int) -> str:
        return f"{way}+{message_id}.{_signature(way, message_id, self._keys[0])}@{self.domain}"


def _signature(way: str, number: int | str, key: bytes) -> str:
    return blake2b(f"{way}.{number}".encode(), digest_size=SIGNED, key=key).hexdigest()
