"""A visit is read from a request's headers; the network address it came from is never kept."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address

from campaigns.responses.trust import Level, Visit

LONGEST_NAME = 300  # characters of a browser's name that are kept
ON_THIS_SITE = frozenset({"", "same-origin", "none"})
Headers = Callable[[str], str]  # name → value, "" where there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class PageClaim:
    """What a page that was sent says of itself; the defaults are those of a page never shown by us."""

    claim: Level | None = None
    is_webdriver: bool = False
    age: timedelta | None = None


def read_visit(method: str, headers: Headers, page: PageClaim) -> Visit:
    purpose = " ".join(headers(name) for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"))
    return Visit(
        method=method,
        user_agent=_printable(headers("User-Agent"))[:LONGEST_NAME],
        purpose=purpose,
        claim=page.claim,
        is_webdriver=page.is_webdriver,
        page_age=page.age,
    )


def client_of(address: str, user_agent: str, secret: str) -> str:
    """Return what tells clients apart and names nobody: keyed, of the network and not of the address."""
    seen = f"{_network(address)}|{user_agent}"
    return hmac.digest(f"askwell.client.{secret}".encode(), seen.encode(errors="replace"), "sha256").hex()


def is_foreign(headers: Headers, our_hosts: set[str]) -> bool:
    """Whether a browser says that another site sent this form.

    Our pages tell browsers to send no referrer, and then an honest form has the origin "null".
    """
    if site := headers("Sec-Fetch-Site"):
        return site not in ON_THIS_SITE
    origin = headers("Origin")
    return origin not in {"", "null"} and origin.partition("://")[2] not in our_hosts


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(c for c in text if c.isprintable())


def _network(address: str) -> str:
    try:
        ip = ip_address(address)
    except ValueError:
        return ""
    return ip.packed[: 3 if ip.version == 4 else 6].hex()
