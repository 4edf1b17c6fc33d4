"""A visit is read from a request's headers; the network address it came from is never kept."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from campaigns.networks import Network, is_among, is_public, network_of
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
    by_hand: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Where a request came from, and what is needed to forget it at once."""

    address: str
    secret: str
    listed: tuple[Network, ...] = ()  # networks that the operator named


def read_visit(method: str, headers: Headers, page: PageClaim, caller: Caller | None = None) -> Visit:
    purpose = " ".join(filter(None, (headers(name) for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"))))
    return Visit(
        method=method,
        user_agent=_printable(headers("User-Agent"))[:LONGEST_NAME],
        purpose=_printable(purpose),
        claim=page.claim,
        is_webdriver=page.is_webdriver,
        page_age=page.age,
        by_hand=page.by_hand,
        names_language=bool(headers("Accept-Language")),
        names_fetch=bool(headers("Sec-Fetch-Mode") or headers("Sec-Fetch-Site")),
        names_hints=bool(headers("Sec-CH-UA")),
        is_listed=caller is not None and is_among(caller.address, caller.listed),
        network=_network(caller) if caller is not None else "",
    )


def client_of(address: str, user_agent: str, secret: str) -> str:
    """Return what tells clients apart and names nobody: keyed, of the network and not of the address."""
    return _digest("client", secret, f"{network_of(address)}|{user_agent}")


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


def _network(caller: Caller) -> str:
    return _digest("network", caller.secret, network_of(caller.address)) if is_public(caller.address) else ""


def _digest(what: str, secret: str, seen: str) -> str:
    return hmac.digest(f"askwell.{what}.{secret}".encode(), seen.encode(errors="replace"), "sha256").hex()
