"""What may go over the wire: addresses that cannot end a command, and letters that cannot end early."""

import re
from dataclasses import dataclass

from campaigns.composition.letter import Letter
from campaigns.errors import NeverDeliverable, RenderingError

NO_SUCH_ALPHABET = "5.6.7"  # RFC 6531: the server knows no addresses beyond ASCII
ENHANCED = re.compile(rb"([245]\.\d{1,3}\.\d{1,3})(?!\S)")
FORBIDDEN = re.compile(r"[\x00-\x20<>\x7f]")


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a server said, in numbers only: its words like to repeat the address."""

    code: int
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    sender: str
    recipient: str
    needs_utf8: bool


def in_numbers(code: int, text: bytes) -> Accepted:
    found = ENHANCED.match(text)
    return Accepted(code, found[1].decode() if found else "")


def envelope_of(letter: Letter, knows_utf8: bool) -> Envelope:
    """Return sender and recipient as this server understands them; raises NeverDeliverable."""
    if FORBIDDEN.search(letter.sender + letter.recipient):
        raise NeverDeliverable("An address holds what no address may hold.")
    needs_utf8 = not (letter.sender + letter.recipient).isascii()
    if needs_utf8 and not knows_utf8:
        raise NeverDeliverable("The server knows no addresses beyond ASCII.", status=NO_SUCH_ALPHABET)
    return Envelope(sender=letter.sender, recipient=letter.recipient, needs_utf8=needs_utf8)


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
