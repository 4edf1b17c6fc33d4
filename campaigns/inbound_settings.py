"""Where mail comes back to; without a BOUNCE_DOMAIN that is each merchant's own address, as a letter says it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from campaigns.errors import SettingsError

DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
IMAP = "IMAP_URL is imaps://user:password@host/INBOX; imap:// is for a server on this machine."
NEAR = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundSettings:
    bounce_domain: str = ""  # every letter has a return path of its own there; "": the merchant's address
    takes_replies: bool = False  # every letter has an address for replies of its own there, too
    imap_url: str = field(default="", repr=False)  # the mailbox that `inbound poll` reads


def read_inbound(get: Callable[[str], str]) -> InboundSettings:
    """Read BOUNCE_DOMAIN, REPLIES and IMAP_URL; raises SettingsError."""
    domain, replies, imap_url = get("BOUNCE_DOMAIN").lower().rstrip("."), get("REPLIES") or "off", get("IMAP_URL")
    if domain and not DOMAIN.fullmatch(domain):
        raise SettingsError(f"BOUNCE_DOMAIN is {domain!r}; it is a domain like bounce.example.com.")
    if replies not in {"on", "off"}:
        raise SettingsError(f"REPLIES is {replies!r}; it is on or off.")
    if replies == "on" and not domain:
        raise SettingsError("REPLIES is on, and there is no BOUNCE_DOMAIN for replies to come to.")
    if imap_url:
        _check_imap(imap_url)
    return InboundSettings(bounce_domain=domain, takes_replies=replies == "on", imap_url=imap_url)


def _check_imap(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_safe = parts.scheme == "imaps" or (parts.scheme == "imap" and parts.hostname in NEAR)
        is_whole = bool(parts.hostname and parts.username and parts.password and parts.port != 0)
    except ValueError:
        raise SettingsError(IMAP) from None
    if not is_safe or not is_whole:
        raise SettingsError(IMAP)
