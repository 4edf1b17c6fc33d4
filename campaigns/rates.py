"""How much and how fast is written as people say it, 4 or 20/s; what cannot be read stops the program."""

import re

from campaigns.errors import SettingsError

MOST = 1000
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
RATE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(?:\s*/\s*([smhd]))?")
DOMAIN = re.compile(r"[^\s@=,/]+\.[^\s@=,/]+")


def read_count(name: str, text: str) -> int:
    """Return a small number of things; raises SettingsError naming `name`."""
    if not text.isdecimal() or not 0 < int(text) <= MOST:
        raise SettingsError(f"{name} is {text!r}; it is a number from 1 to {MOST}.")
    return int(text)


def read_rate(name: str, text: str) -> float | None:
    """Return letters per second; None where nothing is written. Raises SettingsError naming `name`."""
    if not text:
        return None
    if (rate := _rate(text)) is None:
        raise SettingsError(f"{name} is {text!r}; it is a number of letters, like 14/s or 5000/d.")
    return rate


def read_rates(name: str, text: str) -> dict[str, float]:
    """Return letters per second by domain, of a list like "gmail.com=20/s, outlook.com=600/m"."""
    rates: dict[str, float] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        domain, _, said = (part.strip() for part in entry.partition("="))
        rate = _rate(said)
        if rate is None or not DOMAIN.fullmatch(domain):
            raise SettingsError(f"{name} says {entry!r}; it is a list like gmail.com=20/s, outlook.com=600/m.")
        if domain.lower() in rates:
            raise SettingsError(f"{name} names {domain.lower()} twice.")
        rates[domain.lower()] = rate
    return rates


def _rate(text: str) -> float | None:
    found = RATE.fullmatch(text)
    count = float(found[1]) if found else 0.0
    return count / SECONDS[found[2] or "s"] if found and count > 0 else None
