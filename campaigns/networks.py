"""Where a request came from, as far as it is told and believed; an address is read here and kept nowhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from campaigns.errors import SettingsError

Network = IPv4Network | IPv6Network
KNOWN_BY = {4: 3, 6: 6}  # the bytes of an address that its network is known by: a /24, a /48
MOST_PROXIES = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Callers:
    """What an operator says of where requests come from."""

    proxies: int = 0  # of ours that a request passes, and whose X-Forwarded-For is believed
    listed: tuple[Network, ...] = ()  # networks from which few people answer


def read_callers(get: Callable[[str], str]) -> Callers:
    """Read PROXIES and DATA_CENTRES; raises SettingsError."""
    proxies = read_proxies("PROXIES", get("PROXIES") or "0")
    return Callers(proxies=proxies, listed=read_networks("DATA_CENTRES", get("DATA_CENTRES")))


def read_networks(name: str, text: str) -> tuple[Network, ...]:
    """Return networks of a list like "192.0.2.0/24, 2001:db8::/32"; raises SettingsError naming `name`."""
    try:
        return tuple(ip_network(each) for each in text.replace(",", " ").split())
    except ValueError:
        raise SettingsError(f"{name} is {text!r}; it is a list like 192.0.2.0/24, 2001:db8::/32.") from None


def read_proxies(name: str, text: str) -> int:
    """Return how many proxies of our own a request passes; raises SettingsError naming `name`."""
    if not text.isdecimal() or int(text) > MOST_PROXIES:
        raise SettingsError(f"{name} is {text!r}; it is a number from 0 to {MOST_PROXIES}.")
    return int(text)


def caller(peer: str, forwarded_for: str, proxies: int) -> str:
    """Return the address of whoever asked our outermost proxy: each adds the one it was asked by at the end.

    What stands before those is whatever the caller wrote there.
    """
    if not proxies:
        return peer
    said = [each.strip() for each in forwarded_for.split(",") if each.strip()]
    return said[-proxies] if len(said) >= proxies else peer


@lru_cache(4096)
def network_of(address: str) -> str:
    """Return what tells networks apart; "" for what is no address."""
    ip = _read(address)
    return ip.packed[: KNOWN_BY[ip.version]].hex() if ip else ""


@lru_cache(4096)
def is_public(address: str) -> bool:
    """Whether an address is somebody's: that of a machine beside us is a proxy's, and everybody has it."""
    ip = _read(address)
    return ip is not None and ip.is_global


def is_among(address: str, networks: Sequence[Network]) -> bool:
    ip = _read(address)
    return ip is not None and any(ip in network for network in networks)


def _read(address: str) -> IPv4Address | IPv6Address | None:
    try:
        ip = ip_address(address)
    except ValueError:
        return None
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return mapped or ip
