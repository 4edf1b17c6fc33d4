"""An address is written one way, or not at all: no line breaks, no relays that lead nowhere."""

import re

from email_validator import EmailNotValidError, validate_email

from campaigns.errors import InvalidAddress

# Marketplaces hand out aliases and forbid or drop other people's mail to them; letters there
# only cost reputation. Apple's privaterelay is not among them: it delivers.
RELAYS = re.compile(r"(^|\.)(scs\w*\.tiktokw?\.(us|com)|marketplace\.amazon\.[a-z.]+|members\.ebay\.[a-z.]+)$")


def normalise(text: str) -> str:
    """Return an address with its domain in lower case and its accents composed.

    Raises InvalidAddress; the message does not repeat the address.
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise InvalidAddress from None
    return f"{found.local_part.lower()}@{found.domain}"


def in_ascii(address: str) -> str:
    """Return an address with its domain as the mail servers of old know it, where its local part allows that."""
    if address.isascii():
        return address
    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return address
    return found.ascii_email or address


def is_relay(address: str) -> bool:
    """Whether an address belongs to a marketplace that lets no shop write to its buyers."""
    return RELAYS.search(address.rpartition("@")[2]) is not None
