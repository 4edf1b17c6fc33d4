"""What may go over the wire: addresses that cannot end a command, and letters that cannot end early."""

import re
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from campaigns.address import in_ascii
from campaigns.composition.letter import Letter
from campaigns.errors import NeverDeliverable, RenderingError

NO_SUCH_ALPHABET = "5.6.7"  # RFC 6531: the server knows no addresses beyond ASCII
ENHANCED = re.compile(rb"([245]\.\d{1,3}\.\d{1,3})(?!\S)")
FORBIDDEN = re.compile(r"[\x00-\x20<>\x7f\ud800-\udfff]")


class Addressed(Protocol):
    @property
    def sender(self) -> str: ...
    @property
    def recipient(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a server said, in numbers only: its words like to repeat the address."""

    code: int
    status: str = ""


class Envelope(NamedTuple):
    sender: str
    recipient: str
    needs_utf8: bool


def in_numbers(code: int, text: bytes) -> Accepted:
    found = ENHANCED.match(text)
    return Accepted(code, found[1].decode() if found else "")


def envelope_of(letter: Addressed, knows_utf8: bool) -> Envelope:
    """Return sender and recipient as this server understands them; raises NeverDeliverable."""
    sender, recipient = letter.sender, letter.recipient
    if FORBIDDEN.search(sender) or FORBIDDEN.search(recipient):
        raise NeverDeliverable("An address holds what no address may hold.")
    if sender.isascii() and recipient.isascii():
        return Envelope(sender, recipient, False)
    sender, recipient = in_ascii(sender), in_ascii(recipient)
    needs_utf8 = not (sender.isascii() and recipient.isascii())
    if needs_utf8 and not knows_utf8:
        raise NeverDeliverable("The server knows no addresses beyond ASCII.", status=NO_SUCH_ALPHABET)
    return Envelope(sender, recipient, needs_utf8)


def body_of(letter: Letter) -> bytes:
    """Return a letter's bytes with its leading dots doubled, the final dot not yet among them.

    Raises RenderingError for a line that ends in half a CRLF: to some servers a bare LF before a
    dot ends one letter and begins another, which is how letters are smuggled.
    """
    data = letter.data if letter.data.endswith(b"\r\n") else letter.data + b"\r\n"
    if not data.count(b"\n") == data.count(b"\r") == data.count(b"\r\n"):
        raise RenderingError("A line of the letter does not end in CRLF.")
    stuffed = data.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed
